"""Whether container definitions are what ECS takes."""

import json
from collections.abc import Callable, Iterable

import pytest

from aws_policy_pack.container_definitions import CONTAINER_KEYS, INNER_KEYS
from aws_policy_pack.rules.ecs.definitions import container_definitions_valid
from aws_policy_pack.testing import UNKNOWN, analyze

URL = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"
WEB = {"name": "web", "image": "orders:1"}


def every(keys: Iterable[str], spell: Callable[[str], str]) -> dict[str, object]:
    """An object with every key, and with every key of the objects inside."""
    inner = {key: [every(INNER_KEYS[key], spell)] for key in keys if key in INNER_KEYS}
    return {spell(key): inner.get(key) for key in keys}


def problems(definitions: object) -> list[str]:
    found = analyze(container_definitions_valid, {"containerDefinitions": definitions})
    return [report.message.partition(". Fix: ")[0] for report in found]


def test_what_is_no_list_is_told_whole() -> None:
    [report] = analyze(container_definitions_valid, {"containerDefinitions": "{}"})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `containerDefinitions` is an object; wanted a JSON list of objects, one for each "
        "container. Fix: Build `containerDefinitions` with `pulumi.Output.json_dumps` from a list "
        f"of objects. {URL}"
    )


SHAPE = "; wanted a JSON list of objects, one for each container"


@pytest.mark.parametrize(
    ("definitions", "problem"),
    [
        pytest.param(None, "is not set", id="null"),
        pytest.param("null", "is not set", id="JSON null"),
        pytest.param("[]", "is an empty list", id="empty"),
        pytest.param('"web"', "is neither a list nor an object", id="JSON text"),
        pytest.param("7", "is neither a list nor an object", id="JSON number"),
        pytest.param(7, "is neither a list nor an object", id="number"),
        pytest.param("[7]", "has entries that are no objects", id="list of numbers"),
        pytest.param('[{"name": "web"}, []]', "has entries that are no objects", id="one list"),
        pytest.param(
            "[{]",
            "is no JSON: Expecting property name enclosed in double quotes: line 1 column 3 "
            "(char 2)",
            id="broken",
        ),
        pytest.param("", "is no JSON: Expecting value: line 1 column 1 (char 0)", id="no text"),
    ],
)
def test_a_wrong_shape_is_found(definitions: object, problem: str) -> None:
    assert problems(definitions) == [f"subject: `containerDefinitions` {problem}{SHAPE}"]


def test_absent_definitions_are_found() -> None:
    [report] = analyze(container_definitions_valid, {"family": "orders"})
    assert "`containerDefinitions` is not set" in report.message


def test_nesting_without_end_is_found() -> None:
    [problem] = problems("[" * 100_000)
    assert problem.startswith("subject: `containerDefinitions` is no JSON: ")


def test_an_unknown_key_is_told_whole() -> None:
    definitions = json.dumps([{**WEB, "enviroment": []}])
    [report] = analyze(container_definitions_valid, {"containerDefinitions": definitions})
    assert report.message == (
        "subject: container 'web' has the key 'enviroment', which ECS does not know (did you mean "
        f"`environment`?); wanted a key of the ECS API. Fix: Correct the key, or drop it. {URL}"
    )


@pytest.mark.parametrize(
    ("extra", "problem", "hint"),
    [
        pytest.param(
            {"Enviroment": []},
            "container 'web' has the key 'Enviroment'",
            "did you mean `environment`?",
            id="a slip in capitals",
        ),
        pytest.param(
            {"healthCheck": {"comand": ["CMD"]}},
            "`healthCheck` of container 'web' has the key 'comand'",
            "did you mean `command`?",
            id="inside an object",
        ),
        pytest.param(
            {"portMappings": [{"containerPort": 1}, {"hostprt": 2}]},
            "`portMappings` of container 'web' has the key 'hostprt'",
            "did you mean `hostPort`?",
            id="inside a list",
        ),
        pytest.param(
            {"healthCheck": {"x": 1}},
            "`healthCheck` of container 'web' has the key 'x'",
            "known are `command`, `interval`, `retries`, `startPeriod`, `timeout`",
            id="like no key",
        ),
        pytest.param(
            {"logConfiguration": {"secretOptions": [{"name": "a", "from": "b"}]}},
            "`secretOptions` of `logConfiguration` of container 'web' has the key 'from'",
            "known are `name`, `valueFrom`",
            id="two levels down",
        ),
    ],
)
def test_unknown_keys_are_found(extra: dict[str, object], problem: str, hint: str) -> None:
    assert problems(json.dumps([{**WEB, **extra}])) == [
        f"subject: {problem}, which ECS does not know ({hint}); wanted a key of the ECS API"
    ]


