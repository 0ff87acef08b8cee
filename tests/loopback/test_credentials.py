"""The key of the endpoint, and the profile that gives it to clients."""

import socket
from pathlib import Path

import boto3
import pytest

from pulumi_loopback import credentials
from pulumi_loopback.credentials import (
    PROFILE,
    free_port,
    own_key,
    profile_of,
    read_key,
    variables_for,
    write_profile,
)
from pulumi_loopback.errors import CommandError

URL = "http://127.0.0.1:4566"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return profile_of(tmp_path)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_key_is_new_for_each_project_and_stays(tmp_path: Path, file: Path) -> None:
    key = write_profile(file, url=URL, region="us-east-1")
    assert write_profile(file, url="http://127.0.0.1:4999", region="eu-west-1") == key
    other = write_profile(profile_of(tmp_path / "other"), url=URL, region="us-east-1")
    assert {key.id, key.secret}.isdisjoint({other.id, other.secret})
    assert own_key(tmp_path) == key
    assert key.secret not in repr(key)


def test_file_and_folder_are_the_users_alone_also_where_they_were_not(file: Path) -> None:
    key = write_profile(file, url=URL, region="us-east-1")
    file.chmod(0o644)
    file.parent.chmod(0o755)
    assert write_profile(file, url=URL, region="us-east-1") == key
    assert [mode(file), mode(file.parent)] == [0o600, 0o700]


def test_a_client_of_aws_takes_url_region_and_key_from_the_profile(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write_profile(file, url=URL, region="eu-west-1")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    client = boto3.Session(profile_name=PROFILE).client("sqs")
    assert client.meta.endpoint_url == URL
    assert client.meta.region_name == "eu-west-1"
    found = boto3.Session(profile_name=PROFILE).get_credentials()
    assert found is not None
    assert (found.access_key, found.secret_key) == (key.id, key.secret)


def test_a_provider_that_gets_the_profile_gets_no_key_of_the_users_own(file: Path) -> None:
    outer = {"PATH": "/bin", "AWS_ACCESS_KEY_ID": "own", "AWS_SECRET_ACCESS_KEY": "own"}
    outer |= {"AWS_SESSION_TOKEN": "own", "AWS_PROFILE": "own", "AWS_CONFIG_FILE": "own"}
    assert variables_for(file, outer) == {
        "PATH": "/bin",
        "AWS_CONFIG_FILE": str(file),
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("aws_secret_access_key = planted-text\n", id="no section"),
        pytest.param("[profile loopback]\nplanted-text\n", id="no value"),
        pytest.param("[profile loopback]\naws_access_key_id = planted-text\n", id="no secret"),
        pytest.param(b"[profile loopback]\n\xff\xfe = planted-text", id="no text"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_of_it_shown(text: str | bytes, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CommandError, match="holds no key of profile loopback") as refused:
        read_key(file)
    assert str(file) in str(refused.value)
    assert "planted" not in f"{refused.value}{refused.value.hint}"


def test_a_free_port_is_none_that_the_system_gives_away() -> None:
    """Linux gives away 32768 and up, macOS and Windows 49152 and up."""
    assert 1024 < free_port() < 32768


def test_no_port_is_free_where_each_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(credentials, "_LASTING_PORTS", range(taken, taken + 1))
        with pytest.raises(CommandError, match=rf"no port of {taken} to {taken} is free"):
            free_port()
