"""Whether a setting is taken for a secret, by its name and its value together."""

import base64
import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.plaintext.places import (
    Holder,
    Place,
    Shape,
    arguments_of,
    judge_places,
    parts_of,
)
from aws_policy_pack.plaintext.values import PlaintextSecrets, randomness, sign_of
from aws_policy_pack.resource import Properties
from aws_policy_pack.rule import Finding
from aws_policy_pack.wire import Value
from tests.policies.plaintext_settings import (
    ORDINARY,
    ORDINARY_COMMANDS,
    SECRET_COMMANDS,
    SECRETS,
)

CONFIG = PlaintextSecrets()
BASE64 = string.ascii_letters + string.digits + "+/"
HASH = "9fceb02d0ae598e95dc970b74767f193"
MIXED = "x9Kf3mQz7Lp2Vb8Rt5Wn"
OPEN_ADDRESS = "https://login.example.com/oauth2/key"


def sign(name: str, value: str) -> str | None:
    found = sign_of(name, parts_of(name, value), CONFIG)
    return found[0] if found else None


@pytest.mark.parametrize(("name", "value"), ORDINARY)
def test_an_ordinary_setting_passes(name: str, value: str) -> None:
    assert sign(name, value) is None


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_a_secret_is_found(name: str, value: str) -> None:
    assert sign(name, value) is not None


def sign_of_command(words: tuple[str, ...]) -> str | None:
    found = sign_of("command", arguments_of("command", words), CONFIG)
    return found[0] if found else None


@pytest.mark.parametrize("words", ORDINARY_COMMANDS, ids=" ".join)
def test_an_ordinary_command_passes(words: tuple[str, ...]) -> None:
    assert sign_of_command(words) is None


@pytest.mark.parametrize("words", SECRET_COMMANDS, ids=" ".join)
def test_a_secret_in_a_command_is_found(words: tuple[str, ...]) -> None:
    assert sign_of_command(words) is not None


HOLDERS = st.sampled_from(["PASSWORD", "DB_PASSWORD", "API_KEY", "JWT_SECRET", "AUTH_TOKEN"])
WORDS = st.sampled_from(["ROUNDS", "BUDGET", "WINDOW", "COLOUR", "MINIMUM", "RETRIES", "MODE"])
PLAIN = st.one_of(
    st.integers(0, 10**9).map(str),
    st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["s", "ms", "m", "h", "d"])),
    st.booleans().map(str),
    st.builds(
        "https://{}.example.com/{}".format, *[st.from_regex(r"[a-z]{1,9}", fullmatch=True)] * 2
    ),
    st.from_regex(r"(/[a-z]{1,9}){2,4}", fullmatch=True),
    st.from_regex(r"[a-z]{1,12}([_-][a-z]{1,12}){0,3}[0-9]{0,3}", fullmatch=True),
    st.dates().map(str),
    st.uuids().map(str),
)
CHOSEN = st.from_regex(r"[a-z]{2,6}[0-9][a-z]{3,6}(-[0-9a-z]{4})?", fullmatch=True).filter(
    lambda text: not re.fullmatch(r"[0-9a-f]+|.*\d[a-z]{1,3}", text)
)
KEYS = st.text(BASE64, min_size=32, max_size=64).filter(
    lambda text: (
        randomness(text) >= CONFIG.min_randomness
        and sum(character.isdigit() for character in text) >= 2
        and len(re.findall(r"[a-z]{2}", text)) * 5 < len(text)
        and text[0] != "/"
        and text.lower() != text != text.upper()
    )
)


@given(HOLDERS, WORDS, PLAIN)
def test_what_describes_a_secret_passes_with_a_plain_value(
    holder: str, word: str, value: str
) -> None:
    assert sign(f"{holder}_{word}", value) is None


@given(HOLDERS, st.sampled_from(["", "_PROD", "_2", "_V2", "_OLD", "_REPLICA", "_PROD_1"]), CHOSEN)
def test_a_password_is_found_whichever_it_is(holder: str, which: str, value: str) -> None:
    assert sign(holder + which, value) == "is a secret by its name"


