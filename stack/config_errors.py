"""What is wrong with a setting, told in one line each."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


class SettingsError(pulumi.RunError):
    """The settings have mistakes; Pulumi prints the text, a line for each, and no traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake.

    Attributes:
        path: The setting, such as `services.worker.cpu`.
        fact: What is wrong, with the actual value; completes "<path> ...".
        wanted: What is wanted, and where that is said.
        fix: What to do, as an order.
    """

    path: str
    fact: str
    wanted: str
    fix: str

    def line(self, file: str) -> str:
        """The mistake in one line that starts with the file to change."""
        return f"{file}: {self.path} {self.fact}; wanted {self.wanted}. Fix: {self.fix}."


def setting_paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """All settings of a model as dotted paths, groups before what they hold."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        yield path
        for candidate in (field.annotation, *get_args(field.annotation)):
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                yield from setting_paths(candidate, f"{path}.")


def nearest_setting(path: str, known: Iterable[str]) -> str | None:
    """The known path that `path` was probably meant to be, whatever group it was put into."""
    paths = list(known)
    if close := difflib.get_close_matches(path, paths, n=1, cutoff=0.75):
        return close[0]
    by_leaf = {candidate.rpartition(".")[2]: candidate for candidate in paths}
    if close := difflib.get_close_matches(path.rpartition(".")[2], by_leaf, n=1, cutoff=0.75):
        return by_leaf[close[0]]
    return None


def problems_in(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """The mistakes that pydantic found, in our words."""
    known = list(setting_paths(model))
    return [_problem(details, known) for details in error.errors()]


def _problem(details: ErrorDetails, known: Iterable[str]) -> Problem:
    path = ".".join(str(part) for part in details["loc"])
    if not path.isprintable():
        path = ascii(path)
    match details["type"]:
        case "extra_forbidden":
            near = nearest_setting(path, known)
            return Problem(
                path=path,
                fact="is not a setting",
                wanted=f"{near}" if near else "one of the settings in config.py",
                fix=f"write {near} instead" if near else f"remove {path}",
            )
        case "missing":
            return Problem(path=path, fact="is missing", wanted="a value", fix=f"set {path} there")
        case _:
            return Problem(
                path=path,
                fact=f"is {shown(details['input'])}",
                wanted=_wanted(details),
                fix=f"change {path}",
            )


def _wanted(details: ErrorDetails) -> str:
    """Pydantic's message as a noun phrase where it is one of the usual ones."""
    message = details["msg"]
    for start in ("Input should be ", "String should ", "Tuple should "):
        if message.startswith(start):
            return message.removeprefix(start)
    return message


def shown(value: object) -> str:
    """A value as it is written in JSON; no setting holds a secret, so every value may be told."""
    if isinstance(value, Mapping):
        return "an object"
    return json.dumps(value)
