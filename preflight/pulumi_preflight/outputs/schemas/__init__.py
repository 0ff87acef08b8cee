"""The schemas of packages that preflight ships, for what no SDK in the program's process tells.

`python -m tools.tables` makes them, from each package's own SDK. `aws-7.zip` is of the package
`aws`, major version 7. In it `head.json` tells package, version and date, and each other file is of
one module of the package's tokens, such as `sqs.json`:

- `resources`: token to its `outputs`, and its `inputs` where these are not among the outputs.
- `functions`: token to its `inputs` and its `answer`.
- `objects`: what kinds refer to, as `<file>:<module>:<number>`.

All of these are rows: name on the wire, kind as a program's process tells it, and letters: `o` a
deployed resource may lack it, `s` a program may give it, `r` a program must give it, `x` the
provider marks it secret.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zipfile import ZipFile

HEAD = "head"
_ENDING = ".zip"
_SECTIONS = {"resource": ("resources", "outputs"), "function": ("functions", "answer")}


@dataclass(frozen=True, slots=True)
class Row:
    """One property.

    Attributes:
        name: Its name on the wire.
        kind: Its kind, as a program's process tells it.
        flags: The letters that stand with it.
    """

    name: str
    kind: Sequence[Any]
    flags: str

    @property
    def settable(self) -> bool:
        """Whether a program may give it."""
        return "s" in self.flags

    @property
    def required(self) -> bool:
        """Whether a program must give it."""
        return "r" in self.flags

    @property
    def optional(self) -> bool:
        """Whether a deployed resource may lack it."""
        return "o" in self.flags

    @property
    def secret(self) -> bool:
        """Whether the provider marks it secret."""
        return "x" in self.flags


@dataclass(frozen=True, slots=True)
class Schema:
    """One package's schema.

    Attributes:
        stem: The name of its file, such as `aws-7`.
        archive: The file.
    """

    stem: str
    archive: ZipFile

    @property
    def version(self) -> str:
        """The version of the package that it was made from."""
        return str(_page(self, HEAD)["version"])

    @property
    def package(self) -> str:
        """The package, such as `aws`."""
        return self.stem.rpartition("-")[0]

    @property
    def dated(self) -> str:
        """The day on which it was made, `2026-11-28`."""
        return str(_page(self, HEAD)["dated"])

    def answer(self, question: str, token: str) -> Any:  # noqa: ANN401 - JSON, as of a process
        """What a program's process would say of a `resource` or `function`; `None` for neither."""
        section, part = _SECTIONS[question]
        entry = _page(self, module_of(token)).get(section, {}).get(token)
        return None if entry is None else _answer(entry[part])

    def inputs(self, token: str) -> Mapping[str, bool]:
        """What a type or function takes: name to whether it must be given; nothing for neither."""
        return {row.name: row.required for row in self.given(token)}

    def given(self, token: str) -> tuple["Row", ...]:
        """What a type or function takes; nothing for neither."""
        page = _page(self, module_of(token))
        found = (page.get(section, {}).get(token) for section, _ in _SECTIONS.values())
        entry = next(filter(None, found), {"outputs": ()})
        rows = _rows(entry["inputs"] if "inputs" in entry else entry["outputs"])
        return tuple(row for row in rows if row.settable)

    def told(self, question: str, token: str) -> tuple["Row", ...] | None:
        """What a `resource` has or a `function` answers; `None` for neither."""
        section, part = _SECTIONS[question]
        entry = _page(self, module_of(token)).get(section, {}).get(token)
        return None if entry is None else _rows(entry[part])

    def modules(self) -> tuple[str, ...]:
        """The modules that types and functions are in."""
        names = (name.removesuffix(".json") for name in self.archive.namelist())
        return tuple(name for name in names if name != HEAD)

    def tokens(self, question: str, module: str) -> tuple[str, ...]:
        """The tokens of all types or functions of a module."""
        return tuple(_page(self, module).get(_SECTIONS[question][0], {}))

    def secrets(self, token: str) -> tuple[str, ...]:
        """The outputs of a type that its provider marks secret."""
        entry = _page(self, module_of(token)).get("resources", {}).get(token, {"outputs": ()})
        return tuple(name for name, _, flags in entry["outputs"] if "x" in flags)


def module_of(token: str) -> str:
    """The module of a type or function token, such as `sqs`."""
    return token.partition(":")[2].partition(":")[0].partition("/")[0]


def shipped() -> list[Schema]:
    """All schemas, by package and version."""
    majors = sorted(_majors().items())
    return [_open(f"{package}-{major}") for package, each in majors for major in sorted(each)]


def nearest(package: str, version: str) -> Schema | None:
    """The schema of a package nearest to a version, `None` where there is none.

    Args:
        package: The package.
        version: The version of the plugin that is asked for; empty asks for the newest.
    """
    majors = _majors().get(package)
    if not majors:
        return None
    first = version.partition(".")[0]
    wanted = int(first) if first.isdecimal() else max(majors)
    major = min(majors, key=lambda each: (abs(each - wanted), -each))
    return _open(f"{package}-{major}")


def object_answer(reference: str) -> Any:  # noqa: ANN401 - JSON, as of a program's process
    """What a program's process would say of a class; `None` where the object is in no schema."""
    stem, _, rest = reference.partition(":")
    module, _, number = rest.partition(":")
    # An SDK's class is `<Python module>:<class>`.
    return _answer(_page(_open(stem), module)["objects"][int(number)]) if number else None


def object_rows(reference: str) -> tuple[Row, ...]:
    """The members of an object that a kind of a schema refers to."""
    stem, module, number = reference.split(":")
    return _rows(_page(_open(stem), module)["objects"][int(number)])


def _rows(rows: Iterable[Any]) -> tuple[Row, ...]:
    return tuple(Row(*row) for row in rows)


def _answer(rows: list[Any]) -> dict[str, Any]:
    return {"properties": [[name, kind, "o" in flags, "s" in flags] for name, kind, flags in rows]}


@cache
def _majors() -> Mapping[str, list[int]]:
    """Package to the major versions that there are."""
    found: dict[str, list[int]] = {}
    for each in files(__package__).iterdir():
        if each.name.endswith(_ENDING):
            package, _, major = each.name.removesuffix(_ENDING).rpartition("-")
            found.setdefault(package, []).append(int(major))
    return found


@cache
def _open(stem: str) -> Schema:
    # From memory, so that no file stays open.
    packed = files(__package__).joinpath(f"{stem}{_ENDING}").read_bytes()
    return Schema(stem, ZipFile(io.BytesIO(packed)))


@cache
def _page(schema: Schema, module: str) -> Mapping[str, Any]:
    """One file of a schema; empty where there is none."""
    try:
        packed = schema.archive.read(f"{module}.json")
    except KeyError:
        return {}
    page: Mapping[str, Any] = json.loads(packed)
    return page
