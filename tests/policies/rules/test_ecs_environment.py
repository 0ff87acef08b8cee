"""Which variables of a container are secrets in the open."""

import json
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from aws_policy_pack.plaintext.values import PlaintextSecrets
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding
from aws_policy_pack.rules.ecs.security import plaintext_secrets
from aws_policy_pack.testing import UNKNOWN, Report, Secret, analyze

URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html"
KEY = "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY1"


def judged(
    variables: Mapping[str, object], config: Mapping[str, object] | None = None
) -> list[Report]:
    entries = [{"name": name, "value": value} for name, value in variables.items()]
    definitions = json.dumps([{"name": "web", "environment": entries}])
    return analyze(plaintext_secrets, {"containerDefinitions": definitions}, config=config)


def test_a_secret_by_name_is_told_whole() -> None:
    [report] = judged({"POSTGRES_PASSWORD": "dagster"})
    assert report.level == "advisory"
    assert report.message == (
        "subject: the variable 'POSTGRES_PASSWORD' of container 'web' is a secret by its name; "
        "wanted no secret in `environment` (names: `secretNames` of ecs-plaintext-secrets). Fix: "
        "Keep it in Secrets Manager or as a SecureString in Parameter Store, and name it in "
        f"`secrets` with its ARN as `valueFrom`. {URL}"
    )


def test_a_secret_by_value_is_told_whole() -> None:
    [report] = judged({"BROKER": "amqp://guest:hunter2@mq"})
    assert report.message == (
        "subject: the variable 'BROKER' of container 'web' has a password in its URL; wanted no "
        "secret in `environment` (exceptions: `openNames` of ecs-plaintext-secrets). Fix: Keep it "
        "in Secrets Manager or as a SecureString in Parameter Store, and name it in `secrets` "
        f"with its ARN as `valueFrom`. {URL}"
    )


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "ECS_ENGINE_AUTH_DATA",
        "PASSWORD",
        "DB_PASSWORD_OLD",
        "dbPassword",
        "spring.datasource.password",
        "ROOT_PASSWD",
        "PWD",
        "MYSQL_PWD",
        "SSH_PASSPHRASE",
        "CLIENT_SECRET",
        "SECRET_KEY_BASE",
        "GITHUB_TOKEN",
        "GOOGLE_CREDENTIALS",
        "STRIPE_API_KEY",
        "STRIPE_APIKEY",
        "TLS_PRIVATE_KEY",
        "FIELD_ENCRYPTION_KEY",
        "JWT_SIGNING_KEY",
        "DB_PASS",
        "AIRFLOW__CORE__FERNET_KEY",
        "RAILS_MASTER_KEY",
        "PROVIDER_PASSWORD",
        "REGION_SECRET_VALUE",
        "GITHUB_TOKEN_PROD",
        "API_TOKENS",
        "JWT_KEY",
        "REDIS_AUTH",
    ],
)
def test_names_of_secrets_are_found(name: str) -> None:
    [report] = judged({name: "x"})
    assert f"the variable {name!r} of container 'web' is a secret by its name" in report.message