@given(HOLDERS, WORDS, CHOSEN)
def test_a_chosen_password_is_found_behind_any_word(holder: str, word: str, value: str) -> None:
    assert sign(f"{holder}_{word}", value) == "is a secret by its name and its value"


@given(st.sampled_from(["DB_PASSWORD_NAME", "TOKEN_FILE", "LEVEL", "SECRET_ROUNDS"]), KEYS)
def test_a_random_key_is_found_under_any_name(name: str, value: str) -> None:
    assert sign(name, value) is not None


@given(
    st.sampled_from(["CLIENT_ID", "STRIPE_PUBLISHABLE_KEY", "TLS_CERT", "RECAPTCHA_SITE_KEY"]), KEYS
)
def test_a_random_identifier_passes(name: str, value: str) -> None:
    assert sign(name, value) is None


@given(st.dictionaries(st.sampled_from(["region", "prefix", "level"]), PLAIN), CHOSEN)
def test_a_password_is_found_in_any_wrapping(settings: dict[str, str], value: str) -> None:
    secret = {**settings, "db_password": value}
    lines = "\n".join(f"{name}={each}" for name, each in secret.items())
    texts = (
        json.dumps(secret),
        json.dumps([{"name": name, "value": each} for name, each in secret.items()]),
        lines,
        " ".join(f"-D{name}={each}" for name, each in secret.items()),
        " ".join(f"--{name} '{each}'" for name, each in secret.items()),
        "".join(f"<{name}>{each}</{name}>" for name, each in secret.items()),
        base64.b64encode(json.dumps(secret).encode()).decode(),
    )
    assert [sign("SETTINGS", text) for text in texts] == (
        ["holds a text that is a secret by its name"] * len(texts)
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("SIGNING_KEY_NEXT", "x", "is a secret by its name", id="qualified"),
        pytest.param("PROD", "tr0ub4dor", None, id="nothing but a qualifier"),
        pytest.param("S3_MASTER", HASH, "is a secret by its name and its value", id="key"),
        pytest.param("S3_MASTER", HASH[1:], None, id="no length of a key"),
        pytest.param("S3_MASTER", "0" * 32, None, id="digits alone"),
        pytest.param("S3_MASTER", "abcdefab" * 4, None, id="letters alone"),
        pytest.param("S3_MASTER", "tr0ub4dor-3xyz", None, id="a key is not chosen"),
        pytest.param("S3_MASTER_ID", HASH, None, id="id of a key"),
        pytest.param("LEVEL", HASH, None, id="hexadecimal digits under another name"),
        pytest.param("PASSWORD_ROUNDS_ID", HASH, None, id="id of a suspect"),
        pytest.param("MASTER", MIXED, "is a secret by its name and its value", id="short key"),
        pytest.param("LEVEL", MIXED, None, id="short key under another name"),
        pytest.param(
            "MASTER", f"base64:{MIXED}", "is a secret by its name and its value", id="b64"
        ),
        pytest.param("MASTER", f"/{MIXED}", None, id="a path"),
        pytest.param(
            "BASIC_AUTH", "YXBwOmFiYw==", "is a secret by its name and its value", id="login"
        ),
        pytest.param("BASIC_AUTH", "YXBwLmFiYw==", None, id="base64 of a word"),
        pytest.param(
            "NPM_TOKEN_COLOUR", "tr0ub4", "is a secret by its name and its value", id="six"
        ),
        pytest.param("NPM_TOKEN_COLOUR", "tr0ub", None, id="five"),
        pytest.param("NPM_TOKEN_COLOUR", "argon2id", None, id="a technical word"),
        pytest.param("NPM_TOKEN_COLOUR", "1h30m", None, id="a duration"),
        pytest.param("NPM_TOKEN_COLOUR", "P1Y2M10DT2H30M", None, id="an ISO duration"),
        pytest.param("NPM_TOKEN_COLOUR", "a1b2-c3d4", None, id="hexadecimal parts"),
        pytest.param("CREDENTIAL_GRANT", "oauth2Client", None, id="a digit before a capital"),
        pytest.param("DB_PASSWORD_NAME", "tr0ub4dor-3xyz", None, id="a name"),
        pytest.param("TWILIO_SID", f"SK{HASH}", None, id="a public form under an id"),
        pytest.param("TWILIO", f"SK{HASH}", "has the form of a Twilio API key", id="a public form"),
        pytest.param(
            "AWS_ID", "AKIAIOSFODNN7EXAMPLE", "has the form of an AWS access key id", id="form"
        ),
        pytest.param("DSN", "app:pw@tcp(db:3306)/x", "has a password in its URL", id="Go"),
        pytest.param("DSN", "app:pw@(db)/x", "has a password in its URL", id="Go without a net"),
        pytest.param("DSN", "npm:left-pad@1.3.0", None, id="a version"),
        pytest.param("DSN", "jdbc:oracle:oci:app/pw@db", "has a password in its URL", id="Oracle"),
        pytest.param("DSN", "jdbc:oracle:thin:@//db:1521/x", None, id="Oracle without a login"),
        pytest.param("DB_PASSWORD", "arn:tr0ub4dor", "is a secret by its name", id="not an ARN"),
        pytest.param("DB_PASSWORD", "prod/db/password", None, id="the name of a secret"),
        pytest.param("DB_PASSWORD", "file:///run/secrets/db", None, id="the URL of a file"),
        pytest.param("PAD_TOKEN_PROD", "x", None, id="harmless though qualified"),
        pytest.param("BASIC_AUTH", "YXBw!OmFiYw==", None, id="not quite base64"),
        pytest.param("BASIC_AUTH", "users of: app", None, id="a text with a colon"),
        pytest.param("BASIC_AUTH", ":hunter2", None, id="a login without a name"),
        pytest.param("OAUTH_TOKEN", OPEN_ADDRESS, "is a secret by its name", id="URL, no address"),
        pytest.param("OAUTH_URL_TOKEN", OPEN_ADDRESS, None, id="an address"),
        pytest.param("OAUTH_URI_TOKEN", f"{OPEN_ADDRESS}?v=1", None, id="an address with a query"),
        pytest.param(
            "OAUTH_URL_TOKEN",
            "https://hunter2@login.example.com/",
            "is a secret by its name",
            id="an address behind a secret",
        ),
        pytest.param(
            "OAUTH_URL_TOKEN",
            f"{OPEN_ADDRESS}?v=1&token=hunter2",
            "is a secret by its name",
            id="an address with a secret in its query",
        ),
        pytest.param("OAUTH_URL_TOKEN", "hunter2", "is a secret by its name", id="no address"),
        pytest.param(
            "OAUTH_URL_TOKEN", "app:hunter2", "is a secret by its name", id="a colon alone"
        ),
        pytest.param(
            "OAUTH_URL_TOKEN", "//hunter2/x", "is a secret by its name", id="a host alone"
        ),
        pytest.param(
            "OAUTH_URL_TOKEN",
            "https://[hunter2/token",
            "is a secret by its name",
            id="what no URL may be",
        ),
    ],
)
def test_name_and_value_are_judged_together(name: str, value: str, expected: str | None) -> None:
    assert sign(name, value) == expected


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("Password: required", False, id="a word behind a colon"),
        pytest.param("Password: 12", False, id="a number behind a colon"),
        pytest.param("Password: hunter2", True, id="a password behind a colon"),
        pytest.param("Password:hunter2", False, id="no blank behind the colon"),
        pytest.param("password => 'hunter two'", True, id="an arrow and quotes"),
        pytest.param("nopassword_rounds=1234", False, id="another word"),
        pytest.param("--password --user", False, id="an option without a value"),
        pytest.param("x--password hunter2", False, id="no option"),
        pytest.param("?token=abcd&x=1", True, id="a query"),
        pytest.param("?token={token}", False, id="a placeholder in braces"),
        pytest.param("token=%(token)s", False, id="a placeholder of Python"),
        pytest.param("token=[^&]+", False, id="a regular expression"),
        pytest.param("<password kind='a'>hunter2</password>", True, id="an element"),
        pytest.param("<password></password>", False, id="an empty element"),
        pytest.param('<p name="password" value="hunter2"/>', True, id="attributes"),
        pytest.param('<p name="colour" value="hunter2"/>', False, id="other attributes"),
        pytest.param("{broken password=hunter2", True, id="not quite JSON"),
        pytest.param('{"Name": "PASSWORD", "Value": "hunter2"}', True, id="a name in capitals"),
        pytest.param('{"key": "PASSWORD", "value": "hunter2"}', True, id="a key"),
        pytest.param('{"name": 7, "value": "hunter2"}', False, id="a name that is not text"),
        pytest.param('{"name": "PASSWORD", "kind": "hunter2"}', False, id="no value"),
        pytest.param('{"password": true, "secret": null}', False, id="no texts"),
        pytest.param('{"password": 1234}', True, id="a number"),
        pytest.param("user: app\npassword: hunter", True, id="a word in lines of settings"),
        pytest.param(
            "user: app\nhost: db\npassword: hunter", True, id="a word in three lines of settings"
        ),
        pytest.param(
            "user: app\n\n# of the app\npassword: hunter",
            True,
            id="lines with a comment and a blank one",
        ),
        pytest.param(
            "What you give:\nuser: required\npassword: required\nin any order",
            False,
            id="lines of which some are text",
        ),
        pytest.param("Password: required, password=hunter2", True, id="behind a word of a text"),
        pytest.param("Token: 12 letters\npassword: hunter2", True, id="behind a number of a text"),
    ],
)
def test_settings_are_found_in_another_text(value: str, found: bool) -> None:  # noqa: FBT001 - a case
    assert (sign("SETTINGS", value) is not None) is found


