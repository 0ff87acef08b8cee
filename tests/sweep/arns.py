"""What the service authorization reference says of ARNs; cfn-lint ships its formats."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from tests.sweep.rules import Rule, Source
from tools.tables.responses import key, words

_ANYTHING = frozenset(map(key, ("destination", "resource", "source", "target")))
_FORMATS = "data/AdditionalSpecs/Policies.json"


def rules(name: str, arn: str) -> frozenset[Rule]:
    """The form that some thing of an ARN's own service has; none where no service is named so.

    Args:
        name: The property. `arn` is the type's own. What `resourceArn` or `sourceArn` names is of
            no one service, and so nothing is told of these.
        arn: The value.
    """
    _, _, service, _, account, *_ = f"{arn}:::::".split(":")
    stem = words(name)[:-1]
    ends = {key("".join(stem[start:])) for start in range(len(stem))}
    is_thing = bool(ends & _things()) and not ends & _ANYTHING
    # API Gateway's ARNs of what it calls name a service in place of the account.
    is_asked = (is_thing or not stem) and (account.isdigit() or not account)
    pattern = _patterns().get(service, "") if is_asked else ""
    return frozenset({Rule(source=Source.ARNS, pattern=pattern)} if pattern else ())


@cache
def _said() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The services to the things that they have to the formats of their ARNs."""
    text = files("cfnlint").joinpath(_FORMATS).read_text(encoding="utf-8")
    return {
        service: {name: thing["ARNFormats"] for name, thing in said.get("Resources", {}).items()}
        for service, said in json.loads(text).items()
    }


@cache
def _things() -> frozenset[str]:
    return frozenset(key(name) for things in _said().values() for name in things)


@cache
def _patterns() -> Mapping[str, str]:
    """What ARNs call a service to a pattern of all of its ARNs."""
    found: dict[str, set[str]] = {}
    for things in _said().values():
        for format_ in (each for formats in things.values() for each in formats):
            found.setdefault(format_.split(":")[2], set()).add(_pattern(format_))
    return {service: rf"\A(?:{'|'.join(sorted(all_))})\Z" for service, all_ in found.items()}


def _pattern(format_: str) -> str:
    filled = (
        format_.replace("${Partition}", r"[\w-]+")
        .replace("${Region}", "[a-z0-9-]+")
        .replace("${Account}", r"\d{12}")
    )
    return re.sub(r"\$\{\w+\}|(?<!\.)\*", ".*", filled)
