"""What packs are told of the stack that they judge."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pulumi_preflight.urns import stack_urn


@dataclass(frozen=True, slots=True, kw_only=True)
class StackContext:
    """What packs are told of the stack, in ConfigureStack and in their environment.

    Attributes:
        project: The project's name.
        stack: The stack's name, without organization and project.
        config: Keys `namespace:name` to plain text; objects as JSON, secrets decrypted.
        secret_keys: The keys in `config` that are secret.
        secrets: The secret texts inside these values, at any depth.
        tags: The stack's tags.
        variables: Variables that the stack's ESC environments set.
        organization: `organization` is what the engine says where no Pulumi Cloud is used.
    """

    project: str
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret_keys: Sequence[str] = ()
    secrets: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    organization: str = "organization"

    @property
    def root_urn(self) -> str:
        """The stack's own URN."""
        return stack_urn(stack=self.stack, project=self.project)

    def environment(self, runtime: str) -> dict[str, str]:
        """The variables by which the SDK of a pack's runtime learns of the stack."""
        prefix = "PULUMI_NODEJS_" if runtime == "nodejs" else "PULUMI_"
        return {
            **self.variables,
            f"{prefix}ORGANIZATION": self.organization,
            f"{prefix}PROJECT": self.project,
            f"{prefix}STACK": self.stack,
            f"{prefix}DRY_RUN": "true",
            "PULUMI_CONFIG": json.dumps(dict(self.config)),
        }
