"""Terraform's objects: what a resource looks like in the provider's words, and two values of each.

A sparse object has what somebody gave: attribute to value, nested block to a list of sparse objects
(or to one, where the schema nests one). A whole object has every attribute and block of the schema.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.replacements.packing import UNTOLD

Sparse = Mapping[str, Any]
Path = tuple[str, ...]

# How the protocol numbers the nesting of blocks.
_SINGLE, _LIST, _SET, _MAP, _GROUP = 1, 2, 3, 4, 5
_ONE = frozenset({_SINGLE, _GROUP})
# What each resource may say of its own operations; no part of what is deployed.
_UNASKED = frozenset({"timeouts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a block.

    Attributes:
        name: Terraform's name.
        type: Terraform's type, as JSON.
        required: Whether a program must give it.
        settable: Whether a program may give it.
        computed: Whether the provider may fill it in.
    """

    name: str
    type: Any
    required: bool
    settable: bool
    computed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """One kind of nested block.

    Attributes:
        name: Terraform's name.
        block: What is in it.
        nesting: How the protocol numbers it.
        required: Whether a program must give one.
        repeated: Whether a program may give several.
    """

    name: str
    block: "Block"
    nesting: int
    required: bool
    repeated: bool

    @property
    def is_one(self) -> bool:
        """Whether an object holds the block itself and no list of blocks."""
        return self.nesting in _ONE

    @property
    def is_set(self) -> bool:
        """Whether the order of the blocks says nothing."""
        return self.nesting == _SET


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The schema of a resource or of a nested block."""

    attributes: Mapping[str, Attribute]
    nested: Mapping[str, Nested]

    def whole(self, sparse: Sparse) -> dict[str, Any]:
        """A sparse object with all that it leaves out.

        Raises:
            KeyError: The object has what the schema has not.
        """
        if strange := sorted(sparse.keys() - self.attributes.keys() - self.nested.keys()):
            raise KeyError(f"the schema has no {strange[0]}")
        found: dict[str, Any] = {name: sparse.get(name) for name in self.attributes}
        for name, nested in self.nested.items():
            given = sparse.get(name)
            if nested.is_one:
                found[name] = None if given is None else nested.block.whole(given)
            elif nested.nesting == _MAP:
                found[name] = {key: nested.block.whole(each) for key, each in (given or {}).items()}
            else:
                found[name] = [nested.block.whole(each) for each in given or ()]
        return found

    def proposed(self, prior: Sparse, config: Sparse) -> dict[str, Any]:
        """What Terraform proposes to a provider: what is given, and what stays as it is.

        Source: hashicorp/terraform, internal/plans/objchange (ProposedNew).

        Args:
            prior: The whole object as it is.
            config: The whole object as the program writes it.
        """
        found: dict[str, Any] = {}
        for name, each in self.attributes.items():
            stays = config[name] is None and each.computed
            found[name] = prior[name] if stays else config[name]
        for name, nested in self.nested.items():
            found[name] = _proposed_blocks(nested, prior[name], config[name])
        return found

    def existing(self, planned: Any, values: "Values", path: Path = ()) -> Any:  # noqa: ANN401
        """What a planned object is like once it is there: all that only AWS tells is filled in."""
        if not isinstance(planned, Mapping):
            return planned
        found: dict[str, Any] = {}
        for name, each in self.attributes.items():
            here = (*path, name)
            told = _told(planned[name])
            found[name] = planned[name] if told else values.filling(here, each.type)
        for name, nested in self.nested.items():
            here, given = (*path, name), planned[name]
            match given:
                case list():
                    found[name] = [nested.block.existing(each, values, here) for each in given]
                case Mapping() if nested.is_one:
                    found[name] = nested.block.existing(given, values, here)
                case _:
                    found[name] = given if _told(given) else ([] if not nested.is_one else None)
        return found

    def with_required(self, sparse: Sparse, values: "Values", path: Path = ()) -> dict[str, Any]:
        """A sparse object with what a program must give."""
        found = dict(sparse)
        for name, each in self.attributes.items():
            if each.required and found.get(name) is None:
                found[name] = values.of((*path, name), each.type)[0]
        for name, nested in self.nested.items():
            if nested.required and not found.get(name):
                found[name] = {} if nested.is_one else [{}]
            if (given := found.get(name)) and nested.nesting != _MAP:
                blocks = [given] if nested.is_one else given
                filled = [
                    nested.block.with_required(each, values, (*path, name)) for each in blocks
                ]
                found[name] = filled[0] if nested.is_one else filled
            elif given is not None and nested.is_one:
                found[name] = nested.block.with_required(given, values, (*path, name))
        return found

    def with_something(self, sparse: Sparse, values: "Values", path: Path = ()) -> dict[str, Any]:
        """A sparse object none of whose blocks is without any value: these end some providers."""
        found = dict(sparse)
        for name, nested in self.nested.items():
            given, here = found.get(name), (*path, name)
            if given is None or nested.nesting == _MAP:
                continue
            blocks = [nested.block.filled(each, values, here) for each in _listed(given)]
            found[name] = blocks[0] if nested.is_one else blocks
        return found

    def filled(self, sparse: Sparse, values: "Values", path: Path) -> dict[str, Any]:
        """A sparse block with a value in it, and in each block that it has."""
        found = self.with_something(sparse, values, path)
        if any(each is not None and each != [] for each in found.values()):
            return found
        # Text last: a provider asks more of it.
        order = sorted(
            (each for each in self.attributes.values() if each.settable),
            key=lambda each: each.type == "string",
        )
        if order:
            return {**found, order[0].name: values.of((*path, order[0].name), order[0].type)[1]}
        for name, nested in self.nested.items():
            inner = nested.block.filled({}, values, (*path, name))
            if inner:
                return {**found, name: inner if nested.is_one else [inner]}
        return found

    def all_of(
        self, values: "Values", which: int, depth: int, path: Path = (), *, switches: bool
    ) -> dict[str, Any]:
        """A sparse object with one of the two values of each attribute, and one of each block.

        Args:
            values: The two values of each attribute.
            which: Which one of them.
            depth: How many blocks deep to look.
            path: The way to this block.
            switches: What each switch has.
        """
        found: dict[str, Any] = {
            name: switches if each.type == "bool" else values.of((*path, name), each.type)[which]
            for name, each in self.attributes.items()
            if each.settable and (path or name != "id")
        }
        for name, nested in self.nested.items():
            if name not in _UNASKED and nested.nesting != _MAP and depth >= 0:
                inner = nested.block.all_of(
                    values, which, depth - 1, (*path, name), switches=switches
                )
                found[name] = inner if nested.is_one else [inner]
        return found

    def put(self, sparse: Sparse, path: Path, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A sparse object with another value at a path; blocks on the way are there after it."""
        name, *rest = path
        if not rest:
            return {**sparse, name: value}
        nested = self.nested[name]
        given: Any = sparse.get(name) or ({} if nested.is_one else [{}])
        first = given if nested.is_one else given[0]
        inner = nested.block.put(first, tuple(rest), value)
        return {**sparse, name: inner if nested.is_one else [inner, *given[1:]]}

    def paths(self, depth: int, prefix: Path = ()) -> Iterator[tuple[Path, Attribute | Nested]]:
        """Every attribute that a program may give, and every block, with what it is.

        Args:
            depth: How many blocks deep to look.
            prefix: The way to this block.
        """
        for name, each in self.attributes.items():
            if each.settable and (prefix or name != "id"):
                yield (*prefix, name), each
        for name, nested in self.nested.items():
            if name in _UNASKED or nested.nesting == _MAP:
                continue
            yield (*prefix, name), nested
            if depth:
                yield from nested.block.paths(depth - 1, (*prefix, name))


