"""The judgement of one setting: its name and its value together."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.plaintext.names import (
    IDENTIFIERS,
    KEYS,
    LOGINS,
    NAMES,
    SUSPECTS,
    is_named,
    words_of,
)
from aws_policy_pack.plaintext.values import (
    is_login,
    looks_chosen,
    looks_generated,
    may_be_secret,
    secret_in,
)

ADDRESS_WORDS: Final = frozenset({"URL", "URI", "ENDPOINT"})


class PlaintextSecrets(RuleConfig):
    """What looks like a secret.

    Names are compared in capitals with underscores. ECS.8 names AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY and ECS_ENGINE_AUTH_DATA, which the globs cover.
    """

    secret_names: tuple[str, ...] = Field(
        default=tuple(NAMES["secret"]),
        description="Globs of the names of secrets, compared without words such as PROD at the "
        "end; where other words follow, as in PASSWORD_ROUNDS, the value must look like a secret "
        "as well",
    )
    harmless_names: tuple[str, ...] = Field(
        default=tuple(NAMES["harmless"]),
        description="Globs of names that only point at a secret or describe it; "
        "their values are still looked at",
    )
    open_names: tuple[str, ...] = Field(
        default=(),
        description="Globs of names whose values are known to be no secrets and are not judged",
    )
    min_random_length: int = Field(
        default=24, ge=8, description="Fewest characters of a text that is judged by its entropy"
    )
    min_randomness: float = Field(
        default=0.87,
        gt=0,
        le=1,
        description="Entropy that counts as random, as a share of the greatest possible",
    )


def sign_of(
    name: str, parts: Iterable[tuple[str, str]], config: PlaintextSecrets
) -> tuple[str, str] | None:
    """What gives a setting away, as the end of a sentence, and the setting that has a say in it.

    Args:
        name: The name of the setting.
        parts: The texts inside with their names, as `texts.parts_of` gives them.
        config: What looks like a secret.
    """
    for own, value in parts:
        found = _sign(own, value, config)
        if found is not None:
            sign, setting = found
            return (sign if own == name else f"holds a text that {sign}"), setting
    return None


def _sign(name: str, value: str, config: PlaintextSecrets) -> tuple[str, str] | None:
    if not may_be_secret(value):
        return None
    is_public = is_named(name, IDENTIFIERS)
    if not _is_harmless(name, value, config):
        if is_named(name, config.secret_names):
            return "is a secret by its name", "names: `secretNames`"
        if is_named(name, LOGINS) and is_login(value):
            return "is a user's name and password", "exceptions: `openNames`"
        is_suspect = is_named(name, SUSPECTS)
        if not is_public and (
            (is_suspect and looks_chosen(value))
            or (
                (is_suspect or is_named(name, KEYS))
                and looks_generated(value, min_randomness=config.min_randomness)
            )
        ):
            return "is a secret by its name and its value", "exceptions: `openNames`"
    found = secret_in(
        value,
        min_length=config.min_random_length,
        min_randomness=config.min_randomness,
        is_public=is_public,
    )
    return (found, "exceptions: `openNames`") if found else None


def _is_harmless(name: str, value: str, config: PlaintextSecrets) -> bool:
    return is_named(name, config.harmless_names) or _is_open_address(
        name, value, config.secret_names
    )


def _is_open_address(name: str, value: str, secret_names: tuple[str, ...]) -> bool:
    """Whether a name speaks of an address, and the value is one that holds no secret.

    A secret may stand before the host, or in the query under a name of a secret.
    """
    if ADDRESS_WORDS.isdisjoint(words_of(name)):
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    asked = (key for key, _ in parse_qsl(address.query))
    return (
        bool(address.scheme and address.netloc)
        and "@" not in address.netloc
        and not any(is_named(key, secret_names) for key in asked)
    )
