"""What a tool may be asked: each mistake is told with its name, its value and what is wanted."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from pulumi_preflight.agents.arguments import OfCost, OfFile, OfRule, OfVerdict
from pulumi_preflight.asking import Asked, complaints

OF_RUN = "project, stack, packs, config, baseline, limit, cursor"


def told(arguments: type[Asked], given: Mapping[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        arguments.model_validate(json.loads(json.dumps(given)))
    return complaints(raised.value, arguments)


@pytest.mark.parametrize(
    ("arguments", "given", "wanted"),
    [
        pytest.param(
            OfVerdict,
            {"limt": 3},
            [f"there is no argument `limt`; there are {OF_RUN}, also"],
            id="misspelt",
        ),
        pytest.param(
            OfCost,
            {"also": []},
            [f"there is no argument `also`; there are {OF_RUN}"],
            id="of-another",
        ),
        pytest.param(
            OfVerdict,
            {"limit": 0},
            ["`limit` is 0: input should be greater than or equal to 1"],
            id="too-small",
        ),
        pytest.param(
            OfVerdict,
            {"limit": 101},
            ["`limit` is 101: input should be less than or equal to 100"],
            id="too-large",
        ),
        pytest.param(
            OfVerdict,
            {"limit": "3"},
            ["`limit` is '3': input should be a valid integer"],
            id="text",
        ),
        pytest.param(
            OfVerdict,
            {"limit": True},
            ["`limit` is True: input should be a valid integer"],
            id="flag",
        ),
        pytest.param(
            OfVerdict,
            {"project": ""},
            ["`project` is '': string should have at least 1 character"],
            id="empty",
        ),
        pytest.param(
            OfVerdict,
            {"also": ["waved"]},
            ["`also.0` is 'waved': input should be 'notEvaluated', 'waived' or 'known'"],
            id="no-such-kind",
        ),
        pytest.param(
            OfVerdict,
            {"packs": ["policies"]},
            ["`packs.0` is 'policies': input should be an object"],
            id="pack-as-text",
        ),
        pytest.param(
            OfVerdict,
            {"packs": [{"path": "a", "conf": "b"}]},
            ["there is no argument `packs.0.conf`"],
            id="misspelt-within",
        ),
        pytest.param(
            OfVerdict,
            {"config": {"shop:password": 12345678}},
            ["`config.shop:password` is wrong: input should be a valid string"],
            id="config-value-stays-hidden",
        ),
        pytest.param(
            OfVerdict,
            {"config": "shop:password=hunter2"},
            ["`config` is wrong: input should be an object"],
            id="config-as-text-stays-hidden",
        ),
        pytest.param(OfRule, {}, ["`rule` is missing"], id="missing"),
        pytest.param(
            OfFile,
            {"first_line": 3, "lastLine": 0},
            [
                "`file` is missing",
                "`lastLine` is 0: input should be greater than or equal to 1",
                f"there is no argument `first_line`; there are {OF_RUN}, file, firstLine, lastLine",
            ],
            id="all-at-once",
        ),
    ],
)
def test_each_mistake_is_told(
    arguments: type[Asked], given: Mapping[str, Any], wanted: list[str]
) -> None:
    assert told(arguments, given) == wanted


def test_a_long_value_is_cut() -> None:
    [line] = told(OfVerdict, {"limit": "9" * 500})
    assert len(line) < 200
    assert "more characters" in line


@pytest.mark.parametrize("arguments", [OfVerdict, OfCost, OfFile, OfRule])
def test_every_argument_says_what_it_is_for(arguments: type[Asked]) -> None:
    schema = arguments.model_json_schema()
    assert schema["additionalProperties"] is False
    assert all(each["description"] for each in schema["properties"].values())
