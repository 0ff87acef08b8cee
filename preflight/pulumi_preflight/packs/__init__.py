"""All policy packs of one run: started together, asked in the engine's order, ended together.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go and pkg/engine/update.go
(loadPolicyPlugins).
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from pulumi_preflight.errors import PackError
from pulumi_preflight.guard import Guard
from pulumi_preflight.packs.changes_file import VARIABLE, ChangesFile
from pulumi_preflight.packs.commands import PackCommand, read_pack
from pulumi_preflight.packs.config_files import ConfigFile, read_config
from pulumi_preflight.packs.process import PackProcess
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.startup import ONE_AT_A_TIME

# These import gRPC and the SDK's messages, which takes longer than to start the packs' processes;
# that comes first, so that the two happen side by side.
if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

    from pulumi_preflight.findings import Ran, Reported
    from pulumi_preflight.outputs.memory import Inventions, Taint
    from pulumi_preflight.packs.changes_file import ToldChanges
    from pulumi_preflight.packs.pack import Judgement, Pack
    from pulumi_preflight.packs.second_judgement import Doubt, Question
    from pulumi_preflight.project import ProjectPack
    from pulumi_preflight.stack_question import StackQuestion

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChoice:
    """One `--policy-pack` with its `--policy-pack-config`, `None` where there is none.

    Attributes:
        directory: The pack's folder, or the pack itself where it is an executable.
        config: Its config file.
        named_by: What names it, for messages.
    """

    directory: Path
    config: Path | None = None
    named_by: str = "--policy-pack"


def choices_of(named: Iterable["ProjectPack"]) -> tuple[PackChoice, ...]:
    """The packs that a project names, as a run takes them."""
    return tuple(
        PackChoice(directory=each.path, config=each.config, named_by=each.named_by)
        for each in named
    )


class Packs:
    """All packs of a run: boot on entering, judge, end on leaving.

    Entering only starts the processes; they boot beside each other and beside the program.
    """

    def __init__(  # noqa: PLR0913 - each is told by its name
        self,
        choices: Sequence[PackChoice],
        context: StackContext,
        *,
        beside_base: bool = False,
        working_directory: Path | None = None,
        boot_seconds: float = 60,
        answer_seconds: float = 60,
        may_propose: bool = True,
    ) -> None:
        """Takes what to boot.

        Args:
            choices: The packs, in the order in which their remediations apply.
            context: What they are told of the stack.
            beside_base: Whether `analyze_stack` will tell what becomes of the resources. Then the
                packs judge nothing before that.
            working_directory: Where executable packs run, the pack's folder where not given.
            boot_seconds: How long a pack may take to print its port.
            answer_seconds: How long it may take for one answer.
            may_propose: Whether `propose_fixes` may be called, for which much is to be kept.
        """
        self._may_propose = may_propose
        self._choices = choices
        self._context = context
        self._beside_base = beside_base
        self._guard: Guard | None = None
        self._held: list[tuple[AnalyzeRequest, Doubt[Question[AnalyzeRequest]] | None]] = []
        self._working_directory = working_directory
        self._boot_seconds = boot_seconds
        self._answer_seconds = answer_seconds
        self._lanes: list[_Lane] = []
        self._changes: list[Reported] = []
        self._judgements: deque[Future[Reported]] = deque()
        self._judged_so_far: list[Reported] = []
        self._settling = Lock()
        self._checked: dict[str, AnalyzeRequest] = {}
        self._failure: BaseException | None = None
        self._order_notes: set[str] = set()
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        """Starts every pack.

        Raises:
            PackError: A pack's files or config cannot be read; nothing is left running.
        """
        found = [
            (
                read_pack(choice.directory, self._working_directory, choice.named_by),
                read_config(choice.config) if choice.config else None,
            )
            for choice in self._choices
        ]
        try:
            folder = self._new_folder() if self._beside_base else None
            for number, (command, config) in enumerate(found):
                file = ChangesFile(folder / f"{number}.json") if folder else None
                told = _with_changes(command, file) if file else command
                process = PackProcess(told, self._context.environment(command.runtime))
                boot = partial(self._boot, process, told, config, file)
                self._lanes.append(_Lane(process, boot))
                if config is None:
                    continue
                if config.environments:
                    self.notes.append(
                        f"{config.path}: the ESC environments {', '.join(config.environments)} "
                        "were not read, since they need Pulumi Cloud"
                    )
                self.notes.extend(config.notes)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Ends every pack."""
        self._stop()

    @property
    def printed(self) -> str:
        """The lines that packs printed, each with the pack's name; complete on leaving."""
        return "".join(
            f"[{lane.process.command.path.name}] {line}\n"
            for lane in self._lanes
            for line in lane.process.printed().splitlines()
        )

    def check(self, request: "AnalyzeRequest", taint: "Taint | None" = None) -> "Struct":
        """Lets packs change a resource's inputs, and queues the result for their judgement.

        Called by any thread. Waits for remediations, which the program must see, not for
        judgements, which it never sees.

        Args:
            request: The resource.
            taint: What is made up in its inputs.

        Returns:
            The inputs to go on with; the request's own where no pack changed them.

        Raises:
            PackError: A pack failed, now or while it judged an earlier resource.
        """
        from pulumi_preflight.packs.pack import with_properties  # noqa: PLC0415 - see the top
        from pulumi_preflight.packs.second_judgement import doubt_of  # noqa: PLC0415 - see the top
        from pulumi_preflight.wire import without_internal  # noqa: PLC0415 - see the top

        self.raise_failure()
        try:
            inputs = self._fixed(request)
        except PackError as error:
            self._failure = self._failure or error
            raise
        if self._may_propose:
            self._checked[request.urn] = with_properties(request, inputs)
        judged = with_properties(request, without_internal(inputs))
        doubt = None
        if taint:
            fixed = self._fixed_otherwise(request, taint)
            doubt = doubt_of(judged, taint, fixed and without_internal(fixed))
        if self._beside_base:
            self._held.append((judged, doubt))
        else:
            self._judge(judged, doubt)
        return inputs

    def _judge(
        self, request: "AnalyzeRequest", doubt: "Doubt[Question[AnalyzeRequest]] | None"
    ) -> None:
        for lane in self._lanes:
            judgement = lane.judge(request, doubt)
            if judgement is not None:
                self._await(judgement)

    def _fixed(self, request: "AnalyzeRequest") -> "Struct":
        """The inputs after all packs' fixes; notes where these depend on the packs' order."""
        from pulumi_preflight.packs.pack import order_notes  # noqa: PLC0415 - see the top

        fixing = [lane for lane in self._lanes if lane.booted().remediates]
        inputs, changes = _asked_in_turn(request, fixing)
        self._changes.append(changes)
        if len(fixing) > 1 and changes.remediations:
            other, more = _asked_in_turn(request, fixing[::-1])
            fixes = (*changes.remediations, *more.remediations)
            self._order_notes.update(order_notes(request.name, (inputs, other), fixes))
        return inputs

    def _fixed_otherwise(self, request: "AnalyzeRequest", taint: "Taint") -> "Struct | None":
        """The inputs after all fixes, with other values in place of all made-up ones.

        `None` where no pack fixes anything, or where a rule raises with such values.
        """
        from pulumi_preflight.packs.pack import Pack, with_properties  # noqa: PLC0415 - see the top
        from pulumi_preflight.packs.second_judgement import inputs_otherwise, otherwise_throughout  # noqa: PLC0415 - see the top

        fixing = [lane for lane in self._lanes if lane.booted().remediates]
        if not fixing:
            return None
        other = otherwise_throughout(taint)
        inputs: Struct | None = inputs_otherwise(request.properties, taint, other)
        for lane in fixing:
            if inputs is not None:
                asked = with_properties(request, inputs)
                inputs = lane.queue(Pack.remediate_again, asked).result()
        return inputs

    def examine(self, request: "AnalyzeRequest") -> None:
        """Queues a deployed resource for the judgement of all packs.

        Raises:
            PackError: A pack failed, now or while it judged an earlier resource.
        """
        from pulumi_preflight.packs.pack import Pack, with_properties  # noqa: PLC0415 - see the top
        from pulumi_preflight.wire import without_internal  # noqa: PLC0415 - see the top

        self.raise_failure()
        judged = with_properties(request, without_internal(request.properties))
        self._checked[request.urn] = judged
        for lane in self._lanes:
            self._await(lane.queue(Pack.examine, judged))

    def analyze_stack(
        self,
        question: "StackQuestion",
        inventions: "Inventions | None" = None,
        changes: "ToldChanges | None" = None,
    ) -> None:
        """Lets the stack rules judge, once the program has ended; waits for every judgement.

        Args:
            question: All resources, without internal properties.
            inventions: What is made up in them.
            changes: What becomes of them, where there is a base.

        Raises:
            PackError: A pack failed.
        """
        from pulumi_preflight.packs.pack import Pack  # noqa: PLC0415 - see the top
        from pulumi_preflight.packs.second_judgement import stack_doubt_of  # noqa: PLC0415 - see the top

        if changes is not None:
            for lane in self._lanes:
                lane.queue(Pack.learn, changes)
        for judged, resource_doubt in self._held:
            self._judge(judged, resource_doubt)
        root = self._context.root_urn
        doubt = stack_doubt_of(question, inventions, urn=root) if inventions else None
        for lane in self._lanes:
            self._await(lane.queue(Pack.judge_stack, question, doubt))
        self._settle(wait=True)
        booted = [lane.booted() for lane in self._lanes]
        self.notes.extend(note for pack in booted for note in pack.notes)
        # Several packs may have one file.
        unmet = (note for pack in booted for note in pack.unmet_targets(question.urns))
        self.notes.extend(dict.fromkeys(unmet))
        # Resources arrive side by side, so the order of arrival says nothing.
        self.notes.extend(sorted(self._order_notes))

    def rules(self) -> "tuple[Ran, ...]":
        """All rules of all packs, each with its level, without a judgement.

        Raises:
            PackError: A pack did not boot, or refused its config.
        """
        return tuple(rule for lane in self._lanes for rule in lane.booted().rules())

    def judged(self) -> int:
        """How often a pack has judged a resource so far; called by any thread."""
        return sum(lane.judged() for lane in self._lanes)

    def propose_fixes(self) -> None:
        """Asks each pack what the fixes of rules that only report would change.

        To be called when all is judged: it leaves findings as they are, and is the last thing that
        a pack is asked. A pack that fails here has given its verdict, so that is a note.
        """
        from pulumi_preflight.findings import Reported  # noqa: PLC0415 - see the top
        from pulumi_preflight.packs.pack import Pack  # noqa: PLC0415 - see the top

        asked = tuple(self._checked.values())
        proposals = [lane.queue(Pack.propose, asked) for lane in self._lanes]
        for proposal in proposals:
            try:
                self._changes.append(Reported(remediations=proposal.result()))
            except PackError as error:
                self.notes.append(f"fixes are missing: {error}")

    def raise_failure(self) -> None:
        """Raises the first `PackError` so far, which may be why the program failed after it."""
        if self._failure is not None:
            raise self._failure

    @property
    def reported(self) -> "Reported":
        """All that the packs reported; complete after `analyze_stack`."""
        from pulumi_preflight.findings import together  # noqa: PLC0415 - see the top

        self._settle(wait=True)
        return together((*self._changes, *self._judged_so_far))

    def _new_folder(self) -> Path:
        """A folder for what packs read, which goes with preflight, however that ends."""
        self._guard = Guard()
        return self._guard.new_folder()

    def _boot(
        self,
        process: PackProcess,
        command: PackCommand,
        config: ConfigFile | None,
        changes_file: ChangesFile | None,
    ) -> "Pack":
        with ONE_AT_A_TIME:
            from pulumi_preflight.packs.pack import Pack  # noqa: PLC0415 - see the top

        process.port(self._boot_seconds)
        return Pack(
            process,
            command,
            config,
            self._context,
            changes_file,
            answer_seconds=self._answer_seconds,
        )

    def _await(self, judgement: "Future[Reported]") -> None:
        judgement.add_done_callback(self._note_failure)
        self._judgements.append(judgement)
        self._settle(wait=False)

    def _settle(self, *, wait: bool) -> None:
        """Takes what was reported out of the futures, which need more room than it."""
        with self._settling:
            while self._judgements and (wait or self._judgements[0].done()):
                self._judged_so_far.append(self._judgements[0].result())
                self._judgements.popleft()

    def _note_failure(self, judgement: "Future[Reported]") -> None:
        if not judgement.cancelled() and self._failure is None:
            self._failure = judgement.exception()

    def _stop(self) -> None:
        for lane in self._lanes:
            lane.stop()
        if self._guard is not None:
            self._guard.close()


