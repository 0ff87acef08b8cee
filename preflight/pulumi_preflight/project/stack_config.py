"""The configuration of one stack: its file with secrets and ESC environments, and its tags."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.config_values import (
    PLACEHOLDER,
    Config,
    ConfigSecret,
    ConfigValue,
    Decrypt,
    merged,
)
from pulumi_preflight.project.keys import STACK_KEYS, check_keys
from pulumi_preflight.project.yaml_files import read_mapping

if TYPE_CHECKING:
    from pulumi_preflight.project.overrides import EnvironmentValues
if TYPE_CHECKING:
    from pulumi_preflight.project.overrides import EnvironmentValues


_FILES = "file://"
_VERSION = 1


def stack_tags(
    project: str,
    stack: str,
    *,
    root: Path,
    backend: str,
    given: Mapping[str, str],
) -> dict[str, str]:
    """Gives the tags of a stack.

    Args:
        project: The project's name.
        stack: The stack's name.
        root: The project's folder, from which a backend's relative addresses start.
        backend: The address of the backend, empty where none is named.
        given: The user's own tags, which win over those of the backend.

    Raises:
        ProjectError: The backend's file cannot be read.
    """
    kept: dict[str, str] = {}
    if backend.startswith(_FILES):
        stacks = _folder(backend, root) / ".pulumi" / "stacks"
        # An old backend has no folder for each project.
        for file in (stacks / f"{stack}.pulumi-tags", stacks / project / f"{stack}.pulumi-tags"):
            kept = _read(file) if file.is_file() else kept
    return {**kept, **given}


def _folder(address: str, root: Path) -> Path:
    path = unquote(address.removeprefix(_FILES).partition("?")[0])
    return Path(root, Path(path).expanduser() if path.startswith("~") else path)


def _read(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProjectError(f"{file}: the stack's tags cannot be read: {error}") from error
    tags = content.get("tags") if isinstance(content, dict) else None
    version = content.get("version") if isinstance(content, dict) else None
    texts = isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())
    if version != _VERSION or not (texts or tags is None):
        raise ProjectError(
            f"{file}: holds no tags of version {_VERSION}",
            hint="set them again: pulumi stack tag set NAME VALUE",
        )
    return tags or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The values that a stack's environments give.

    Attributes:
        config: Values below the stack's own; a secret one is a `Secret`.
        variables: Variables for the program and the packs.
        secrets: The secret texts in these values.
        notes: Notes on what was not read.
        source: The origin of the values, for messages.
    """

    config: Mapping[str, Any]
    variables: Mapping[str, str]
    secrets: tuple[str, ...]
    notes: tuple[str, ...]
    source: str


def opened(
    named: Any,  # noqa: ANN401 - any YAML value
    known: "Mapping[str, EnvironmentValues]",
    stack_file: Path,
) -> Opened:
    """Gives the values for a stack file's `environment:`, as far as they are known.

    Args:
        named: The content of that key: a list of names, or a definition with `imports`.
        known: The environments in `preflight.yaml`, by name.
        stack_file: The stack file, for messages.
    """
    config: dict[str, Any] = {}
    variables: dict[str, str] = {}
    secrets: list[str] = []
    unknown: list[str] = []
    for name in _names(named):
        values = known.get(name) or known.get(name.partition("@")[0])
        if values is None:
            unknown.append(name)
            continue
        config = merged(_marked(values.pulumi_config), config)
        for variable, text in _marked(values.environment_variables).items():
            variables[variable] = text.text if isinstance(text, ConfigSecret) else text
            secrets.extend([text.text] if isinstance(text, ConfigSecret) else [])
    if isinstance(named, dict) and named.get("values"):
        unknown.append("its own values")
    note = (
        f"{stack_file.name}: environment: (Pulumi ESC) was not read, since it needs Pulumi Cloud; "
        f"the program ran without {', '.join(unknown)}, which preflight.yaml can give under "
        "environments"
    )
    return Opened(
        config=config,
        variables=variables,
        secrets=tuple(secrets),
        notes=(note,) if unknown else (),
        source=f"environments of {stack_file.with_name('preflight.yaml')}",
    )


