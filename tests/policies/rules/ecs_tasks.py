"""A task definition, as the tests of ECS declare it."""

import json

from aws_policy_pack.testing import UNKNOWN, Example
from aws_policy_pack.type_tokens import TASK_DEFINITION


def task_of(containers: object, *, name: str = "task", **properties: object) -> Example:
    definitions = containers if containers is UNKNOWN else json.dumps(containers)
    return Example(
        type=TASK_DEFINITION,
        name=name,
        properties={"containerDefinitions": definitions, **properties},
    )
