"""The key of the local stack's endpoint, in an AWS profile that any client can read.

The endpoint answers only requests that this key signs. The endpoint makes the key at its first
start and keeps it in this one file, which only the user can read. LocalStack takes any key, and
so this one too.
"""

import configparser
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from pulumi_loopback.errors import CommandError
from pulumi_loopback.private import make_folder, narrow_file, write_file
from pulumi_loopback.spelling import OWN, Spelling

PROFILE = "loopback"
"""The profile's name, which the stack's provider asks for: see stack/components/provider.py."""
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