@pytest.mark.parametrize(
    "name",
    [
        "DB_SECRET_ARN",
        "SECRET_NAME",
        "POSTGRES_PASSWORD_FILE",
        "SECRETS_PATH",
        "SECRETS_DIR",
        "PASSWORD_PARAMETER",
        "SECRET_ID",
        "TOKEN_URL",
        "SECRET_TOKEN_ID",
        "CREDENTIALS_URI",
        "CREDENTIALS_ENDPOINT",
        "SECRETS_HOST",
        "SECRETS_PORT",
        "API_KEY_HEADER",
        "CREDENTIAL_TYPE",
        "PASSWORD_POLICY",
        "SECRET_VERSION",
        "PASSWORD_LENGTH",
        "SECRET_TTL",
        "SECRET_SECONDS",
        "SECRET_MINUTES",
        "SECRET_EXPIRY",
        "PASSWORD_ENABLED",
        "PASSWORD_REQUIRED",
        "MAX_TOKENS",
        "OLDPWD",
        "KEYBOARD",
        "POSTGRES_USER",
        "AIRFLOW__SECRETS__BACKEND",
        "PASSWORD_HASHERS",
        "AUTH_PASSWORD_VALIDATORS",
        "SECRET_MANAGER_REGION",
        "SECRETSMANAGER_PREFIX",
        "AWS_CREDENTIALS_PROVIDER",
        "CREDENTIAL_SOURCE",
        "SECRET_STORE",
        "spring.security.password.encoder.algorithm",
        "TOKEN_SIGNING_ALG_SECRET_MODE",
        "PASSWORD_RESET_TIMEOUT",
        "NEXT_PUBLIC_API_KEY",
        "SECRETARY_CONTACT",
        "PASSWORDLESS_LOGIN",
        "SECRET_NAMES",
        "IMAGE_PULL_SECRETS",
        "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL",
        "CSRF_TOKEN_COOKIE_NAME",
        "CREDENTIALS_PROVIDER_CHAIN",
        "SESSION_TOKEN_COOKIE",
        "PASSWORD_POLICIES",
        "GATEWAY_API_KEY_ID",
        "PASSWORD_HASH_ROUNDS",
        "TOKEN_VALIDATION",
    ],
)
def test_names_that_only_point_or_describe_pass(name: str) -> None:
    assert judged({name: "x"}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_URL_TOKEN", "https://token.example.com/oauth2"),
        ("TOKEN_URI_SECRET", "https://example.com:8443"),
        ("secretEndpointPassword", "http://vault.internal/v1?version=2"),
        ("CREDENTIALS_URL_1", "redis://cache:6379/0"),
    ],
)
def test_an_address_without_a_secret_in_it_passes(name: str, value: str) -> None:
    assert judged({name: value}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("OIDC_URL_TOKEN", "https://hunter2@example.com", id="user info"),
        pytest.param("OIDC_URL_TOKEN", "https://a.example/?access_token=hunter2", id="query"),
        pytest.param("OIDC_URL_TOKEN", "hunter2", id="no address"),
        pytest.param("OIDC_URL_TOKEN", "https://[hunter2", id="a broken address"),
        pytest.param("OIDC_URL_TOKEN", "mailto:hunter2", id="no host"),
        pytest.param("CURL_TOKEN", "https://example.com", id="a word that ends alike"),
        pytest.param("OIDC_TOKEN", "https://example.com", id="no name of an address"),
    ],
)
def test_a_secret_that_stands_by_an_address_is_found(name: str, value: str) -> None:
    [report] = judged({name: value})
    assert "is a secret by its name" in report.message


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param(None, id="null"),
        pytest.param("true", id="a switch"),
        pytest.param("arn:aws:secretsmanager:eu-west-1:1:secret:a", id="the ARN of the secret"),
        pytest.param("${DB_PASSWORD}", id="a placeholder"),
        *(pytest.param(value, id=value) for value in ("yes", "No", "on", "OFF", "1", "0", "none")),
        pytest.param("/run/secrets/DB_PASSWORD", id="the path of the secret"),
        pytest.param("vault:secret/data/db#password", id="a reference to a vault"),
        pytest.param("{{resolve:secretsmanager:db}}", id="a dynamic reference"),
        pytest.param('{"arn": "arn:aws:secretsmanager:eu-west-1:1:secret:a"}', id="JSON of an ARN"),
        pytest.param('{"user": "app", "host": "db.internal", "tls": true}', id="JSON of a user"),
        pytest.param('{"region": "eu-west-1", "prefix": "app", "max": 5}', id="JSON of settings"),
        pytest.param("{}", id="empty JSON"),
        pytest.param("region: eu-west-1\nprefix: 'app'\n", id="YAML of settings"),
    ],
)
def test_a_secret_name_with_a_value_that_is_none_passes(value: object) -> None:
    assert judged({"DB_PASSWORD": value}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(
            "DB_CREDENTIALS", '{"user":"app","password":"tr0ub4dor-3xyz"}', id="credentials"
        ),
        pytest.param("DB_CREDENTIALS", '{"pw": "tr0ub4dor-3xyz"}', id="by the variable alone"),
        pytest.param("SETTINGS", '{"db": {"password": "tr0ub4dor-3xyz"}}', id="a level deeper"),
        pytest.param("SETTINGS", '[{"apiKey": "tr0ub4dor-3xyz"}]', id="in a list"),
        pytest.param(
            "SETTINGS", json.dumps({"a": json.dumps({"token": "tr0ub4dor"})}), id="JSON in JSON"
        ),
        pytest.param("DB_SECRET_NAME", '{"password": "tr0ub4dor"}', id="under a harmless name"),
        pytest.param("PINS_SECRET", "[1234, 5678]", id="numbers"),
        pytest.param("SETTINGS", "db:\n  user: app\n  password: tr0ub4dor\n", id="in YAML"),
        pytest.param("ENV", "# of the app\nUSER=app\nexport API_KEY='tr0ub4dor'", id="variables"),
        pytest.param("DB_PASSWORD", "some: words\nof two lines", id="lines of which one is text"),
        pytest.param("DB_PASSWORD", "{'password': 'tr0ub4dor'}", id="not quite JSON"),
        pytest.param("DB_PASSWORD", "$ecret", id="a dollar"),
        pytest.param("DB_PASSWORD", "$Tr0ub4dor3", id="a dollar and capitals"),
        pytest.param("DB_PASSWORD", "<Hunter2!>", id="angles"),
        pytest.param("DB_PASSWORD", "{Hunter2!}", id="braces"),
        pytest.param("DB_PASSWORD", "${DB_PASSWORD:-hunter2}", id="a default"),
        pytest.param("DB_PASSWORD", "yes-we-can", id="begins like a switch"),
        pytest.param("DB_PASSWORD", "/4bC/9xYz", id="not a path"),
    ],
)
def test_a_secret_in_any_shape_is_found(name: str, value: str) -> None:
    [report] = judged({name: value})
    assert "is a secret by its name" in report.message
    assert "tr0ub4dor" not in report.message


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('{"broker": "amqp://guest:hunter2@mq"}', id="an object"),
        pytest.param('["redis://:hunter2@cache"]', id="a list"),
        pytest.param("amqp://guest:$ecret@mq", id="a password that begins with a dollar"),
    ],
)
def test_a_secret_in_a_part_of_a_value_is_found(value: str) -> None:
    [report] = judged({"SETTINGS": value})
    assert "has a password in its URL" in report.message


