"""Requests and packs for the tests of this folder."""

from collections.abc import Mapping
from pathlib import Path

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import (
    AnalyzeRequest,
    AnalyzerResource,
    AnalyzerResourceOptions,
)

from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.stack_question import StackQuestion

PACKS = Path(__file__).parent / "packs"
CONTEXT = StackContext(project="shop", stack="dev")
QUEUE = "aws:sqs/queue:Queue"
SERVICE = "aws:ecs/service:Service"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{type_}::{name}"


def struct(properties: Mapping[str, object]) -> Struct:
    return ParseDict(dict(properties), Struct())


def resource_request(type_: str, name: str, properties: Mapping[str, object]) -> AnalyzeRequest:
    return AnalyzeRequest(
        type=type_,
        name=name,
        urn=urn(type_, name),
        properties=struct(properties),
        options=AnalyzerResourceOptions(),
    )


def stack_request(*resources: AnalyzeRequest) -> StackQuestion:
    return StackQuestion.of(
        [
            AnalyzerResource(
                type=resource.type,
                name=resource.name,
                urn=resource.urn,
                properties=resource.properties,
                options=resource.options,
            )
            for resource in resources
        ]
    )


def write_pack(folder: Path, source: str) -> Path:
    """Writes a Python pack that runs on the interpreter of the tests."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(source)
    return folder


# A queue as pulumi_aws registers it, without the second that its import takes.
PROGRAM = """\
import pulumi


class Queue(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:sqs/queue:Queue", name, inputs)


class Service(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:ecs/service:Service", name, inputs)


"""
GOOD = f"""{PROGRAM}
Queue("jobs", fifoQueue=True, redrivePolicy="", tags={{}})
pulumi.export("size", pulumi.Config().get_int("size"))
"""
BAD = f"""{PROGRAM}
Queue("jobs", redrivePolicy="")
Service("web", desiredCount=50)
"""
ENDLESS = "import pathlib, time\npathlib.Path('started').touch()\nwhile True:\n    time.sleep(9)\n"


def write_project(folder: Path, program: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 1\n")
    (folder / "__main__.py").write_text(program)
    return str(folder)
