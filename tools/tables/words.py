"""What AWS's models list for a property whose name does not tell it: words, forms, least numbers.

Source: the enums, patterns and least numbers of botocore's response shapes, and where these take
anything, those of CloudFormation's schemas. A list does not tell
which word a new resource has: a thing that was made is in the state that a deployment waits for,
and a choice that nobody made is the plain one. What preflight makes of the name alone stays where
the models take it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from botocore.model import Shape, StringShape

from pulumi_preflight.outputs.forms import TIME
from pulumi_preflight.outputs.ids import has_hand_made_arn, in_form, names_itself
from pulumi_preflight.outputs.shapes import Kind, Shapes
from pulumi_preflight.outputs.shapes import Shape as Properties
from pulumi_preflight.outputs.subject import Place, Subject, subject_kind
from pulumi_preflight.outputs.well_formed import by_name
from pulumi_preflight.program.inside.classes import QUESTIONS
from tools.tables import cloudformation, responses
from tools.tables.arns import Reference, form_for
from tools.tables.cloudformation import example, form_of, whole
from tools.tables.responses import key, shapes
from tools.tables.sdk import functions_of, module, modules, types_of

_DEPTH = 5
_PLACE = Place(region="us-east-1", known_account="123456789012")
_NAME = "thing-0a1b2c3d"
# What services call their things by, the commonest first.
_OWN = ("{uuid}", "{hex17}", "{hex10}", "{hex32}", "{cap26}", "{low17}")
_STATES = ("state", "status")


def _keys(text: str) -> tuple[str, ...]:
    return tuple(map(key, text.split()))


# States that a deployment waits for, the surest first.
_SETTLED = _keys(
    "active available in-service deployed enabled running ready created complete completed"
    " succeeded success successful issued associated attached registered verified up healthy ok"
    " updated approved accepted online connected off on installed idle valid prepared"
    " creation-successful"
)
# Choices that stand where nobody chose, the plainest first.
_PLAIN = _keys(
    "default none disabled off standard basic normal pass-through info linux ipv4 public"
)
# Lists that go from the oldest to the newest.
_DIGIT = re.compile(r"\d")
_GROWING = ("runtime", "runtimes", "version", "versions", "protocols")


Words = Mapping[str, str | float]
"""Path, without indexes, to the word, form or number that a property has."""


def all_words(
    package: str, arns: Mapping[str, str], reference: Reference
) -> tuple[Mapping[str, Words], Mapping[str, Sequence[str]]]:
    """Kind, of types and functions alike, to its words, and to the paths that schemas tell.

    Args:
        package: The SDK, `pulumi_aws`.
        arns: Kind to the form of its own ARN, as far as other sources tell it. Where the models
            refuse that, or a function alone shows the kind, the form is under the path `arn`.
        reference: What the service authorization reference says of ARNs.
    """
    known = Shapes(lambda question, about: QUESTIONS[question](about))
    found: dict[str, dict[str, str | float]] = {}
    of_schemas: dict[str, set[str]] = {}
    for name in modules(package):
        imported = module(package, name)
        told = {token: known.resource(token) or () for token in types_of(imported)}
        for token, cls in functions_of(imported).items():
            # By the class itself, since other modules that are loaded may have one of its name.
            told[token] = known.nested(f"{cls.__module__}:{cls.__name__}") or ()
        for token, properties in told.items():
            kind = subject_kind(token)
            arn = arns.get(kind, "") or form_for(token, properties, reference)
            words = words_of(token, properties, known, arn)
            further = words_of_schemas(token, properties, known, words)
            found.setdefault(kind, {}).update(words | further)
            if further:
                of_schemas.setdefault(kind, set()).update(further)
            if arn and kind not in arns:
                found[kind].setdefault("arn", arn)
    words_by_kind = {kind: told for kind, told in sorted(found.items()) if told}
    return words_by_kind, {kind: sorted(paths) for kind, paths in sorted(of_schemas.items())}


def words_of(token: str, properties: Properties, known: Shapes, arn: str) -> dict[str, str | float]:
    """The words that botocore's responses tell.

    Args:
        token: The type or function.
        properties: The properties of the type, or of the function's answer.
        known: The SDK's classes.
        arn: The form of the type's own ARN, empty where no other source tells it.
    """
    _, module_, type_ = token.split(":")
    home = module_.partition("/")[0], type_.removeprefix("get")
    subject = Subject(seed=token, token=token, name=_NAME, place=_PLACE)
    found: dict[str, str | float] = {}
    for path, kind in _paths(properties, known, ()):
        name, told = ".".join(path), shapes(*home, path)
        if kind != "string":
            value: str | float | None = _number(told)
        elif not _is_own_arn(subject.kind, path):
            value = _text(subject.kind, path[-1], by_name(subject, name), told)
        elif has_hand_made_arn(subject.kind):
            value = None
        else:
            name = "arn"
            value = _arn(subject, arn, told)
        if value is not None:
            found[name] = value
    return found


def words_of_schemas(
    token: str, properties: Properties, known: Shapes, told: Words
) -> dict[str, str | float]:
    """The words of CloudFormation's schemas, where these refuse what is told without them.

    A word that botocore's responses list as well stays within their list.

    Args:
        token: The type or function.
        properties: The properties of the type, or of the function's answer.
        known: The SDK's classes.
        told: The words that botocore's responses tell.
    """
    _, module_, type_ = token.split(":")
    home = module_.partition("/")[0], type_.removeprefix("get")
    subject = Subject(seed=token, token=token, name=_NAME, place=_PLACE)
    found: dict[str, str | float] = {}
    for path, kind in _paths(properties, known, ()):
        name = ".".join(path)
        said = cloudformation.properties(*home, path)
        if not said or _is_own_arn(subject.kind, path):
            continue
        if kind != "string":
            least = max((each.get("minimum", 0) for each in said), default=0)
            if least > float(told.get(name, 0)):
                found[name] = float(least)
            continue
        usual = example(str(told[name])) if name in told else by_name(subject, name)
        word = _word_of_schemas(subject.kind, path[-1], usual, said)
        if word is not None and _takes(shapes(*home, path), word):
            found[name] = word
    return found


def _word_of_schemas(
    kind: str, name: str, usual: str, said: tuple[cloudformation.Said, ...]
) -> str | None:
    """The word or form of a text; `None` where the schemas take the usual one, or tell none."""
    texts = [each for each in said if each.get("type") == "string"]
    listed = [tuple(map(str, each["enum"])) for each in texts if each.get("enum")]
    if listed:
        common = [word for word in listed[0] if all(word in each for each in listed)]
        return None if usual in common or not common else _chosen(kind, name, common)
    patterns = list(filter(None, map(cloudformation.pattern_of, texts)))
    if all(re.search(pattern, usual) for pattern in patterns):
        return None
    least = max((each.get("minLength", 0) for each in texts), default=0)
    most = min((each["maxLength"] for each in texts if "maxLength" in each), default=None)
    return _fitting(name, patterns, least, most)


def _takes(found: tuple[Shape, ...], word: str) -> bool:
    """Whether botocore's responses take a word or form."""
    enums = (each.enum for each in found if isinstance(each, StringShape) and each.enum)
    patterns = (whole(str(each.metadata.get("pattern", ""))) for each in found)
    return all(word in each for each in enums) and all(
        re.search(pattern, example(word)) for pattern in patterns
    )


