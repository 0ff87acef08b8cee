"""Runs a project's program against services of preflight's own, and gives what it registered."""

import os
import queue
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.guard import Guard
from pulumi_preflight.opened import files_of
from pulumi_preflight.program.child import Child, program_environment
from pulumi_preflight.project import Project
from pulumi_preflight.startup import ONE_AT_A_TIME

# What follows imports gRPC and the SDK's messages, which takes longer than to start the program's
# process; that comes first, so that the two happen side by side.
if TYPE_CHECKING:
    from pulumi_preflight.changes.comparing import Comparison
    from pulumi_preflight.model import Deployment, Positions
    from pulumi_preflight.monitor.run import ResourceCheck
    from pulumi_preflight.monitor.unknowns import Unknowns

_PARALLEL = 16
_SECONDS_A_TURN = 0.2
_CALLBACK_SECONDS = 10.0
# The messages of a process arrive soon after its end.
_LAST_WORDS_SECONDS = 2.0
# A program that hangs inside a library's own code cannot say where it is.
_PLACE_SECONDS = 2.0
_STAYS_UNKNOWN = (
    "what only a deployment tells stays unknown, as in a preview: nothing keeps callbacks of {} "
    "from acting on values that preflight fills in; `fill: true` in preflight.yaml fills them in"
)


def run_program(  # noqa: PLR0913 - each is told by its name
    project: Project,
    *,
    check: "ResourceCheck",
    keep_unknowns: bool = False,
    timeout_seconds: float = 60,
    deployed: "Comparison | None" = None,
    environment: Mapping[str, str] = os.environ,
    meanwhile: Callable[[], None] | None = None,
    tells_files: bool = False,
) -> "Deployment":
    """Runs the program once, as a preview of a stack that does not exist yet.

    Args:
        project: What to run.
        check: Called for each resource with inputs, components and providers too, from several
            threads at once; gives the inputs to go on with.
        keep_unknowns: Leave computed outputs unknown, as the engine's preview does.
        timeout_seconds: How long the program may take.
        deployed: What is deployed: what stays of it has its real outputs. `None` where that is not
            known.
        environment: The variables that the program's own are made of.
        meanwhile: Called once the program runs, for what is not needed before its end.
        tells_files: Whether the program is to tell which files it opens, where its runtime can.

    Raises:
        ProgramError: The program raised, exited with an error or did not end in time.
        PreflightError: What `check` raised.
    """
    with closing(Guard()) as guard:
        variables = program_environment(project, environment, guard.new_folder)
        with Child(project, variables, guard) as child:
            return _Running(project, child, tells_files=tells_files).deployment(
                check,
                keep_unknowns=keep_unknowns,
                timeout_seconds=timeout_seconds,
                deployed=deployed,
                meanwhile=meanwhile,
            )


