"""Task scale-in protection: ECS does not stop a worker that executes steps to scale in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.request import Request, urlopen

EXPIRES_MINUTES = 60
"""A worker that hangs is protected for so long at most."""
RENEW_SECONDS = 20 * 60
RETRY_SECONDS = 60
AGENT_SECONDS = 5

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """The agent answered, but ECS did not do as it was asked."""


class ScaleInProtection:
    """Protection of this task while at least one step runs in it.

    Args:
        agent: Address of the ECS agent; `None` outside ECS, where nobody scales in.
        clock: Seconds that never go back.
    """

    def __init__(self, agent: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._agent = agent
        self._clock = clock
        self._steps = 0
        self._protected_at: float | None = None
        self._failed_at: float | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Protects the task while the block runs."""
        self._steps += 1
        try:
            await self.renew()
            yield
        finally:
            self._steps -= 1
            await self.renew()

    async def renew(self) -> None:
        """Tells the agent where there is something new to tell.

        An error is only logged, and the request repeated a minute later: a step that is lost to
        scale-in for it is retried by Dagster.
        """
        if self._agent is None:
            return
        async with self._turn:
            now, wanted = self._clock(), self._steps > 0
            if not self._is_due(now, wanted=wanted):
                return
            try:
                await asyncio.to_thread(_put, f"{self._agent}/task-protection/v1/state", wanted)
            except (OSError, ValueError, RefusedError) as error:
                self._failed_at = now
                log.warning("the ECS agent did not change the task's protection: %s", error)
            else:
                self._protected_at = now if wanted else None

    def _is_due(self, now: float, *, wanted: bool) -> bool:
        if self._failed_at is not None and now - self._failed_at < RETRY_SECONDS:
            return False
        if not wanted:
            return self._protected_at is not None
        return self._protected_at is None or now - self._protected_at > RENEW_SECONDS


def _put(url: str, wanted: bool) -> None:  # noqa: FBT001 - the value itself
    body: dict[str, bool | int] = {"ProtectionEnabled": wanted}
    if wanted:
        body["ExpiresInMinutes"] = EXPIRES_MINUTES
    request = Request(  # noqa: S310 - the settings take http alone
        url,
        method="PUT",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=AGENT_SECONDS) as answered:  # noqa: S310 - see above
        answer = json.load(answered)
    # What ECS refuses comes as an answer with status 200.
    if problem := answer.get("failure") or answer.get("error"):
        raise RefusedError(str(problem))