def _arn(subject: Subject, form: str, found: tuple[Shape, ...]) -> str | None:
    """The form of an own ARN; `None` where the models take the one that is known.

    The known form says what stands where, but often not in what form the last part is.
    """
    head, _, word = form.rpartition("{") if form.endswith("}") else ("", "", "")
    literal = re.split(r"[/:]", head.rstrip("/:"))[-1]
    forms = [form, *(f"{head}{own}" for own in _OWN if word), f"{head}{literal}-{{uuid}}"]
    patterns = [whole(str(each.metadata.get("pattern", ""))) for each in found]
    for each in filter(None, forms if word else [form]):
        value = in_form(each, subject, "arn")
        if all(re.search(pattern, value) for pattern in patterns):
            return None if each == form else each
    return _text(subject.kind, "arn", "", found)


def _is_own_arn(kind: str, path: tuple[str, ...]) -> bool:
    *stem, last = responses.words(path[-1])
    return len(path) == 1 and last in ("arn", "arns") and names_itself(kind, tuple(stem))


def _paths(
    properties: Properties, known: Shapes, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for each in properties:
        path, kind = (*above, each.name), _item(each.kind)
        if kind.name == "object" and len(path) < _DEPTH:
            yield from _paths(known.nested(kind.reference) or (), known, path)
        elif kind.name in ("string", "integer", "number") and not kind.choices:
            yield path, kind.name


def _item(kind: Kind) -> Kind:
    while kind.item is not None and kind.name == "list":
        kind = kind.item
    return kind


def _number(found: tuple[Shape, ...]) -> float | None:
    least = max((each.metadata.get("min", 0) for each in found), default=0)
    return float(least) if least > 0 else None


def _text(kind: str, name: str, usual: str, found: tuple[Shape, ...]) -> str | None:
    """The word or form of a text; `None` where the models take the usual one."""
    listed = [tuple(each.enum) for each in found if isinstance(each, StringShape) and each.enum]
    common = [word for word in listed[0] if all(word in each for each in listed)] if listed else []
    if common:
        return None if usual in common else _chosen(kind, name, common)
    if found and all(each.type_name == "timestamp" for each in found):
        return None if re.match(r"\d{4}-\d\d-\d\d", usual) else TIME
    patterns = [whole(str(each.metadata.get("pattern", ""))) for each in found]
    if all(re.search(pattern, usual) for pattern in patterns):
        return None
    least = max((each.metadata.get("min", 0) for each in found), default=0)
    most = min((each.metadata["max"] for each in found if "max" in each.metadata), default=None)
    return _fitting(name, patterns, least, most)


def _fitting(name: str, patterns: Sequence[str], least: int, most: int | None) -> str | None:
    """A form that fits all patterns, `None` where none is plain enough to have one."""
    for form in filter(None, (form_of(each, least, most) for each in patterns if each)):
        # A pattern that takes more than ARNs tells nothing of one.
        is_whole = form.startswith("arn:") or responses.words(name)[-1] not in ("arn", "arns")
        if is_whole and all(re.search(each, example(form)) for each in patterns):
            return form
    return None


def _chosen(type_: str, name: str, choices: list[str]) -> str:
    last = responses.words(name)[-1]
    # `vpcAttachment` is an attachment of the type VPC.
    same = [each for each in choices if last == "type" and key(each) in key(type_)]
    if same:
        return max(same, key=len)
    if last in _GROWING:
        return next((each for each in reversed(choices) if _DIGIT.search(each)), choices[-1])
    order = (*_SETTLED, *_PLAIN) if last in _STATES else (*_PLAIN, *_SETTLED)
    ranks = {each: order.index(key(each)) for each in choices if key(each) in order}
    return min(ranks, key=lambda each: ranks[each]) if ranks else choices[0]
