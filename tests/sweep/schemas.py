"""What CloudFormation's schemas say of a type's properties."""

from tests.sweep.rules import TIME, Rule, Source
from tools.tables.cloudformation import Said, named_formats, pattern_of, properties
from tools.tables.responses import key

_PLAIN = {"integer": "number", "number": "number", "boolean": "boolean", "string": "string"}


def rules(module: str, type_: str, path: tuple[str, ...]) -> frozenset[Rule]:
    """What the schema of a type says of a property; none where it does not know it.

    What all schemas of all services say of a name counts for any type: a `VpcId` is a VPC's.

    Args:
        module: The module in the type's token, `rds`.
        type_: The type, `Instance`.
        path: The property's names from the outermost on, without indexes.
    """
    own = frozenset(filter(None, map(_rule_of, properties(module, type_, path))))
    return own or _by_name(key(path[-1]))


def _by_name(name: str) -> frozenset[Rule]:
    pattern = named_formats().get(name, "")
    return frozenset({Rule(source=Source.SCHEMAS, pattern=pattern)} if pattern else ())


def _rule_of(said: Said) -> Rule | None:
    type_ = said.get("type")
    plain = _PLAIN.get(type_) if isinstance(type_, str) else None
    if plain is None:
        return None
    bounds = ("minLength", "maxLength") if plain == "string" else ("minimum", "maximum")
    return Rule(
        source=Source.SCHEMAS,
        plain=plain,
        pattern=TIME if said.get("format") == "date-time" else pattern_of(said),
        choices=frozenset(map(str, said.get("enum", ()))) if plain == "string" else frozenset(),
        least=said.get(bounds[0]),
        most=said.get(bounds[1]),
    )
