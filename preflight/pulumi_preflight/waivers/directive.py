r"""The text of a waiver: `preflight: waive RULE[part] until=2027-03-01 owner=shop reason="..."`.

A value without spaces needs no quotes; inside quotes `\"` and `\\` stand for `"` and `\`. An id
whose brackets do not balance stands in quotes, too. Another comment may follow: `... # noqa`.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from pulumi_preflight.clock import is_day

EXAMPLE = 'waive RULE until=2027-03-01 owner=NAME reason="..."'
_KEYS = ("until", "owner", "reason")
_BEGIN = re.compile(
    r"(?:#|//|/\*)[\s#/*!]*preflight\s*:\s*(?P<verb>[^\s:=\"]*)(?P<rest>.*)", re.DOTALL
)
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_KEY = re.compile(r"(?P<key>[^\s=\"]+)=")
_BARE = re.compile(r'[^\s"]+')
# Words by which other tools are told to look away.
_OTHER_VERBS = frozenset(
    ("allow", "disable", "except", "exempt", "ignore", "noqa", "nosec", "skip", "suppress")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A waiver as it was read; what it does not say is empty.

    Attributes:
        target: A rule, or the id of one of its findings: `RULE[part]`.
        until: The last day, `YYYY-MM-DD`.
        owner: Who answers for it.
        reason: Why the violation is excused.
    """

    target: str
    until: str = ""
    owner: str = ""
    reason: str = ""

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.target.partition("[")[0]

    @property
    def missing(self) -> tuple[str, ...]:
        """What it does not say of until when, by whom and why."""
        return tuple(key for key in _KEYS if not getattr(self, key).strip())

    def names(self, rule: str, finding: str) -> bool:
        """Whether it speaks of a finding, by its rule and its id."""
        return self.target in (rule, finding)


_NEEDS_NO_QUOTES = re.compile(r"[^\s\"\\]+")
_NEEDS_NO_QUOTES_AS_TARGET = re.compile(r"[^\s\"\\\[\]]+")


def written(directive: Directive) -> str:
    """The text of a waiver, as `parse` reads it behind the mark of a comment.

    Args:
        directive: The waiver; its texts have one line each.
    """
    values = "".join(f" {key}={_written(getattr(directive, key))}" for key in _KEYS)
    # Of brackets, only quotes say where they end.
    return f"preflight: waive {_written(directive.target, _NEEDS_NO_QUOTES_AS_TARGET)}{values}"


def _written(text: str, needs_no_quotes: re.Pattern[str] = _NEEDS_NO_QUOTES) -> str:
    if needs_no_quotes.fullmatch(text):
        return text
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", text))


class MistakeError(Exception):
    """A waiver cannot be read.

    Attributes:
        target: What it would waive, empty where not even that can be read.
    """

    def __init__(self, message: str, target: str = "") -> None:
        super().__init__(message)
        self.target = target


def parse(comment: str) -> Directive | None:
    """Reads a comment with its mark, `# preflight: waive ...`; `None` where it is another one.

    Raises:
        MistakeError: It is a waiver that cannot be read; the text says what is wrong.
    """
    begin = _BEGIN.search(comment)
    if begin is None:
        return None
    verb = begin["verb"]
    if verb != "waive":
        if verb in _OTHER_VERBS or get_close_matches(verb.lower(), ("waive",)):
            raise MistakeError(f"`{verb}` is not a word of preflight's, which is `waive`")
        return None
    if begin["rest"].rstrip().endswith("*/"):
        raise MistakeError("a waiver stands behind `//`, and this one is a comment of `/*`")
    return _Scanner(begin["rest"]).directive()


class _Scanner:
    """Reads what stands behind `waive`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def directive(self) -> Directive:
        self._skip_spaces()
        target = self._quoted()
        if target is None:
            target = self._balanced()
        if not target.partition("[")[0].strip():
            raise MistakeError("it names no rule")
        values: dict[str, str] = {}
        while self._goes_on():
            key = self._key(target)
            if key in values:
                raise MistakeError(f"`{key}` is given twice", target)
            values[key] = self._value(key, target)
        until = values.get("until", "")
        if until and not is_day(until):
            raise MistakeError(f"`until` is {until!r}, which is not a day as YYYY-MM-DD", target)
        return Directive(target=target, **values)

    def _skip_spaces(self) -> bool:
        before = self._at
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at > before

    def _goes_on(self) -> bool:
        """Whether more of the waiver follows, and not the end or a comment of another tool."""
        self._skip_spaces()
        return self._at < len(self._text) and not self._text.startswith(("#", "//"), self._at)

    def _quoted(self) -> str | None:
        found = _QUOTED.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return _ESCAPE.sub(r"\1", found["text"])

    def _balanced(self) -> str:
        """A text up to the first space outside of brackets."""
        depth, begin = 0, self._at
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter.isspace() and depth == 0:
                break
            depth += (letter == "[") - (letter == "]")
            self._at += 1
        target = self._text[begin : self._at]
        if depth:
            name = target.partition("[")[0]
            raise MistakeError(f"the brackets behind `{name}` do not balance", name)
        return target

    def _key(self, target: str) -> str:
        found = _KEY.match(self._text, self._at)
        word = _BARE.match(self._text, self._at)
        if found is None:
            told = word[0] if word else self._text[self._at :]
            raise MistakeError(
                f"{told!r} is not KEY=VALUE; a text with spaces needs quotes", target
            )
        if found["key"] not in _KEYS:
            known = ", ".join(f"`{key}`" for key in _KEYS)
            raise MistakeError(f"`{found['key']}` is not a key; known are {known}", target)
        self._at = found.end()
        return found["key"]

    def _value(self, key: str, target: str) -> str:
        value = self._quoted()
        if value is None:
            bare = _BARE.match(self._text, self._at)
            value = bare[0] if bare else ""
            self._at += len(value)
        ends = self._at == len(self._text) or self._text[self._at].isspace()
        if not ends:
            raise MistakeError(f"the quotes of `{key}` do not end, or end too early", target)
        return value
