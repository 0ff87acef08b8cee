"""Decrypts `secure:` values of a stack file with the passphrase.

Source: pulumi/pulumi, sdk/go/common/resource/config/crypt.go and pkg/secrets/passphrase/manager.go:
AES-256-GCM, key from PBKDF2 with SHA-256, 1,000,000 rounds and the stack's salt. Each value is
`v1:<nonce>:<ciphertext>`, both in base64; the salt's line ends with the word `pulumi` encrypted,
which tells whether the passphrase is right.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.config_values import PLACEHOLDER, Decrypt

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


def _key(passphrase: str, salt_line: str, path: Path) -> bytes:
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
