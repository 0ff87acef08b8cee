"""States in files, in backends and in buckets."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pulumi_preflight.errors import StateError
from pulumi_preflight.states import read_state
from tests.preflight.states.samples import checkpoint, entry, export

TEXT = checkpoint(entry("jobs"))
BUCKET = "states"


def names(place: str | Path, stack: str | None = None) -> list[str]:
    return [each.name for each in read_state(str(place), stack, {}).resources]


def backend(folder: Path, *stacks: str, zipped: bool = False) -> Path:
    for stack in stacks:
        file = folder / ".pulumi" / "stacks" / f"{stack}.json{'.gz' if zipped else ''}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(TEXT.encode()) if zipped else TEXT.encode())
    return folder


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket; gives what stands behind its name in a URL."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="exports/shop.json", Body=export(entry("jobs")).encode())
    client.put_object(Bucket=BUCKET, Key=".pulumi/stacks/shop/dev.json", Body=TEXT.encode())
    yield f"region=us-east-1&endpoint=127.0.0.1:{port}&disableSSL=true"
    server.stop()


def test_a_file_may_be_zipped(tmp_path: Path) -> None:
    (tmp_path / "state.json.gz").write_bytes(gzip.compress(export(entry("jobs")).encode()))
    assert names(tmp_path / "state.json.gz") == ["shop-dev", "jobs"]


def test_a_file_may_be_named_by_a_url(tmp_path: Path) -> None:
    (tmp_path / "my state.json").write_text(export(entry("jobs")))
    assert names(f"file://{tmp_path}/my%20state.json") == ["shop-dev", "jobs"]


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "zipped"])
@pytest.mark.parametrize("below", ["", ".pulumi", ".pulumi/stacks"])
def test_the_only_stack_of_a_backend_needs_no_name(
    tmp_path: Path, below: str, *, zipped: bool
) -> None:
    backend(tmp_path, "shop/dev", zipped=zipped)
    assert names(tmp_path / below) == ["shop-dev", "jobs"]


@pytest.mark.parametrize("stack", ["shop/dev", "prod"])
def test_a_stack_of_a_backend_is_chosen_by_name(tmp_path: Path, stack: str) -> None:
    backend(tmp_path, "shop/dev", "shop/prod", "mail/dev")
    found = read_state(str(tmp_path), stack, {})
    assert found.place.endswith({"shop/dev": "shop/dev.json", "prod": "shop/prod.json"}[stack])


def test_a_backend_of_older_versions_has_no_projects(tmp_path: Path) -> None:
    backend(tmp_path, "dev")
    assert names(tmp_path, "dev") == ["shop-dev", "jobs"]


@pytest.mark.parametrize(
    ("stack", "told", "hint"),
    [
        pytest.param(None, "has several stacks: mail/dev, shop/dev", "--stack", id="none-named"),
        pytest.param("dev", "has several stacks", "--stack PROJECT/NAME", id="of-two-projects"),
        pytest.param("prod", "has no stack 'prod'; it has mail/dev, shop/dev", "", id="unknown"),
    ],
)
def test_a_stack_that_is_not_one_is_refused(
    tmp_path: Path, stack: str | None, told: str, hint: str
) -> None:
    backend(tmp_path, "shop/dev", "mail/dev")
    with pytest.raises(StateError) as raised:
        read_state(str(tmp_path), stack, {})
    assert told in str(raised.value)
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("{0}/none.json", "there is no state at {0}/none.json", id="no-file"),
        pytest.param("file://host/state.json", "names the machine 'host'", id="another-machine"),
        pytest.param("gs://bucket/state.json", "reads no states from gs://", id="another-cloud"),
    ],
)
def test_a_place_without_a_state_is_refused(tmp_path: Path, place: str, told: str) -> None:
    with pytest.raises(StateError) as raised:
        read_state(place.format(tmp_path), None, {})
    assert told.format(tmp_path) in str(raised.value)


def test_half_a_file_of_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.json.gz").write_bytes(gzip.compress(TEXT.encode())[:-20])
    with pytest.raises(StateError, match="not a whole file of gzip"):
        read_state(str(tmp_path / "state.json.gz"), None, {})


@pytest.mark.parametrize("path", ["/exports/shop.json", "", "/.pulumi/stacks/shop/dev.json"])
def test_a_bucket_holds_states(bucket: str, path: str) -> None:
    assert names(f"s3://{BUCKET}{path}?{bucket}") == ["shop-dev", "jobs"]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param(f"s3://{BUCKET}/none.json", "there is no state at s3://states", id="no-key"),
        pytest.param("s3://other", "s3://other/.pulumi/stacks cannot be read", id="no-bucket"),
    ],
)
def test_a_bucket_without_the_state_is_refused(bucket: str, place: str, told: str) -> None:
    with pytest.raises(StateError) as raised:
        read_state(f"{place}?{bucket}", None, {})
    assert told in str(raised.value)
