"""The stack that is judged: what packs are told of it, and the URNs of what is in it."""

import errno
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE = "pulumi:providers:"
"""What the type tokens of providers begin with."""
_PREFIX = "urn:pulumi:"
_SEPARATORS = 3
# A resource's URN is asked again and again while it is registered.
_URNS: Final = 1_024


def create_urn(*, stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; a parent that is the stack does not show in it."""
    qualified = type_
    if parent and qualified_type_of(parent) != STACK_TYPE:
        qualified = f"{qualified_type_of(parent)}${type_}"
    return f"{_PREFIX}{stack}::{project}::{qualified}::{name}"


def stack_urn(*, stack: str, project: str) -> str:
    """The URN of the stack itself."""
    return create_urn(
        stack=stack, project=project, parent="", type_=STACK_TYPE, name=f"{project}-{stack}"
    )


def stack_of(urn: str) -> str:
    """The stack's name."""
    return _parts(urn)[0].removeprefix(_PREFIX)


def project_of(urn: str) -> str:
    """The project's name."""
    return _parts(urn)[1]


def qualified_type_of(urn: str) -> str:
    """The types of the resource and its parents, joined by `$`."""
    return _parts(urn)[2]


@lru_cache(_URNS)
def type_of(urn: str) -> str:
    """The resource's own type token."""
    return qualified_type_of(urn).rpartition("$")[2]


@lru_cache(_URNS)
def name_of(urn: str) -> str:
    """The logical name, which may hold `::` itself."""
    return _parts(urn)[3]


def is_urn(text: str) -> bool:
    """Whether a text has the parts of a URN."""
    return text.startswith(_PREFIX) and text.count("::") >= _SEPARATORS


def is_of_stack(urn: str) -> bool:
    """Whether a text is the URN of a stack itself."""
    return is_urn(urn) and qualified_type_of(urn) == STACK_TYPE


def package_of(token: str) -> str:
    """The package of a type or function token such as `aws:sqs/queue:Queue`."""
    return token.partition(":")[0]


def member_of(token: str) -> str:
    """The last part of such a token: `Queue`, or `getVpc` of a function."""
    return token.rpartition(":")[2]


def shown_name(urn: str) -> str:
    """The logical name in a URN; another text as it is."""
    return name_of(urn) if is_urn(urn) else urn


def is_provider_type(type_: str) -> bool:
    """Whether a type token is that of a provider."""
    return type_.startswith(PROVIDER_TYPE)


def is_default_provider(name: str) -> bool:
    """Whether the engine takes a provider of this logical name for a default provider."""
    return name.startswith("default")


def urn_of_reference(reference: str) -> str:
    """The provider's URN out of a provider reference `<urn>::<id>`."""
    return reference.rpartition("::")[0]


def _parts(urn: str) -> list[str]:
    return urn.split("::", maxsplit=3)


CONFIG_VARIABLE = "PULUMI_CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackContext:
    """The facts of the stack that packs get, in ConfigureStack and in their environment.

    Attributes:
        project: The project's name.
        stack: The stack's name, without organization and project.
        config: Keys `namespace:name` to plain text; objects as JSON, secrets decrypted.
        secret_keys: The keys in `config` that are secret.
        secrets: The secret texts inside these values, at any depth.
        tags: The stack's tags.
        variables: Variables that the stack's ESC environments set.
        organization: `organization` is the engine's name for it where no Pulumi Cloud is used.
        is_deployed: Whether a state is judged, beside which packs hear nothing of the stack, as
            from `pulumi policy analyze`.
    """

    project: str
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret_keys: Sequence[str] = ()
    secrets: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    organization: str = "organization"
    is_deployed: bool = False

    @property
    def root_urn(self) -> str:
        """The stack's own URN."""
        return stack_urn(stack=self.stack, project=self.project)

    def environment(self, runtime: str) -> dict[str, str]:
        """The variables by which the SDK of a pack's runtime learns of the stack.

        An executable pack learns of it by the protocol alone, and nothing tells of one whose state
        is judged.
        """
        if runtime == "executable" or self.is_deployed:
            return dict(self.variables)
        prefix = "PULUMI_NODEJS_" if runtime == "nodejs" else "PULUMI_"
        return {
            **self.variables,
            f"{prefix}ORGANIZATION": self.organization,
            f"{prefix}PROJECT": self.project,
            f"{prefix}STACK": self.stack,
            f"{prefix}DRY_RUN": "true",
            CONFIG_VARIABLE: json.dumps(dict(self.config)),
        }


def why_not_started(error: OSError, environment: Mapping[str, str]) -> str:
    """The reason why a process cannot start; names a variable that is too long for the system.

    Programs and packs get the config in one variable, as with the engine's language hosts.
    """
    if error.errno != errno.E2BIG:
        return error.strerror or str(error)
    longest = max(environment, key=lambda name: len(environment[name]))
    told = f"the variable {longest} has {len(environment[longest]):,} characters"
    if longest == CONFIG_VARIABLE:
        config = json.loads(environment[longest])
        key = max(config, key=lambda name: len(config[name]))
        told = (
            f"the config, which it gets in one variable as under the engine, has "
            f"{len(environment[longest]):,} characters, {len(config[key]):,} of them in {key!r}"
        )
    return f"{told}, and the system takes fewer; keep what is so long in a file"