class _Running:
    """A program whose process has started."""

    def __init__(self, project: Project, child: Child, *, tells_files: bool) -> None:
        self._tells_files = tells_files
        self._project = project
        self._child = child

    def deployment(
        self,
        check: "ResourceCheck",
        *,
        keep_unknowns: bool,
        timeout_seconds: float,
        deployed: "Comparison | None",
        meanwhile: Callable[[], None] | None,
    ) -> "Deployment":
        """Lets the program run, waits for its end, and gives what it registered."""
        with ONE_AT_A_TIME:
            from pulumi_preflight.model import Deployment, Positions  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor import Monitor  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor.declared import Declared  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor.loading import Loader  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor.run import Run  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor.services import EngineService  # noqa: PLC0415 - see the top
            from pulumi_preflight.monitor.unknowns import Unknowns  # noqa: PLC0415 - see the top
            from pulumi_preflight.outputs.template_shapes import TemplateShapes  # noqa: PLC0415 - see the top
            from pulumi_preflight.program.failure import Scene, raise_for  # noqa: PLC0415 - see the top
            from pulumi_preflight.program.serving import (  # noqa: PLC0415 - see the top
                serving_grpc,
                serving_socket,
            )
            from pulumi_preflight.program.told import notes_on_told  # noqa: PLC0415 - see the top
            from pulumi_preflight.project.template import read_template  # noqa: PLC0415 - see the top
            from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top

        stays_unknown = not keep_unknowns and not self._may_fill()
        launch = self._project.launch
        template = read_template(launch.template) if launch.template else None
        ask = TemplateShapes(template, self._child.ask).ask if template else self._child.ask
        run = Run.of(
            self._project,
            check,
            ask,
            keep_unknowns=keep_unknowns or stays_unknown,
            deployed=deployed,
        )
        if stays_unknown:
            run.registry.note(_STAYS_UNKNOWN.format(self._project.runtime))
        engine = EngineService()
        positions = Positions(self._project.root)
        unknowns = Unknowns(run, positions)
        declared = Declared(template, run) if template else None
        loader = Loader(template, run.registry.note) if launch.loads_schemas else None
        monitor = Monitor(run, positions, self._fail, declared)
        serving = (
            serving_socket(self._child.calls, monitor, engine, partial(self._take, unknowns))
            if launch.calls_by_socket
            else serving_grpc(monitor, engine, loader)
        )
        with serving as address:
            try:
                self._child.start(self._settings(address), unknowns.answer)
                if meanwhile is not None:
                    meanwhile()
                end = self._end(timeout_seconds, positions)
            finally:
                # The program ends before its server goes away: gRPC would log that on the program's
                # stderr, and a thread that answers a request may wait for the program.
                self._child.stop()
                run.callbacks.close()
        redact = Redactor(
            text for value in self._project.config.values() for text in value.secret_texts
        )
        raise_for(
            end,
            Scene(
                child=self._child,
                log=engine.log,
                run=run,
                positions=positions,
                template=template,
            ),
            redact=redact,
        )
        if declared is not None:
            declared.check_whole()
        return Deployment(
            resources=run.registry.resources,
            duplicates=run.registry.duplicates,
            stack_outputs=run.registry.stack_outputs,
            early_calls=unknowns.early_calls,
            notes=(*run.registry.notes, *unknowns.notes, *notes_on_told(run)),
            printed=redact(self._child.printed() + engine.printed()),
            inventions=run.inventions,
            leaves_out_unset=launch.leaves_out_unset,
            files=files_of(end),
        )

    def _may_fill(self) -> bool:
        """Whether callbacks may run on values that preflight fills in."""
        overrides = self._project.overrides
        return self._project.launch.bounds_callbacks or bool(overrides and overrides.fill)

    def _settings(self, address: str | None) -> dict[str, object]:
        project = self._project
        bounds = project.overrides.callbacks if project.overrides else None
        return {
            "program": str(project.launch.program),
            "function": asdict(project.function) if project.function else None,
            "files": self._tells_files,
            "sdk": {
                "monitor": address,
                "engine": address,
                "project": project.name,
                "stack": project.stack,
                "parallel": _PARALLEL,
                "dry_run": True,
                "organization": project.organization,
                "root_directory": str(project.root),
            },
            "callbacks": {
                "seconds": (bounds and bounds.seconds) or _CALLBACK_SECONDS,
                "allow": bounds.allow if bounds else (),
                "project": str(project.root),
            },
        }

    def _take(self, unknowns: "Unknowns", told: Mapping[str, Any]) -> None:
        try:
            unknowns.answer(told)
        except Exception as error:  # noqa: BLE001 - the run must end with it, not the calling thread
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._child.ended.put({"ended": "failed", "error": error})

    def _end(self, timeout_seconds: float, positions: "Positions") -> dict[str, Any]:
        deadline = time.monotonic() + timeout_seconds
        while (left := deadline - time.monotonic()) > 0:
            died = self._child.has_ended()
            # In short turns: Python carries a Ctrl-C out that arrives just before one after it.
            turn = _LAST_WORDS_SECONDS if died else min(left, _SECONDS_A_TURN)
            with suppress(queue.Empty):
                return self._child.ended.get(timeout=turn)
            if died:
                return {"ended": "died"}
        frames = self._child.place(timeout_seconds=_PLACE_SECONDS)
        places = [(frame["file"], frame["line"]) for frame in reversed(frames)]
        place = positions.nearest(places)
        where = f"; it was at {place.file}:{place.line}" if place else ""
        raise ProgramError(
            f"the program did not end within {timeout_seconds:g} s{where}",
            hint="give it longer with --timeout SECONDS",
            place=(place.file, place.line) if place else None,
        )
