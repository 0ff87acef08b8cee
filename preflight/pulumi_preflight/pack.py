"""One policy pack: boots it and speaks the analyzer protocol to it as the engine does.

Source: pulumi/pulumi, pkg/resource/plugin/analyzer_plugin.go and sdk/policy_proxy.go, which
stands between the engine and the packs of both SDKs: their environment carries the stack's
configuration, and they get ConfigureStack, GetAnalyzerInfo, Configure, but no Handshake.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar, cast

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
from pulumi_preflight.pack_failures import cause_of
from pulumi_preflight.pack_files import PackCommand
from pulumi_preflight.pack_process import PackProcess

# The SDKs' own limit; gRPC's 4 MB is too little for a stack of some hundred resources.
_MESSAGE_BYTES = 400 * 1024 * 1024
# A failing pack writes its traceback before it answers; the pipe may be a little later.
_TRACEBACK_SECONDS = 1.0

_Answer = TypeVar("_Answer", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackContext:
    """What packs are told of the stack, in ConfigureStack and in their environment.

    Attributes:
        project: The project's name.
        stack: The stack's name, without organization and project.
        config: Keys `namespace:name` to plain text; objects as JSON, secrets decrypted.
        secret_keys: The keys in `config` that are secret.
        organization: `organization` is what the engine says where no Pulumi Cloud is used.
    """

    project: str
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret_keys: Sequence[str] = ()
    organization: str = "organization"

    @property
    def root_urn(self) -> str:
        """The stack's own URN."""
        return (
            f"urn:pulumi:{self.stack}::{self.project}::pulumi:pulumi:Stack"
            f"::{self.project}-{self.stack}"
        )

    def environment(self, runtime: str) -> dict[str, str]:
        """The variables by which the SDK of a pack's runtime learns of the stack."""
        prefix = "PULUMI_NODEJS_" if runtime == "nodejs" else "PULUMI_"
        return {
            f"{prefix}ORGANIZATION": self.organization,
            f"{prefix}PROJECT": self.project,
            f"{prefix}STACK": self.stack,
            f"{prefix}DRY_RUN": "true",
            "PULUMI_CONFIG": json.dumps(dict(self.config)),
        }

    def request(self) -> protocol.AnalyzerStackConfigureRequest:
        """The same as a message."""
        return protocol.AnalyzerStackConfigureRequest(
            stack=self.stack,
            project=self.project,
            organization=self.organization,
            dry_run=True,
            config=self.config,
            config_secret_keys=self.secret_keys,
        )


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
        self._process = PackProcess(command, context.environment(command.runtime))
        self._channel: grpc.Channel | None = None
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
        self._process.stop()
        self._lane.shutdown(cancel_futures=True)
        if self._channel is not None:
            self._channel.close()

    def printed(self) -> str:
        """What the pack printed beside its port."""
        return self._process.printed()

    def _boot(self) -> _Session:
        port = self._process.port(self._timeout_seconds)
        options = [
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)
        stub = AnalyzerStub(self._channel)
        try:
            self._ask_optional(stub.ConfigureStack, self._context.request())
            info = self._ask(stub.GetAnalyzerInfo, Empty())
            settings = self._settings(info)
            if settings:
                self._ask(stub.Configure, configure_request(settings))
        except grpc.RpcError as error:
            raise PackError(
                f"policy pack {self._command.directory} did not boot: {self._cause(error)}"
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
        answer = self._judge(session, session.stub.Remediate, request, _subject(request))
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
        answer = self._judge(session, session.stub.Analyze, request, _subject(request))
        if answer is None:
            return Reported()
        return reported(session.rules, answer.diagnostics, answer.not_applicable, urn=request.urn)

    def _analyze_stack(self, request: protocol.AnalyzeStackRequest) -> Reported:
        session = self._booted.result()
        answer = self._judge(session, session.stub.AnalyzeStack, request, "the stack")
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
        method: Callable[..., _Answer],
        request: Message,
        subject: str,
    ) -> _Answer | None:
        """Asks for a judgement; `None` from a pack that knows no such call."""
        try:
            return self._ask_optional(method, request)
        except grpc.RpcError as error:
            pack, code = session.rules.pack, _call(error).code()
            if code is grpc.StatusCode.DEADLINE_EXCEEDED:
                raise PackError(
                    f"policy pack {pack!r} did not answer within {self._timeout_seconds:g} s "
                    f"for {subject}",
                    hint="a rule hangs or is slow; --timeout gives it more time",
                ) from error
            cause = self._cause(error)
            if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                raise PackError(
                    f"policy pack {pack!r} ended while it judged {subject}: {cause}"
                ) from error
            rule = self._raising_rule(session, method, request)
            who = f"rule {rule!r} of policy pack" if rule else "a rule of policy pack"
            raise PackError(f"{who} {pack!r} raised for {subject}: {cause}") from error

    def _raising_rule(
        self, session: _Session, method: Callable[..., _Answer], request: Message
    ) -> str | None:
        """Finds which rule raised, which the Python SDK does not say: asks again, rule by rule."""
        settings = session.rules.settings
        for name in settings:
            alone = {
                other: rule if other == name else RuleSettings(level="disabled")
                for other, rule in settings.items()
            }
            try:
                self._ask(session.stub.Configure, configure_request(alone))
                self._ask(method, request)
            except grpc.RpcError:
                return name
        return None

    def _ask(self, method: Callable[..., _Answer], request: Message) -> _Answer:
        return method(request, timeout=self._timeout_seconds)

    def _ask_optional(self, method: Callable[..., _Answer], request: Message) -> _Answer | None:
        """Asks what older packs do not implement, which the engine lets pass."""
        try:
            return self._ask(method, request)
        except grpc.RpcError as error:
            if _call(error).code() is grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise

    def _cause(self, error: grpc.RpcError) -> str:
        details = _call(error).details()
        directory = self._command.directory
        # Node sends its stack trace, Python only prints it.
        if details and "\n" in details:
            return cause_of(details, directory)
        written = self._process.error_text(
            containing="Traceback", timeout_seconds=_TRACEBACK_SECONDS
        )
        return cause_of(written, directory) or details or str(error)


def _call(error: grpc.RpcError) -> grpc.Call:
    # Every error that a stub raises is its call too, which the class of the error does not say.
    return cast("grpc.Call", error)


def _subject(request: protocol.AnalyzeRequest) -> str:
    return f"{request.name!r} ({request.type})"
