"""What an editor may set, in `initializationOptions` or later; pydantic checks it."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, ValidationError

from pulumi_preflight.api import DEFAULT_SECONDS
from pulumi_preflight.asking import Asked, AskedPack, Text, complaints
from pulumi_preflight.errors import PreflightError

SECTION = "preflight"
_FIX = "see the settings in docs/editor.md"


def _packs(given: object) -> object:
    """Packs in their long form: a text alone is a path."""
    listed = given if isinstance(given, list) else [given]
    return tuple({"path": each} if isinstance(each, str) else each for each in listed)


def _trusted(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given


_Packs: TypeAlias = Annotated[tuple[AskedPack, ...], BeforeValidator(_packs)]
_Trusted: TypeAlias = Annotated[bool | tuple[Text, ...], BeforeValidator(_trusted)]


class Settings(Asked):
    """What an editor sets."""

    trusted: _Trusted = Field(
        default=False,
        description="Whether programs and packs in the workspace may run: true, or the folders in "
        "which they may. Counts at the start alone.",
    )
    stack: Text | None = Field(
        None, description="The stack's name. Left out, it is the one that `preflight` takes."
    )
    policy_pack: _Packs | None = Field(
        None,
        alias="policyPack",
        description="The policy packs: paths, or objects with `path` and `config`. Left out, they "
        "are those that the project's preflight.yaml names.",
    )
    config: dict[Text, str] = Field(
        default_factory=dict, description="Config values over the stack's own, by key."
    )
    baseline: Text | None = Field(
        None, description="The file of findings that are known and not shown."
    )
    timeout: float = Field(
        DEFAULT_SECONDS,
        gt=0,
        allow_inf_nan=False,
        description="The longest time for a program, and for each answer of a pack, in seconds.",
    )


class SettingsError(PreflightError):
    """Settings are wrong; the text names each with its value and what is wanted."""


def read_settings(given: object) -> Settings:
    """Reads what an editor sends at its start.

    Raises:
        SettingsError: Something is wrong.
    """
    # Some editors send an empty list, which is an empty table of Lua.
    content = {} if given is None or given == [] else given
    if isinstance(content, Mapping) and set(content) == {SECTION}:
        content = content[SECTION] or {}
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        told = "; ".join(complaints(error, Settings, "setting"))
        raise SettingsError(f"preflight's settings: {told}", hint=_FIX) from None


def changed_settings(given: object, before: Settings) -> Settings | None:
    """Reads what an editor sends while it runs; `None` where that says nothing of preflight.

    Args:
        given: What it sends.
        before: The settings that hold. Trust stays as it was at the start: a workspace could set it
            for itself.

    Raises:
        SettingsError: Something is wrong.
    """
    content: Any = given.get(SECTION, given) if isinstance(given, Mapping) else given
    if not content:
        return None
    if isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if name != "trusted"}
    return read_settings(content).model_copy(update={"trusted": before.trusted})
