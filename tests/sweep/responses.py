"""What botocore's models say of a type's properties."""

from botocore.model import Shape

from tests.sweep.rules import TIME, Rule, Source
from tools.tables.cloudformation import whole
from tools.tables.responses import shapes

_NUMBERS = ("integer", "long", "float", "double")


def rules(module: str, type_: str, path: tuple[str, ...]) -> frozenset[Rule]:
    """What the responses say of a property; none where they do not know it."""
    return frozenset(filter(None, map(_rule_of, shapes(module, type_, path))))


def _rule_of(shape: Shape) -> Rule | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    match shape.type_name:
        case "timestamp":
            return Rule(source=Source.RESPONSES, pattern=TIME)
        case "boolean":
            return Rule(source=Source.RESPONSES, plain="boolean")
        case "string":
            return Rule(
                source=Source.RESPONSES,
                pattern=whole(str(shape.metadata.get("pattern", ""))),
                choices=frozenset(map(str, getattr(shape, "enum", ()))),
                least=least,
                most=most,
            )
        case number if number in _NUMBERS:
            return Rule(source=Source.RESPONSES, plain="number", least=least, most=most)
        case _:
            return None