@pytest.mark.parametrize(
    ("variables", "config", "count"),
    [
        pytest.param({"TOKEN_URL": "https://u:p@h"}, None, 1, id="harmless name, telling value"),
        pytest.param({"COLOUR": "blue"}, {"secretNames": ["COLOUR"]}, 1, id="a name of your own"),
        pytest.param({"DB_PASSWORD": "x"}, {"secretNames": []}, 0, id="no names"),
        pytest.param(
            {"DB_PASSWORD": "x"}, {"harmlessNames": ["DB_*"]}, 0, id="harmless by the config"
        ),
        pytest.param({"DB_PASSWORD": "x"}, {"openNames": ["DB_*"]}, 0, id="open name"),
        pytest.param({"DB": '{"password": "x"}'}, {"openNames": ["DB"]}, 0, id="open JSON"),
        pytest.param(
            {"DB": '{"password": "x"}'}, {"harmlessNames": ["DB_PASS*"]}, 0, id="harmless part"
        ),
        pytest.param({"WORKER": KEY}, None, 1, id="random"),
        pytest.param({"WORKER": KEY}, {"openNames": ["WORKER"]}, 0, id="random and open"),
        pytest.param({"WORKER": KEY}, {"minRandomLength": 41}, 0, id="shorter than judged"),
        pytest.param({"WORKER": KEY}, {"minRandomLength": 40}, 1, id="just as long as judged"),
        pytest.param({"WORKER": KEY}, {"minRandomness": 1}, 0, id="not random enough"),
        pytest.param({"A_TOKEN": "x", "B_TOKEN": "y"}, None, 2, id="each is told"),
        pytest.param({"PORT": 8080}, None, 0, id="a number"),
        pytest.param({"PIN_SECRET": 1234}, None, 1, id="a number that is a secret"),
    ],
)
def test_the_config_decides(
    variables: Mapping[str, object], config: Mapping[str, object] | None, count: int
) -> None:
    assert len(judged(variables, config)) == count


@pytest.mark.parametrize(
    ("key", "taken", "refused"),
    [
        pytest.param("minRandomLength", (24, 8, 1000), (7,), id="length"),
        pytest.param("minRandomness", (0.87, 0.01, 1), (0, 1.01), id="randomness"),
    ],
)
def test_settings_have_a_default_and_bounds(
    key: str, taken: tuple[float, ...], refused: tuple[float, ...]
) -> None:
    model = plaintext_secrets.config
    assert model().model_dump(by_alias=True)[key] == taken[0]
    for number in taken:
        assert model.model_validate({key: number}).model_dump(by_alias=True)[key] == number
    for number in refused:
        with pytest.raises(ValidationError):
            model.model_validate({key: number})


@pytest.mark.parametrize(
    "container",
    [
        pytest.param({"name": "web"}, id="no environment"),
        pytest.param({"name": "web", "environment": None}, id="null environment"),
        pytest.param({"name": "web", "environment": []}, id="empty environment"),
        pytest.param({"environment": [{"value": "x"}]}, id="no name"),
        pytest.param({"environment": [{"name": "DB_PASSWORD"}]}, id="no value"),
        pytest.param(
            {"secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:a"}]}, id="a secret"
        ),
    ],
)
def test_a_container_without_open_secrets_passes(container: Mapping[str, object]) -> None:
    assert analyze(plaintext_secrets, {"containerDefinitions": json.dumps([container])}) == []


def test_a_task_without_definitions_passes() -> None:
    assert analyze(plaintext_secrets, {}) == []


