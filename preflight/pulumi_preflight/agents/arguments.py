"""What the tools may be asked: pydantic checks it, and agents read the descriptions."""

from typing import Literal, TypeAlias

from pydantic import Field

from pulumi_preflight.asking import Asked, AskedPack, Text

Kind: TypeAlias = Literal["notEvaluated", "waived", "known"]

_DEFAULT_LIMIT, _HIGHEST_LIMIT = 20, 100


class OfProject(Asked):
    """A project and its stack."""

    project: Text = Field(
        ".",
        description="The folder that holds Pulumi.yaml: absolute, or relative to a root of this "
        "server.",
    )
    stack: Text | None = Field(
        None,
        description="The stack's name. Left out, it is the one that preflight.yaml names, or the "
        "only one that has a file.",
    )


class OfRun(OfProject):
    """Arguments of a tool that runs a project."""

    packs: tuple[AskedPack, ...] | None = Field(
        None,
        strict=False,
        description="The policy packs that judge. Left out, they are those that the project's "
        "preflight.yaml names.",
    )
    config: dict[Text, str] = Field(
        default_factory=dict,
        description="Config values over the stack's own, by key, such as aws:region.",
    )
    baseline: Text | None = Field(
        None,
        description="The file of findings that are known and fail nothing: absolute, or relative "
        "to a root; {project} and {stack} in it stand for the names.",
    )


class OfPages(OfRun):
    """Arguments of a tool whose answer may have several pages."""

    limit: int = Field(
        _DEFAULT_LIMIT, ge=1, le=_HIGHEST_LIMIT, description="The most entries of one answer."
    )
    cursor: Text | None = Field(
        None,
        description="`next` of the answer before, with the same arguments: gives the next page "
        "of the same run.",
    )


class OfVerdict(OfPages):
    """Arguments of the verdict."""

    also: tuple[Kind, ...] = Field(
        (),
        strict=False,
        description="What to list beside the findings: rules that could not see what they judge, "
        "findings that are waived, findings that the baseline knows.",
    )


class OfCost(OfPages):
    """Arguments of the cost."""


class OfFile(OfPages):
    """Arguments of the findings at a file."""

    file: Text = Field(
        description="A file of the program: absolute, or relative to the project's folder."
    )
    first_line: int | None = Field(
        None, ge=1, alias="firstLine", description="The first line that is of interest, from 1."
    )
    last_line: int | None = Field(
        None, ge=1, alias="lastLine", description="The last one; left out, all that follow are."
    )


class OfChanges(OfPages):
    """Arguments of what the program changes."""

    base_state: Text | None = Field(
        None,
        alias="baseState",
        description="What is deployed: a file of `pulumi stack export`, or a checkpoint or backend "
        "on this disk; absolute, or relative to a root. Give it or `baseVerdict`.",
    )
    base_verdict: Text | None = Field(
        None,
        alias="baseVerdict",
        description="What `preflight --format base=FILE` has saved of an earlier run; likewise.",
    )


class OfRule(OfProject):
    """Arguments of the explanation of a rule."""

    rule: Text = Field(description="The rule's name, or a finding's id.")
    packs: tuple[AskedPack, ...] | None = Field(
        None,
        strict=False,
        description="The policy packs that may hold the rule; the project does not matter then. "
        "Left out, they are those that the project's preflight.yaml names.",
    )
