"""Where states lie: files, the folders of backends, and buckets of S3."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pulumi_preflight.errors import StateError

# Source: pulumi/pulumi, pkg/backend/diy (stackPath, meta.yaml of version 1).
_KEPT_IN = (".pulumi", "stacks")
_BELOW = {".pulumi": _KEPT_IN[1:], "stacks": ()}
_SUFFIXES = (".json", ".json.gz")
_ZIPPED = b"\x1f\x8b"


class _Store(Protocol):
    """A folder or a bucket."""

    def show(self, name: str) -> str:
        """What the user knows a file by."""

    def names(self, below: PurePosixPath) -> Iterable[str]:
        """The files below a folder, at any depth."""

    def content(self, name: str) -> bytes | None:
        """The content of a file, `None` where there is none."""


def read(place: str, stack: str | None, environment: Mapping[str, str]) -> tuple[str, str]:
    """Reads the text of a state; gives what the user knows its place by, and the text.

    Raises:
        StateError: There is none, or several without a stack named; it cannot be read.
    """
    store, name = _located(place, environment)
    content = store.content(name)
    if content is None:
        name = _checkpoint(store, PurePosixPath(name), stack, place)
        content = store.content(name)
    shown = store.show(name)
    if content is None:
        raise StateError(f"there is no {shown}")
    try:
        plain = gzip.decompress(content) if content.startswith(_ZIPPED) else content
        return shown, plain.decode()
    except (OSError, EOFError, zlib.error) as error:
        raise StateError(f"{shown} is not a whole file of gzip: {error}") from error
    except UnicodeDecodeError as error:
        raise StateError(f"{shown} is not UTF-8: {error}") from error


def _located(place: str, environment: Mapping[str, str]) -> tuple[_Store, str]:
    scheme, separator, _ = place.partition("://")
    if not separator:
        return _Folder(place), ""
    split = urlsplit(place)
    if scheme == "file":
        if split.netloc not in ("", "~", ".", "localhost"):
            raise StateError(
                f"{place} names the machine {split.netloc!r}",
                hint="a file has three slashes: file:///folder/state.json",
            )
        before = split.netloc if split.netloc in ("~", ".") else ""
        return _Folder(str(Path(before + unquote(split.path)).expanduser())), ""
    if scheme == "s3":
        name = unquote(split.path).strip("/")
        return _Bucket.of(split.netloc, parse_qs(split.query), environment), name
    raise StateError(
        f"{place}: preflight reads no states from {scheme}://",
        hint="wanted a file, file:// or s3://; `pulumi stack export --file state.json` writes a "
        "file",
    )


def _checkpoint(store: _Store, above: PurePosixPath, stack: str | None, place: str) -> str:
    """The file of a stack in a backend."""
    last = PurePosixPath(store.show(str(above))).name
    folder = above.joinpath(*_BELOW.get(last, _KEPT_IN))
    found = {
        str(PurePosixPath(name).relative_to(folder)).removesuffix(suffix): name
        for name in sorted(store.names(folder))
        for suffix in _SUFFIXES
        if name.endswith(suffix)
    }
    if not found:
        raise StateError(
            f"there is no state at {place}: neither a file, nor a backend with "
            f"{'/'.join(_KEPT_IN)}",
            hint="name what `pulumi stack export` wrote, or the folder of a backend",
        )
    wanted = [each for each in found if _is_meant(stack, each)]
    if len(wanted) == 1:
        return found[wanted[0]]
    there = ", ".join(found)
    if not wanted:
        raise StateError(f"{place} has no stack {stack!r}; it has {there}")
    raise StateError(
        f"{place} has several stacks: {there}", hint="choose one with --stack PROJECT/NAME"
    )


def _is_meant(stack: str | None, kept: str) -> bool:
    """Whether a stack is one of a backend, whose older ones name no projects."""
    if stack is None or "/" not in kept:
        return stack is None or stack.rpartition("/")[2] == kept
    return stack in (kept, kept.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder, or a file that is the state itself."""

    path: str

    def show(self, name: str) -> str:
        return str(Path(self.path, name))

    def names(self, below: PurePosixPath) -> Sequence[str]:
        folder = Path(self.path, below)
        files = (each for each in folder.rglob("*") if each.is_file())
        return [str(below / each.relative_to(folder)) for each in files]

    def content(self, name: str) -> bytes | None:
        file = Path(self.path, name)
        if not file.is_file():
            return None
        try:
            return file.read_bytes()
        except OSError as error:
            raise StateError(f"{file} cannot be read: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A bucket of S3, or of what speaks as S3 does."""

    name: str
    client: Any

    @classmethod
    def of(
        cls, name: str, options: Mapping[str, list[str]], environment: Mapping[str, str]
    ) -> "_Bucket":
        """Reaches a bucket as Pulumi does: `s3://bucket?region=...&endpoint=...&profile=...`."""
        try:
            import boto3  # noqa: PLC0415 - an extra, and slow to import
        except ImportError:
            raise StateError(
                f"a state in s3://{name} needs the package boto3",
                hint="pip install 'pulumi-preflight[s3]'",
            ) from None
        given = {key: values[-1] for key, values in options.items()}
        session = boto3.Session(profile_name=given.get("profile"), region_name=given.get("region"))
        endpoint = given.get("endpoint") or environment.get("AWS_ENDPOINT_URL_S3")
        if endpoint and "://" not in endpoint:
            insecure = given.get("disableSSL") == "true"
            endpoint = f"{'http' if insecure else 'https'}://{endpoint}"
        return cls(name, session.client("s3", endpoint_url=endpoint))

    def show(self, name: str) -> str:
        return f"s3://{self.name}/{name}"

    def names(self, below: PurePosixPath) -> Sequence[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=f"{below}/"
        )
        with _told(self.show(str(below))):
            return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def content(self, name: str) -> bytes | None:
        if not name:
            return None
        with _told(self.show(name)):
            try:
                content: bytes = self.client.get_object(Bucket=self.name, Key=name)["Body"].read()
            except self.client.exceptions.NoSuchKey:
                return None
            return content


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Says why S3 gave no answer."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with boto3

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StateError(f"{place} cannot be read: {error}") from error
