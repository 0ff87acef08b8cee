"""All policy packs of one run: started together, asked in the engine's order, ended together.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go and pkg/engine/update.go
(loadPolicyPlugins).
"""

import sys
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as protocol

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Reported
from pulumi_preflight.internal_properties import without_internal
from pulumi_preflight.pack import Pack
from pulumi_preflight.pack_config import read_config
from pulumi_preflight.pack_files import read_pack
from pulumi_preflight.stack_context import StackContext


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChoice:
    """One `--policy-pack` with its `--policy-pack-config`, `None` where there is none."""

    directory: Path
    config: Path | None = None


class Packs:
    """All packs of a run: boot on entering, judge, end on leaving.

    Entering only starts the processes; they boot beside each other and beside the program. Each
    pack answers one call at a time, as under the engine, so its rules need no locks.
    """

    def __init__(
        self, choices: Sequence[PackChoice], context: StackContext, *, timeout_seconds: float
    ) -> None:
        """Takes what to boot.

        Args:
            choices: The packs, in the order in which their remediations apply.
            context: What they are told of the stack.
            timeout_seconds: How long a boot, and each answer, may take.
        """
        self._choices = choices
        self._context = context
        self._timeout_seconds = timeout_seconds
        self._packs: list[Pack] = []
        self._changes: list[Reported] = []
        self._answers: list[Future[Reported]] = []
        self._failure: BaseException | None = None
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        """Starts every pack.

        Raises:
            PackError: A pack's files or config cannot be read; nothing is left running.
        """
        found = [
            (read_pack(choice.directory), read_config(choice.config) if choice.config else None)
            for choice in self._choices
        ]
        try:
            for command, config in found:
                pack = Pack(command, config, self._context, timeout_seconds=self._timeout_seconds)
                self._packs.append(pack)
                if config is not None and config.environments:
                    self.notes.append(
                        f"{config.path}: the ESC environments {', '.join(config.environments)} "
                        "were not read, since they need Pulumi Cloud"
                    )
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
        """Ends every pack and, where all went well, shows on stderr what packs printed."""
        self._stop()
        if kind is None:
            for pack in self._packs:
                for line in pack.printed().splitlines():
                    sys.stderr.write(f"[{pack.folder}] {line}\n")

    def check(self, request: protocol.AnalyzeRequest) -> Struct:
        """Lets packs change a resource's inputs, and queues the result for their judgement.

        Called by any thread. Waits for remediations, which the program must see, not for
        judgements, which it never sees.

        Returns:
            The inputs to go on with; the request's own where no pack changed them.

        Raises:
            PackError: A pack failed, now or while it judged an earlier resource.
        """
        self.raise_failure()
        inputs = request.properties
        for pack in self._packs:
            try:
                inputs, changes = pack.remediate(_with_properties(request, inputs))
            except PackError as error:
                self._failure = self._failure or error
                raise
            self._changes.append(changes)
        judged = _with_properties(request, without_internal(inputs))
        for pack in self._packs:
            self._keep(pack.analyze(judged))
        return inputs

    def analyze_stack(self, request: protocol.AnalyzeStackRequest) -> None:
        """Lets the stack rules judge, once the program has ended; waits for every judgement.

        Raises:
            PackError: A pack failed.
        """
        judged = protocol.AnalyzeStackRequest()
        judged.CopyFrom(request)
        for resource in judged.resources:
            resource.properties.CopyFrom(without_internal(resource.properties))
        for pack in self._packs:
            self._keep(pack.analyze_stack(judged))
        for answer in self._answers:
            answer.result()

    def raise_failure(self) -> None:
        """Raises the first `PackError` so far, which may be why the program failed after it."""
        if self._failure is not None:
            raise self._failure

    @property
    def reported(self) -> Reported:
        """All that the packs reported; complete after `analyze_stack`."""
        judged = [answer.result() for answer in self._answers]
        return sum((*self._changes, *judged), Reported())

    def _keep(self, answer: Future[Reported]) -> None:
        self._answers.append(answer)
        answer.add_done_callback(self._note_failure)

    def _note_failure(self, answer: Future[Reported]) -> None:
        if not answer.cancelled() and self._failure is None:
            self._failure = answer.exception()

    def _stop(self) -> None:
        for pack in self._packs:
            pack.stop()


def _with_properties(request: protocol.AnalyzeRequest, inputs: Struct) -> protocol.AnalyzeRequest:
    if inputs is request.properties:
        return request
    changed = protocol.AnalyzeRequest()
    changed.CopyFrom(request)
    changed.properties.CopyFrom(inputs)
    return changed
