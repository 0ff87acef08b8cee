"""The table of what replaces, out of the provider's answers and CloudFormation's schemas.

Token to, each left out where it is empty:

- `replaces`: paths of which any change replaces the resource.
- `when`: `<kind>/<letters>/<letters>` to paths: the changes of `asking` that replace, and those
  that do so under some configurations alone.
- `may`: paths that CloudFormation replaces for, of what the provider that was asked does not have.
- `sets`: those of all these paths whose order says nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_preflight.outputs.schemas import Schema
from tools.replacements.cloudformation import create_only
from tools.replacements.tokens import Naming, naming, spellings, tokens

Row = Mapping[str, Any]

# Where the provider asks AWS, as it plans, whether the change of a value replaces. Source: the
# functions `CustomizeDiff` of these resources.
_TOLD_BY_AWS: Mapping[str, Sequence[str]] = {
    "aws_cloudcontrolapi_resource": ("desired_state",),
    "aws_elasticsearch_domain": ("elasticsearch_version",),
    "aws_instance": ("launch_template.version",),
    "aws_opensearch_domain": ("engine_version",),
}


@dataclass(slots=True)
class Made:
    """The table, and what is left to say of how it was made.

    Attributes:
        types: Token to its row.
        unnamed: Replacing paths of Terraform's that no program can give in Pulumi, by type.
        unmatched: Terraform's types without a token.
    """

    types: dict[str, Row] = field(default_factory=dict)
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)


def made(answers: Mapping[str, Any], schemas: Sequence[Schema]) -> Made:
    """Makes the table.

    Args:
        answers: The provider's answers, by Terraform's type.
        schemas: The schemas of pulumi-aws: that of the same provider first.
    """
    found = Made()
    named = tokens({name: entry["names"] for name, entry in answers.items()}, schemas)
    found.unmatched = sorted(answers.keys() - named.keys())
    # For tags the provider calls APIs of their own, whatever CloudFormation does.
    newer = {
        token: [path for path in paths if path != "tags"]
        for token, paths in create_only(schemas[-1]).items()
    }
    told = {name: entry for name, entry in answers.items() if "changes" in entry}
    for name, entry in told.items():
        for token in named.get(name, ()):
            names = naming(token, schemas)
            row = _row(name, entry, names, found)
            known = {each for attribute in entry["names"] for each in spellings(attribute)}
            may = [path for path in newer.get(token, ()) if path.partition(".")[0] not in known]
            if row := {**row, **({"may": sorted(may)} if may else {})}:
                found.types[token] = row
    asked = {token for name in told for token in named.get(name, ())}
    for token, paths in newer.items():
        if token not in asked and paths:
            found.types[token] = {"may": sorted(paths)}
    return found


def _row(type_: str, entry: Mapping[str, Any], names: Naming, found: Made) -> Row:
    replaces: list[str] = []
    when: dict[str, list[str]] = {}
    sets: list[str] = []
    for terraform, (kind, *letters) in entry["changes"].items():
        path = names.path(terraform)
        if path is None:
            # What every program's tags become is no property of a program's.
            if not terraform.endswith("tags_all"):
                found.unnamed.setdefault(type_, []).append(terraform)
            continue
        if kind in ("set", "blockset"):
            sets.append(path)
        surely, perhaps, asked = _merged(letters)
        if surely == asked and kind not in ("block", "blocks", "blockset"):
            replaces.append(path)
        else:
            when.setdefault(f"{kind}/{_sorted(surely)}/{_sorted(perhaps)}", []).append(path)
    if perhaps_paths := [names.path(each) for each in _TOLD_BY_AWS.get(type_, ())]:
        when["//ud"] = [path for path in perhaps_paths if path]
    row: dict[str, Any] = {"replaces": sorted(replaces), "sets": sorted(sets)}
    row |= {"when": {key: sorted(paths) for key, paths in sorted(when.items())}}
    return {key: value for key, value in row.items() if value}


def _merged(letters: Sequence[str]) -> tuple[set[str], set[str], set[str]]:
    """The changes that replace under all configurations, under some, and those that were asked.

    A configuration under which nothing replaces may keep the resource in a change that it refused,
    too.
    """
    pairs = [(set(asked), set(replacing)) for asked, _, replacing in _split(letters)]
    every = set().union(*(asked for asked, _ in pairs))
    surely = {
        each
        for each in every
        if all(each in says if each in asked else says or not asked for asked, says in pairs)
    }
    perhaps = {each for each in every - surely if any(each in says for _, says in pairs)}
    return surely, perhaps, every


def _split(letters: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    return (each.partition("/") for each in letters)


def _sorted(letters: Iterable[str]) -> str:
    return "".join(sorted(letters, key="udabxygs".index))
