"""Secrets in texts and names."""

import json

import pytest

from pulumi_preflight.redaction import Redactor

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
        pytest.param("x-dev", "x-[secret]", id="name"),
        pytest.param("default::dev", "default::[secret]", id="reference-to-a-provider"),
        pytest.param("device", "device", id="another-word"),
    ],
)
def test_only_the_name_in_a_urn_is_hidden(name: str, shown: str) -> None:
    before = "urn:pulumi:dev::dev::dev:dev:Dev::"
    assert Redactor(["dev"]).urn(before + name) == before + shown


def test_what_is_no_urn_stays() -> None:
    assert Redactor(["dev"]).urn("") == ""
