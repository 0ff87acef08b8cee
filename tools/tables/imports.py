"""The form of a type's id and ARN, from the example of an import in the SDK's own text.

Source: the section "Import" of each class, `$ pulumi import TOKEN NAME ID`. What stands in the
example for something of the resource's own becomes a place of `outputs/templates.py`.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import subject_kind
from tools.tables.sdk import ResourceClass

_IMPORT = re.compile(
    r"(?:using (?:the |an? )?`?([\w -]+?)`?[.,:](?:(?!using|\$ pulumi import).)*)?"
    r"\$ pulumi import (aws:\S+) \S+ (\S+)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d*|aws):(\S+)")
_SEPARATORS = re.compile(r"([/:])")
_JOINED = re.compile(r"[,;|#]")
# What stands for something in an example, without its form.
_PLACEHOLDER = re.compile(r"x{6,}|.*-id-\d+|(?:tf-acc-test|example|test|my).*")
# A part of an example to the word that stands for it in a form, the first that fits.
_PARTS = (
    (re.compile(r"[\da-f]{8}(?:-[\da-z]{4}){3}-[\da-z]{12}|x{8}(?:-x{4}){3}-x{12}"), "uuid"),
    (re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d"), "region"),
    (re.compile(r"\d{12}"), "account"),
    (re.compile(r"(?P<head>[a-z]+(?:-[a-z]+)*-)(?P<own>[0-9a-f]{8,32})"), "hex"),
    (re.compile(r"(?=.*\d)(?P<head>[A-Z])(?P<own>[A-Z0-9]{8,30})"), "cap"),
    (re.compile(r"(?P<own>(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,32})"), "hex"),
    (re.compile(r"(?P<own>\d{5,20})"), "num"),
    (re.compile(r"(?P<own>(?=[a-z]*\d)[0-9a-z]{6,32})"), "hex"),
)
# What says nothing of whose name the id is.
_FILLERS = frozenset({"attribute", "its", "the", "their"})
# An example that stands for a name: `example-fleet`, but neither `xxxxx` nor `profile-id`.
_WORD = re.compile(r"(?!x+\b)(?!.*\bid\b)[A-Za-z]+(?:[-_.]?[A-Za-z]+)*")
# Modules of several services, of which the examples show one.
_MIXED = frozenset({"cloudwatch", "s3"})
# EC2 gives 17 digits; the examples of older types have 8.
_LONG = 17
_OLD = 8


@dataclass(frozen=True, slots=True)
class Form:
    """The forms of one type; empty where the example does not tell."""

    id: str = ""
    arn: str = ""


def forms(package: str, types: Mapping[str, ResourceClass]) -> Mapping[str, Form]:
    """Token to the forms that its example tells."""
    found = {
        token: _form(named, example.strip("'\""), types[token])
        for named, token, example in _examples(package)
        if token in types
    }
    return {token: form for token, form in found.items() if form.id or form.arn}


def services(forms_of: Mapping[str, Form]) -> Mapping[str, str]:
    """An SDK's module, in lower case, to what ARNs call its service, where that is another word.

    A module may hold several services, so its ARNs must agree, or spell the module with dashes.
    """
    seen: dict[str, Counter[str]] = {}
    for token, form in forms_of.items():
        if form.arn:
            module = token.split(":")[1].partition("/")[0].lower()
            seen.setdefault(module, Counter())[form.arn.split(":")[2]] += 1
    found: dict[str, str] = {}
    for module, counted in seen.items():
        service, count = counted.most_common(1)[0]
        is_sure = len(counted) == 1 and count > 1 and module not in _MIXED
        if service != module and (is_sure or service.replace("-", "") == module):
            found[module] = service
    return found


def _examples(package: str) -> Iterator[tuple[str, str, str]]:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    for file in sorted(folder.rglob("*.py")):
        if not file.name.startswith("_"):
            # The first of several examples is the plain one, and what comes last is kept.
            yield from reversed(_IMPORT.findall(file.read_text(encoding="utf-8")))


def _form(named: str, example: str, cls: ResourceClass) -> Form:
    if _JOINED.search(example):
        # The provider puts several together for an import, and names the resource otherwise.
        return Form()
    has_own = any(each.name == "arn" and not each.settable for each in cls.shape)
    parts = _ARN.fullmatch(example)
    if parts is None:
        is_one = _SEPARATORS.search(example) is None
        told = is_one and (_named_input(named, cls) or _name(named, example, cls))
        return Form(id=told or _own(example) or "")
    if not has_own and (given := _named_by_arn(parts[4], cls)):
        return Form(id=f"{{={given}}}")
    type_ = cls.token.rpartition(":")[2].lower()
    return Form(id="{arn}", arn=_arn(*parts.groups(), type_=type_))


def _named_by_arn(resource: str, cls: ResourceClass) -> str | None:
    """The input whose ARN the example shows: `targetGroupArn` for `targetgroup/web/1`."""
    shown = resource.replace("-", "").lower()
    for name in sorted(cls.required):
        stem, _, end = name.lower().rpartition("arn")
        if not end and name.lower().endswith("arn") and (stem in ("", "resource") or stem in shown):
            return name
    return None


def _named_input(named: str, cls: ResourceClass) -> str | None:
    """The input that the SDK's sentence on imports says the id to be."""
    words = re.split(r"[ _-]+", named.lower())
    for count in (len(words), len(words) - 1):
        name = "".join([*words[:1], *(word.capitalize() for word in words[1:count])])
        if name in cls.required and words[count:] in ([], ["name"]):
            return f"{{={name}}}"
    return None


