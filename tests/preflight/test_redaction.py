"""Secrets in texts and names."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.redaction import PARAMETER, Redactor, secret_texts
from pulumi_preflight.wire import MARK, SECRET

KEY = '-----BEGIN "KEY"-----\nMIIEvQIBADANBg\n}\n'


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        pytest.param("hunter2", "is hunter2.", "is [secret].", id="word"),
        pytest.param("test", "the latest test", "the latest [secret]", id="short-as-a-word-only"),
        pytest.param("hunter2hunter2", "xhunter2hunter2x", "x[secret]x", id="long-anywhere"),
        pytest.param("ab", "ab", "ab", id="too-short-to-tell"),
        pytest.param(KEY, f"is {KEY!r}", "is '[secret]'", id="quoted-by-python"),
        pytest.param(KEY, json.dumps({"a": KEY}), '{"a": "[secret]"}', id="quoted-by-json"),
        pytest.param(KEY, "is MIIEvQIBADANBg", "is [secret]", id="one-line-of-it"),
        pytest.param(KEY, "a } b", "a } b", id="a-short-line-of-it"),
        pytest.param("grün-und-gut", '"gr\\u00fcn-und-gut"', '"[secret]"', id="in-ascii"),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(secret: str, text: str, shown: str) -> None:
    assert Redactor([secret])(text) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("x-dev1", "x-[secret]", id="name"),
        pytest.param("default::dev1", "default::[secret]", id="reference-to-a-provider"),
        pytest.param("device", "device", id="another-word"),
    ],
)
def test_only_the_name_in_a_urn_is_hidden(name: str, shown: str) -> None:
    before = "urn:pulumi:dev::dev::dev:dev:Dev::"
    assert Redactor(["dev1", "dev"]).urn(before + name) == before + shown


def test_what_is_no_urn_stays() -> None:
    assert Redactor(["dev"]).urn("") == ""


@pytest.mark.parametrize(
    ("secret", "name", "shown"),
    [
        pytest.param("orders", "orders-web", "orders-web", id="a word beside others"),
        pytest.param("orders", "orders", "orders", id="a word alone"),
        pytest.param("hunter2", "of-hunter2", "of-[secret]", id="a short one that is not a word"),
        pytest.param("passphrase", "of-passphrase", "of-[secret]", id="a long one"),
    ],
)
def test_a_logical_name_hides_what_it_does_not_hold_by_chance(
    secret: str, name: str, shown: str
) -> None:
    redact = Redactor([secret], [name])
    urn = "urn:pulumi:dev::shop::demo:index:Thing::"
    assert redact.name(name) == shown
    assert redact.urn(urn + name) == urn + shown
    assert redact.about(urn + name, f"{name}: is bad") == f"{shown}: is bad"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("as is that of orders-web", "as is that of orders-web", id="name"),
        pytest.param("'orders-web', orders", "'orders-web', [secret]", id="name and secret"),
        pytest.param("orders-web and orders-web", "orders-web and orders-web", id="twice"),
        pytest.param("orders-web-2", "[secret]-web-2", id="another name"),
        pytest.param("of orders", "of [secret]", id="the name that is the secret"),
    ],
)
def test_a_text_quotes_the_names_that_hold_a_secret_by_chance(text: str, shown: str) -> None:
    assert Redactor(["orders"], ["orders-web", "orders", "jobs"])(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("as is that of orders", "as is that of orders", id="name"),
        pytest.param("'orders' and 'jobs'", "'orders' and '[secret]'", id="another name"),
        pytest.param("orders-2", "[secret]-2", id="part of another name"),
        pytest.param("web: orders", "web: orders", id="behind the subject"),
    ],
)
def test_a_text_keeps_the_names_of_related_resources(text: str, shown: str) -> None:
    redact = Redactor(["orders", "jobs"], ["orders", "jobs", "web"])
    urn = "urn:pulumi:dev::shop::demo:index:Thing::"
    assert redact.about(f"{urn}web", text, [f"{urn}orders"]) == shown


@pytest.mark.parametrize("secret", ["hunter2", "passphrase"])
def test_a_name_that_the_program_made_of_a_secret_stays_hidden(secret: str) -> None:
    urn = f"urn:pulumi:dev::shop::demo:index:Thing::{secret}"
    assert Redactor([secret], [secret]).about("", f"of {secret}", [urn]) == "of [secret]"


def marked(**properties: Any) -> Struct:  # noqa: ANN401 - any property
    struct = Struct()
    struct.update(
        {
            key: {MARK: SECRET, "value": value} if key != "type" else value
            for key, value in properties.items()
        }
    )
    return struct


@pytest.mark.parametrize(
    ("kind", "properties", "texts"),
    [
        pytest.param(PARAMETER, {"type": "String", "value": "dev"}, [], id="plain"),
        pytest.param(PARAMETER, {"type": "StringList", "value": "a,b"}, [], id="plain list"),
        pytest.param(
            PARAMETER, {"type": "SecureString", "value": "hunter2"}, ["hunter2"], id="secure"
        ),
        pytest.param(PARAMETER, {"value": "hunter2"}, ["hunter2"], id="no type"),
        pytest.param(
            PARAMETER, {"type": "String", "description": "hunter2"}, ["hunter2"], id="elsewhere"
        ),
        pytest.param(
            "demo:index:Thing", {"type": "String", "value": "hunter2"}, ["hunter2"], id="another"
        ),
    ],
)
def test_the_value_of_a_plain_parameter_is_not_a_secret(
    kind: str, properties: Mapping[str, str], texts: list[str]
) -> None:
    assert list(secret_texts(marked(**properties), kind)) == texts


@pytest.mark.parametrize("kind", ["Command", "CopyToRemote"])
def test_the_address_in_a_connection_is_not_a_secret(kind: str) -> None:
    jump = {"host": "10.0.0.9", "password": "hunter3"}
    connection = {"host": "203.0.113.7", "user": "ubuntu", "privateKey": "hunter2", "proxy": jump}
    token = f"command:remote:{kind}"
    assert set(secret_texts(marked(connection=connection), token)) == {"hunter2", "hunter3"}
    assert "203.0.113.7" in set(secret_texts(marked(connection=connection), "demo:index:Thing"))
