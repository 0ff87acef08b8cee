"""What the stack's program registers for one environment, in the form the tests ask for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pulumi_preflight import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One registered resource; JSON texts among the inputs are left as they are."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    provider: str = ""
    ignore_changes: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def json(self, property_name: str) -> Any:  # noqa: ANN401 - JSON has any shape
        """The value of a property that holds JSON text."""
        return json.loads(self.inputs[property_name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A run of the program: what it registered and what it put out."""

    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]

    @classmethod
    def seen_in(cls, verdict: Verdict) -> Self:
        """Takes what the tests ask for; unlike a verdict, it goes from process to process."""
        return cls(
            resources=tuple(
                Resource(
                    urn=resource.urn,
                    type=resource.type,
                    name=resource.name,
                    parent=resource.parent,
                    inputs=resource.inputs,
                    provider=resource.provider,
                    ignore_changes=resource.ignore_changes,
                    property_dependencies=resource.property_dependencies,
                )
                for resource in verdict.resources
            ),
            outputs=verdict.outputs,
        )

    def of(self, resource_type: str) -> list[Resource]:
        """All resources of a type."""
        return [resource for resource in self.resources if resource.type == resource_type]

    def one(self, resource_type: str, name: str) -> Resource:
        """The resource of a type with a logical name."""
        (found,) = [resource for resource in self.of(resource_type) if resource.name == name]
        return found

    def containers(self) -> dict[str, dict[str, Any]]:
        """All containers of all task definitions, by `<task>/<container>`."""
        return {
            f"{task.name.removesuffix('-task')}/{container['name']}": container
            for task in self.of("aws:ecs/taskDefinition:TaskDefinition")
            for container in task.json("containerDefinitions")
        }

    def environment(self, container: str) -> dict[str, str]:
        """Plain variables of one container."""
        return {
            variable["name"]: variable["value"]
            for variable in self.containers()[container]["environment"]
        }

    def policies(self) -> dict[str, list[dict[str, Any]]]:
        """The statements of all roles' policies, by the policy's logical name."""
        return {
            policy.name: policy.json("policy")["Statement"]
            for policy in self.of("aws:iam/rolePolicy:RolePolicy")
        }
