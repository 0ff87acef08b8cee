"""Files, folders and archives that a program hands to resources; the engine hashes them in preview.

A missing file or folder is an error in the engine, and so it is here. Nothing is downloaded: an
asset on the network keeps only its address, which must be one that the engine could read.
Source: pulumi/pulumi, sdk/go/common/resource/{asset,archive}.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, Properties, PropertyValue, rewrite

_CHUNK_BYTES = 1 << 20
_ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz", ".jar")
_ENDING = f"a name ending in {', '.join(_ARCHIVE_ENDINGS)}"
_OWN_FOLDER = ".pulumi"


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
        hash_of = _HASHES.get(str(marked[MARK]))
        if hash_of is None:
            return marked
        kept = {name: value for name, value in marked.items() if name in _KEPT}
        return kept | {"hash": hash_of(kept, folder)}

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
            return _folder_hash(place)
        if place.exists() and not is_archive:
            raise AssetError(f"{what} is not an archive; wanted a folder or {_ENDING}")
        return _file_hash(place, what)
    assets = archive.get("assets")
    if not isinstance(assets, dict):
        uri = str(archive.get("uri", ""))
        if not urlsplit(uri).path.endswith(_ARCHIVE_ENDINGS):
            raise AssetError(f"the archive {uri!r} is not an archive; wanted {_ENDING}")
        return _remote_hash(uri, "the archive")
    digest = hashlib.sha256()
    for name, asset in sorted(assets.items()):
        digest.update(name.encode())
        digest.update(str(asset.get("hash") if isinstance(asset, dict) else asset).encode())
    return digest.hexdigest()


_KEPT = frozenset({MARK, "assets", "path", "text", "uri"})
_HASHES = {ASSET: _asset_hash, ARCHIVE: _archive_hash}


def _remote_hash(uri: str, what: str) -> str:
    address = urlsplit(uri)
    if address.scheme == "file" and address.netloc in ("", "localhost"):
        return _file_hash(Path(unquote(address.path)), f"{what} {uri!r}")
    if address.scheme not in ("http", "https") or not address.netloc:
        raise AssetError(f"{what} {uri!r} cannot be read; wanted http://, https:// or file://")
    return hashlib.sha256(uri.encode()).hexdigest()


def _folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(_files_in(folder)):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(_file_hash(file, str(file)).encode())
    return digest.hexdigest()


def _files_in(folder: Path) -> Iterator[Path]:
    """The files that the engine packs: no links to folders, and nothing of its own."""
    for place, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each != _OWN_FOLDER]
        yield from (Path(place, file) for file in files if file != _OWN_FOLDER)


def _file_hash(file: Path, what: str) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise AssetError(f"{what} cannot be read: {error.strerror}: {file}") from error
    return digest.hexdigest()
