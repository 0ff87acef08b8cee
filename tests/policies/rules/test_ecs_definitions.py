"""Whether container definitions are what ECS takes."""

import json
from collections.abc import Callable, Mapping

import pytest

from aws_policy_pack.ecs import CONTAINER_KEYS, INNER_KEYS
from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.ecs.definitions import (
    container_definition_keys,
    container_definitions_valid,
)
from aws_policy_pack.testing import UNKNOWN, analyze

URL = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"
WEB = {"name": "web", "image": "orders:1"}


def every(keys: Mapping[str, str], spell: Callable[[str], str]) -> dict[str, object]:
    """An object with every key, and with every key of the objects inside."""
    return {spell(key): value_of(key, kind, spell) for key, kind in keys.items()}


def value_of(key: str, kind: str, spell: Callable[[str], str]) -> object:
    inner = every(INNER_KEYS[key], spell) if key in INNER_KEYS else {"a": "b"}
    return {
        "text": "a",
        "true or false": True,
        "a whole number": 2**31 - 1,
        "an object": inner,
        "an object of texts": {"a": "b", "c": None},
        "a list of texts": ["a", None],
        "a list of objects": [inner, None],
        "a list of whole numbers": [-(2**31), None],
    }[kind]


def problems(definitions: object, rule: AnyRule = container_definitions_valid) -> list[str]:
    found = analyze(rule, {"containerDefinitions": definitions})
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
        pytest.param("[7]", "has entries that are not objects", id="list of numbers"),
        pytest.param('[{"name": "web"}, []]', "has entries that are not objects", id="one list"),
        pytest.param(
            "[{]",
            "is not JSON: Expecting property name enclosed in double quotes: line 1 column 3 "
            "(char 2)",
            id="broken",
        ),
        pytest.param("", "is not JSON: Expecting value: line 1 column 1 (char 0)", id="no text"),
    ],
)
def test_a_wrong_shape_is_found(definitions: object, problem: str) -> None:
    assert problems(definitions) == [f"subject: `containerDefinitions` {problem}{SHAPE}"]


def test_absent_definitions_are_found() -> None:
    [report] = analyze(container_definitions_valid, {"family": "orders"})
    assert "`containerDefinitions` is not set" in report.message


def test_nesting_without_end_is_found() -> None:
    [problem] = problems("[" * 100_000)
    assert problem.startswith("subject: `containerDefinitions` is not JSON: ")


def test_an_unknown_key_is_told_whole() -> None:
    definitions = json.dumps([{**WEB, "enviroment": []}])
    [report] = analyze(container_definition_keys, {"containerDefinitions": definitions})
    assert report.level == "advisory"
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
            "`portMappings[1]` of container 'web' has the key 'hostprt'",
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
            "`secretOptions[0]` of `logConfiguration` of container 'web' has the key 'from'",
            "known are `name`, `valueFrom`",
            id="two levels down",
        ),
    ],
)
def test_unknown_keys_are_found(extra: dict[str, object], problem: str, hint: str) -> None:
    assert problems(json.dumps([{**WEB, **extra}]), container_definition_keys) == [
        f"subject: {problem}, which ECS does not know ({hint}); wanted a key of the ECS API"
    ]


def test_each_unknown_key_is_told() -> None:
    container = {**WEB, "enviroment": [], "healthchecks": {}, "healthCheck": {"retry": 1}}
    found = problems(json.dumps([container]), container_definition_keys)
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


def test_free_keys_pass() -> None:
    options = {"logConfiguration": {"options": {"awslogs-group": "a"}}}
    labels = {"dockerLabels": {"anything": "goes"}}
    assert problems(json.dumps([{**WEB, **options, **labels}])) == []


def test_null_passes_under_every_key() -> None:
    assert problems(json.dumps([{**dict.fromkeys(CONTAINER_KEYS), **WEB}])) == []


OTHERS = {
    "text": 5,
    "true or false": "true",
    "a whole number": "256",
    "an object": [],
    "an object of texts": [],
    "a list of texts": "run",
    "a list of objects": {},
    "a list of whole numbers": 1,
}


