"""What the real provider says of the change of each attribute, one plan a question.

A letter stands for a change of one path, everything else staying as it is. Of two values, the first
is the lesser where there is an order:

- `u`, `d`: from the first value to the second, and back.
- `a`, `b`: from nothing to the first value, and to the second.
- `x`, `y`: from the first value to nothing, and from the second.
- `g`, `s`: from one item to two, and back.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tools.replacements.objects import Attribute, Block, Nested, Pair, Path, Sparse, Values
from tools.replacements.plugin import LostPluginError, Plan, Refusal

# A provider's answer that names the values that it takes, and its formats with two values of each.
_PATH = re.compile(r"^Path: (.+)$", re.MULTILINE)
_INDEX = re.compile(r"\[(?:Value\(.*?\)|[^\]]*)\]")
_CHOICES = re.compile(r"^Valid Values: \[([^\]]*)\]", re.MULTILINE)
_FORMAT = re.compile(r"^Invalid .*? Value")
_LAST_NUMBER = re.compile(r"(.*?)(\d+)")
_FORMATS: Mapping[str, Pair] = {
    "Invalid ARN Value": ("arn:aws:iam::123456789012:role/aa", "arn:aws:iam::123456789012:role/bb"),
    "Invalid JSON String Value": ('{"a":"1"}', '{"a":"2"}'),
    "Invalid RFC3339 String Value": ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
    "Invalid Once A Week Window Value": ("mon:01:00-mon:02:00", "tue:01:00-tue:02:00"),
    "Invalid Once A Day Window Value": ("01:00-02:00", "03:00-04:00"),
}
_TRIES = 12
_ANY_DEPTH = 99


class Plans(Protocol):
    """What plans changes: the provider."""

    def plan(self, type_: str, prior: Any, proposed: Any, config: Any) -> Plan:  # noqa: ANN401
        """Plans the change of a resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider says of one path.

    Attributes:
        asked: The letters that it answers.
        replacing: Those of them that replace the resource.
        refusal: Why it leaves others unanswered, empty where it leaves none.
    """

    asked: str
    replacing: str
    refusal: str

    @property
    def is_conditional(self) -> bool:
        """Whether one value may be changed to the other in place, but not back."""
        return {"u", "d"} <= {*self.asked} and ("u" in self.replacing) != ("d" in self.replacing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A whole configuration that a type is asked with.

    Attributes:
        config: The sparse object.
        values: Path to the two values to ask for.
    """

    config: Sparse
    values: Mapping[Path, Pair]


