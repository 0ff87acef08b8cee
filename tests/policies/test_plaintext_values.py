"""What is taken for a secret, by name and by value."""

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aws_policy_pack.plaintext.values import (
    PlaintextSecrets,
    is_named,
    may_be_secret,
    randomness,
    secret_in,
    sign_of,
)

KEY = "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY1"
BASE64 = string.ascii_letters + string.digits + "+/"


def sign(value: str) -> str | None:
    return secret_in(value, min_length=24, min_randomness=0.87)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("AKIAIOSFODNN7EXAMPLE", "has the form of an AWS access key id", id="AWS key"),
        pytest.param("ASIAIOSFODNN7EXAMPLE", "has the form of an AWS access key id", id="session"),
        pytest.param(
            "-----BEGIN RSA PRIVATE KEY-----\nMII", "has the form of a private key", id="PEM"
        ),
        pytest.param("-----BEGIN PRIVATE KEY-----", "has the form of a private key", id="PKCS 8"),
        pytest.param("ghp_" + "a" * 36, "has the form of a GitHub token", id="GitHub"),
        pytest.param("github_pat_" + "a" * 22, "has the form of a GitHub token", id="fine-grained"),
        pytest.param("xoxb-1234567890", "has the form of a Slack token", id="Slack"),
        pytest.param("glpat-" + "a" * 20, "has the form of a GitLab token", id="GitLab"),
        pytest.param("sk_live_" + "a" * 24, "has the form of a Stripe key", id="Stripe"),
        pytest.param("Basic dXNlcjpodW50ZXIy", "has the form of an HTTP authorization", id="basic"),
        pytest.param("npm_" + "a" * 36, "has the form of an npm token", id="npm"),
        pytest.param(
            "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "has the form of a JSON web token", id="JWT"
        ),
        pytest.param("postgresql://u:pw@db/orders", "has a password in its URL", id="URL"),
        pytest.param("redis://:pw@cache:6379", "has a password in its URL", id="URL, no user"),
        pytest.param("amqp://h1,amqp://u:p@h2", "has a password in its URL", id="second URL"),
        pytest.param(KEY, "looks random, as keys do", id="secret access key"),
        pytest.param(f"prefix.{KEY}", "looks random, as keys do", id="key behind a prefix"),
    ],
)
def test_a_secret_is_known_by_its_value(value: str, expected: str) -> None:
    assert sign(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("AKIAIOSFODNN7EXAMPL", id="too short for an AWS key"),
        pytest.param("XAKIAIOSFODNN7EXAMPLE", id="AWS key inside a word"),
        pytest.param("-----BEGIN CERTIFICATE-----", id="a certificate"),
        pytest.param("ghp_" + "a" * 35, id="too short for GitHub"),
        pytest.param("Basic authentication", id="words about authorization"),
        pytest.param("postgresql://u@db/orders", id="URL without password"),
        pytest.param("http://host:8080/a@b", id="port and at sign in the path"),
        pytest.param("postgresql://u:${DB_PASSWORD}@db", id="placeholder in braces"),
        pytest.param("postgresql://u:$PASSWORD@db", id="placeholder of a shell"),
        pytest.param("postgresql://u:{password}@db", id="placeholder of Python"),
        pytest.param("postgresql://u:{{password}}@db", id="placeholder of a template"),
        pytest.param("postgresql://u:%(password)s@db", id="named placeholder"),
        pytest.param("postgresql://u:%s@db", id="plain placeholder"),
        pytest.param("postgresql://u:<password>@db", id="placeholder in angles"),
        pytest.param("postgresql://u:***@db", id="asterisks"),
        pytest.param("host=db password=${PASSWORD}", id="placeholder in a connection string"),
        pytest.param("nopassword=1", id="another word"),
        pytest.param("12345678-1234-1234-1234-123456789012", id="UUID"),
        pytest.param("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", id="commit"),
        pytest.param("0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C", id="commit in capitals"),
        pytest.param(
            "https://sqs.eu-west-1.amazonaws.com/111122223333/Orders-Dev.fifo", id="queue"
        ),
        pytest.param(f"https://{KEY}.example.com", id="random host"),
        pytest.param(f"arn:aws:lambda:eu-west-1:111122223333:function:{KEY}", id="ARN"),
        pytest.param(f"/{KEY}", id="path"),
        pytest.param("AmazonECSTaskExecutionRolePolicy1", id="a name of words"),
        pytest.param("MyServiceWorkerQueueNameForTenant1234", id="words and digits"),
        pytest.param(KEY[:23], id="shorter than what is judged"),
        pytest.param("aB1" * 12, id="mixed but regular"),
        pytest.param("zyxwvutsrqponmlkjihgfedcba98765432", id="no capitals"),
        pytest.param("ZYXWVUTSRQPONMLKJIHGFEDCBA98765432", id="nothing but capitals"),
        pytest.param("ZyXwVuTsRqPoNmLkJiHgFeDcBa1", id="one digit"),
        pytest.param("z9x8w7v6t5s4r3q2p1n0mklj", id="digits between small letters"),
        pytest.param("Z9X8W7V6T5S4R3Q2P1N0MKLJ", id="digits between capitals"),
        pytest.param("1Quickbrow2Jumpdex3Z4X5V6", id="sixteen of 25 letters in words"),
        pytest.param(f"HTTPS://{KEY}.EXAMPLE.COM", id="random host of a URL in capitals"),
        pytest.param(f"see\nhttps://{KEY}.example.com", id="random host on the second line"),
        pytest.param(f"SSH-RSA {KEY}", id="public key in capitals"),
    ],
)
def test_an_ordinary_value_is_no_secret(value: str) -> None:
    assert sign(value) is None


