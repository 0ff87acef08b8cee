"""What a template tells of a request, where a language host sends only places in its own SDK."""

import threading
from collections.abc import Iterable
from typing import TypeAlias

from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
)

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs.memory import HandedOn, WorkedOn
from pulumi_preflight.project.template import DeclaredResource, Source, Template, is_short_of
from pulumi_preflight.wire import from_struct

_Placed: TypeAlias = RegisterResourceRequest | ReadResourceRequest | ResourceInvokeRequest


class Declared:
    """What one template declares, for the requests of one run."""

    def __init__(self, template: Template, run: Run) -> None:
        """Takes what the template declares, and the run."""
        self._template = template
        self._run = run
        self._lock = threading.Lock()
        self._types: dict[str, list[str]] = {}
        """The full types of all that was requested, by logical name."""

    def tell(self, request: _Placed) -> None:
        """Puts the line that declares what is requested in the place of the host's own.

        Tells what a resource's properties come from as well.
        """
        if isinstance(request, ResourceInvokeRequest):
            line = self._template.line_of_call(request.tok, from_struct(request.args))
        else:
            declared = self._next(request.name, request.type)
            line = declared.line if declared else None
            if declared and declared.sources:
                self._hand_on(request.type, declared)
        request.ClearField("stackTrace")
        request.ClearField("sourcePosition")
        if line is not None:
            request.sourcePosition.uri = self._template.file.as_uri()
            request.sourcePosition.line = line

    def check_whole(self) -> None:
        """Raises where the program ended well and yet a resource of it was never requested.

        The host stops without a word at a type without a package, and lets a setting hide a
        resource of its name.

        Raises:
            ProgramError: Some are missing.
        """
        missing = [
            each
            for each in self._template.resources
            if not each.is_read
            and not any(is_short_of(each.token, type_) for type_ in self._types.get(each.name, ()))
        ]
        if not missing:
            return
        first = missing[0]
        others = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ProgramError(
            f"{self._template.file.name}:{first.line}: the language host left out {first.name!r} "
            f"of type {first.token!r}{others}",
            hint="a type names its package, as in aws:sqs:Queue, and no setting, variable or other "
            "resource may have a resource's name",
        )

    def _next(self, name: str, type_: str) -> DeclaredResource | None:
        """What declares a resource; of several alike the next one that was not requested yet."""
        with self._lock:
            types = self._types.setdefault(name, [])
            before = types.count(type_)
            types.append(type_)
        declared = self._template.named(name, type_)
        return declared[min(before, len(declared) - 1)] if declared else None

    def _hand_on(self, type_: str, declared: DeclaredResource) -> None:
        """Tells what each property of a resource comes from, as an SDK that follows Outputs would.

        The host tells the resources of a property, and neither the functions nor what was encoded,
        split or taken out of a list.
        """
        handed_on = HandedOn(
            {name: self._functions(sources) for name, sources in declared.sources.items()},
            {name: self._worked_on(sources) for name, sources in declared.sources.items()},
        )
        self._run.inventions.hand_on(type_, declared.name, handed_on)

    def _functions(self, sources: Iterable[Source]) -> list[str]:
        found = (self._told(source) for source in sources if not source.name)
        return [token for each in found for token in each]

    def _worked_on(self, sources: Iterable[Source]) -> list[WorkedOn]:
        ways: dict[tuple[str, ...], int] = {}
        worked: set[tuple[str, ...]] = set()
        for source in sources:
            told = self._told(source)
            ways[told] = ways.get(told, 0) + 1
            if source.worked and told:
                worked.add(told)
        return [WorkedOn(count, told) for told, count in ways.items() if told in worked]

    def _told(self, source: Source) -> tuple[str, ...]:
        """Type, name and property of a resource, or a function; nothing where it is not there."""
        known = self._types.get(source.name, ()) if source.name else self._run.made_up_answers
        full = next((each for each in known if is_short_of(source.token, each)), None)
        if full is None:
            return ()
        return (full, source.name, source.property) if source.name else (full,)
