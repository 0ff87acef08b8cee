"""The loopback's addresses and ports, and the key of the endpoint there, in an AWS profile."""

import configparser
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import make_folder, narrow_file, write_file
from pulumi_loopback.project import OWN, Spelling


def is_loopback(url: str) -> bool:
    """Whether its host is an address of the loopback, or `localhost`."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_LASTING_PORTS = range(20_000, 32_768)
"""Below the ports that Linux, macOS and Windows give to whoever asks for any port."""


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on.

    A server may ask for it seconds later: nobody is given it until then who asks for any port.

    Raises:
        CommandError: Each of these ports is taken.
    """
    for port in secrets.SystemRandom().sample(_LASTING_PORTS, len(_LASTING_PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise CommandError(
        f"no port of {_LASTING_PORTS.start} to {_LASTING_PORTS.stop - 1} is free: end a server"
    )


def own_or_free(port: str) -> str:
    """A port itself if nobody listens on it, else another one."""
    try:
        with socket.create_server(("127.0.0.1", int(port))):
            return port
    except OSError:
        return str(free_port())


def listens(place: str) -> bool:
    """Whether a program of this machine takes connections at a place.

    Args:
        place: A TCP port of the loopback, or the path of a Unix socket.
    """
    if place.isdecimal():
        with closing(socket.socket()) as client:
            return client.connect_ex(("127.0.0.1", int(place))) == 0
    with closing(socket.socket(socket.AF_UNIX)) as client:
        return client.connect_ex(place) == 0


PROFILE = "loopback"
"""The profile's name, which the stack's provider asks for: see stack/components/conventions.py."""
FOLDER, PROFILE_FILE = ".endpoint", "aws"
_SECTION = f"profile {PROFILE}"
_ID, _SECRET, _URL = "aws_access_key_id", "aws_secret_access_key", "endpoint_url"
_OWN_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An access key.

    Attributes:
        id: Its id, which is sent with each request.
        secret: The secret that signs requests.
    """

    id: str
    secret: str = field(repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The variables from which AWS's SDKs read the key."""
        return {"AWS_ACCESS_KEY_ID": self.id, "AWS_SECRET_ACCESS_KEY": self.secret}


DUMMY = Key(id="loopback", secret="loopback")  # noqa: S106 - no key of anybody
"""The key of an endpoint that the project did not start: such an endpoint takes any key."""


def profile_of(project: Path) -> Path:
    """The profile file of a project's endpoint."""
    return project / FOLDER / PROFILE_FILE


def read_key(file: Path, spelling: Spelling = OWN) -> Key | None:
    """The key in a profile file, `None` where there is no file.

    Args:
        file: The file.
        spelling: How the user types a command.

    Raises:
        CommandError: The file cannot be read, or holds no key.
    """
    parser = _parser()
    try:
        with file.open(encoding="utf-8") as text:
            parser.read_file(text)
        section = parser[_SECTION]
        return Key(id=section[_ID], secret=section[_SECRET])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    except (KeyError, ValueError, configparser.Error) as error:
        # The parser's error may quote a line, and the line may hold the key.
        raise CommandError(
            f"{file} holds no key of profile {PROFILE}",
            hint=f"`{spelling.of('endpoint:stop')}`, remove the file, and the next start makes a "
            "new key",
        ) from error


def url_in_profile(file: Path) -> str | None:
    """The URL of the endpoint that a profile file is for, `None` where the file does not say."""
    parser = _parser()
    try:
        parser.read(file, encoding="utf-8")
    except (ValueError, configparser.Error):
        return None  # whoever reads the key says so
    return parser.get(_SECTION, _URL, fallback=None)


def own_key(project: Path, spelling: Spelling = OWN) -> Key:
    """The key that the clients of a project's endpoint sign with.

    Args:
        project: The folder of Pulumi.yaml.
        spelling: How the user types a command.

    Raises:
        CommandError: See `read_key`.
    """
    return read_key(profile_of(project), spelling) or DUMMY


def write_profile(file: Path, *, url: str, region: str, spelling: Spelling = OWN) -> Key:
    """Writes the profile for an endpoint, with a new key where the file has none yet.

    Raises:
        CommandError: See `read_key`; or the file cannot be written.
    """
    try:
        make_folder(file.parent)
        key = read_key(file, spelling) or _new_key()
        parser = _parser()
        parser[_SECTION] = {
            _ID: key.id,
            _SECRET: key.secret,
            "region": region,
            _URL: url,
        }
        text = StringIO()
        parser.write(text)
        written = text.getvalue().encode()
        if file.exists() and file.read_bytes() == written:
            narrow_file(file)
        else:
            write_file(file, written)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    return key


def variables_for(file: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process whose AWS SDK uses this profile, and no key of the user's own."""
    kept = {name: value for name, value in outer.items() if name not in _OWN_KEYS}
    return {**kept, "AWS_CONFIG_FILE": str(file), "AWS_SHARED_CREDENTIALS_FILE": str(file)}


def _new_key() -> Key:
    # The id has none of AWS's own forms: LocalStack would look for an account in such an id.
    return Key(id=f"LOOPBACK{secrets.token_hex(8).upper()}", secret=secrets.token_urlsafe(30))


def _parser() -> configparser.RawConfigParser:
    return configparser.RawConfigParser()
