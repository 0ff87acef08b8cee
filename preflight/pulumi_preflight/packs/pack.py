"""One policy pack: boots it and speaks the analyzer protocol to it as the engine does.

Source: pulumi/pulumi, pkg/resource/plugin/analyzer_plugin.go and sdk/policy_proxy.go, which
stands between the engine and the packs of both SDKs: their environment carries the stack's
configuration, and they get ConfigureStack, GetAnalyzerInfo, Configure, but no Handshake. An
executable pack has nothing in front: it gets Handshake first, and no such environment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Ran, Remediation, Reported, changed_paths
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.packs.answers import (
    PackRules,
    excused,
    failed_remediation,
    idle_rules,
    reported,
)
from pulumi_preflight.packs.changes_file import NOTHING, ChangesFile, Entries, ToldChanges
from pulumi_preflight.packs.commands import PackCommand
from pulumi_preflight.packs.config_files import ConfigFile, RuleSettings
from pulumi_preflight.packs.connection import (
    Diagnosis,
    PackConnection,
    Profiles,
    call_of,
    cause_in,
    configure_request,
    diagnose,
    effective_settings,
    proposing,
)
from pulumi_preflight.packs.exceptions import unknown_rules, unmet_targets
from pulumi_preflight.packs.process import PackProcess
from pulumi_preflight.packs.second_judgement import Doubt, Question, RaisedError, judged_twice
from pulumi_preflight.packs.socket_channel import Method
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.stack_question import StackQuestion

_Answer = TypeVar("_Answer", bound=Message)
_Asked = TypeVar("_Asked")


Judgement: TypeAlias = tuple[
    protocol.AnalyzeRequest, Doubt[Question[protocol.AnalyzeRequest]] | None
]
"""A resource to be judged, and what is made up in it."""


class Pack:
    """A booted pack. Its methods are called by one thread only."""

    def __init__(  # noqa: PLR0913 - each is told by its kind
        self,
        process: PackProcess,
        command: PackCommand,
        config: ConfigFile | None,
        context: StackContext,
        changes_file: ChangesFile | None = None,
        *,
        answer_seconds: float,
    ) -> None:
        """Takes a process that has booted, and hands it its configuration.

        Args:
            process: The process.
            command: How it was started.
            config: Its config file, `None` where it has none.
            context: The stack.
            changes_file: Where it reads what becomes of the resources, `None` without a base.
            answer_seconds: How long it may take for one answer.

        Raises:
            PackError: It refused its configuration.
        """
        self._command = command
        self._config = config
        self._context = context
        self._answer_seconds = answer_seconds
        self._changes_file = changes_file
        self._changes = ToldChanges({}, Inventions())
        self._connection = PackConnection(process, context, answer_seconds=answer_seconds)
        self._failure: PackError | None = None
        self._idle: dict[str, str] = {}
        """Rules that had nothing to judge in any answer so far, with the reason."""
        self._answers = 0
        self.judged = 0
        """How often it has judged a resource."""
        self._last = ("", protocol.AnalyzeResponse(), Reported())
        self._ahead: dict[int, protocol.AnalyzeResponse | grpc.RpcError] = {}
        """Answers that came before they are needed, by the identity of the request."""
        try:
            self._stub = self._connection.connect()
            info, profiles = self._connection.describe(self._stub)
        except grpc.RpcError as error:
            cause = cause_in(error, self._connection)
            raise PackError(f"policy pack {command.path} did not boot: {cause}") from error
        settings = self._configured(info, profiles)
        policies = {policy.name: policy for policy in info.policies}
        self._rules = PackRules(pack=info.name, policies=policies, settings=settings)
        self._exceptions = config.exceptions if config else ()
        self.notes: Final = tuple(unknown_rules(self._exceptions, info.name, policies.keys()))
        """What the user should know of the exceptions."""
        self.remediates: Final = command.is_executable or any(
            rule.level == "remediate" for rule in settings.values()
        )
        """Whether any rule may change inputs: the SDKs for Python and Node run those of level
        `remediate` only, that for Go those of any level."""

    def rules(self) -> tuple[Ran, ...]:
        """All its rules, each with its level; none has judged anything."""
        return tuple(self._rules.ran({}))

    def unmet_targets(self, urns: Collection[str]) -> tuple[str, ...]:
        """What the user should know of the exceptions' targets, of all resources."""
        return tuple(unmet_targets(self._exceptions, self._context.root_urn, urns))

    def remediate(
        self, request: protocol.AnalyzeRequest, inputs: Struct
    ) -> tuple[Struct, Reported]:
        """Lets the pack change a resource's inputs.

        Args:
            request: The resource.
            inputs: Its inputs as earlier packs left them.

        Returns:
            The inputs to go on with, `inputs` itself if nothing changed, and what was done.

        Raises:
            PackError: A rule raised or did not answer.
        """
        done = Reported()
        for remediation in self._remediations(request, inputs):
            if remediation.diagnostic:
                done += failed_remediation(self._rules, remediation, request.urn)
                continue
            done += Reported(remediations=(self._change(remediation, request.urn, inputs),))
            inputs = remediation.properties
        return inputs, done

    def remediate_again(self, request: protocol.AnalyzeRequest) -> Struct | None:
        """The inputs after the pack's fixes, `None` where a rule raises.

        To be asked after `remediate`: a rule that raises now has not failed the pack.

        Args:
            request: The resource, with other values in place of the made-up ones.
        """
        fixed = request.properties

        def ask(asked: protocol.AnalyzeRequest) -> Reported:
            nonlocal fixed
            fixed, done = self.remediate(asked, asked.properties)
            return done

        try:
            self._again(ask)(request)
        except RaisedError:
            return None
        return fixed

    def propose(self, requests: Iterable[protocol.AnalyzeRequest]) -> tuple[Remediation, ...]:
        """Asks what the fixes of rules that only report would change; to be called last.

        The SDKs run the fixes of level `remediate` only, so the pack is configured anew. One that
        cannot run is left out: the rule itself has said what it could not read.

        Args:
            requests: The resources as they were judged.

        Raises:
            PackError: A rule raised or did not answer.
        """
        self._rules = replace(self._rules, settings=proposing(self._rules.settings))
        self._ask(lambda stub: stub.Configure, configure_request(self._rules.settings), "its fixes")
        proposed = []
        for request in requests:
            inputs = request.properties
            for remediation in self._remediations(request, inputs):
                if not remediation.diagnostic:
                    change = self._change(remediation, request.urn, inputs)
                    proposed.append(replace(change, applied=False))
                    inputs = remediation.properties
        return tuple(proposed)

    def learn(self, changes: ToldChanges) -> None:
        """Takes what becomes of the resources, which its rules may ask for from here on."""
        self._changes = changes

    @property
    def answers_ahead(self) -> bool:
        """Whether several judgements are best asked for at a time.

        Beside a base, the file holds what becomes of one resource, so one is asked for.
        """
        return self._changes_file is None and isinstance(self._stub.Analyze, Method)

    def judge_each(self, judgements: Sequence[Judgement]) -> Iterator[Reported]:
        """Lets the resource rules judge resources, in order, twice where something is made up.

        Raises:
            PackError: A rule raised or did not answer.
        """
        if self.answers_ahead:
            requests = [request for each in judgements for request in _asked_first(each)]
            answers = self._connection.ask_each(self._stub.Analyze, requests)
            self._ahead = dict(zip(map(id, requests), answers, strict=False))
        for request, doubt in judgements:
            yield self._judge(request, doubt)
            self.judged += 1

    def _judge(
        self,
        request: protocol.AnalyzeRequest,
        doubt: Doubt[Question[protocol.AnalyzeRequest]] | None,
    ) -> Reported:
        question = Question(request)
        if doubt is None:
            judged = self._analyze(question)
        else:
            judged = judged_twice(self._analyze, self._again(self._analyze), question, doubt)
        return excused(judged, self._exceptions)

    def examine(self, request: protocol.AnalyzeRequest) -> Reported:
        """Lets the resource rules judge a resource that is deployed; fixes change nothing there.

        Raises:
            PackError: A rule raised or did not answer.
        """
        done = self.remediate(request, request.properties)[1] if self.remediates else Reported()
        proposed = tuple(replace(each, applied=False) for each in done.remediations)
        judged = excused(self._analyze(Question(request)), self._exceptions)
        self.judged += 1
        return replace(done, remediations=proposed) + judged

    def judge_stack(
        self,
        stack: StackQuestion,
        doubt: Doubt[Question[StackQuestion]] | None,
    ) -> Reported:
        """Lets the stack rules judge the whole stack, twice where something in it is made up.

        Raises:
            PackError: A rule raised or did not answer.
        """
        question = Question(stack)
        if doubt is None or not self._rules.judge_stacks:
            judged = self._analyze_stack(question)
        else:
            again = self._again(self._analyze_stack)
            judged = judged_twice(self._analyze_stack, again, question, doubt)
        rules = tuple(self._rules.ran(self._idle))
        return replace(excused(judged, self._exceptions), rules=rules)

    def _again(self, ask: Callable[[_Asked], Reported]) -> Callable[[_Asked], Reported]:
        """Asks after the first time: a rule that raises then has not failed the pack."""

        def asked(question: _Asked) -> Reported:
            try:
                return ask(question)
            except PackError as error:
                if error.rule is None:
                    raise
                self._failure = None
                raise RaisedError(self._rules.raised(error.rule, str(error))) from error

        return asked

    def _analyze(self, question: Question[protocol.AnalyzeRequest]) -> Reported:
        request = question.request
        changes = self._changes.of(request.urn, question.other)
        answer = self._ask(
            lambda stub: self._analyzing(stub, request), request, _subject(request), changes
        )
        if answer is None:
            return Reported()
        # The second judgement of a resource mostly says what the first did.
        if (request.urn, answer) == self._last[:2]:
            return self._last[2]
        idle = idle_rules(answer.not_applicable)
        # A rule of resources is idle where all answers say so.
        self._idle = (
            idle
            if not self._answers
            else {rule: why for rule, why in self._idle.items() if rule in idle}
        )
        self._answers += 1
        said = reported(self._rules, answer.diagnostics, answer.not_applicable, urn=request.urn)
        self._last = (request.urn, answer, said)
        return said

    def _analyzing(
        self, stub: AnalyzerStub, request: protocol.AnalyzeRequest
    ) -> Callable[..., protocol.AnalyzeResponse]:
        """The call that judges a resource, or what gives its answer where that has come already."""
        answer = self._ahead.pop(id(request), None)
        return stub.Analyze if answer is None else lambda _, **__: _given(answer)

    def _analyze_stack(self, question: Question[StackQuestion]) -> Reported:
        stack, changes = question.request, self._changes.of_all(question.other)
        answer = self._ask(lambda stub: stub.AnalyzeStack, stack, "the stack", changes)
        if answer is None:
            return Reported()
        self._idle |= idle_rules(answer.not_applicable)
        return reported(
            self._rules,
            answer.diagnostics,
            answer.not_applicable,
            urn=self._context.root_urn,
            # A rule may speak of what is deleted, too.
            resources=stack.urns | self._changes.urns,
        )

    def _remediations(
        self, request: protocol.AnalyzeRequest, inputs: Struct
    ) -> Iterable[protocol.Remediation]:
        asked = with_properties(request, inputs)
        answer = self._ask(lambda stub: stub.Remediate, asked, _subject(request))
        return answer.remediations if answer else ()

    def _change(self, remediation: protocol.Remediation, urn: str, before: Struct) -> Remediation:
        return Remediation(
            rule=remediation.policyName,
            pack=self._rules.pack,
            urn=urn,
            before=before,
            after=remediation.properties,
        )

    def close(self) -> None:
        """Closes the channel to the pack; the process goes on."""
        self._connection.close()

    def _configured(
        self, info: protocol.AnalyzerInfo, profiles: Profiles
    ) -> dict[str, RuleSettings]:
        if not info.supportsConfig:
            # Exceptions are the engine's, so they hold for every pack.
            if self._config is None or not self._config.sets_anything:
                return {}
            raise PackError(
                f"policy pack {info.name!r} takes no configuration, "
                f"but --policy-pack-config gives it {self._config.path}"
            )
        settings = effective_settings(info, self._config, profiles)
        if settings:
            try:
                self._connection.ask(self._stub.Configure, configure_request(settings))
            except grpc.RpcError as error:
                source = f"its config {self._config.path}" if self._config else "its own config"
                problems = cause_in(error, self._connection).splitlines()
                listed = "".join(f"\n  {line}" for line in problems)
                told = f" {problems[0]}" if len(problems) == 1 else listed
                raise PackError(f"policy pack {info.name!r} refused {source}:{told}") from error
        return settings

    def _ask(
        self,
        question: Callable[[AnalyzerStub], Callable[..., _Answer]],
        request: Message | StackQuestion,
        subject: str,
        changes: Entries = NOTHING,
    ) -> _Answer | None:
        """Asks for a judgement; `None` from a pack that knows no such call."""
        if self._failure is not None:
            raise self._failure
        if self._changes_file is not None:
            self._changes_file.hold(changes)
        try:
            return self._connection.ask_optional(question(self._stub), request)
        except grpc.RpcError as error:
            self._failure = self._failed(error, question, request, subject)
            raise self._failure from error

    def _failed(
        self,
        error: grpc.RpcError,
        question: Callable[[AnalyzerStub], Callable[..., Message]],
        request: Message | StackQuestion,
        subject: str,
    ) -> PackError:
        pack, code = self._rules.pack, call_of(error).code()
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return PackError(
                f"policy pack {pack!r} did not answer within {self._answer_seconds:g} s "
                f"for {subject}",
                hint="a rule hangs or is slow; --timeout gives it more time",
            )
        if ended := self._connection.process.death():
            return self._died(ended, self._diagnosis(question, request), subject)
        found = self._diagnosis(question, request)
        if found is None and code is not grpc.StatusCode.UNKNOWN:
            cause = cause_in(error, self._connection)
            return PackError(f"policy pack {pack!r} failed for {subject}: {cause}")
        if found is None:
            details = call_of(error).details() or ""
            return PackError(f"a rule of policy pack {pack!r} raised for {subject}: {details}")
        return PackError(
            f"rule {found.rule!r} of policy pack {pack!r} raised for {subject}: {found.cause}",
            rule=found.rule,
        )

    def _died(self, ended: str, found: Diagnosis | None, subject: str) -> PackError:
        rule = f"rule {found.rule!r} of " if found else ""
        lines = self._connection.process.last_words()
        return PackError(
            f"{rule}policy pack {self._rules.pack!r} ended the pack's process ({ended}) "
            f"for {subject}",
            hint="its last lines on stderr:\n  " + "\n  ".join(lines) if lines else None,
        )

    def _diagnosis(
        self,
        question: Callable[[AnalyzerStub], Callable[..., Message]],
        request: Message | StackQuestion,
    ) -> Diagnosis | None:
        again = PackProcess(
            self._command.with_tracebacks(), self._context.environment(self._command.runtime)
        )
        connection = PackConnection(again, self._context, answer_seconds=self._answer_seconds)
        try:
            return diagnose(connection, self._rules.settings, question, request)
        finally:
            again.stop()
            connection.close()


