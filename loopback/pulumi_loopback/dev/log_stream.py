"""Keeps what a container prints in CloudWatch Logs, as the log driver of its task does."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import told_plainly

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

# PutLogEvents takes 1 MiB a call. Source: Amazon CloudWatch Logs API reference.
_EVENTS_A_CALL = 100
_CHARACTERS_OF_AN_EVENT = 2_500


@dataclass(slots=True, kw_only=True)
class LogStream:
    """A stream of its own in the container's log group.

    Attributes:
        client: A client of the endpoint; threads may share it.
        endpoint: URL of the endpoint.
        group: The log group.
        name: The stream: prefix, container and task, as ECS names it.
        complain: Told once why nothing more is kept.
    """

    client: "CloudWatchLogsClient"
    endpoint: str
    group: str
    name: str
    complain: Callable[[str], None]
    _is_made: bool = field(default=False, init=False)
    _is_broken: bool = field(default=False, init=False)

    def put(self, lines: Sequence[str]) -> None:
        """Writes lines as events of this moment."""
        if self._is_broken:
            return
        try:
            with told_plainly(self.endpoint):
                self._put(lines)
        except CommandError as error:
            self._is_broken = True
            self.complain(f"its logs are no longer kept in {self.group}: {error}")

    def _put(self, lines: Sequence[str]) -> None:
        if not self._is_made:
            self.client.create_log_stream(logGroupName=self.group, logStreamName=self.name)
            self._is_made = True
        now = int(time.time() * 1000)
        messages = [piece for line in lines for piece in _pieces(line)]
        for start in range(0, len(messages), _EVENTS_A_CALL):
            self.client.put_log_events(
                logGroupName=self.group,
                logStreamName=self.name,
                logEvents=[
                    {"timestamp": now, "message": message}
                    for message in messages[start : start + _EVENTS_A_CALL]
                ],
            )


def _pieces(line: str) -> list[str]:
    """A line in parts that are short enough; CloudWatch takes no empty event."""
    size = _CHARACTERS_OF_AN_EVENT
    return [line[start : start + size] for start in range(0, len(line), size)]
