"""Secrets that stand in the open settings of a service."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.plaintext.places import Place, Shape
from aws_policy_pack.rules.secrets import PARAMETER, PLACES, plaintext_settings
from aws_policy_pack.testing import UNKNOWN, Report, Secret, analyze
from aws_policy_pack.type_tokens import FUNCTION
from tests.policies.rules.reading import problems

BATCH = "aws:batch/jobDefinition:JobDefinition"
CODEBUILD = "aws:codebuild/project:Project"
URL = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
EVERY_PLACE = [
    pytest.param(kind, place, id=f"{kind.split(':')[2]} {place.path}")
    for kind, places in PLACES.items()
    for place in places
]


def judged(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object] | None = None
) -> list[Report]:
    return analyze(plaintext_settings, properties, type=kind, config=config)


def holding(place: Place, secret: object) -> dict[str, object]:
    """Properties that have a text at a place, under a name of a secret where there is a name."""
    *steps, last = place.path.split(".")
    found: dict[str, object]
    match place.shape:
        case Shape.MAP:
            found = {last: {"db.password": secret}}
        case Shape.ENTRIES:
            found = {last: [{"name": "DB_PASSWORD", "value": secret}]}
        case Shape.WORDS:
            found = {last: ["app", "--password", secret]}
        case _:
            text = secret if place.named else f"app --password {secret}"
            found = {last: text, place.named: "/app/db/password"}
    for step in reversed(steps):
        found = {step: found}
    return found


@pytest.mark.parametrize(("kind", "place"), EVERY_PLACE)
def test_a_secret_is_found_at_every_place(kind: str, place: Place) -> None:
    [report] = judged(kind, holding(place, "hunter2"))
    assert "is a secret by its name" in report.problem
    assert f"no secret in `{place.path}` (" in report.wanted
    assert report.fix == place.fix
    assert "hunter2" not in report.message


@pytest.mark.parametrize(("kind", "place"), EVERY_PLACE)
def test_what_only_points_at_a_secret_passes_at_every_place(kind: str, place: Place) -> None:
    assert judged(kind, holding(place, "arn:aws:secretsmanager:eu-west-1:1:secret:a")) == []


@pytest.mark.parametrize(
    ("kind", "properties", "parts"),
    [
        pytest.param(
            "aws:cloudwatch/eventTarget:EventTarget",
            {"inputTransformer": {"inputTemplate": '{"password": "hunter2", "id": <id>}'}},
            ["inputTransformer.inputTemplate"],
            id="a template",
        ),
        pytest.param(
            "aws:cloudwatch/eventTarget:EventTarget",
            {"inputTransformer": {"inputTemplate": '{"password": "<password>"}'}},
            [],
            id="a variable of a template",
        ),
        pytest.param(
            "aws:cloudwatch/eventTarget:EventTarget",
            {"inputTransformer": {"inputTemplate": '{"password": <password>}'}},
            [],
            id="a variable of a template without quotes",
        ),
        pytest.param(
            "aws:emr/cluster:Cluster",
            {
                "configurationsJson": json.dumps(
                    [
                        {
                            "Classification": "hive-site",
                            "Properties": {"javax.jdo.option.ConnectionPassword": "hunter2"},
                        }
                    ]
                )
            },
            ["configurationsJson"],
            id="a configuration of EMR",
        ),
        pytest.param(
            "aws:mskconnect/connector:Connector",
            {"connectorConfiguration": {"connection.password": "${secretManager:app:password}"}},
            [],
            id="a configuration provider of Kafka",
        ),
        pytest.param(
            "aws:mskconnect/workerConfiguration:WorkerConfiguration",
            {"propertiesFileContent": "key.converter=a.B\nsasl.password=hunter2\n"},
            ["propertiesFileContent"],
            id="a file of properties",
        ),
        pytest.param(
            "aws:glue/connection:Connection",
            {
                "connectionProperties": {
                    "JDBC_CONNECTION_URL": "jdbc:postgresql://db/app",
                    "USERNAME": "app",
                    "PASSWORD": "hunter2",
                    "SECRET_ID": "app/db",
                }
            },
            ["property 'PASSWORD'"],
            id="a connection of Glue",
        ),
        pytest.param(
            "aws:cloudformation/stackSet:StackSet",
            {"parameters": {"DBPassword": "hunter2", "Environment": "dev"}},
            ["parameter 'DBPassword'"],
            id="parameters of a template",
        ),
        pytest.param(
            "aws:eks/addon:Addon",
            {"configurationValues": "env:\n  DB_PASSWORD: hunter2\n"},
            ["configurationValues"],
            id="YAML of an addon",
        ),
        pytest.param(
            "aws:cloudfront/distribution:Distribution",
            {
                "origins": [
                    {
                        "customHeaders": [
                            {"name": "X-Environment", "value": "dev"},
                            {"name": "X-Api-Key", "value": "a8f5f167f44f4964e6c998dee827110c"},
                        ]
                    }
                ]
            },
            ["header 'X-Api-Key' of origins[0]"],
            id="a header",
        ),
    ],
)
def test_each_service_has_settings_of_its_own(
    kind: str, properties: Mapping[str, object], parts: list[str]
) -> None:
    assert [report.part for report in judged(kind, properties)] == parts


def test_a_finding_is_told_whole() -> None:
    [report] = judged(FUNCTION, {"environment": {"variables": {"DB_PASSWORD": "hunter2"}}})
    assert report.level == "advisory"
    assert report.part == "variable 'DB_PASSWORD'"
    assert report.message == (
        "subject: the variable 'DB_PASSWORD' is a secret by its name; wanted no secret in "
        "`environment.variables` (names: `secretNames` of secrets-plaintext-settings). Fix: Keep "
        "it in Secrets Manager or as a SecureString in Parameter Store, and let the program read "
        f"it there. {URL}"
    )


def batch(container: object, *, as_text: bool = True) -> dict[str, object]:
    return {"containerProperties": json.dumps(container) if as_text else container}


VARIABLES = [{"name": "DB_PASSWORD", "value": "hunter2"}]


@pytest.mark.parametrize(
    ("kind", "properties", "parts"),
    [
        pytest.param(
            BATCH, batch({"environment": VARIABLES}), ["variable 'DB_PASSWORD'"], id="JSON text"
        ),
        pytest.param(
            BATCH,
            batch({"Environment": [{"Name": "DB_PASSWORD", "VALUE": "hunter2"}]}),
            ["variable 'DB_PASSWORD'"],
            id="keys in another case",
        ),
        pytest.param(
            BATCH,
            batch({"environment": VARIABLES}, as_text=False),
            ["variable 'DB_PASSWORD'"],
            id="an object",
        ),
        pytest.param(
            BATCH,
            batch({"command": ["app", "--password", "hunter2"]}),
            ["`containerProperties.command`"],
            id="a command",
        ),
        pytest.param(
            BATCH,
            batch({"logConfiguration": {"options": {"splunk-token": "hunter2"}}}),
            ["option of the log 'splunk-token'"],
            id="an option",
        ),
        pytest.param(
            BATCH,
            {
                "nodeProperties": json.dumps(
                    {"nodeRangeProperties": [{"container": {"environment": VARIABLES}}] * 2}
                )
            },
            [
                f"variable 'DB_PASSWORD' of `nodeProperties.nodeRangeProperties[{n}].container`"
                for n in (0, 1)
            ],
            id="each entry of a list",
        ),
        pytest.param(
            "aws:apprunner/service:Service",
            {
                "sourceConfiguration": {
                    "imageRepository": {
                        "imageConfiguration": {"startCommand": "app --password hunter2"}
                    }
                }
            },
            ["`sourceConfiguration.imageRepository.imageConfiguration.startCommand`"],
            id="a command that is text",
        ),
        pytest.param(
            PARAMETER,
            {"name": "/app/db/password", "type": "String", "value": "hunter2"},
            ["parameter '/app/db/password'"],
            id="a parameter",
        ),
        pytest.param(
            PARAMETER,
            {"type": "StringList", "value": "postgres://app:pw@db,b"},
            ["`value`"],
            id="a parameter without a name",
        ),
    ],
)
def test_a_finding_names_its_part(
    kind: str, properties: Mapping[str, object], parts: list[str]
) -> None:
    reports = judged(kind, properties)
    assert [report.part for report in reports] == [part.replace("`", "") for part in parts]
    named = [part if part.startswith("`") else f"the {part}" for part in parts]
    found = zip(reports, named, strict=True)
    assert all(report.problem.startswith(f"{name} ") for report, name in found)


def test_a_parameter_is_found_by_its_value() -> None:
    given = {"name": "/app/url", "type": "String", "value": "postgres://app:pw@db"}
    assert problems(judged(PARAMETER, given)) == [
        "subject: the parameter '/app/url' has a password in its URL"
    ]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param(PARAMETER, {"type": "SecureString", "value": "hunter2"}, id="encrypted"),
        pytest.param(
            PARAMETER,
            {"name": "/app/password", "type": "SecureString", "value": "hunter2"},
            id="encrypted and named",
        ),
        pytest.param(
            PARAMETER,
            {"name": "/app/password-length", "type": "String", "value": "12"},
            id="length",
        ),
        pytest.param(PARAMETER, {"name": "/app/password", "type": "String"}, id="no value"),
        *(
            pytest.param(
                CODEBUILD,
                {
                    "environment": {
                        "environmentVariables": [
                            {"name": "DB_PASSWORD", "value": "app/db:password", "type": kind}
                        ]
                    }
                },
                id=kind,
            )
            for kind in ("SECRETS_MANAGER", "PARAMETER_STORE")
        ),
        pytest.param(FUNCTION, {}, id="no environment"),
        pytest.param(FUNCTION, {"environment": {}}, id="no variables"),
        pytest.param(FUNCTION, {"environment": {"variables": None}}, id="null"),
        pytest.param(
            FUNCTION, {"environment": {"variables": {"A_TOKEN": None, "B": True}}}, id="no texts"
        ),
        pytest.param(BATCH, batch({}), id="an empty container"),
        pytest.param(BATCH, batch({"environment": [{}]}), id="an empty variable"),
    ],
)
def test_what_holds_no_secret_in_the_open_passes(
    kind: str, properties: Mapping[str, object]
) -> None:
    assert judged(kind, properties) == []


def variables(values: Mapping[str, object]) -> dict[str, object]:
    return {"environment": {"variables": values}}


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        pytest.param(
            FUNCTION,
            variables({"DB_HOST": UNKNOWN, "DB_PASSWORD": "hunter2"}),
            [
                "not evaluated: subject: `environment.variables.DB_HOST` is not known yet",
                "subject: the variable 'DB_PASSWORD' is a secret by its name",
            ],
            id="a value",
        ),
        pytest.param(
            FUNCTION,
            variables({"A": [1], "PIN_SECRET": 1234}),
            [
                "not evaluated: subject: `environment.variables.A` is not text",
                "subject: the variable 'PIN_SECRET' is a secret by its name",
            ],
            id="a list, a number",
        ),
        pytest.param(
            FUNCTION,
            {"environment": UNKNOWN},
            ["not evaluated: subject: `environment` is not known yet"],
            id="all",
        ),
        pytest.param(
            "aws:sagemaker/model:Model",
            {
                "primaryContainer": UNKNOWN,
                "containers": [{"environment": {"DB_PASSWORD": "hunter2"}}],
            },
            [
                "not evaluated: subject: `primaryContainer` is not known yet",
                "subject: the variable 'DB_PASSWORD' of `containers[0]` is a secret by its name",
            ],
            id="another place",
        ),
        pytest.param(
            PARAMETER,
            {"type": UNKNOWN, "value": "hunter2"},
            ["not evaluated: subject: `type` is not known yet"],
            id="a type",
        ),
    ],
)
def test_what_cannot_be_read_hides_nothing_else(
    kind: str, properties: Mapping[str, object], expected: list[str]
) -> None:
    assert sorted(problems(judged(kind, properties))) == expected


@pytest.mark.parametrize(
    ("config", "count"),
    [
        pytest.param({"openNames": ["DB_*"]}, 0, id="open"),
        pytest.param({"secretNames": []}, 0, id="no names"),
        pytest.param({"secretNames": ["DB_*"]}, 1, id="a name of your own"),
    ],
)
def test_the_config_decides(config: Mapping[str, object], count: int) -> None:
    assert len(judged(FUNCTION, variables({"DB_PASSWORD": "hunter2"}), config)) == count


def test_no_finding_contains_a_secret_of_json_text() -> None:
    text = json.dumps({"environment": VARIABLES, "command": ["app", "--password", "hunter2"]})
    reports = judged(BATCH, {"containerProperties": Secret(text)})
    assert len(reports) == 2
    assert not any("hunter2" in report.message for report in reports)
