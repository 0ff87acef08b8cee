"""A resource whose provider is in the program itself."""

from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Counting(ResourceProvider):
    """Gives each resource the length of its text."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("counted", {**props, "length": len(props["text"])})


class Counted(Resource):
    """A text whose length is computed."""

    length: pulumi.Output[int]

    def __init__(self, name: str, text: pulumi.Input[str]) -> None:
        super().__init__(Counting(), name, {"text": text, "length": None})


queue = aws.sqs.Queue("queue")
Counted("known", "text")
pulumi.export("length", Counted("unknown", queue.url).length)