def _names(named: Any) -> Iterator[str]:  # noqa: ANN401 - any YAML value
    imports = named.get("imports") if isinstance(named, dict) else named
    for each in imports if isinstance(imports, list) else []:
        # An import may have settings, as `- shared: {merge: false}`.
        yield next(iter(each), "") if isinstance(each, dict) else str(each)


def _marked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case {"fn::secret": secret} if len(value) == 1:
            return ConfigSecret(text=str(secret))
        case dict():
            return {name: _marked(item) for name, item in value.items()}
        case list():
            return [_marked(item) for item in value]
        case _:
            return value


PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - a variable's name
_PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
# Source: pulumi/pulumi, pkg/cmd/pulumi/stack/secrets.go and pkg/secrets/cloud.
_CLOUD_PROVIDERS = ("awskms", "azurekeyvault", "gcpkms", "hashivault")
_PASSPHRASE_PROVIDERS = ("", "default", "passphrase")
_ROUNDS = 1_000_000
_KEY_BYTES = 32
_PROOF = "pulumi"


def decrypter(stack_file: Mapping[str, Any], environment: Mapping[str, str], path: Path) -> Decrypt:
    """Gives the decryption for a stack file's values.

    Without a passphrase every value becomes the placeholder `[secret]`, which stays marked secret.
    So do values that another provider has encrypted: Pulumi Cloud, a cloud's KMS or Vault.

    Args:
        stack_file: The stack file's content.
        environment: May hold the passphrase, or the name of its file.
        path: The stack file, for messages.

    Raises:
        ProjectError: The engine does not know the secrets provider.
    """
    key: list[bytes] = []
    _check_provider(stack_file, path)
    needs = _needed(stack_file)

    def decrypt(name: str, ciphertext: str) -> str:
        passphrase = _passphrase(environment)
        salt = stack_file.get("encryptionsalt")
        if needs or passphrase is None or not isinstance(salt, str):
            return PLACEHOLDER
        if not key:
            key.append(_key(passphrase, salt, path))
        plain = _decrypt(key[0], ciphertext)
        if plain is None:
            raise ProjectError(
                f"{path}: the secure value of {name!r} is damaged or was encrypted for another "
                "stack",
                hint=f"set it again: pulumi config set --secret {name}",
            )
        return plain

    return decrypt


def decryption(
    salt: str, place: str, environment: Mapping[str, str]
) -> Callable[[str], str | None] | None:
    """Gives what decrypts the values of a state; `None` where no passphrase is told.

    What it gives is `None` for a value that is damaged or encrypted for another stack.

    Raises:
        ProjectError: The passphrase is wrong, or its file cannot be read.
    """
    passphrase = _passphrase(environment)
    return None if passphrase is None else partial(_decrypt, _key(passphrase, salt, place))