def _with_changes(command: PackCommand, file: ChangesFile) -> PackCommand:
    return replace(command, environment={**command.environment, VARIABLE: str(file.path)})


def _asked_in_turn(
    request: "AnalyzeRequest", lanes: "Sequence[_Lane]"
) -> "tuple[Struct, Reported]":
    """The inputs after the fixes of one pack after the other, and the changes made."""
    from pulumi_preflight.findings import Reported  # noqa: PLC0415 - see the top
    from pulumi_preflight.packs.pack import Pack  # noqa: PLC0415 - see the top

    inputs, done = request.properties, Reported()
    for lane in lanes:
        inputs, changes = lane.queue(Pack.remediate, request, inputs).result()
        done += changes
    return inputs, done


# How many judgements are asked for at a time, and how long the first waits for others.
_TOGETHER = 32
_GATHERING_SECONDS = 0.01


class _Lane:
    """A pack's process and the one thread that speaks to it.

    A pack answers one call at a time, as under the engine, so its rules need no locks.
    """

    def __init__(self, process: PackProcess, boot: "Callable[[], Pack]") -> None:
        self.process = process
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pack")
        self._pack = self._thread.submit(boot)
        self._gathering = Lock()
        self._gathered: list[Judgement] = []
        self._enough = Event()

    def booted(self) -> "Pack":
        """Waits for the pack; raises `PackError` if it does not boot."""
        return self._pack.result()

    def queue(
        self,
        ask: "Callable[Concatenate[Pack, _Arguments], _Result]",
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Asks the pack when it has answered all that was asked before."""
        self._enough.set()
        return self._thread.submit(lambda: ask(self.booted(), *arguments, **named))

    def judge(
        self, request: "AnalyzeRequest", doubt: "Doubt[Question[AnalyzeRequest]] | None"
    ) -> "Future[Reported] | None":
        """Lets the pack judge a resource, together with others that come soon.

        The first of those gets what is reported of all of them.
        """
        with self._gathering:
            self._gathered.append((request, doubt))
            count = len(self._gathered)
        if count == _TOGETHER:
            self._enough.set()
        return self._thread.submit(self._judge_gathered) if count == 1 else None

    def judged(self) -> int:
        """How often the pack has judged a resource so far; called by any thread."""
        pack = self._pack
        booted = pack.done() and not pack.cancelled() and pack.exception() is None
        return pack.result().judged if booted else 0

    def _judge_gathered(self) -> "Reported":
        from pulumi_preflight.findings import together  # noqa: PLC0415 - see the top

        pack = self.booted()
        if pack.answers_ahead:
            self._enough.wait(_GATHERING_SECONDS)
        with self._gathering:
            gathered, self._gathered = self._gathered, []
            self._enough.clear()
        return together(tuple(pack.judge_each(gathered)))

    def stop(self) -> None:
        """Ends the process and drops what is queued."""
        self.process.stop()
        self._thread.shutdown(cancel_futures=True)
        if self._pack.done() and not self._pack.cancelled() and not self._pack.exception():
            self._pack.result().close()
