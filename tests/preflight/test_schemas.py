"""What preflight knows of types without an SDK: the schemas that it ships."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from pulumi_preflight.outputs.schemas import Schema, nearest
from pulumi_preflight.outputs.shapes import Kind, PropertyShape, Shape, Shapes
from pulumi_preflight.provider.server import ask
from tools.tables.schemas import kept

QUEUE = "aws:sqs/queue:Queue"
# Small modules; two have records of one name.
MODULES = ("ecr", "lambda", "ses", "sesv2", "sqs")


def without_sdk(notes: list[str] | None = None) -> Shapes:
    """The shapes of a program whose process has no SDK."""
    return Shapes(lambda _question, _of: None, (notes if notes is not None else []).append)


def of(package: str, version: str = "") -> Schema:
    schema = nearest(package, version)
    assert schema is not None
    return schema


OTHER = (
    f"the program asks for aws 6.50.0; what its types hold is that of {of('aws', '6').version}, "
    "the nearest version that preflight has"
)


def whole(shapes: Shapes, shape: Shape | None, above: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """A shape with all that it refers to, as plain values."""
    if shape is None:
        return None
    return [
        # An SDK does not tell which of a record's properties a program may give.
        (each.name, _whole(shapes, each.kind, above), each.optional, each.settable and not above)
        for each in shape
    ]


def _whole(shapes: Shapes, kind: Kind, above: tuple[str, ...]) -> Any:  # noqa: ANN401
    if kind.item is not None:
        return kind.name, _whole(shapes, kind.item, above)
    if kind.name != "object":
        return kind
    if kind.reference in above:
        return "again", above[::-1].index(kind.reference)
    return whole(shapes, shapes.nested(kind.reference), (*above, kind.reference))


@cache
def files() -> Mapping[str, Any]:
    return kept("aws-7")


def check(module: str) -> None:
    """Holds each type and function of a module to the installed SDK."""
    sdk, shipped = Shapes(ask), without_sdk()
    sections = files()[module]
    for token in sections["resources"]:
        assert whole(shipped, shipped.resource(token)) == whole(sdk, sdk.resource(token)), token
        assert shipped.required(token, "") == sdk.required(token, ""), token
    for token in sections["functions"]:
        assert whole(shipped, shipped.function(token)) == whole(sdk, sdk.function(token)), token


@pytest.mark.parametrize("module", MODULES)
def test_a_schema_says_what_the_sdk_says(module: str) -> None:
    check(module)


@pytest.mark.nightly
@pytest.mark.parametrize("module", sorted(set(files()) - {"head"}))
def test_a_schema_says_what_the_sdk_says_of_every_type(module: str) -> None:
    check(module)


@pytest.mark.parametrize(
    ("package", "version", "found"),
    [
        pytest.param("aws", "", "aws-7", id="the-newest"),
        pytest.param("aws", "7.0.0", "aws-7", id="its-major"),
        pytest.param("aws", "6.1.0-alpha.1", "aws-6", id="another-major"),
        pytest.param("aws", "5.43.0", "aws-6", id="older-than-all"),
        pytest.param("aws", "12.0.0", "aws-7", id="newer-than-all"),
        pytest.param("aws", "latest", "aws-7", id="not-a-version"),
        pytest.param("tls", "4.0.0", "tls-5", id="another-package"),
    ],
)
def test_the_nearest_schema_by_major_version_serves(package: str, version: str, found: str) -> None:
    assert of(package, version).stem == found


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("kubernetes:core/v1:Pod", id="package"),
        pytest.param("aws:quests/queue:Queue", id="module"),
        pytest.param("aws:sqs/queue:Queues", id="type"),
        pytest.param("aws:head:Head", id="no-module"),
        pytest.param("aws", id="no-token"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_no_schema_has_is_not_known(token: str) -> None:
    assert without_sdk().resource(token, "7.0.0") is None
    assert without_sdk().function(token, "7.0.0") is None
    assert without_sdk().secrets(token, "7.0.0") == ()


@pytest.mark.parametrize(
    ("version", "notes"),
    [
        pytest.param("", [], id="none"),
        pytest.param(of("aws").version, [], id="the-same"),
        pytest.param(
            "6.50.0",
            [OTHER],
            id="another",
        ),
    ],
)
def test_a_note_says_which_version_stands_in_for_another(version: str, notes: list[str]) -> None:
    noted: list[str] = []
    shapes = without_sdk(noted)
    assert shapes.resource(QUEUE, version) is not None
    assert shapes.resource("aws:made/up:Up", version) is None
    assert noted == notes


def test_the_programs_own_sdk_comes_first() -> None:
    answers = {QUEUE: {"properties": [["size", ["integer"], False, False]]}}
    shapes = Shapes(lambda _, token: answers.get(token))
    own = PropertyShape(name="size", kind=Kind(name="integer"), optional=False, settable=False)
    assert shapes.resource(QUEUE, "7.0.0") == (own,)
    assert shapes.secrets(QUEUE, "7.0.0") == ()
    assert shapes.resource("aws:sqs/queuePolicy:QueuePolicy", "7.0.0") is not None


def test_a_schema_serves_where_the_sdk_fails() -> None:
    shapes = Shapes(lambda _question, _of: {"failed": "ImportError"})
    assert shapes.resource(QUEUE) == without_sdk().resource(QUEUE)


def test_majors_differ() -> None:
    added = {
        version: {each.name for each in without_sdk().resource(QUEUE, version) or ()}
        for version in ("6.0.0", "7.0.0")
    }
    assert added["7.0.0"] - added["6.0.0"] == {"region"}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        pytest.param("tls:index/privateKey:PrivateKey", {"algorithm"}, id="resource"),
        pytest.param(
            "aws:secretsmanager/getSecretVersion:getSecretVersion", {"secretId"}, id="function"
        ),
        pytest.param("awsx:ecr:Image", {"repositoryUrl"}, id="component"),
    ],
)
def test_a_schema_tells_what_must_be_given(token: str, inputs: set[str]) -> None:
    taken = of(token.partition(":")[0]).inputs(token)
    assert {name for name, needed in taken.items() if needed} == inputs
    assert inputs < taken.keys()


def test_a_function_may_take_nothing() -> None:
    assert of("awsx").inputs("awsx:ec2:getDefaultVpc") == {}


def test_a_component_shows_other_resources() -> None:
    shape = {each.name: each.kind for each in without_sdk().resource("awsx:ec2:Vpc") or ()}
    assert shape["vpc"] == Kind(name="resource", reference="aws:ec2/vpc:Vpc")
    assert shape["privateSubnetIds"] == Kind(name="list", item=Kind(name="string"))


def test_a_schema_tells_what_is_secret() -> None:
    assert without_sdk().secrets("aws:rds/instance:Instance", "") == ("password", "passwordWo")
    assert without_sdk().secrets(QUEUE, "") == ()
