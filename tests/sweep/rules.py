"""What a source says of a value, whichever source it is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pulumi_preflight.wire import PropertyValue


class Source(StrEnum):
    """Who says something of a value; none of them is read by what preflight fills in."""

    RESPONSES = "botocore's responses"
    SCHEMAS = "CloudFormation's schemas"
    ARNS = "the service authorization reference"
    TEXTS = "the provider's texts"
    REGIONS = "botocore's regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a source says of one value.

    Attributes:
        source: Who says it.
        plain: The plain kind of the value: `string`, `number` or `boolean`.
        pattern: A pattern that the whole text fits, empty where the source has none.
        choices: The texts that it may be, none where it may be any.
        least: The least number, or the least length of a text without a form.
        most: The greatest number, or length.
    """

    source: Source
    plain: str = "string"
    pattern: str = ""
    choices: frozenset[str] = frozenset()
    least: float | None = None
    most: float | None = None

    @property
    def tells_form(self) -> bool:
        """Whether the source tells more than that the value is a text, perhaps of some length."""
        return self.plain != "string" or bool(self.pattern or self.choices)

    def takes(self, value: PropertyValue) -> bool:
        """Whether the source takes a value."""
        match value:
            case bool():
                return self.plain == "boolean"
            case int() | float():
                return self.plain == "number" and self._is_within(value)
            case str():
                return (
                    self.plain == "string"
                    and self._is_within(len(value))
                    and (not self.choices or value in self.choices)
                    and (not self.pattern or re.search(self.pattern, value) is not None)
                )
            case _:
                return False

    def _is_within(self, size: float) -> bool:
        return (self.least is None or size >= self.least) and (
            self.most is None or size <= self.most
        )


TIME = r"\A\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)?)?\Z"
"""ISO 8601, as the provider writes times: RFC 3339 for most types, with small differences."""