@pytest.mark.parametrize(
    ("definitions", "messages"),
    [
        pytest.param(UNKNOWN, ["`containerDefinitions` is not known yet"], id="all unknown"),
        pytest.param(
            [{"environment": UNKNOWN}],
            ["`containerDefinitions[0].environment` is not known yet"],
            id="environment unknown",
        ),
        pytest.param(
            [{"environment": [{"name": "A", "value": UNKNOWN}, {"name": "B_TOKEN", "value": "x"}]}],
            [
                "`containerDefinitions[0].environment[0].value` is not known yet",
                "the variable 'B_TOKEN' of container 1 is a secret by its name",
            ],
            id="one unknown does not hide the next",
        ),
        pytest.param(
            [{"environment": 7}, {"environment": [{"name": "A_TOKEN", "value": "x"}]}],
            [
                "`containerDefinitions[0].environment` is 7, not a list",
                "the variable 'A_TOKEN' of container 2 is a secret by its name",
            ],
            id="a wrong kind does not hide the next container",
        ),
        pytest.param("{", ["`containerDefinitions` is not valid JSON"], id="no JSON"),
    ],
)
def test_what_cannot_be_read_is_told(definitions: object, messages: list[str]) -> None:
    found = analyze(plaintext_secrets, {"containerDefinitions": definitions})
    assert len(found) == len(messages)
    text = " ".join(report.message for report in found)
    assert [message for message in messages if message not in text] == []


@pytest.mark.parametrize(
    "value", ["hunter2hunter2", "amqp://guest:hunter2@mq", KEY, "AKIAIOSFODNN7EXAMPLE"]
)
def test_no_finding_contains_the_secret(value: str) -> None:
    definitions = [{"name": "web", "environment": [{"name": "A_TOKEN", "value": value}]}]
    for given in (json.dumps(definitions), Secret(json.dumps(definitions)), definitions):
        [report] = analyze(plaintext_secrets, {"containerDefinitions": given})
        assert value not in report.message


@pytest.mark.parametrize(
    ("container", "part", "place"),
    [
        pytest.param(
            {"command": ["app", "--password", "hunter2"]}, "`command`", "command", id="command"
        ),
        pytest.param(
            {"entryPoint": ["sh", "-c", "PGPASSWORD=hunter2 app"]},
            "`entryPoint`",
            "entryPoint",
            id="entry point",
        ),
        pytest.param(
            {"healthCheck": {"command": ["CMD", "redis-cli", "-a", "hunter2", "ping"]}},
            "`healthCheck.command`",
            "healthCheck.command",
            id="health check",
        ),
        pytest.param(
            {"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "hunter2"}}},
            "the option of the log 'splunk-token'",
            "logConfiguration.options",
            id="log",
        ),
        pytest.param(
            {"firelensConfiguration": {"type": "fluentbit", "options": {"http_passwd": "hunter2"}}},
            "the option of FireLens 'http_passwd'",
            "firelensConfiguration.options",
            id="FireLens",
        ),
        pytest.param(
            {"DockerLabels": {"com.example.api-key": "hunter2"}},
            "the label 'com.example.api-key'",
            "dockerLabels",
            id="label",
        ),
    ],
)
def test_a_secret_in_another_place_of_a_container_is_found(
    container: Mapping[str, object], part: str, place: str
) -> None:
    definitions = json.dumps([{"name": "web", **container}])
    [report] = analyze(plaintext_secrets, {"containerDefinitions": definitions})
    assert report.problem.startswith(f"{part} of container 'web' ")
    assert report.problem.endswith("is a secret by its name")
    assert report.wanted.startswith(f"no secret in `{place}` (")
    assert "hunter2" not in report.message


def test_an_ordinary_container_passes() -> None:
    container = {
        "name": "web",
        "command": ["app", "--password", "$DB_PASSWORD", "--token-ttl", "3600"],
        "entryPoint": ["/docker-entrypoint.sh"],
        "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"]},
        "logConfiguration": {
            "logDriver": "splunk",
            "options": {"splunk-url": "https://splunk:8088"},
            "secretOptions": [{"name": "splunk-token", "valueFrom": "arn:aws:ssm:a"}],
        },
        "dockerLabels": {"traefik.http.routers.web.rule": "Host(`a.example.com`)"},
    }
    definitions = json.dumps([container])
    assert analyze(plaintext_secrets, {"containerDefinitions": definitions}) == []


def test_where_the_whole_definition_is_a_secret_containers_and_variables_are_counted() -> None:
    variables = [{"name": "TOKEN", "value": "hunter2"}]
    command = ["app", "--password", "hunter2"]
    text = json.dumps([{"name": "web", "environment": variables, "command": command}])
    task = Resource(
        lambda: {"containerDefinitions": text},
        urn="urn:task",
        type=plaintext_secrets.types[0],
        name="task",
        secrets=frozenset({text}),
    )
    found = plaintext_secrets.check(task, PlaintextSecrets())
    assert [each.problem for each in found if isinstance(each, Finding)] == [
        "variable 1 of container 1 is a secret by its name",
        "`command` of container 1 holds a text that is a secret by its name",
    ]
