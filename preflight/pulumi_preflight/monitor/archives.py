"""The hash of the archive that the engine would pack of files: a tar, of which nothing is kept.

Source: pulumi/pulumi, sdk/go/common/resource/archive (EnsureHash, archiveTar, readPath), and
archive/tar of Go, which writes a header for a name, a mode and a size.
"""

import hashlib
import os
import posixpath
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

_CHUNK_BYTES = 1 << 20
_BLOCK = 512
_OWN_FOLDER = ".pulumi"
_FILE, _RECORDS = b"0", b"x"
_NAME_BYTES, _PREFIX_BYTES = 100, 155


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of an archive.

    Attributes:
        name: Its path inside, with slashes.
        size: Its bytes.
        open: Opens its content.
    """

    name: str
    size: int
    open: Callable[[], IO[bytes]]

    def below(self, folder: str) -> "Member":
        """The same in an archive that holds this one in a folder."""
        name = posixpath.normpath(posixpath.join(folder, self.name))
        return Member(name=name, size=self.size, open=self.open)


def of_text(name: str, text: str) -> Member:
    """A file that holds a text."""
    content = text.encode()
    return Member(name=name, size=len(content), open=lambda: BytesIO(content))


def of_file(name: str, file: Path) -> Member:
    """A file of the disk.

    Raises:
        OSError: It cannot be read.
    """
    return Member(name=name, size=file.stat().st_size, open=lambda: file.open("rb"))


def in_folder(folder: Path, inside: str = "") -> Iterator[Member]:
    """The files that the engine packs of a folder: no links to folders, and nothing of its own.

    Raises:
        OSError: One cannot be read.
    """
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - the names are what is sorted
        path = folder / name
        told = f"{inside}{name}"
        if name == _OWN_FOLDER or (path.is_symlink() and path.is_dir()):
            continue
        if path.is_dir():
            yield from in_folder(path, f"{told}/")
        else:
            yield of_file(told, path)


def in_archive(file: Path) -> Iterator[Member]:
    """The files in an archive of the disk.

    Raises:
        OSError: It cannot be read.
        tarfile.TarError: It is not a tar.
        zipfile.BadZipFile: It is not a zip.
    """
    if file.suffix in (".zip", ".jar"):
        with zipfile.ZipFile(file) as zipped:
            for entry in zipped.infolist():
                if not entry.is_dir():
                    yield _of_bytes(entry.filename, zipped.read(entry))
        return
    with tarfile.open(file) as packed:
        for each in packed:
            content = packed.extractfile(each) if each.isfile() else None
            if content is not None:
                yield _of_bytes(each.name, content.read())


def _of_bytes(name: str, content: bytes) -> Member:
    return Member(name=posixpath.normpath(name), size=len(content), open=lambda: BytesIO(content))


def hash_of(members: Iterable[Member]) -> str:
    """The hash of a tar with some files, of each name the first.

    Raises:
        OSError: One cannot be read.
    """
    digest = hashlib.sha256()
    seen: set[str] = set()
    for member in members:
        if member.name in seen:
            continue
        seen.add(member.name)
        digest.update(_header_of(member))
        with member.open() as content:
            while chunk := content.read(_CHUNK_BYTES):
                digest.update(chunk)
        digest.update(_padding(member.size))
    digest.update(bytes(2 * _BLOCK))
    return digest.hexdigest()


def _header_of(member: Member) -> bytes:
    name = member.name.encode(errors="surrogateescape")
    if len(name) <= _NAME_BYTES and name.isascii():
        return _header(name, member.size)
    prefix, _, rest = _split(name)
    if prefix and name.isascii():
        return _header(rest, member.size, prefix=prefix)
    # What the header has no room for stands in a record before it.
    record = _record(b"path", name)
    folder, _, file = name.rpartition(b"/")
    above = posixpath.join(folder, b"PaxHeaders.0", file)
    return b"".join(
        (
            _header(_ascii(above), len(record), flag=_RECORDS),
            record,
            _padding(len(record)),
            _header(_ascii(name), member.size),
        )
    )


def _split(name: bytes) -> tuple[bytes, bytes, bytes]:
    """A long name in two parts that the header has room for; nothing where it has not."""
    prefix, slash, rest = name[: _PREFIX_BYTES + 1].rpartition(b"/")
    rest += name[_PREFIX_BYTES + 1 :]
    return (prefix, slash, rest) if 0 < len(rest) <= _NAME_BYTES else (b"", b"", b"")


def _ascii(name: bytes) -> bytes:
    return bytes(each for each in name if 0 < each < 0x80)[:_NAME_BYTES]  # noqa: PLR2004 - ASCII


def _record(key: bytes, value: bytes) -> bytes:
    """A record that begins with its own length."""
    text = b" " + key + b"=" + value + b"\n"
    length = len(text)
    while length != len(text) + len(str(length)):
        length = len(text) + len(str(length))
    return str(length).encode() + text


def _header(name: bytes, size: int, *, prefix: bytes = b"", flag: bytes = _FILE) -> bytes:
    """The block before a file or a record, as POSIX.1-1988 (ustar) describes it."""
    mode, device = (0o600, b"0000000\0") if flag == _FILE else (0, bytes(8))
    before = b"".join(
        (
            name.ljust(_NAME_BYTES, b"\0"),
            b"%07o\0" % mode,
            b"0000000\0" * 2,
            b"%011o\0" % size,
            b"%011o\0" % 0,
        )
    )
    after = b"".join(
        (
            flag,
            bytes(100),
            b"ustar\x0000",
            bytes(64),
            device * 2,
            prefix.ljust(_PREFIX_BYTES, b"\0"),
            bytes(12),
        )
    )
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return b"".join((before, b"%06o\0 " % checksum, after))


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
