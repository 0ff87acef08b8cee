"""The resources of exports and of checkpoints; what is not a state is one clear error."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight import PreflightError
from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.states import State, read_state
from pulumi_preflight.wire import MARK, SECRET, from_struct
from tests.preflight.builders import QUEUE, urn
from tests.preflight.states.samples import STACK, checkpoint, entry, export, secret

ROUNDS = 1_000_000
PASSPHRASE = "correct horse"  # noqa: S105 - opens what this file seals


def state(folder: Path, text: str, environment: dict[str, str] | None = None) -> State:
    file = folder / "state.json"
    file.write_text(text)
    return read_state(str(file), None, environment or {})


def queue(found: State) -> RegisteredResource:
    [only] = [each for each in found.resources if each.type == QUEUE]
    return only


@pytest.fixture(scope="module")
def key() -> bytes:
    return hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), b"saltsalt", ROUNDS, 32)


def sealed(key: bytes, text: str) -> str:
    nonce = b"0123456789ab"
    closed = AESGCM(key).encrypt(nonce, text.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(closed).decode()}"


def providers(key: bytes) -> dict[str, Any]:
    salt = f"v1:{base64.b64encode(b'saltsalt').decode()}:{sealed(key, 'pulumi')}"
    return {"type": "passphrase", "state": {"salt": salt}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(export(entry("jobs")), id="export"),
        pytest.param(export(entry("jobs"), version=4), id="export-of-version-4"),
        pytest.param(checkpoint(entry("jobs")), id="checkpoint"),
    ],
)
def test_a_state_tells_stack_and_resources(tmp_path: Path, text: str) -> None:
    found = state(tmp_path, text)
    assert (found.project, found.stack) == ("shop", "dev")
    assert [each.name for each in found.resources] == ["shop-dev", "jobs"]


def test_a_resource_is_what_the_state_says(tmp_path: Path) -> None:
    dead = urn(QUEUE, "dead")
    written = entry(
        "jobs",
        {"fifoQueue": True, "delaySeconds": 5},
        protect=True,
        external=True,
        retainOnDelete=True,
        ignoreChanges=["tags"],
        dependencies=[dead],
        propertyDependencies={"redrivePolicy": [dead]},
        customTimeouts={"create": 60},
        sourcePosition="project:///stack/queues.py#12,5",
    )
    found = queue(state(tmp_path, export(written)))
    assert from_struct(found.inputs) == {"fifoQueue": True, "delaySeconds": 5}
    assert from_struct(found.outputs)["arn"] == "arn:aws:sqs:eu-west-1:111122223333:jobs"
    assert (found.options.protect, found.external, found.retain_on_delete) == (True, True, True)
    assert list(found.options.ignoreChanges) == ["tags"]
    assert found.options.customTimeouts.create == 60
    assert found.dependencies == (dead,)
    assert found.property_dependencies == {"redrivePolicy": (dead,)}
    assert found.position == SourcePosition(file="stack/queues.py", line=12)


def test_what_waits_for_its_deletion_is_left_out(tmp_path: Path) -> None:
    found = state(tmp_path, export(entry("jobs"), entry("jobs", delete=True)))
    assert len(found.resources) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"version": 3, "deployment": {"manifest": {}}}', id="export"),
        pytest.param('{"version": 3, "checkpoint": {"stack": "dev"}}', id="never-updated"),
    ],
)
def test_a_stack_may_be_empty(tmp_path: Path, text: str) -> None:
    assert state(tmp_path, text).resources == ()


def test_a_secret_in_plain_text_is_a_secret_on_the_wire(tmp_path: Path) -> None:
    written = entry("jobs", {"policy": secret(plaintext='{"Id": "p"}')})
    found = queue(state(tmp_path, export(written)))
    assert from_struct(found.inputs) == {"policy": {MARK: SECRET, "value": {"Id": "p"}}}


def test_the_passphrase_opens_secrets(tmp_path: Path, key: bytes) -> None:
    written = entry("jobs", {"policy": secret(ciphertext=sealed(key, '"open"'))})
    text = export(written, secrets_providers=providers(key))
    found = state(tmp_path, text, {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    assert from_struct(queue(found).inputs) == {"policy": {MARK: SECRET, "value": "open"}}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        pytest.param({}, "PULUMI_CONFIG_PASSPHRASE is not set", id="none"),
        pytest.param(
            {"PULUMI_CONFIG_PASSPHRASE": "wrong"}, "the passphrase is wrong", id="another"
        ),
    ],
)
def test_without_the_passphrase_secrets_are_hidden_and_noted(
    tmp_path: Path, key: bytes, environment: dict[str, str], why: str
) -> None:
    written = entry("jobs", {"policy": secret(ciphertext=sealed(key, '"open"'))})
    found = state(tmp_path, export(written, secrets_providers=providers(key)), environment)
    assert from_struct(queue(found).inputs) == {"policy": {MARK: SECRET, "value": "[secret]"}}
    [note] = found.notes
    assert f"{tmp_path / 'state.json'}: 2 secrets read as [secret]" in note
    assert why in note


def test_secrets_of_another_provider_are_hidden_and_noted(tmp_path: Path) -> None:
    text = export(
        entry("jobs", {"policy": secret(ciphertext="AAAA")}),
        secrets_providers={"type": "cloud", "state": {"url": "awskms://alias/pulumi"}},
    )
    [note] = state(tmp_path, text).notes
    assert "since cloud encrypted them" in note


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{", "is not JSON", id="no-json"),
        pytest.param("[]", "holds no object of JSON", id="a-list"),
        pytest.param("{}", "version is missing", id="no-version"),
        pytest.param('{"version": 2}', "version is 2; wanted 3 or 4", id="too-old"),
        pytest.param('{"version": 5}', "version is 5; wanted 3 or 4", id="too-new"),
        pytest.param('{"version": 3}', "has no `deployment`, and no `checkpoint`", id="nothing"),
        pytest.param(
            '{"version": 3, "deployment": {"resources": {}}}',
            "deployment.resources is not a list",
            id="no-list",
        ),
        pytest.param(export(["jobs"]), "resources.1 is not an object", id="no-entry"),
        pytest.param(
            export({**STACK, "urn": "jobs"}),
            "resources.1.urn is 'jobs', which is not a URN",
            id="no-urn",
        ),
        pytest.param(
            export(entry("jobs", dependencies=[3])),
            "resources.1 (jobs).dependencies is [3]; wanted a list of texts",
            id="a-number-among-texts",
        ),
        pytest.param(
            export(entry("jobs", protect="yes")),
            "resources.1 (jobs).protect is 'yes'; wanted true or false",
            id="a-text-for-a-flag",
        ),
        pytest.param(
            export(entry("jobs", {"policy": secret(plaintext="hunter2")})),
            "resources.1 (jobs): the text of a secret is not JSON",
            id="a-secret-that-is-not-json",
        ),
    ],
)
def test_what_is_not_a_state_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PreflightError) as raised:
        state(tmp_path, text)
    assert f"{tmp_path / 'state.json'}" in str(raised.value)
    assert told in str(raised.value)
    assert "hunter2" not in str(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = ("urn", "type", "id", "inputs", "parent", "dependencies", "customTimeouts", "protect")


@given(entries=st.lists(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON))))
def test_any_entries_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("state")
    text = json.dumps({"version": 3, "deployment": {"resources": entries}})
    try:
        told = str(len(state(folder, text).resources))
    except PreflightError as error:
        told = str(error)
    assert "state.json: resources." in told or int(told) <= len(entries)
