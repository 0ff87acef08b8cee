"""Task scale-in protection: ECS does not stop a worker that executes steps to scale in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.request import Request, urlopen

EXPIRES_MINUTES = 60
"""A worker that hangs is protected for so long at most."""
RENEW_SECONDS = 20 * 60
AGENT_SECONDS = 5

log = logging.getLogger(__name__)


class ScaleInProtection:
    """Protection of this task while at least one step runs in it.

    Args:
        agent: Address of the ECS agent; `None` outside ECS, where nobody scales in.
    """

    def __init__(self, agent: str | None) -> None:
        self._agent = agent
        self._steps = 0
        self._renewed = 0.0
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

        An error is only logged: a step that is lost to scale-in for it is retried by Dagster.
        """
        if self._agent is None:
            return
        async with self._turn:
            stale = time.monotonic() - self._renewed > RENEW_SECONDS
            if self._steps and stale:
                wanted = {"ProtectionEnabled": True, "ExpiresInMinutes": EXPIRES_MINUTES}
                self._renewed = time.monotonic()
            elif not self._steps and self._renewed:
                wanted = {"ProtectionEnabled": False}
                self._renewed = 0.0
            else:
                return
            try:
                await asyncio.to_thread(_put, f"{self._agent}/task-protection/v1/state", wanted)
            except OSError as error:
                log.warning("the ECS agent did not change the task's protection: %s", error)


def _put(url: str, body: dict[str, bool | int]) -> None:
    request = Request(  # noqa: S310 - the settings take http alone
        url,
        method="PUT",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=AGENT_SECONDS):  # noqa: S310 - see above
        pass