def _asked_first(judgement: Judgement) -> Iterator[protocol.AnalyzeRequest]:
    """What surely is to be asked for a judgement."""
    request, doubt = judgement
    yield request
    if doubt is not None:
        yield doubt.throughout().request


def _given(answer: protocol.AnalyzeResponse | grpc.RpcError) -> protocol.AnalyzeResponse:
    if isinstance(answer, Exception):
        raise answer
    return answer


def with_properties(request: protocol.AnalyzeRequest, inputs: Struct) -> protocol.AnalyzeRequest:
    """The request with other inputs; itself where they are its own."""
    if inputs is request.properties:
        return request
    changed = protocol.AnalyzeRequest()
    changed.CopyFrom(request)
    changed.properties.CopyFrom(inputs)
    return changed


def _subject(request: protocol.AnalyzeRequest) -> str:
    return f"{request.name!r} ({request.type})"


def order_notes(
    name: str, ends: tuple[Struct, Struct], fixes: Sequence[Remediation]
) -> tuple[str, ...]:
    """Names each property that two orders leave different, with the rules that fix it.

    Args:
        name: The resource's logical name.
        ends: The final inputs of both orders.
        fixes: The changes in both orders.
    """
    return tuple(
        f"{name}: what {path} ends at depends on the order of the packs, which the engine varies "
        f"from run to run: {_rules(path, fixes)} fix it; leave it to one of them"
        for path in changed_paths(*ends)
    )


def _rules(path: str, fixes: Sequence[Remediation]) -> str:
    rules = {
        f"{fix.rule} of {fix.pack}"
        for fix in fixes
        if any(_touches(path, each) for each in changed_paths(fix.before, fix.after))
    }
    return " and ".join(sorted(rules))


def _touches(path: str, changed: str) -> bool:
    """Whether a change is at the path, below it or above it."""
    return any(
        long == short or long.startswith((f"{short}.", f"{short}["))
        for long, short in ((path, changed), (changed, path))
    )
