"""One policy pack: boots it and speaks the analyzer protocol to it as the engine does.

Source: pulumi/pulumi, pkg/resource/plugin/analyzer_plugin.go and sdk/policy_proxy.go, which
stands between the engine and the packs of both SDKs: their environment carries the stack's
configuration, and they get ConfigureStack, GetAnalyzerInfo, Configure, but no Handshake.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import (
    PackRules,
    Remediation,
    Reported,
    failed_remediation,
    reported,
)
from pulumi_preflight.pack_config import (
    ConfigFile,
    RuleSettings,
    configure_request,
    effective_settings,
)
from pulumi_preflight.pack_connection import PackConnection, call_of
from pulumi_preflight.pack_diagnosis import cause_in, diagnose
from pulumi_preflight.pack_files import PackCommand
from pulumi_preflight.stack_context import StackContext

_Answer = TypeVar("_Answer", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """A pack that has booted and is configured."""

    stub: AnalyzerStub
    rules: PackRules


class Pack:
    """A pack's process, and the one thread in which all calls to it run in order."""

    def __init__(
        self,
        command: PackCommand,
        config: ConfigFile | None,
        context: StackContext,
        *,
        timeout_seconds: float,
    ) -> None:
        """Starts the process; it boots while the caller goes on.

        Raises:
            PackError: The process could not be started.
        """
        self.folder = command.directory.name
        self._command = command
        self._config = config
        self._context = context
        self._timeout_seconds = timeout_seconds
        self._connection = PackConnection(command, context, timeout_seconds=timeout_seconds)
        self._failure: PackError | None = None
        self._lane = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pack")
        self._booted = self._lane.submit(self._boot)

    def remediate(self, request: protocol.AnalyzeRequest) -> tuple[Struct, Reported]:
        """Lets the pack's remediating rules change a resource; waits for the pack to be booted.

        Returns:
            The inputs to go on with, the request's own if nothing changed, and what was done.

        Raises:
            PackError: The pack did not boot, or a rule raised.
        """
        settings = self._booted.result().rules.settings.values()
        # The SDKs run a remediation at level `remediate` only, so the others need not be asked.
        if not any(rule.level == "remediate" for rule in settings):
            return request.properties, Reported()
        return self._lane.submit(self._remediate, request).result()

    def analyze(self, request: protocol.AnalyzeRequest) -> Future[Reported]:
        """Queues one resource for the resource rules; the result raises `PackError`."""
        return self._lane.submit(self._analyze, request)

    def analyze_stack(self, request: protocol.AnalyzeStackRequest) -> Future[Reported]:
        """Queues the whole stack for the stack rules; the result raises `PackError`."""
        return self._lane.submit(self._analyze_stack, request)

    def stop(self) -> None:
        """Ends the process and drops what is queued."""
        self._connection.stop()
        self._lane.shutdown(cancel_futures=True)

    def printed(self) -> str:
        """What the pack printed beside its port."""
        return self._connection.process.printed()

    def _boot(self) -> _Session:
        ask = self._connection.ask
        try:
            stub = self._connection.connect()
            info = ask(stub.GetAnalyzerInfo, Empty())
            settings = self._settings(info)
            if settings:
                ask(stub.Configure, configure_request(settings))
        except grpc.RpcError as error:
            cause = cause_in(error, self._connection)
            raise PackError(
                f"policy pack {self._command.directory} refused to start: {cause}",
                hint=f"its config is {self._config.path}" if self._config else None,
            ) from error
        policies = {policy.name: policy for policy in info.policies}
        return _Session(
            stub=stub, rules=PackRules(pack=info.name, policies=policies, settings=settings)
        )

    def _settings(self, info: protocol.AnalyzerInfo) -> dict[str, RuleSettings]:
        if info.supportsConfig:
            return effective_settings(info, self._config)
        if self._config is not None:
            raise PackError(
                f"policy pack {info.name!r} takes no configuration, "
                f"but --policy-pack-config gives it {self._config.path}"
            )
        return {}

    def _remediate(self, request: protocol.AnalyzeRequest) -> tuple[Struct, Reported]:
        session = self._booted.result()
        answer = self._judge(session, lambda stub: stub.Remediate, request, _subject(request))
        inputs, done = request.properties, Reported()
        for remediation in answer.remediations if answer else ():
            if remediation.diagnostic:
                done += failed_remediation(session.rules, remediation, request.urn)
                continue
            change = Remediation(
                rule=remediation.policyName,
                pack=session.rules.pack,
                urn=request.urn,
                before=inputs,
                after=remediation.properties,
            )
            done += Reported(remediations=(change,))
            inputs = remediation.properties
        return inputs, done

    def _analyze(self, request: protocol.AnalyzeRequest) -> Reported:
        session = self._booted.result()
        answer = self._judge(session, lambda stub: stub.Analyze, request, _subject(request))
        if answer is None:
            return Reported()
        return reported(session.rules, answer.diagnostics, answer.not_applicable, urn=request.urn)

    def _analyze_stack(self, request: protocol.AnalyzeStackRequest) -> Reported:
        session = self._booted.result()
        answer = self._judge(session, lambda stub: stub.AnalyzeStack, request, "the stack")
        if answer is None:
            return Reported()
        return reported(
            session.rules,
            answer.diagnostics,
            answer.not_applicable,
            urn=self._context.root_urn,
            resources={resource.urn for resource in request.resources},
        )

    def _judge(
        self,
        session: _Session,
        question: Callable[[AnalyzerStub], Callable[..., _Answer]],
        request: Message,
        subject: str,
    ) -> _Answer | None:
        """Asks for a judgement; `None` from a pack that knows no such call."""
        if self._failure is not None:
            raise self._failure
        try:
            return self._connection.ask_optional(question(session.stub), request)
        except grpc.RpcError as error:
            self._failure = self._failed(session, error, question, request, subject)
            raise self._failure from error

    def _failed(
        self,
        session: _Session,
        error: grpc.RpcError,
        question: Callable[[AnalyzerStub], Callable[..., Message]],
        request: Message,
        subject: str,
    ) -> PackError:
        pack, code = session.rules.pack, call_of(error).code()
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return PackError(
                f"policy pack {pack!r} did not answer within {self._timeout_seconds:g} s "
                f"for {subject}",
                hint="a rule hangs or is slow; --timeout gives it more time",
            )
        if code is not grpc.StatusCode.UNKNOWN:
            cause = cause_in(error, self._connection)
            return PackError(f"policy pack {pack!r} failed for {subject}: {cause}")
        again = PackConnection(
            self._command.with_tracebacks(), self._context, timeout_seconds=self._timeout_seconds
        )
        found = diagnose(again, session.rules.settings, question, request)
        if found is None:
            details = call_of(error).details() or ""
            return PackError(f"a rule of policy pack {pack!r} raised for {subject}: {details}")
        return PackError(
            f"rule {found.rule!r} of policy pack {pack!r} raised for {subject}: {found.cause}"
        )


def _subject(request: protocol.AnalyzeRequest) -> str:
    return f"{request.name!r} ({request.type})"