def _told(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether a value is known with all that is in it."""
    match value:
        case Mapping():
            return all(map(_told, value.values()))
        case list():
            return all(map(_told, value))
        case _:
            return value is not UNTOLD


def block_of(message: Any) -> Block:  # noqa: ANN401 - a message that is made at run time
    """The schema out of the protocol's message `Block`."""
    return Block(
        attributes={
            each.name: Attribute(
                name=each.name,
                type=json.loads(each.type),
                required=each.required,
                settable=each.required or each.optional,
                computed=each.computed,
            )
            for each in message.attributes
        },
        nested={
            each.type_name: Nested(
                name=each.type_name,
                block=block_of(each.block),
                nesting=each.nesting,
                required=each.min_items > 0,
                repeated=each.max_items != 1 and each.nesting in (_LIST, _SET),
            )
            for each in message.block_types
        },
    )


def _listed(given: Any) -> Sequence[Any]:  # noqa: ANN401 - JSON
    return given if isinstance(given, list) else [given]


def _proposed_blocks(nested: Nested, prior: Any, config: Any) -> Any:  # noqa: ANN401 - JSON
    if config is None or nested.nesting == _MAP:
        return config
    if nested.is_one:
        return nested.block.proposed(prior, config) if prior else config
    found = []
    prior = prior or []
    for index, each in enumerate(config):
        before = _same(nested, prior, each) if nested.is_set else prior[index : index + 1]
        found.append(nested.block.proposed(before[0], each) if before else each)
    return found


def _same(nested: Nested, prior: Sequence[Any], config: Sparse) -> Sequence[Any]:
    """The blocks of a set before that have all that the program gives."""
    return [each for each in prior if nested.block.proposed(each, config) == each][:1]


Pair = tuple[Any, Any]


class Values:
    """Two values for each attribute, the first one the lesser where there is an order."""

    def __init__(self, known: Mapping[Path, Pair]) -> None:
        """Takes the values of some paths."""
        self._known = dict(known)
        self._learned: set[Path] = set()

    def know(self, path: Path, pair: Pair) -> bool:
        """Takes the values of a path that takes no others; says whether they are news."""
        is_news = self._known.get(path) != pair
        self._known[path] = pair
        self._learned.add(path)
        return is_news

    def knows(self, path: Path) -> bool:
        """Whether somebody chose the values of a path."""
        return path in self._known

    def of(self, path: Path, type_: Any) -> Pair:  # noqa: ANN401 - Terraform's type, JSON
        """Two values of an attribute.

        Args:
            path: The way to the attribute.
            type_: Its type.
        """
        if path in self._known:
            return _shaped(self._known[path], type_)
        return self._of_type(path, type_)

    def filling(self, path: Path, type_: Any) -> Any:  # noqa: ANN401, PLR0911 - one for each type
        """What AWS may have filled in: none of the two values, where any other one is taken."""
        if path in self._learned:
            return self.of(path, type_)[0]
        match type_:
            case "string":
                first, _ = _texts(path[-1])
                return _FILLED.get(first, first)
            case "number":
                return _FILLED_NUMBER
            case "bool":
                return False
            case ["map", _]:
                return {}
            case ["list" | "set", str(inner)]:
                return [self.filling(path, inner)]
            case ["object", _]:
                return None
            case _:
                return []

    def _of_type(self, path: Path, type_: Any) -> Pair:  # noqa: ANN401 - one for each type
        match type_:
            case "string":
                return _texts(path[-1])
            case "number":
                return 1, 2
            case "bool":
                return False, True
            case ["list" | "set", inner]:
                first, second = self._of_type(path, inner)
                return [first], [second]
            case ["map", inner]:
                first, second = self._of_type(path, inner)
                return {"k": first}, {"k": second}
            case ["object", members]:
                pairs = {name: self.of((*path, name), each) for name, each in members.items()}
                return (
                    {name: first for name, (first, _) in pairs.items()},
                    {name: second for name, (_, second) in pairs.items()},
                )
            case _:
                raise ValueError(f"{'.'.join(path)}: no value of type {type_} is known")


def _shaped(pair: Pair, type_: Any) -> Pair:  # noqa: ANN401 - Terraform's type, JSON
    """Known values in the type's shape: those of a list are given as those of its items."""
    match type_:
        case ["list" | "set", _] if not isinstance(pair[0], list):
            return [pair[0]], [pair[1]]
        case _:
            return pair


_DOCUMENTS = (
    '{"Version":"2012-10-17","Statement":[]}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
)


_FILLED_NUMBER = 3
# What stands where AWS fills a text in, by the first value that is asked for.
_FILLED = {
    "aa": "cc",
    "10.0.0.0/16": "10.2.0.0/16",
    "arn:aws:iam::123456789012:role/aa": "arn:aws:iam::123456789012:role/cc",
    "2026-01-01T00:00:00Z": "2026-03-01T00:00:00Z",
}


def _texts(name: str) -> Pair:
    """Two texts that an attribute of a name may have."""
    if name.endswith(("arn", "arns")):
        return "arn:aws:iam::123456789012:role/aa", "arn:aws:iam::123456789012:role/bb"
    if any(word in name for word in ("policy", "document", "definition")) or name.endswith("json"):
        return _DOCUMENTS
    if "cidr" in name:
        return "10.0.0.0/16", "10.1.0.0/16"
    if name == "date" or name.endswith(("_time", "_date")) or "timestamp" in name:
        return "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
    if name.endswith("version"):
        return "5.0.6", "7.1"
    return "aa", "bb"
