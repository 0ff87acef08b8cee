"""What others may ask of a server, checked by pydantic; and what is wrong with it, in words."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pulumi_preflight.printing import shortened

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]

_LONGEST_SHOWN = 80
# Their values may be secret.
_NEVER_SHOWN = ("config",)
# Pydantic speaks of Python here.
_MESSAGES = dict.fromkeys(("model_type", "dict_type"), "input should be an object")


class Asked(BaseModel):
    """What is asked: a key that does not exist is an error, and no text stands for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AskedPack(Asked):
    """A policy pack."""

    path: Text = Field(
        description="The pack's folder, or an executable one: absolute, or relative to a root."
    )
    config: Text | None = Field(None, description="The pack's config file in JSON, likewise.")


def complaints(error: ValidationError, asked: type[Asked], noun: str = "argument") -> list[str]:
    """What is wrong, in the order of the keys.

    Args:
        error: What pydantic says.
        asked: What was to be asked.
        noun: What a key stands for.
    """
    known = ", ".join(field.alias or name for name, field in asked.model_fields.items())
    return [_complaint(dict(each), known, noun) for each in error.errors()]


def _complaint(told: dict[str, object], known: str, noun: str) -> str:
    path = told["loc"]
    names = [str(each) for each in path] if isinstance(path, tuple) else []
    name = ".".join(names)
    if told["type"] == "extra_forbidden":
        return f"there is no {noun} `{name}`" + (f"; there are {known}" if len(names) == 1 else "")
    if told["type"] == "missing":
        return f"`{name}` is missing"
    message = _MESSAGES.get(str(told["type"]), str(told["msg"]))
    wanted = message[:1].lower() + message[1:]
    if names and names[0] in _NEVER_SHOWN:
        return f"`{name}` is wrong: {wanted}"
    subject = f"`{name}` is" if name else f"the {noun}s are"
    return f"{subject} {shortened(repr(told['input']), _LONGEST_SHOWN)}: {wanted}"