def why_not(stack_file: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The reason why a stack file's secure values are placeholders, as the words after "since"."""
    needed = _needed(stack_file)
    if needed:
        return f"{needed} encrypted it, which preflight does not ask"
    if _passphrase(environment) is None:
        return f"{PASSPHRASE} is not set"
    return "the stack file has no encryptionsalt, so Pulumi Cloud encrypted it"


def _check_provider(stack_file: Mapping[str, Any], path: Path) -> None:
    provider = stack_file.get("secretsprovider") or ""
    scheme, separator, _ = provider.partition("://")
    if provider in _PASSPHRASE_PROVIDERS or (separator and scheme in _CLOUD_PROVIDERS):
        return
    wanted = ", ".join([_PASSPHRASE_PROVIDERS[-1], *(f"{each}://..." for each in _CLOUD_PROVIDERS)])
    raise ProjectError(f"{path}: secretsprovider is {provider!r}; wanted one of {wanted}")


def _needed(stack_file: Mapping[str, Any]) -> str:
    """The only provider that can decrypt; empty where a passphrase decrypts."""
    provider = stack_file.get("secretsprovider") or ""
    return "" if provider in _PASSPHRASE_PROVIDERS else provider.partition("://")[0]


def _passphrase(environment: Mapping[str, str]) -> str | None:
    if file := environment.get(_PASSPHRASE_FILE):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProjectError(f"{_PASSPHRASE_FILE}={file} cannot be read: {error}") from error
    return environment.get(PASSPHRASE)


def _key(passphrase: str, salt_line: str, path: Path | str) -> bytes:
    version, _, rest = salt_line.partition(":")
    salt, _, proof = rest.partition(":")
    salt_bytes = _decoded(salt) if version == "v1" else None
    if salt_bytes is None:
        raise ProjectError(f"{path}: encryptionsalt is {salt_line!r}; wanted `v1:<salt>:<proof>`")
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt_bytes, _ROUNDS, _KEY_BYTES)
    if _decrypt(key, proof) != _PROOF:
        raise ProjectError(
            f"{path}: the passphrase is wrong for its encryptionsalt",
            hint=f"set {PASSPHRASE} to the stack's passphrase, or unset it to go on with "
            "placeholders for secure values",
        )
    return key


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _decrypt(key: bytes, ciphertext: str) -> str | None:
    # Costs time to import, and most stacks have no secure value.
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see above

    version, _, rest = ciphertext.partition(":")
    nonce, _, sealed = rest.partition(":")
    try:
        if version != "v1":
            return None
        opened = AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None)
        return opened.decode()
    except (InvalidTag, binascii.Error, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The places of a stack's configuration.

    Attributes:
        project: The project file.
        declared: Its `config:`.
        name: The project's name.
        stack: The stack's name.
        found: The stack's file, `None` where it has none.
    """

    project: Path
    declared: Mapping[str, Any]
    name: str
    stack: str
    found: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """The values of a stack's files.

    Attributes:
        source: The stack's file, or the place where the file would be.
        values: Full key, such as `aws:region`, to value.
        environment: Variables of its ESC environments.
        environment_secrets: The secret texts in these variables.
        notes: The notes for the user on the reading.
    """

    source: Path
    values: Mapping[str, ConfigValue]
    environment: Mapping[str, str]
    environment_secrets: tuple[str, ...]
    notes: tuple[str, ...]


def read_config(
    files: Files,
    overrides: Mapping[str, str],
    environments: "Mapping[str, EnvironmentValues]",
    variables: Mapping[str, str],
) -> StackConfig:
    """Reads a stack's configuration.

    Args:
        files: The places of the configuration.
        overrides: Values over the stack's own.
        environments: The ESC environments in `preflight.yaml`.
        variables: May hold the passphrase.

    Raises:
        ProjectError: A file cannot be read, or the engine would refuse its content.
    """
    config = Config(files.name)
    stack_file = files.found or files.project.with_name(f"Pulumi.{files.stack}.yaml")
    content = read_mapping(stack_file) if files.found else {}
    check_keys(content, STACK_KEYS, str(stack_file))
    environment = opened(content.get("environment"), environments, stack_file)
    decrypt = decrypter(content, variables, stack_file)
    config.add_stack(content.get("config") or {}, decrypt, source=str(stack_file))
    config.add_environment(environment.config, source=environment.source)
    config.add_overrides(overrides)
    config.add_project(
        files.declared, source=str(files.project), stack=files.stack, decrypt=decrypt
    )
    values = config.values()
    return StackConfig(
        source=stack_file,
        values=values,
        environment=environment.variables,
        environment_secrets=environment.secrets,
        notes=tuple(_notes(values, why_not(content, variables), environment)),
    )


def _notes(values: Mapping[str, ConfigValue], why: str, environment: Opened) -> list[str]:
    hidden = sorted(
        key for key, value in values.items() if value.secret and PLACEHOLDER in value.text
    )
    told = [f"{', '.join(hidden)}: not decrypted, since {why}; the program saw a placeholder"]
    return [*(told if hidden else []), *environment.notes]
