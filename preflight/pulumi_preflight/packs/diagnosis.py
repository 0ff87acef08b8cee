"""Finds out which rule raised, and where, once a pack has failed.

The Python SDK answers with the exception's text alone: no rule, no class, no line. So the pack is
booted once more, with tracebacks on stderr, and asked the same rule by rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.config import configure_request
from pulumi_preflight.packs.config_file import RuleSettings
from pulumi_preflight.packs.connection import PackConnection, call_of
from pulumi_preflight.packs.failures import cause_of

# A rule's traceback is written before the answer is; the pipe may be a little later.
_TRACEBACK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Which rule raised, and what, with its place in the pack."""

    rule: str
    cause: str


def diagnose(
    connection: PackConnection,
    settings: Mapping[str, RuleSettings],
    question: Callable[[AnalyzerStub], Callable[..., Message]],
    request: Message,
) -> Diagnosis | None:
    """Asks a second process of the pack, one rule at a time; `None` if every rule answers.

    Args:
        connection: To the second process, just started.
        settings: The rules' settings.
        question: The call that failed.
        request: What was asked.
    """
    try:
        stub = connection.connect()
        for rule in settings:
            alone = {
                name: setting if name == rule else RuleSettings(level="disabled")
                for name, setting in settings.items()
            }
            connection.ask(stub.Configure, configure_request(alone))
            try:
                connection.ask(question(stub), request)
            except grpc.RpcError as error:
                return Diagnosis(rule=rule, cause=cause_in(error, connection))
    except (grpc.RpcError, PackError):
        # The first failure is the one to report; this was only to say more of it.
        return None
    return None


def cause_in(error: grpc.RpcError, connection: PackConnection) -> str:
    """The pack's own words: in its answer, or on stderr where the answer has no place."""
    code, details = call_of(error).code(), call_of(error).details() or ""
    if code not in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE):
        return details or code.name
    if "\n" in details:
        return cause_of(details, connection.process.directory)
    written = connection.process.error_text(timeout_seconds=_TRACEBACK_SECONDS)
    return cause_of(written, connection.process.directory) or details
