"""What the endpoint holds, in a file: written when it is stopped, taken up when it starts.

moto keeps plain objects and writes none of them down. All of its backends go into one pickle, so
that what one holds of another stays one object; `_Writer` knows the few kinds that cannot be
pickled. The file is trusted as the project's code is: it stands in the project's own folder.
"""

import pickle
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from moto.core.base_backend import BackendDict, BaseBackend

from pulumi_loopback.guard import write_file

Services: TypeAlias = "BackendDict[Any]"
Held: TypeAlias = dict[type, tuple[dict[str, Any], list[tuple[str, str, Any]]]]
"""By the class of a service's backends: what moto notes about all of them; each with its account
and region."""

_LOCKS: dict[type, Callable[[], Any]] = {type(Lock()): Lock, type(RLock()): RLock}
_NOT_DATA = vars(BackendDict(BaseBackend, "")).keys()
# Requests that were under way may still change what is being written.
_ATTEMPTS = 5


class SnapshotError(Exception):
    """What the endpoint held cannot be written or taken up; the text says why."""


def save(file: Path) -> None:
    """Writes what moto holds, in every service, account and region.

    Raises:
        SnapshotError: Something of it cannot be written.
    """
    written = _written()
    try:
        write_file(file, written)
    except OSError as error:
        raise SnapshotError(f"{file}: {error.strerror}") from error


def restore(file: Path) -> None:
    """Takes up the file, if there is one, and removes it: the first change makes its content wrong.

    A file that cannot be taken up is put aside.

    Raises:
        SnapshotError: Another moto or Python has written the file, or the file is damaged; the text
            says where the file is now.
    """
    try:
        content = BytesIO(file.read_bytes())
    except FileNotFoundError:
        return
    try:
        held = _read(content)
    except SnapshotError as error:
        aside = file.with_name(f"{file.name}.{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
        file.replace(aside)
        raise SnapshotError(f"{error}; it lies in {aside}") from error
    for services, notes, backends in held:
        vars(services).update(notes)
        for account, region, backend in backends:
            services[account][region] = backend
    file.unlink()


def _read(content: BytesIO) -> list[tuple[Services, dict[str, Any], list[tuple[str, str, Any]]]]:
    try:
        stamp = pickle.load(content)  # noqa: S301 - see the module's text
        held: Held = pickle.load(content) if stamp == _stamp() else {}  # noqa: S301
        found = [(_services_of(kind), *each) for kind, each in held.items()]
    except Exception as error:  # a damaged pickle raises whatever it likes
        raise SnapshotError(f"it is damaged: {error}") from error
    if stamp != _stamp():
        raise SnapshotError(f"it is of {stamp}, and this is {_stamp()}")
    return found


def _written(attempts: int = _ATTEMPTS) -> bytes:
    stream = BytesIO()
    pickle.dump(_stamp(), stream)
    try:
        _Writer(stream).dump(_held())
    except (TypeError, AttributeError, RecursionError, pickle.PicklingError) as error:
        raise SnapshotError(str(error)) from error
    except RuntimeError as error:  # something changed in the middle
        if attempts == 1:
            raise SnapshotError(str(error)) from error
        return _written(attempts - 1)
    return stream.getvalue()


class _Writer(pickle.Pickler):
    """Writes locks as new ones, and keys of KMS in their own form."""

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401 - any object of moto's
        if type(value) in _LOCKS:
            return _LOCKS[type(value)], ()
        if isinstance(value, RSAPrivateKey | EllipticCurvePrivateKey):
            form = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            return _private_key, (value.private_bytes(*form),)
        return NotImplemented


def _private_key(written: bytes) -> PrivateKeyTypes:
    return load_der_private_key(written, password=None)


def _held() -> Held:
    return {
        vars(services)["backend"]: (
            {name: each for name, each in vars(services).items() if name not in _NOT_DATA},
            list(services.iter_backends()),
        )
        for services in BackendDict._instances  # type: ignore[misc] # noqa: SLF001 - moto has no other list
    }


def _services_of(kind: type) -> Services:
    module = vars(sys.modules[kind.__module__])
    return next(
        each
        for each in module.values()
        if isinstance(each, BackendDict) and vars(each)["backend"] is kind
    )


def _stamp() -> str:
    return f"moto {version('moto')}, Python {sys.version_info.major}.{sys.version_info.minor}"