class Asking:
    """Asks the provider of one type."""

    def __init__(self, plans: Plans, type_: str, block: Block) -> None:
        """Takes the provider, the type and its schema."""
        self._plans = plans
        self._type = type_
        self._block = block
        self._created: dict[str, Plan] = {}
        self._computed = {
            path
            for path, part in block.paths(_ANY_DEPTH)
            if isinstance(part, Attribute) and part.computed
        }

    def answers(
        self, settings: Sequence[Setting], depth: int
    ) -> Iterator[tuple[Path, Sequence[Answer]]]:
        """Each path with its answer under each setting; without settings under the least one.

        Args:
            settings: Whole configurations, where the type needs one.
            depth: How many blocks deep to look.
        """
        kept = frozenset() if settings else self._kept_by_all(depth)
        for path, part in self._block.paths(depth):
            if path in kept:
                yield path, [Answer(asked="u", replacing="", refusal="")]
                continue
            found = []
            for setting in settings or (Setting(config={}, values={}),):
                answer = self._answer(path, part, setting)
                found.append(answer)
                if answer.is_conditional and (step := _small_step(path, part, setting)):
                    found.append(self._answer(path, part, step))
            yield path, found

    def _kept_by_all(self, depth: int) -> frozenset[Path]:
        """The texts, lists and maps that do not replace where all of them change at once.

        Two plans answer for most attributes of a type: with all switches off, and on. Of those with
        an order and of blocks, every change is asked by itself; so is every attribute of a type
        that refuses such a plan.
        """
        return self._kept_with(depth, switches=False) & self._kept_with(depth, switches=True)

    def _kept_with(self, depth: int, *, switches: bool) -> frozenset[Path]:
        values = Values({})
        for _ in range(_TRIES):
            old, new = (
                self._block.all_of(values, which, depth, switches=switches) for which in (0, 1)
            )
            prior, config = self._named(self._block.whole(old)), self._block.whole(new)
            changed = self._plan(prior, self._block.proposed(prior, config), config)
            if not changed.refusals:
                return frozenset(
                    path
                    for path, part in self._block.paths(depth)
                    if isinstance(part, Attribute)
                    and not _is_ordered(path, part)
                    and not any(_related(path, each) for each in changed.replaces)
                )
            learned = [_learned(values, each) for each in changed.refusals]
            if not any(learned):
                break
        return frozenset()

    def _answer(self, path: Path, part: Attribute | Nested, setting: Setting) -> Answer:
        values = Values(setting.values)
        found: list[Answer] = []
        for with_required in (True,) if setting.config else (True, False):
            for _ in range(_TRIES):
                question = _Question(
                    path=path,
                    part=part,
                    config=setting.config,
                    values=values,
                    with_required=with_required,
                )
                answer, refusals = self._asked(question)
                found.append(answer)
                if not answer.refusal:
                    return answer
                learned = [_learned(values, each) for each in refusals]
                if not any(learned):
                    break
        return max(found, key=lambda each: len(each.asked))

    def _asked(self, question: "_Question") -> tuple[Answer, Sequence[Refusal]]:
        asked, replacing = "", ""
        refusals: list[Refusal] = []
        for letter, old, new in question.changes(self._block):
            if _follows(letter, asked, replacing, is_ordered=question.is_ordered):
                continue
            replaces, refused = self._replaces(question, letter, old, new)
            refusals += refused
            if not refused or replaces:
                asked += letter
                replacing += letter if replaces else ""
        refusal = refusals[0].text if refusals else ""
        return Answer(asked=asked, replacing=replacing, refusal=refusal), refusals

    def _replaces(
        self, question: "_Question", letter: str, old: Sparse, new: Sparse
    ) -> tuple[bool, Sequence[Refusal]]:
        """Whether a change of a path replaces, and what is refused of it.

        Where the resource is as its creation is planned, and AWS has filled in the rest, what AWS
        filled in may keep a change from being seen; where it is as it is given, a default of the
        provider's is seen as a change. So both are asked, the second one for no switch that is off.
        """
        config = self._block.whole(new)
        given = self._block.whole(old)
        existing = self._existing(given, question.values)
        priors = [] if existing is None else [existing]
        if letter not in question.asked_once:
            priors.append(self._named(given))
        refusals: Sequence[Refusal] = ()
        if not priors:
            refusals = (_refusal("its creation is refused"),)
        is_answered = False
        for prior in priors:
            changed = self._plan(prior, self._block.proposed(prior, config), config)
            if any(self._tells(question, letter, each) for each in changed.replaces):
                return True, ()
            is_answered = is_answered or not changed.refusals
            refusals = refusals or changed.refusals
        return False, () if is_answered else refusals

    def _tells(self, question: "_Question", letter: str, replaced: str) -> bool:
        """Whether a path that replaces says that a change replaces.

        A block comes with members that replace by themselves: these have answers of their own. With
        a block that goes, what AWS has filled in goes as well, whoever gave the block.
        """
        steps = tuple(replaced.split("."))
        if question.path[: len(steps)] == steps:
            return True
        if steps[: len(question.path)] != question.path:
            return False
        return question.is_attribute or (letter in "xs" and steps in self._computed)

    def _existing(self, given: Sparse, values: Values) -> Sparse | None:
        """What a resource is like that was made as it is given; `None` where nobody can make it."""
        key = json.dumps(given, sort_keys=True)
        if key not in self._created:
            self._created = {key: self._plan(None, given, given)}
        created = self._created[key]
        if created.planned is None or created.refusals:
            return None
        existing: Sparse = self._block.existing(created.planned, values)
        return existing

    def _named(self, given: Sparse) -> Sparse:
        """A resource that has an id and an ARN, and else what is given."""
        named = {
            name: "arn:aws:x:us-east-1:123456789012:x" if name == "arn" else "x"
            for name in ("id", "arn")
            if name in given and given[name] is None and self._block.attributes[name].computed
        }
        return {**given, **named}

    def _plan(self, prior: Sparse | None, proposed: Sparse, config: Sparse) -> Plan:
        try:
            return self._plans.plan(self._type, prior, proposed, config)
        except LostPluginError as error:
            lost = _refusal(f"the provider's process is lost: {error}")
            return Plan(replaces=frozenset(), refusals=(lost,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked about: a path under a configuration."""

    path: Path
    part: Attribute | Nested
    config: Sparse
    values: Values
    with_required: bool

    @property
    def is_ordered(self) -> bool:
        """Whether the one value is less than the other, or somebody chose the two."""
        if self.values.knows(self.path) or not isinstance(self.part, Attribute):
            return True
        return _is_ordered(self.path, self.part)

    @property
    def is_attribute(self) -> bool:
        """Whether the path is that of an attribute, and of no block."""
        return isinstance(self.part, Attribute)

    @property
    def asked_once(self) -> str:
        """The letters that are asked of a resource that is there alone."""
        is_switch = isinstance(self.part, Attribute) and self.part.type == "bool"
        return "dax" if is_switch else ""

    def changes(self, block: Block) -> Iterator[tuple[str, Sparse, Sparse]]:
        """The letters that can be asked, with the whole configuration before and after."""
        for letter, before, after in self._values(self._complete(block, self.config)):
            old, new = (self._with(block, each) for each in (before, after))
            yield letter, old, new

    def _with(self, block: Block, value: Any) -> Sparse:  # noqa: ANN401 - JSON
        sparse = self._complete(block, block.put(self.config, self.path, value))
        # What the path has is the question itself, whatever a block must have.
        return block.put(sparse, self.path, value)

    def _complete(self, block: Block, sparse: Sparse) -> Sparse:
        found = block.with_required(sparse, self.values) if self.with_required else sparse
        return block.with_something(found, self.values)

    def _values(self, base: Sparse) -> Iterator[tuple[str, Any, Any]]:
        """The letters that can be asked, with what the path has before and after."""
        nothing: Any = None
        if isinstance(self.part, Attribute):
            first, second = self.values.of(self.path, self.part.type)
            both = [*first, *second] if isinstance(first, list) else None
            yield "u", first, second
            yield "d", second, first
            is_needed = self.part.required and self.with_required
        else:
            one = self._block_given(base)
            other = _other(self.part, one, self.values, self.path)
            first = second = one if self.part.is_one else [one]
            both = [one, other] if self.part.repeated and other is not None else None
            nothing = None if self.part.is_one else []
            is_needed = self.part.required
        if not is_needed:
            yield "a", nothing, first
            yield "x", first, nothing
            if second != first:
                yield "b", nothing, second
                yield "y", second, nothing
        if both is not None:
            yield "g", first, both
            yield "s", both, first

    def _block_given(self, base: Sparse) -> Sparse:
        given = _at(base, self.path)
        one = given[0] if isinstance(given, list) and given else given or {}
        if not isinstance(self.part, Nested):
            raise TypeError(f"{'.'.join(self.path)} is no block")
        if self.with_required:
            one = self.part.block.with_required(one, self.values, self.path)
        return self.part.block.filled(one, self.values, self.path)


def _is_ordered(path: Path, part: Attribute) -> bool:
    return part.type in ("bool", "number") or path[-1].endswith("version")


def _small_step(path: Path, part: Attribute | Nested, setting: Setting) -> Setting | None:
    """The same with two versions that differ in their last number alone; `None` for no version."""
    if not isinstance(part, Attribute) or not path[-1].endswith("version"):
        return None
    version = str(Values(setting.values).of(path, part.type)[1])
    if (found := _LAST_NUMBER.fullmatch(version)) is None:
        return None
    number = int(found[2])
    near = [f"{found[1]}{each}" for each in sorted((number, number - 1 if number else 1))]
    return Setting(config=setting.config, values={**setting.values, path: (near[0], near[1])})


def _follows(letter: str, asked: str, replacing: str, *, is_ordered: bool) -> bool:
    """Whether an answer is known by those before it.

    Of two values without an order, one way says as much as the other. What changes in place both
    ways comes and goes in place.
    """
    if letter == "d":
        return not is_ordered and asked == "u" and not replacing
    return letter != "u" and "u" in asked and ("d" in asked or not is_ordered) and not replacing


def _related(path: Path, replaced: str) -> bool:
    """Whether a path that replaces is the path, in it, or around it."""
    steps = tuple(replaced.split("."))
    shared = min(len(path), len(steps))
    return path[:shared] == steps[:shared]


def _at(sparse: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    """What a sparse object has at a path, in the first of several blocks."""
    for name in path:
        sparse = sparse[0] if isinstance(sparse, list) and sparse else sparse
        if not isinstance(sparse, Mapping):
            return None
        sparse = sparse.get(name)
    return sparse


def _other(part: Nested, one: Sparse, values: Values, path: Path) -> Sparse | None:
    """A block beside another one that differs from it; `None` where it has nothing to differ in."""
    for name, each in part.block.attributes.items():
        if each.settable:
            first, second = values.of((*path, name), each.type)
            return {**one, name: second if one.get(name, first) == first else first}
    return None


def _refusal(words: str) -> Refusal:
    return Refusal(summary=words, text=words, path="")


def _learned(values: Values, refusal: Refusal) -> bool:
    """Whether a refusal tells values that the provider takes."""
    written = _PATH.search(refusal.text)
    # Of a set's member the refusal's own path names the set alone.
    path = _INDEX.sub("", written[1]) if written else refusal.path
    choices, format_ = _CHOICES.search(refusal.text), _FORMAT.match(refusal.text)
    if choices and (names := choices[1].split()):
        pair: Pair | None = (names[0], names[-1])
    else:
        pair = _FORMATS.get(format_[0]) if format_ else None
    return pair is not None and bool(path) and values.know(tuple(path.split(".")), pair)
