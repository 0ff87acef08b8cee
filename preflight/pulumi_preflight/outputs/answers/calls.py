"""Calls of functions, and what is known of their answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.shapes import Shape, in_kind
from pulumi_preflight.outputs.subject import Place, Subject, subject_kind
from pulumi_preflight.stack_context import member_of
from pulumi_preflight.wire import Properties, json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of an answer; the rest comes from the result class.

    Attributes:
        follows: What follows from the arguments and the place.
        made_up: What nobody knows before, such as what an existing resource is like.
    """

    follows: Mapping[str, Any] = field(default_factory=dict)
    made_up: Mapping[str, Any] = field(default_factory=dict)


class RefusedCallError(Exception):
    """The provider refuses a call; the text says which argument, its value, and what to give.

    Attributes:
        value: The text that is refused, empty where it is not text.
        instead: The answer where the refused text is made up; `None` where all of it is unknown.
    """

    def __init__(self, message: str, *, value: str = "", instead: Answer | None = None) -> None:
        super().__init__(message)
        self.value = value
        self.instead = instead


def _given(_text: str) -> bool:
    return False


@dataclass(frozen=True)
class Call:
    """One call of a function: its arguments and where it looks.

    Attributes:
        token: The function.
        arguments: What the program gave.
        place: Where the call's provider looks.
        default_tags: The tags that the provider adds to every resource.
        is_made_up: Tells whether a text of the arguments is made up.
        folder: Where the program runs, and so its providers.
    """

    token: str
    arguments: dict[str, Any]
    place: Place
    default_tags: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    is_made_up: Callable[[str], bool] = field(default=_given, kw_only=True)
    folder: Path = field(default=Path(), kw_only=True)

    @cached_property
    def subject(self) -> Subject:
        """What its made-up values belong to."""
        return Subject(
            seed=f"{self.token}({json_text(self.arguments)})",
            token=self.token,
            name=self._name(),
            place=self.place,
            inputs=self.arguments,
        )

    def _name(self) -> str:
        own = name_properties(subject_kind(self.token))
        for name in (
            "name",
            "bucket",
            "identifier",
            "dbInstanceIdentifier",
            "functionName",
            "id",
            *own,
        ):
            value = self.text(name)
            if value:
                return value
        return member_of(self.token).removeprefix("get").lower()

    def text(self, name: str) -> str:
        """An argument that is a text, empty where the program gave none."""
        value = self.arguments.get(name)
        return value if isinstance(value, str) else ""

    def made_id(self, prefix: str, *path: str) -> str:
        """An id such as `vpc-…`, the argument's own where the call names one."""
        given = self.text("id")
        if given and not path:
            return given
        return f"{prefix}-{self.subject.digits('/'.join(['id', *path]), 17)}"


def needed(given: Mapping[str, Any], name: str, where: str) -> Any:  # noqa: ANN401 - the program's
    """An argument that the provider needs.

    Args:
        given: What the program gave.
        name: The argument.
        where: What it belongs to, as `principals`.

    Raises:
        RefusedCallError: The program did not give it.
    """
    value = given.get(name)
    if value is None:
        raise RefusedCallError(f"an item of `{where}` has no `{name}`, which the provider needs")
    return value


AnswerCall = Callable[[Call], Answer]
"""Gives what is known of an answer.

Raises:
    RefusedCallError: The provider refuses the call.
"""


_WILD = re.compile(r"[*?\[]")
_TAG = "tag:"


def filter_values(filters: Any) -> dict[str, list[str]]:  # noqa: ANN401 - the program's
    """Name to the values that pass, as far as the argument has that shape."""
    found: dict[str, list[str]] = {}
    for each in filters or ():
        if isinstance(each, dict) and isinstance(each.get("values"), list):
            found[str(each.get("name"))] = [str(value) for value in each["values"]]
    return found


def matches(filters: Any, known: Mapping[str, str]) -> bool:  # noqa: ANN401 - the program's
    """Whether a thing passes the filters; one on what is not known of it passes.

    `*` and `?` stand for any text and for one character.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    return all(
        any(fnmatchcase(known[name], value.replace("[", "[[]")) for value in values)
        for name, values in filter_values(filters).items()
        if name in known
    )


def told_by_filters(call: Call, shape: Shape) -> Properties:
    """Properties that have one value only, since the filters let no other through."""
    kinds = {each.name: each.kind for each in shape}
    told: Properties = {}
    tags: Properties = {}
    for name, values in filter_values(call.arguments.get("filters")).items():
        if len(values) != 1 or _WILD.search(values[0]):
            continue
        if name.startswith(_TAG):
            tags[name.removeprefix(_TAG)] = values[0]
            continue
        first, *rest = re.split(r"[-.]", name)
        property_ = first + "".join(word.capitalize() for word in rest)
        if property_ in kinds and kinds[property_].name in ("string", "boolean"):
            told[property_] = in_kind(values[0], kinds[property_])
    if tags and "tags" in kinds and not call.arguments.get("tags"):
        told["tags"] = tags
    return told