def test_each_unknown_key_is_told() -> None:
    container = {**WEB, "enviroment": [], "healthchecks": {}, "healthCheck": {"retry": 1}}
    found = problems(json.dumps([container]))
    assert [each.partition(", which")[0] for each in found] == [
        "subject: container 'web' has the key 'enviroment'",
        "subject: container 'web' has the key 'healthchecks'",
        "subject: `healthCheck` of container 'web' has the key 'retry'",
    ]


def test_every_known_key_passes() -> None:
    assert problems(json.dumps([{**every(CONTAINER_KEYS, str), **WEB}])) == []


@pytest.mark.parametrize("spell", [str.upper, str.lower, str.title], ids=["A", "a", "Aa"])
def test_keys_in_another_case_pass(spell: Callable[[str], str]) -> None:
    spelt = {**every(CONTAINER_KEYS, spell), **{spell(key): WEB[key] for key in WEB}}
    assert problems(json.dumps([spelt])) == []


def test_free_keys_and_wrong_kinds_inside_pass() -> None:
    options = {"logConfiguration": {"options": {"awslogs-group": "a"}}, "healthCheck": "CMD"}
    labels = {"dockerLabels": {"anything": "goes"}, "environment": ["A=1"], "command": [7]}
    assert problems(json.dumps([{**WEB, **options, **labels}])) == []


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        pytest.param(
            [{"image": "a"}],
            "the name of container 1 is not set; wanted 1 to 255 letters, digits, hyphens and "
            "underscores",
            id="no name",
        ),
        pytest.param(
            [WEB, {"name": "my web", "image": "a"}],
            "the name of container 2 is 'my web'; wanted 1 to 255 letters, digits, hyphens and "
            "underscores",
            id="a space in the name",
        ),
        pytest.param(
            [{"name": "a" * 256, "image": "a"}],
            f"the name of container 1 is '{'a' * 256}'; wanted 1 to 255 letters, digits, hyphens "
            "and underscores",
            id="a name too long",
        ),
        pytest.param(
            [WEB, {"name": "b", "image": "b"}, WEB],
            "2 containers have the name 'web'; wanted a name for each container",
            id="a name twice",
        ),
        pytest.param(
            [{"name": "web"}],
            "container 'web' has no `image`; wanted the reference of an image",
            id="no image",
        ),
        pytest.param(
            [{"name": "web", "image": ""}],
            "container 'web' has no `image`; wanted the reference of an image",
            id="empty image",
        ),
        pytest.param(
            [{**WEB, "essential": False}],
            "no container is essential; wanted at least one, whose end ends the task",
            id="nothing essential",
        ),
    ],
)
def test_what_ecs_refuses_is_found(containers: list[object], expected: str) -> None:
    assert problems(json.dumps(containers)) == [f"subject: {expected}"]


@pytest.mark.parametrize(
    "containers",
    [
        pytest.param([WEB], id="essential by default"),
        pytest.param([{**WEB, "essential": None}], id="essential null"),
        pytest.param([{**WEB, "essential": True}], id="essential"),
        pytest.param(
            [WEB, {"name": "log-router_1", "image": "b", "essential": False}], id="a side car"
        ),
        pytest.param([{"name": "a" * 255, "image": "a"}], id="the longest name"),
    ],
)
def test_what_ecs_takes_passes(containers: list[object]) -> None:
    assert problems(json.dumps(containers)) == []
    assert problems(containers) == []


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        pytest.param(UNKNOWN, "`containerDefinitions` is not known yet", id="unknown"),
        pytest.param(
            [{"name": "web", "image": UNKNOWN}],
            "`containerDefinitions[0].image` is not known yet",
            id="nested unknown",
        ),
        pytest.param(
            [{**WEB, "essential": "maybe"}],
            "`containerDefinitions[0].essential` is the text 'maybe', not true or false",
            id="wrong kind",
        ),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(definitions: object, message: str) -> None:
    [report] = analyze(container_definitions_valid, {"containerDefinitions": definitions})
    assert not report.was_evaluated
    assert message in report.message
