"""Notes on what `preflight.yaml` tells in vain, such as a name with a mistake."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pulumi_preflight.model import Note
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.project.overrides import Overrides
from pulumi_preflight.stack_context import name_of, type_of


def notes_on_told(run: Run) -> Iterator[Note]:
    """Notes on what the file tells and nothing asks for, or no type and no function has."""
    overrides = run.project.overrides
    if overrides is None:
        return
    urns = [resource.urn for resource in run.registry.resources]
    for told in overrides.unused(urns, run.calls):
        yield Note(text=f"preflight.yaml tells {told}, and nothing in this stack asks for that")
    texts = (*_outputs(overrides, urns, run), *_answers(overrides, run))
    yield from (Note(text=text) for text in dict.fromkeys(texts))


def _outputs(overrides: Overrides, urns: Iterable[str], run: Run) -> Iterator[str]:
    for urn in urns:
        shape = run.shapes.resource(type_of(urn))
        of, has = name_of(urn), f"{type_of(urn)} has no such output"
        # Every resource has an id, of which no class tells.
        told = (name for name in overrides.outputs_of(urn) if name != "id")
        yield from _unknown(told, shape, of, has)


def _answers(overrides: Overrides, run: Run) -> Iterator[str]:
    for function, arguments in run.calls:
        shape = run.shapes.function(function)
        has = "its answer has no such property"
        yield from _unknown(overrides.result_of(function, arguments), shape, function, has)


def _unknown(told: Iterable[str], shape: Shape | None, of: str, has: str) -> Iterator[str]:
    """Tells of the names that a shape lacks; nothing where nobody knows the shape."""
    names = [property_.name for property_ in shape or ()]
    for name in told if names else ():
        if name not in names:
            close = get_close_matches(name, names, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield f"preflight.yaml tells {name} of {of}, and {has}{hint}"
