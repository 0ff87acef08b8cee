"""What a pack says of itself and of its rules, beside what the rules find.

The engine hands all of it to Pulumi Cloud, which shows it with a violation.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import Final

from aws_policy_pack.rule import AnyRule

REMEDIES: Final = Path(__file__).with_name("remedies.json")
"""What to do, by rule: what the finding of each bad example says. Written by `nox -s docs`."""
PACKAGE: Final = "aws-policy-pack"
_REPOSITORY: Final = re.compile(r"(?:repository|source)\s*,\s*(?P<url>\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a pack says of itself; what is empty the engine takes from PulumiPolicy.yaml, if at all.

    Attributes:
        display_name: Its name for a reader.
        description: What it is, in one line.
        readme: Its page, in Markdown.
        provider: The cloud that its rules are about, such as `aws`.
        tags: Words to find it by.
        repository: Where its source is.
    """

    display_name: str = ""
    description: str = ""
    readme: str = ""
    provider: str = ""
    tags: tuple[str, ...] = ()
    repository: str = ""


def about_package() -> About:
    """What this package's own metadata say of the pack; they have a repository once it has."""
    told = metadata(PACKAGE)
    urls = (_REPOSITORY.fullmatch(each) for each in told.get_all("Project-URL") or ())
    return About(
        display_name="AWS policy pack",
        description=told["Summary"],
        readme=str(told["Description"]),
        provider="aws",
        tags=tuple(told["Keywords"].split(",")),
        repository=next((url["url"] for url in urls if url), ""),
    )


def remedy_of(rule: AnyRule) -> str:
    """What to do about a violation of a rule, as one sentence; empty where nobody says it."""
    said = rule.remedy or _remedies().get(rule.id, "")
    return f"{said}." if said else ""


@cache
def _remedies() -> dict[str, str]:
    remedies: dict[str, str] = json.loads(REMEDIES.read_text(encoding="utf-8"))
    return remedies


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A compliance framework, and the controls of it that a rule covers.

    Attributes:
        name: Its name.
        version: Its version, empty where it has none.
        reference: The controls.
        specification: A page that lists its controls.
    """

    name: str
    version: str
    reference: str
    specification: str


_FRAMEWORKS: Final = {
    "Security Hub ": (
        "AWS Security Hub",
        "",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html",
    ),
    "NIST.800-53.r5 ": (
        "NIST SP 800-53",
        "Rev. 5",
        "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    ),
}
"""How the ids of a framework's controls begin: name, version and page. Checks of linters are none.
"""


def framework_of(rule: AnyRule) -> Framework | None:
    """The framework whose controls a rule covers, the first where it covers those of two."""
    for start, (name, version, page) in _FRAMEWORKS.items():
        covered = [each.removeprefix(start) for each in rule.controls if each.startswith(start)]
        if covered:
            return Framework(
                name=name, version=version, reference=", ".join(covered), specification=page
            )
    return None


_WORDS: Final = {
    **{
        word: word.upper()
        for word in (
            *("aws", "cpu", "ecr", "ecs", "ec2", "efs", "eks", "fifo", "https", "iam", "id", "ip"),
            *("kms", "lb", "rds", "s3", "sns", "sqs", "ssm", "tls", "vpc"),
        )
    },
    "autoscaling": "auto scaling",
}


def display_name_of(rule: AnyRule) -> str:
    """A rule's id as a reader would write it: `SQS dead letter queue same type`."""
    words = " ".join(_WORDS.get(word, word) for word in rule.id.split("-"))
    return words[:1].upper() + words[1:]
