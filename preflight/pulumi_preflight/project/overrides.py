"""The user's better knowledge: `preflight.yaml` beside the project file.

```yaml
account: "111122223333"                   # of the stack's credentials
invokes:                                  # answers of data sources
  - function: aws:ec2/getVpc:getVpc       # token as in the SDK
    arguments: {default: true}            # optional: only calls with these arguments
    result: {id: vpc-0a1b2c3d, cidrBlock: 10.20.0.0/16}
outputs:                                  # computed outputs of resources
  - resource: main-vpc                    # logical name or URN; * and ? match
    type: aws:ec2/vpc:Vpc                 # optional
    properties: {id: vpc-0a1b2c3d}
stackReferences:                          # outputs of other stacks
  organization/network/dev: {vpcId: vpc-0a1b2c3d}
environments:                             # ESC environments that stack files name
  aws/dev:
    pulumiConfig: {aws:region: us-east-1, password: {"fn::secret": example}}
    environmentVariables: {AWS_REGION: us-east-1}
tags: {owner: payments}                   # the stack's tags
callbacks: {seconds: 30, allow: [write]}  # what `apply` may do on values that are made up
fill: true                                # fill values in where nothing keeps callbacks in bounds
stack: dev                                # judged where the command names none
baseFiles: [build/site.zip]               # ignored by git, and read by the program: for --base
packs:                                    # where the command names none; relative to this file
  - policies
  - {path: ../shared/pack, config: "profiles/{stack}.json"}
```

Names are those on the wire (camelCase). Preflight fills in the other properties as elsewhere. The
last entry that fits wins for each property.
"""

import json
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.go_values import Moment
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.stack_context import name_of, type_of

ACTIONS = ("process", "network", "write")
_ACCOUNT = re.compile("[0-9]{12}")
_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel)


class InvokeOverride(_Entry):
    """An answer of one function, for all its calls or those with certain arguments."""

    function: str
    arguments: dict[str, JsonValue] = {}
    result: dict[str, JsonValue]

    def fits(self, function: str, arguments: dict[str, JsonValue]) -> bool:
        """Whether it answers a call."""
        return self.function == function and _fits(self.arguments, arguments)


class OutputOverride(_Entry):
    """Outputs of the resources that fit; `id` among the properties is the resource's id."""

    resource: str
    type: str | None = None
    properties: dict[str, JsonValue]

    def fits(self, urn: str) -> bool:
        """Whether it tells outputs of a resource."""
        named = fnmatchcase(name_of(urn), self.resource) or fnmatchcase(urn, self.resource)
        return named and self.type in (None, type_of(urn))


class EnvironmentValues(_Entry):
    """The values of an ESC environment; `fn::secret` marks a secret, as in ESC."""

    pulumi_config: dict[str, JsonValue] = {}
    environment_variables: dict[str, str | dict[Literal["fn::secret"], str]] = {}


def _account(given: object) -> object:
    if isinstance(given, str) and _ACCOUNT.fullmatch(given):
        return given
    kind = "" if isinstance(given, str) else f", which YAML reads as {type(given).__name__}"
    raise PydanticCustomError(
        "account",
        "is {given}{kind}; wanted 12 digits as text, in quotes, since a number has no leading "
        'zeros: account: "111122223333"',
        {"given": repr(given), "kind": kind},
    )


def _actions(given: object) -> object:
    if isinstance(given, bool):
        return ACTIONS if given else ()
    if isinstance(given, list) and all(each in ACTIONS for each in given):
        return tuple(given)
    raise PydanticCustomError(
        "actions",
        "is {given}; wanted true or a list of {actions}",
        {"given": repr(given), "actions": ", ".join(ACTIONS)},
    )


class CallbackBounds(_Entry):
    """What a callback may do on a value that the engine does not know in a preview.

    Attributes:
        seconds: How long it may take, `None` for the usual time.
        allow: What it may do outside the program, of `ACTIONS`.
    """

    seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    allow: Annotated[tuple[str, ...], BeforeValidator(_actions)] = ()


def _pack(given: object) -> object:
    return {"path": given} if isinstance(given, str) else given


class NamedPack(_Entry):
    """A policy pack; `{stack}` in a path stands for the stack's name.

    Attributes:
        path: Its folder, or the pack itself where it is an executable.
        config: Its config file, `None` where it has none.
    """

    path: str = Field(min_length=1)
    config: str | None = Field(default=None, min_length=1)


class Overrides(_Entry):
    """The whole file."""

    account: Annotated[str, BeforeValidator(_account)] | None = None
    invokes: tuple[InvokeOverride, ...] = Field(default=(), strict=False)
    outputs: tuple[OutputOverride, ...] = Field(default=(), strict=False)
    stack_references: dict[str, dict[str, JsonValue]] = {}
    environments: dict[str, EnvironmentValues] = {}
    tags: dict[str, str] = {}
    callbacks: CallbackBounds = CallbackBounds()
    fill: bool = False
    stack: str | None = None
    base_files: tuple[str, ...] = Field(default=(), strict=False)
    packs: tuple[Annotated[NamedPack, BeforeValidator(_pack)], ...] = Field(
        default=(), strict=False
    )

    @property
    def own_account(self) -> str | None:
        """The account of the stack's credentials, as far as the file tells it."""
        if self.account is not None:
            return self.account
        caller = self.result_of(_CALLER, {}).get("accountId")
        return caller if isinstance(caller, str) else None

    def result_of(self, function: str, arguments: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """What the file says of the answer to a call; empty where it says nothing."""
        result: dict[str, JsonValue] = {}
        for entry in self.invokes:
            if entry.fits(function, arguments):
                result |= entry.result
        return result

    def outputs_of(self, urn: str) -> dict[str, JsonValue]:
        """What the file says of a resource's outputs; empty where it says nothing."""
        properties: dict[str, JsonValue] = {}
        for entry in self.outputs:
            if entry.fits(urn):
                properties |= entry.properties
        return properties

    def unused(
        self, urns: Collection[str], calls: Collection[tuple[str, dict[str, JsonValue]]]
    ) -> Iterator[str]:
        """What the file tells that nothing in a run asks for, in words.

        Args:
            urns: All resources.
            calls: Each call of a function with its arguments.
        """
        for output in self.outputs:
            if not any(map(output.fits, urns)):
                of = f" of type {output.type}" if output.type else ""
                yield f"outputs of {output.resource!r}{of}"
        for invoke in self.invokes:
            # The account is asked for without a call.
            if invoke.function != _CALLER and not any(invoke.fits(*call) for call in calls):
                given = f" with {json.dumps(invoke.arguments)}" if invoke.arguments else ""
                yield f"an answer of {invoke.function}{given}"


def _fits(wanted: dict[str, JsonValue], given: dict[str, JsonValue]) -> bool:
    return all(name in given and given[name] == value for name, value in wanted.items())


def _as_json(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    match value:
        case dict():
            return {str(name): _as_json(item) for name, item in value.items()}
        case list():
            return [_as_json(item) for item in value]
        case Moment():
            return str(value)
        case _:
            return value


def read_overrides(path: Path) -> Overrides:
    """Reads the file.

    Raises:
        ProjectError: It is not YAML, or a key or value in it is wrong; the text says which.
    """
    try:
        return Overrides.model_validate(_as_json(read_mapping(path)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProjectError(
            f"{path}: {where}: {first['msg']}",
            hint=f"its keys are {', '.join(map(to_camel, Overrides.model_fields))}",
        ) from error