def test_a_text_of_which_more_than_a_third_is_not_in_words_may_be_random() -> None:
    assert sign("1Quickbrow2Jumpde3Z4X5V6K") == "looks random, as keys do"


def test_two_digits_are_enough() -> None:
    assert sign("ZyXwVuTsRqPoNmLkJiHgFeDcBa12") == "looks random, as keys do"


def test_the_shortest_text_that_is_judged() -> None:
    assert sign("ZyXwVuTsRqPoNmLkJiHgFe12") == "looks random, as keys do"
    assert secret_in("ZyXwVuTs12", min_length=10, min_randomness=0.87) is not None
    assert secret_in("ZyXwVuTs12", min_length=11, min_randomness=0.87) is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("abcdefgh", 1.0, id="all different"),
        pytest.param("aabbccdd", 2 / 3, id="each twice"),
        pytest.param("aaaaaaaa", 0.0, id="all the same"),
        pytest.param(BASE64 * 2, 1.0, id="longer than the alphabet"),
    ],
)
def test_randomness_is_a_share_of_the_greatest_entropy(text: str, share: float) -> None:
    assert randomness(text) == pytest.approx(share)


def test_the_bound_itself_counts_as_random() -> None:
    text = "ZyXwVuTsRqPoNmLkJiHgFe12"
    assert secret_in(text, min_length=24, min_randomness=randomness(text)) is not None
    assert secret_in(text + "11111111", min_length=24, min_randomness=1) is None


@pytest.mark.parametrize(
    ("length", "found"), [pytest.param(24, True, id="24"), pytest.param(23, False, id="23")]
)
def test_a_text_of_24_characters_is_judged_unless_configured(length: int, *, found: bool) -> None:
    setting = ("LEVEL", "ZyXwVuTsRqPoNmLkJiHgFe12"[-length:])
    assert (sign_of("LEVEL", [setting], PlaintextSecrets()) is not None) is found


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"minRandomLength": 8}, id="the shortest text"),
        pytest.param({"minRandomness": 0.01}, id="almost any text"),
        pytest.param({"minRandomness": 1}, id="nothing but the most random text"),
    ],
)
def test_the_bounds_of_the_settings_are_allowed(settings: dict[str, float]) -> None:
    told = PlaintextSecrets.model_validate(settings).model_dump(by_alias=True)
    assert settings.items() <= told.items()


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"minRandomLength": 7}, id="a text as short as many words"),
        pytest.param({"minRandomness": 0}, id="any text at all"),
        pytest.param({"minRandomness": 1.01}, id="more than the greatest randomness"),
    ],
)
def test_settings_beyond_their_bounds_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        PlaintextSecrets.model_validate(settings)


def test_most_generated_keys_are_found() -> None:
    config = PlaintextSecrets()
    keys = ["".join(secrets.choice(BASE64) for _ in range(40)) for _ in range(300)]
    found = [
        secret_in(key, min_length=config.min_random_length, min_randomness=config.min_randomness)
        for key in keys
        if not key.startswith("/")
    ]
    assert sum(each is not None for each in found) > 200


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        pytest.param("DB_PASSWORD", "*PASSWORD*", id="as it is"),
        pytest.param("db.password", "DB_PASSWORD", id="with dots"),
        pytest.param("db-password", "DB_PASSWORD", id="with hyphens"),
        pytest.param("dbPassword", "DB_PASSWORD", id="in camel case"),
        pytest.param("db2Password", "DB2_PASSWORD", id="camel case behind a digit"),
        pytest.param("DB__PASSWORD", "DB_PASSWORD", id="double underscore"),
    ],
)
def test_names_are_compared_in_capitals_with_underscores(name: str, pattern: str) -> None:
    assert is_named(name, ("NOTHING", pattern))
    assert not is_named(name, ("NOTHING",))


@pytest.mark.parametrize(
    ("value", "possible"),
    [
        pytest.param("pw", True, id="a word"),
        pytest.param("1234", True, id="digits"),
        pytest.param("trueblue", True, id="begins like true"),
        pytest.param("", False, id="nothing"),
        pytest.param("true", False, id="true"),
        pytest.param("False", False, id="false in another case"),
        pytest.param("arn:aws:ssm:eu-west-1:1:parameter/pw", False, id="an ARN"),
        pytest.param("${PASSWORD}", False, id="a placeholder"),
    ],
)
def test_what_a_secret_may_look_like(value: str, possible: bool) -> None:  # noqa: FBT001 - a case
    assert may_be_secret(value) is possible


@given(st.text(max_size=80))
def test_what_is_said_never_contains_the_value(value: str) -> None:
    said = secret_in(value, min_length=8, min_randomness=0.1)
    assert said in (
        None,
        "looks random, as keys do",
        "has a password in its URL",
    ) or said.startswith("has the form of ")
