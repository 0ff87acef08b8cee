"""How the words of botocore's models and of CloudFormation's schemas are found and chosen."""

from collections.abc import Mapping

import pytest

from pulumi_preflight.outputs.shapes import Shapes
from tools.tables.responses import key, nouns, services, shapes
from tools.tables.words import Words, _chosen, words_of_schemas


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("DBInstances", "dbInstance", id="case-and-plural"),
        pytest.param("policies", "Policy", id="ies"),
        pytest.param("Addresses", "address", id="sses"),
        pytest.param("log-group", "logGroup", id="dash"),
    ],
)
def test_two_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_a_module_s_services_are_those_of_its_name_or_told() -> None:
    known = ["sso-admin", "events", "logs", "route53", "route53resolver"]
    assert services("ssoadmin", known, {}) == ["sso-admin"]
    assert services("cloudwatch", known, {"cloudwatch": ("events", "gone")}) == ["events"]


def test_what_a_service_calls_a_type_may_lack_the_service_s_own_words() -> None:
    found = list(nouns("opensearch", "ServerlessCollection", "opensearchserverless"))
    assert found.index(key("serverlessCollection")) < found.index(key("collection"))


@pytest.mark.parametrize(
    ("module", "type_", "path", "kind"),
    [
        pytest.param("rds", "Instance", ("dbInstanceArn",), "string", id="prefix-of-the-service"),
        pytest.param("cloudwatch", "EventBus", ("arn",), "string", id="another-service"),
        pytest.param("ecs", "Cluster", ("settings", "name"), "string", id="nested"),
        pytest.param("lambda", "Function", ("memorySize",), "integer", id="number"),
    ],
)
def test_a_property_is_found_in_the_responses_about_its_type(
    module: str, type_: str, path: tuple[str, ...], kind: str
) -> None:
    assert {each.type_name for each in shapes(module, type_, path)} == {kind}


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param("Queue", ("unheardOf",), id="unknown"),
        # Another thing's status says nothing of this one's.
        pytest.param("ParameterGroup", ("status",), id="another-type"),
    ],
)
def test_a_property_that_the_type_s_responses_lack_is_not_found(
    type_: str, path: tuple[str, ...]
) -> None:
    assert shapes("rds", type_, path) == ()


@pytest.mark.parametrize(
    ("name", "choices", "word"),
    [
        pytest.param("status", ["CREATING", "ACTIVE", "FAILED"], "ACTIVE", id="settled"),
        pytest.param("state", ["pending", "in-service"], "in-service", id="settled-with-a-dash"),
        pytest.param("insights", ["enabled", "disabled"], "disabled", id="plain"),
        pytest.param("attachmentType", ["CONNECT", "VPC"], "VPC", id="the-type-itself"),
        pytest.param("runtime", ["old1", "new2"], "new2", id="newest"),
        pytest.param("color", ["red", "blue"], "red", id="first"),
    ],
)
def test_a_word_is_the_one_of_a_new_resource(name: str, choices: list[str], word: str) -> None:
    assert _chosen("vpcAttachment", name, choices) == word


ACCESS_POINT = "aws:s3/accessPoint:AccessPoint"
COLLECTIONS = "aws:opensearch/serverlessCollectionGroup:ServerlessCollectionGroup"


def schema_words(
    token: str, path: tuple[str, ...], kind: str, told: Words
) -> Mapping[str, str | float]:
    """What CloudFormation's schemas add for one property, inside of records for a longer path."""
    rows = [
        [name, ["object", f"made:{index}"] if index + 1 < len(path) else [kind], False, False]
        for index, name in enumerate(path)
    ]
    known = Shapes(lambda _, about: {"properties": [rows[int(about.rpartition(":")[2]) + 1]]})
    head = Shapes(lambda *_: {"properties": rows[:1]}).resource(token) or ()
    return words_of_schemas(token, head, known, told)


@pytest.mark.parametrize(
    ("token", "path", "kind", "word"),
    [
        pytest.param(ACCESS_POINT, ("networkOrigin",), "string", "Internet", id="enum"),
        pytest.param(
            COLLECTIONS,
            ("capacityLimits", "maxIndexingCapacityInOcu"),
            "number",
            1.0,
            id="minimum-inside",
        ),
        pytest.param(
            "aws:bedrock/agentAgent:AgentAgent", ("agentId",), "string", "{hex10}", id="pattern"
        ),
    ],
)
def test_a_schema_tells_what_the_responses_leave_open(
    token: str, path: tuple[str, ...], kind: str, word: str | float
) -> None:
    assert schema_words(token, path, kind, {}) == {".".join(path): word}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("networkOrigin", {"networkOrigin": "VPC"}, id="taken-already"),
        pytest.param("unheardOf", {}, id="unknown"),
    ],
)
def test_a_schema_changes_nothing_that_it_takes(path: str, told: Words) -> None:
    assert schema_words(ACCESS_POINT, (path,), "string", told) == {}
