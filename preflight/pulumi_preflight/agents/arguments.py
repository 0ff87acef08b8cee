"""What the tools may be asked: pydantic checks it, and agents read the descriptions."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pulumi_preflight.printing import shortened

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Kind: TypeAlias = Literal["notEvaluated", "waived", "known"]

_DEFAULT_LIMIT, _HIGHEST_LIMIT = 20, 100
_LONGEST_SHOWN = 80
# Their values may be secret.
_NEVER_SHOWN = ("config",)
# Pydantic speaks of Python here.
_MESSAGES = dict.fromkeys(("model_type", "dict_type"), "input should be an object")


class Asked(BaseModel):
    """Arguments: one that does not exist is an error, and no text stands for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AskedPack(Asked):
    """A policy pack."""

    path: Text = Field(
        description="The pack's folder, or an executable one: absolute, or relative to a root."
    )
    config: Text | None = Field(None, description="The pack's config file in JSON, likewise.")


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


def complaint(error: ValidationError, arguments: type[Asked]) -> str:
    """What is wrong with arguments, a line for each."""
    known = ", ".join(field.alias or name for name, field in arguments.model_fields.items())
    return "\n".join(_complaint(dict(each), known) for each in error.errors())


def _complaint(told: dict[str, object], known: str) -> str:
    path = told["loc"]
    names = [str(each) for each in path] if isinstance(path, tuple) else []
    name = ".".join(names) or "the arguments"
    if told["type"] == "extra_forbidden":
        return f"there is no argument `{name}`" + (
            f"; there are {known}" if len(names) == 1 else ""
        )
    if told["type"] == "missing":
        return f"`{name}` is missing"
    message = _MESSAGES.get(str(told["type"]), str(told["msg"]))
    wanted = message[:1].lower() + message[1:]
    if names and names[0] in _NEVER_SHOWN:
        return f"`{name}` is wrong: {wanted}"
    return f"`{name}` is {shortened(repr(told['input']), _LONGEST_SHOWN)}: {wanted}"