def _name(named: str, example: str, cls: ResourceClass) -> str | None:
    """The form of an id that is the name of the resource, or of what it belongs to.

    The SDK's sentence on imports says so, or says nothing and shows a word.
    """
    words = [word for word in re.findall(r"[a-z]+", named.lower()) if word not in _FILLERS]
    said, type_ = "".join(words), subject_kind(cls.token).partition("/")[2]
    settable = {each.name for each in cls.shape if each.settable}
    names = {name.lower() for name in name_properties(subject_kind(cls.token)) if name in settable}
    if not said:
        return "{name}" if names and _WORD.fullmatch(example) else None
    whose = "".join(words[:-1])
    if names and (said in names or (words[-1] in names and (whose in type_ or type_ in whose))):
        return "{name}"
    fits = {name for name in cls.required if said.endswith(name.lower())}
    if words[-1] in ("name", "identifier"):
        fits |= {name for name in cls.required if name.lower().endswith(said)}
    return f"{{={fits.pop()}}}" if len(fits) == 1 else None


def _arn(service: str, region: str, account: str, resource: str, *, type_: str) -> str:
    places = [service, "{region}" if region else "", "{account}" if account else ""]
    first, *rest = _SEPARATORS.split(resource)
    named = False
    for index in range(1, len(rest), 2):
        own, word = _own(rest[index]), rest[index].replace("-", "")
        if own is None and not named and word != type_ and not word.replace(".", "").isdigit():
            own, named = "{name}", True
        rest[index] = own or rest[index]
    start = first if rest else (_own(first) or "{name}")
    return f"arn:{{partition}}:{':'.join(places)}:{start}{''.join(rest)}"


def _own(text: str) -> str | None:
    """The form of what one id, or one part of an ARN, is; `None` for a word."""
    if _PLACEHOLDER.fullmatch(text):
        return None
    for pattern, word in _PARTS:
        if (found := pattern.fullmatch(text)) is not None:
            parts = found.groupdict()
            count = len(parts.get("own", ""))
            if parts.get("head", "").endswith("-") and count == _OLD:
                count = _LONG
            return f"{parts.get('head', '')}{{{word}{count or ''}}}"
    return None
