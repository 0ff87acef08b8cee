"""What a template tells of a request, where a language host sends only places in its own SDK."""

from collections.abc import Iterable
from typing import TypeAlias

from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
)

from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs.memory import HandedOn, WorkedOn
from pulumi_preflight.project.template import Source, Template, is_short_of
from pulumi_preflight.wire import from_struct

_Placed: TypeAlias = RegisterResourceRequest | ReadResourceRequest | ResourceInvokeRequest


class Declared:
    """What one template declares, for the requests of one run."""

    def __init__(self, template: Template, run: Run) -> None:
        """Takes what the template declares, and the run."""
        self._template = template
        self._run = run
        self._types: dict[str, list[str]] = {}
        """The full types of all that was requested, by logical name."""

    def place(self, request: _Placed) -> None:
        """Puts the line that declares what is requested in the place of the host's own."""
        if isinstance(request, ResourceInvokeRequest):
            line = self._template.line_of_call(request.tok, from_struct(request.args))
        else:
            declared = self._template.resource(request.name, request.type)
            line = declared.line if declared else None
            self._types.setdefault(request.name, []).append(request.type)
        request.ClearField("stackTrace")
        request.ClearField("sourcePosition")
        if line is not None:
            request.sourcePosition.uri = self._template.file.as_uri()
            request.sourcePosition.line = line

    def hand_on(self, request: RegisterResourceRequest) -> None:
        """Tells what each property of a resource comes from, as an SDK that follows Outputs would.

        The host tells the resources of a property, and neither the functions nor what was encoded,
        split or taken out of a list.
        """
        declared = self._template.resource(request.name, request.type)
        if declared is None or not declared.sources:
            return
        handed_on = HandedOn(
            {name: self._functions(sources) for name, sources in declared.sources.items()},
            {name: self._worked_on(sources) for name, sources in declared.sources.items()},
        )
        self._run.inventions.hand_on(request.type, request.name, handed_on)

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