@pytest.mark.parametrize(("key", "kind"), CONTAINER_KEYS.items())
def test_a_value_of_another_kind_is_found_under_every_key(key: str, kind: str) -> None:
    found = analyze(
        container_definitions_valid,
        {"containerDefinitions": json.dumps([{**WEB, key: OTHERS[kind]}])},
    )
    assert f"{key} of container " in " ".join(report.part for report in found)
    assert kind in {report.wanted for report in found}


@pytest.mark.parametrize(
    ("text", "problem", "wanted"),
    [
        pytest.param('"command": "run"', "`command` of W is text", "a list of texts", id="text"),
        pytest.param(
            '"command": ["a", 5]',
            "`command` of W is a list that holds a number",
            "a list of texts",
            id="a number in a list",
        ),
        pytest.param(
            '"cpu": 256.0',
            "`cpu` of W is a number with a point or an exponent",
            "a whole number",
            id="a point",
        ),
        pytest.param(
            '"cpu": 1e2',
            "`cpu` of W is a number with a point or an exponent",
            "a whole number",
            id="an exponent",
        ),
        pytest.param(
            '"cpu": 2147483648',
            "`cpu` of W is a number of more than 32 bits",
            "a whole number",
            id="too great",
        ),
        pytest.param(
            '"cpu": 1099511627776',
            "`cpu` of W is a number of more than 32 bits",
            "a whole number",
            id="far too great",
        ),
        pytest.param(
            '"cpu": -2147483649',
            "`cpu` of W is a number of more than 32 bits",
            "a whole number",
            id="too small",
        ),
        pytest.param(
            '"cpu": true', "`cpu` of W is true or false", "a whole number", id="no number"
        ),
        pytest.param('"essential": 1', "`essential` of W is a number", "true or false", id="flag"),
        pytest.param(
            '"environment": {"A": "b"}',
            "`environment` of W is an object",
            "a list of objects",
            id="an object in place of a list",
        ),
        pytest.param(
            '"environment": ["A=b"]',
            "`environment` of W is a list that holds text",
            "a list of objects",
            id="a list of texts",
        ),
        pytest.param(
            '"environment": [{"name": "A", "value": "b"}, {"name": "C", "value": 5}]',
            "`value` of `environment[1]` of W is a number",
            "text",
            id="in an entry",
        ),
        pytest.param(
            '"healthCheck": {"command": "curl"}',
            "`command` of `healthCheck` of W is text",
            "a list of texts",
            id="in an object",
        ),
        pytest.param(
            '"linuxParameters": [{"maxSwap": 0}]',
            "`linuxParameters` of W is a list",
            "an object",
            id="a list in place of an object",
        ),
        pytest.param(
            '"dockerLabels": {"a": 5}',
            "`dockerLabels` of W is an object that holds a number",
            "an object of texts",
            id="a number in an object",
        ),
        pytest.param(
            '"restartPolicy": {"ignoredExitCodes": ["1"]}',
            "`ignoredExitCodes` of `restartPolicy` of W is a list that holds text",
            "a list of whole numbers",
            id="texts for numbers",
        ),
        pytest.param('"user": [["a"]]', "`user` of W is a list", "text", id="a list for text"),
        pytest.param(
            '"links": [["a"], {}]',
            "`links` of W is a list that holds a list",
            "a list of texts",
            id="a list in a list",
        ),
    ],
)
def test_values_of_another_kind_are_told(text: str, problem: str, wanted: str) -> None:
    definitions = f'[{{"name": "web", "image": "orders:1", {text}}}]'
    [report] = analyze(container_definitions_valid, {"containerDefinitions": definitions})
    assert report.problem == problem.replace("W", "container 'web'")
    assert report.wanted == wanted
    assert report.fix.startswith("Write it as in `")


def test_a_value_of_another_kind_is_not_shown() -> None:
    text = json.dumps([{**WEB, "environment": "tr0ub4dor", "entryPoint": [{"a": "tr0ub4dor"}]}])
    reports = analyze(container_definitions_valid, {"containerDefinitions": text})
    assert len(reports) == 2
    assert not any("tr0ub4dor" in report.message for report in reports)


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
    ],
)
def test_what_cannot_be_read_is_not_evaluated(definitions: object, message: str) -> None:
    [report] = analyze(container_definitions_valid, {"containerDefinitions": definitions})
    assert not report.was_evaluated
    assert message in report.message
