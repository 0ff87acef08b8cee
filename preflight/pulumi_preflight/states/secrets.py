"""The secrets of a state: in plain text, or encrypted, which only the passphrase opens here."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_preflight.errors import PreflightError, StateError
from pulumi_preflight.project.stack_config import PASSPHRASE, decryption
from pulumi_preflight.redaction import SHOWN_SECRET
from pulumi_preflight.wire import MARK, SECRET, PropertyValue

Decrypt = Callable[[str], str | None]
_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a provider of secrets


class Opener:
    """Opens the secrets of one state.

    A secret that cannot be opened reads as the text `[secret]`, whatever it was, as for
    `pulumi policy analyze` (pkg/backend/secrets, BlindingProvider).
    """

    def __init__(
        self, decrypt: Callable[[str], str | None] | None, why_not: str, place: str
    ) -> None:
        """Takes what decrypts, `None` where nothing does, and why."""
        self._decrypt = decrypt
        self._why_not = why_not
        self._place = place
        self._sealed = 0

    @classmethod
    def of(cls, providers: object, place: str, environment: Mapping[str, str]) -> "Opener":
        """Finds out what decrypts; `providers` is the state's own word on that."""
        known = providers if isinstance(providers, dict) else {}
        type_, state = known.get("type"), known.get("state")
        salt = state.get("salt") if isinstance(state, dict) else None
        if type_ != _PASSPHRASE or not isinstance(salt, str):
            return cls(None, f"{type_ or 'another provider'} encrypted them", place)
        try:
            decrypt = decryption(salt, place, environment)
        except PreflightError as error:
            return cls(None, str(error), place)
        why_not = "they were encrypted for another stack" if decrypt else f"{PASSPHRASE} is not set"
        return cls(decrypt, why_not, place)

    def open(self, marked: Mapping[str, Any], where: str) -> PropertyValue:
        """What a secret of the state is on the wire.

        Raises:
            StateError: Its text is not JSON; the message does not show it.
        """
        text = marked.get("plaintext")
        if not isinstance(text, str) and isinstance(marked.get("ciphertext"), str):
            text = self._decrypt(marked["ciphertext"]) if self._decrypt else None
        if text is None:
            self._sealed += 1
            return {MARK: SECRET, "value": SHOWN_SECRET}
        try:
            value: PropertyValue = json.loads(text)
        except ValueError:
            raise StateError(f"{where}: the text of a secret is not JSON") from None
        return {MARK: SECRET, "value": value}

    def notes(self) -> Iterator[str]:
        """What was not opened, and why."""
        if self._sealed:
            verb = "secret reads" if self._sealed == 1 else "secrets read"
            yield (f"{self._place}: {self._sealed} {verb} as {SHOWN_SECRET}, since {self._why_not}")
