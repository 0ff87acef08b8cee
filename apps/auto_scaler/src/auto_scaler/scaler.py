"""One step of the loop: read, decide, set."""

import logging
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from auto_scaler.fleet import Fleet, FleetError
from auto_scaler.policy import ScalingPolicy

log = logging.getLogger(__name__)


class Scaler:
    """Keeps the fleet as large as its queue needs it.

    Args:
        fleet: What is read and set.
        policy: What decides.
        clock: Seconds that never go back.
        stale_after: Seconds without a successful step until the scaler counts as unhealthy.
    """

    def __init__(
        self,
        *,
        fleet: Fleet,
        policy: ScalingPolicy,
        clock: Callable[[], float],
        stale_after: float,
    ) -> None:
        self._fleet = fleet
        self._policy = policy
        self._clock = clock
        self._stale_after = stale_after
        self._last_success = clock()

    def step(self) -> None:
        """Reads once and sets the count where it is wrong.

        An error changes nothing: an unread queue is not an empty one.
        """
        try:
            reading = self._fleet.read()
            workers = self._policy.decide(reading, self._clock())
            if workers != reading.workers:
                self._fleet.set_workers(workers)
                log.info(
                    "workers %d -> %d: %d messages wait, %d are in flight",
                    reading.workers,
                    workers,
                    reading.visible,
                    reading.in_flight,
                )
        except (BotoCoreError, ClientError, FleetError) as error:
            self._policy.forget()
            log.error("the number of workers is left as it is: %s", error)  # noqa: TRY400 - AWS's own sentence says it all
            return
        self._last_success = self._clock()

    def silence(self) -> float:
        """Seconds since the last step that succeeded; before the first, since the start."""
        return self._clock() - self._last_success

    def is_healthy(self) -> bool:
        """Whether steps still succeed."""
        return self.silence() <= self._stale_after
