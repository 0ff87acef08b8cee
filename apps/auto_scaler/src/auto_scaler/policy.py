"""How many workers a queue needs: arithmetic and time, nothing of AWS."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was seen at one time.

    Attributes:
        visible: Messages that wait.
        in_flight: Messages that workers have taken and not yet deleted.
        workers: How many workers ECS is told to run.
    """

    visible: int
    in_flight: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietTime:
    """Since when fewer workers would do, and the most that were needed in that time."""

    since: float
    needed: int


class ScalingPolicy:
    """More workers at once; fewer only when they have been too many for a while.

    Messages in flight count as well as waiting ones, so that a worker is not stopped for having
    taken the last message. After the quiet time the count falls to the most that was needed
    within it, not to what the last reading happens to say.
    """

    def __init__(
        self, *, minimum: int, maximum: int, messages_per_worker: int, scale_down_after: float
    ) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._messages_per_worker = messages_per_worker
        self._scale_down_after = scale_down_after
        self._quiet: QuietTime | None = None

    def needed(self, reading: Reading) -> int:
        """The workers that the messages of this reading justify, within the bounds."""
        messages = reading.visible + reading.in_flight
        return max(
            self._minimum, min(self._maximum, math.ceil(messages / self._messages_per_worker))
        )

    def decide(self, reading: Reading, now: float) -> int:
        """The count to set; that of the reading where nothing is to be changed.

        Args:
            reading: What is seen now.
            now: Seconds on a clock that never goes back.
        """
        needed = self.needed(reading)
        if needed >= reading.workers:
            self._quiet = None
            return needed
        quiet = self._quiet or QuietTime(since=now, needed=needed)
        quiet = replace(quiet, needed=max(quiet.needed, needed))
        if now - quiet.since >= self._scale_down_after:
            self._quiet = None
            return quiet.needed
        self._quiet = quiet
        return min(reading.workers, self._maximum)

    def forget(self) -> None:
        """Ends the quiet time: there was a moment in which nothing is known."""
        self._quiet = None