@pytest.mark.parametrize(
    ("place", "given", "part"),
    [
        pytest.param(
            Place(path="variables", shape=Shape.MAP, fix="Drop it"),
            {"REGION": "eu-west-1", "DB_PASSWORD": "hunter2"},
            "variable 2",
            id="an object",
        ),
        pytest.param(
            Place(path="variables", shape=Shape.MAP, fix="Drop it"),
            {"DB_PASSWORD": "hunter2", "REGION": "eu-west-1"},
            "variable 1",
            id="the first of an object",
        ),
        pytest.param(
            Place(path="variables", shape=Shape.ENTRIES, fix="Drop it"),
            [{"name": "REGION", "value": "a"}, {"name": "DB_PASSWORD", "value": "hunter2"}],
            "variable 2",
            id="a list",
        ),
        pytest.param(
            Place(path="variables", shape=Shape.TEXT, named="label", what="parameter", fix="Drop"),
            "hunter2",
            "parameter 1",
            id="a text with a name",
        ),
    ],
)
def test_a_setting_of_what_is_all_secret_is_called_by_its_number(
    place: Place, given: Value, part: str
) -> None:
    properties = Properties(lambda: {"variables": given, "label": "db.password"})
    holder = Holder(properties=properties, rule="rule", is_secret=True)
    [found] = judge_places(holder, (place,), CONFIG)
    assert isinstance(found, Finding)
    assert (found.part, found.problem) == (part, f"{part} is a secret by its name")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("/1" * 200 + "!", id="what is almost a path"),
        pytest.param("A1" + "b" * 9000 + "2", id="one long word"),
        pytest.param("a   " * 2500, id="blanks"),
        pytest.param("<a " * 2500, id="elements that do not end"),
        pytest.param("name='" * 1500, id="quotes that do not end"),
    ],
)
def test_a_long_value_that_almost_fits_a_pattern_passes(value: str) -> None:
    """A pattern whose work doubles with each character would never end here."""
    assert sign("SECRET_COLOUR", value) is None
