"""Files, folders and archives that a program hands to resources; the engine hashes them in preview.

A file or folder that is missing is an error there, and so it is here. Nothing is downloaded:
what lies on the network keeps its address only.
Source: pulumi/pulumi, sdk/go/common/resource/{asset,archive}.
"""

import hashlib
from pathlib import Path

from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, Properties, PropertyValue, rewrite

_CHUNK_BYTES = 1 << 20
_ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz", ".jar")


class AssetError(Exception):
    """An asset or archive cannot be read; the text says which and why."""


def hashed(properties: Properties, folder: Path) -> Properties:
    """Adds its hash to every asset and archive.

    Args:
        properties: A resource's inputs.
        folder: Where the program runs; relative paths start there.

    Raises:
        AssetError: A file or folder does not exist or cannot be read, or is no archive.
    """

    def add_hash(marked: dict[str, PropertyValue]) -> PropertyValue:
        if marked[MARK] == ASSET:
            return marked | {"hash": _asset_hash(marked, folder)}
        if marked[MARK] == ARCHIVE:
            return marked | {"hash": _archive_hash(marked, folder)}
        return marked

    return {name: rewrite(value, add_hash) for name, value in properties.items()}


def _asset_hash(asset: dict[str, PropertyValue], folder: Path) -> str:
    if isinstance(text := asset.get("text"), str):
        return hashlib.sha256(text.encode()).hexdigest()
    if isinstance(path := asset.get("path"), str):
        file = folder / path
        if file.is_dir():
            raise AssetError(f"the asset {path!r} is a folder; wanted a file")
        return _file_hash(file, f"the asset {path!r}")
    return hashlib.sha256(str(asset.get("uri", "")).encode()).hexdigest()


def _archive_hash(archive: dict[str, PropertyValue], folder: Path) -> str:
    if isinstance(path := archive.get("path"), str):
        place, what = folder / path, f"the archive {path!r}"
        if place.is_dir():
            return _folder_hash(place)
        if place.exists() and not place.name.endswith(_ARCHIVE_ENDINGS):
            endings = ", ".join(_ARCHIVE_ENDINGS)
            raise AssetError(f"{what} is no archive; wanted a folder or a name ending in {endings}")
        return _file_hash(place, what)
    digest = hashlib.sha256(str(archive.get("uri", "")).encode())
    assets = archive.get("assets")
    for name, asset in sorted((assets if isinstance(assets, dict) else {}).items()):
        digest.update(name.encode())
        digest.update(str(asset.get("hash") if isinstance(asset, dict) else asset).encode())
    return digest.hexdigest()


def _folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(_file_hash(file, str(file)).encode())
    return digest.hexdigest()


def _file_hash(file: Path, what: str) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise AssetError(f"{what} cannot be read: {error.strerror}: {file}") from error
    return digest.hexdigest()
