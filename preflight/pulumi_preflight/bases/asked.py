"""The base that a run is asked to be compared with."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi_preflight.acceptance import Acceptance
from pulumi_preflight.errors import BaseError, PreflightError

# What reads and compares is imported where there is a base: most runs have none.
if TYPE_CHECKING:
    from pulumi_preflight.api import Wanted
    from pulumi_preflight.bases import Base
    from pulumi_preflight.changes.comparing import Comparison, ResourceChange
    from pulumi_preflight.model import Deployment
    from pulumi_preflight.packs import PackChoice
    from pulumi_preflight.packs.changes_file import ToldChanges
    from pulumi_preflight.project import Project
    from pulumi_preflight.states import State
    from pulumi_preflight.verdict import Verdict


class AskedBase:
    """The base of one run, or none."""

    def __init__(self, project: "Project", wanted: "Wanted", secrets: set[str]) -> None:
        """Reads the state where the base is one, whose outputs the program needs.

        Where the base is a revision, its run begins.

        Args:
            project: What is judged.
            wanted: What is asked of the run.
            secrets: Grows by the state's secrets.

        Raises:
            BaseError: It is the state of another stack.
            ProjectError: The project names files for the revision that are not there.
            StateError: It cannot be read.
        """
        self._project = project
        self._wanted = wanted
        self._secrets = secrets
        self._state = None if wanted.base_state is None else self._read_state(wanted.base_state)
        self._saved: Base | None = None
        self._failure: PreflightError | None = None
        self._changes: tuple[ResourceChange, ...] = ()
        revision = wanted.revision
        self._other_run = None if revision is None else revision.judging(project, wanted)

    @property
    def is_given(self) -> bool:
        """Whether there is one."""
        wanted = self._wanted
        return any((self._state, wanted.base_verdict, wanted.revision))

    @property
    def deployed(self) -> "Comparison | None":
        """What is deployed, `None` where no state was given."""
        if self._state is None:
            return None
        from pulumi_preflight.changes.comparing import Comparison  # noqa: PLC0415 - see the top

        return Comparison(self._state.resources)

    def read_after(self, first: Callable[[], None]) -> Callable[[], None]:
        """Calls `first`, then reads what an earlier run has saved, if that is the base.

        Raises:
            BaseError: The file cannot be read, or is not of that format.
        """
        file = self._wanted.base_verdict
        if file is None:
            return first

        def read() -> None:
            first()
            from pulumi_preflight.bases.saved import read_saved  # noqa: PLC0415 - see the top

            self._saved = read_saved(file, project=self._project.name, stack=self._project.stack)

        return read

    def compared(self, deployment: "Deployment") -> "ToldChanges | None":
        """Compares the run with the base, once the program has ended; `None` without a base.

        Waits for the run of a revision, without which there is no base.

        Returns:
            What rules are told of it.
        """
        is_state = self._state is not None
        if self._other_run is not None:
            try:
                self._saved = self._other_run()
            except PreflightError as error:
                # What another commit lacks is not a fault of this one.
                self._failure = error
        base = self._state or self._saved
        if base is None:
            return None
        from pulumi_preflight.bases.settle import as_rules_see, compared  # noqa: PLC0415 - see the top
        from pulumi_preflight.findings import Reported  # noqa: PLC0415 - see the top
        from pulumi_preflight.packs.changes_file import ToldChanges  # noqa: PLC0415 - see the top
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top
        from pulumi_preflight.verdict import secrets_of  # noqa: PLC0415 - see the top

        self._secrets.update(secrets_of(deployment, Reported()))
        redact = Redactor(self._secrets, (each.name for each in deployment.resources))
        self._changes = compared(base.resources, deployment, redact, is_state=is_state)
        told = as_rules_see(self._changes, base.resources, deployment, redact)
        return ToldChanges(told, deployment.inventions)

    def settled(self, verdict: "Verdict", packs: Sequence["PackChoice"]) -> "Verdict":
        """The verdict beside the base; as it is, where there is none.

        Args:
            verdict: The verdict on the program.
            packs: The packs, which judge a state as well.

        Raises:
            PreflightError: A pack fails at the state. The text may hold secrets.
        """
        if self._failure is not None:
            from pulumi_preflight.model import Note  # noqa: PLC0415 - see the top

            told = f"nothing was compared with {self._wanted.revision}: {self._failure}"
            return replace(verdict, notes=(*verdict.notes, Note(text=told)))
        base = self._saved if self._state is None else self._judged(self._state, packs)
        if base is None:
            return verdict
        from pulumi_preflight.bases.settle import settled  # noqa: PLC0415 - see the top

        return settled(verdict, base, self._changes)

    def _read_state(self, place: str) -> "State":
        from pulumi_preflight.redaction import secret_texts  # noqa: PLC0415 - see the top
        from pulumi_preflight.states import read_state  # noqa: PLC0415 - see the top

        meant = f"{self._project.name}/{self._project.stack}"
        state = read_state(place, meant, os.environ)
        told = f"{state.project}/{state.stack}"
        if state.resources and told != meant:
            raise BaseError(
                f"{state.place} is the state of {told}; wanted that of {meant}",
                hint="`pulumi stack export --stack NAME --file FILE` writes that of a stack",
            )
        for each in state.resources:
            self._secrets.update(secret_texts(each.inputs, each.type))
            self._secrets.update(secret_texts(each.outputs, each.type))
        return state

    def _judged(self, state: "State", packs: Sequence["PackChoice"]) -> "Base":
        """What is deployed, with what the packs find at it and what it costs."""
        from pulumi_preflight.bases import Base, known_as, unpriced_in  # noqa: PLC0415 - see the top
        from pulumi_preflight.states.judging import verdict_on  # noqa: PLC0415 - see the top

        # What is accepted is said of the program's findings, not of those of the state.
        wanted = replace(
            self._wanted, packs=tuple(packs), show_fixes=False, acceptance=Acceptance()
        )
        verdict = verdict_on(state, self._project.root, wanted, self._secrets)
        return Base(
            place=state.place,
            is_state=True,
            resources=state.resources,
            findings=tuple(map(known_as, verdict.findings)),
            cost=verdict.cost.lines if verdict.cost else None,
            unpriced=unpriced_in(verdict.cost),
            note="; ".join(state.notes),
        )
