"""Files, folders and archives that a program hands to resources; the engine hashes them in preview.

A missing file or folder is an error in the engine, and so it is here. Nothing is downloaded: an
asset on the network keeps only its address, which must be one that the engine could read.
Source: pulumi/pulumi, sdk/go/common/resource/{asset,archive}.
"""

import hashlib
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pulumi_preflight.monitor.archives import (
    Member,
    hash_of,
    in_archive,
    in_folder,
    of_file,
    of_text,
)
from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, Properties, PropertyValue, mark_of, rewrite

_CHUNK_BYTES = 1 << 20
_ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz", ".jar")
_ENDING = f"a name ending in {', '.join(_ARCHIVE_ENDINGS)}"


class AssetError(Exception):
    """An asset or archive cannot be read; the text says which and why."""


def hashed(properties: Properties, folder: Path) -> Properties:
    """Adds its hash to every asset and archive, and drops what the engine does not keep of one.

    The SDK for Node tells of its own classes there.

    Args:
        properties: A resource's inputs.
        folder: Where the program runs; relative paths start there.

    Raises:
        AssetError: A file or folder does not exist or cannot be read, or is not an archive.
    """

    def add_hash(marked: dict[str, PropertyValue]) -> PropertyValue:
        digest = _HASHES.get(str(marked[MARK]))
        if digest is None:
            return marked
        kept = {name: value for name, value in marked.items() if name in _KEPT}
        return kept | {"hash": digest(kept, folder)}

    return {name: rewrite(value, add_hash) for name, value in properties.items()}


def _asset_hash(asset: dict[str, PropertyValue], folder: Path) -> str:
    if isinstance(text := asset.get("text"), str):
        return hashlib.sha256(text.encode()).hexdigest()
    if isinstance(path := asset.get("path"), str):
        file = folder / path
        if file.is_dir():
            raise AssetError(f"the asset {path!r} is a folder; wanted a file")
        return _file_hash(file, f"the asset {path!r}")
    return _remote_hash(str(asset.get("uri", "")), "the asset")


def _archive_hash(archive: dict[str, PropertyValue], folder: Path) -> str:
    if isinstance(path := archive.get("path"), str):
        place, what = folder / path, f"the archive {path!r}"
        is_archive = place.name.endswith(_ARCHIVE_ENDINGS)
        if place.is_dir() and not is_archive:
            return _packed(in_folder(place), what)
        if place.exists() and not is_archive:
            raise AssetError(f"{what} is not an archive; wanted a folder or {_ENDING}")
        return _file_hash(place, what)
    if not isinstance(assets := archive.get("assets"), dict):
        uri = str(archive.get("uri", ""))
        if not urlsplit(uri).path.endswith(_ARCHIVE_ENDINGS):
            raise AssetError(f"the archive {uri!r} is not an archive; wanted {_ENDING}")
        return _remote_hash(uri, "the archive")
    return _packed(_members(assets, folder), "the archive")


def _members(assets: dict[str, PropertyValue], folder: Path) -> Iterator[Member]:
    """The files of an archive that a program puts together."""
    for name, held in sorted(assets.items()):
        given = held if isinstance(held, dict) else {}
        if isinstance(inner := given.get("assets"), dict):
            yield from (each.below(name) for each in _members(inner, folder))
        elif isinstance(path := given.get("path"), str):
            place = folder / path
            if mark_of(given) == ASSET:
                yield of_file(name, place)
            else:
                found = in_folder(place) if place.is_dir() else in_archive(place)
                yield from (each.below(name) for each in found)
        else:
            # Of what lies on the network, the address alone is known.
            yield of_text(name, str(given.get("text", given.get("uri", ""))))


def _packed(members: Iterable[Member], what: str) -> str:
    try:
        return hash_of(members)
    except OSError as error:
        place = error.filename or ""
        raise AssetError(f"{what} cannot be read: {error.strerror}: {place}") from error
    except (tarfile.TarError, zipfile.BadZipFile) as error:
        raise AssetError(f"{what} holds an archive that cannot be read: {error}") from error


_KEPT = frozenset({MARK, "assets", "path", "text", "uri"})
_HASHES = {ASSET: _asset_hash, ARCHIVE: _archive_hash}


def _remote_hash(uri: str, what: str) -> str:
    address = urlsplit(uri)
    if address.scheme == "file" and address.netloc in ("", "localhost"):
        return _file_hash(Path(unquote(address.path)), f"{what} {uri!r}")
    if address.scheme not in ("http", "https") or not address.netloc:
        raise AssetError(f"{what} {uri!r} cannot be read; wanted http://, https:// or file://")
    return hashlib.sha256(uri.encode()).hexdigest()


def _file_hash(file: Path, what: str) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise AssetError(f"{what} cannot be read: {error.strerror}: {file}") from error
    return digest.hexdigest()
