"""The schemas of packages that preflight ships, each made from the package's own SDK.

One zip file for a package and major version, with one JSON file for each module of its tokens; a
single type then costs little to read. `pulumi_preflight.outputs.schemas` tells the format.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ops.paths import PREFLIGHT, ROOT
from pulumi_loopback.errors import CommandError
from pulumi_preflight.outputs.schemas import HEAD, module_of
from tools.tables.reader import Row

FOLDER = PREFLIGHT / "pulumi_preflight" / "outputs" / "schemas"
# The file's name to the version of the SDK.
VERSIONS = {
    "aws-6": "6.83.4",
    "aws-7": version("pulumi_aws"),
    "awsx-3": "3.11.0",
    "random-4": "4.21.4",
    "tls-5": "5.6.2",
}

_Pair = tuple[str, str]
"""The class of an object in outputs, and the one in inputs; empty where there is none."""


def made(stem: str) -> Mapping[str, Any]:
    """A schema's files by name, without their date, as the SDK tells them now.

    Raises:
        CommandError: The SDK cannot be installed or read.
    """
    return schema(stem, told(stem, "tools.tables.reader"))


def told(stem: str, module: str) -> Any:  # noqa: ANN401 - JSON
    """What a module of this package prints of a package's SDK, in an environment of the SDK's own.

    Args:
        stem: The name of the schema's file, which names the package and its version.
        module: The module.

    Raises:
        CommandError: The SDK cannot be installed or read.
    """
    package = stem.rpartition("-")[0]
    sdk = f"pulumi-{package}=={VERSIONS[stem]}"
    read = subprocess.run(
        [
            *("uv", "run", "--quiet", "--isolated", "--no-project", "--python", sys.executable),
            *("--with-editable", PREFLIGHT, "--with", sdk),
            *("python", "-W", "ignore", "-m", module, package),
        ],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
    )
    if read.returncode:
        raise CommandError(
            f"{stem}: {sdk} cannot be installed or read; uv ended with {read.returncode}, "
            "and said above why",
            hint="give VERSIONS in tools/tables/schemas.py a version that the package registry has",
        )
    return json.loads(read.stdout)


def kept(stem: str) -> Mapping[str, Any]:
    """The files that preflight has of a schema, without their date; none where it has none."""
    path = FOLDER / f"{stem}.zip"
    if not path.exists():
        return {}
    with ZipFile(path) as archive:
        names = archive.namelist()
        files = {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}
    del files[HEAD]["dated"]
    return files


def write(stem: str, files: Mapping[str, Any], *, dated: str) -> None:
    """Writes a schema; the same files with the same date give the same bytes."""
    with ZipFile(FOLDER / f"{stem}.zip", "w") as archive:
        for name, page in sorted({**files, HEAD: files[HEAD] | {"dated": dated}}.items()):
            text = json.dumps(page, sort_keys=True, separators=(",", ":"))
            archive.writestr(ZipInfo(f"{name}.json"), text, ZIP_DEFLATED, compresslevel=9)


def schema(stem: str, described: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema's files by name, without their date, out of what `reader` tells of the SDK."""
    modules: dict[str, dict[str, Any]] = {}
    for section in ("resources", "functions"):
        for token, entry in described[section].items():
            module = modules.setdefault(module_of(token), {"resources": {}, "functions": {}})
            module[section][token] = entry
    package = stem.rpartition("-")[0]
    return {HEAD: {"package": package, "version": described["version"]}} | {
        module: _Module(f"{stem}:{module}", described["classes"]).packed(sections)
        for module, sections in modules.items()
    }


class _Module:
    """One module's types and functions on their way into a file."""

    def __init__(self, reference: str, classes: Mapping[str, Sequence[Row]]) -> None:
        """Takes what references to the module's objects begin with, and the SDK's classes."""
        self._reference = reference
        self._classes = {"": (), **classes}
        self._objects: dict[_Pair, list[Row]] = {}

    def packed(self, sections: Mapping[str, Any]) -> Mapping[str, Any]:
        resources = {token: self._resource(entry) for token, entry in sections["resources"].items()}
        functions = {
            token: {"inputs": self._inputs(entry["inputs"]), "answer": self._rows(entry["answer"])}
            for token, entry in sections["functions"].items()
        }
        numbers, objects = self._numbered()

        def number(pair: _Pair) -> str:
            return f"{self._reference}:{numbers[pair]}"

        def referring(entries: Mapping[str, Mapping[str, list[Row]]]) -> Mapping[str, Any]:
            return {
                token: {part: _with_references(rows, number) for part, rows in entry.items()}
                for token, entry in entries.items()
            }

        return {
            "resources": referring(resources),
            "functions": referring(functions),
            "objects": [_with_references(rows, number) for rows in objects],
        }

    def _resource(self, entry: Mapping[str, Any]) -> Mapping[str, list[Row]]:
        outputs, inputs, secrets = entry["outputs"], entry["inputs"], entry["secrets"]
        # What a bridged type gives back is what it takes, and more; a component's is not.
        if self._agree(outputs, inputs, set()):
            return {"outputs": self._rows(outputs, inputs, secrets)}
        return {"outputs": self._rows(outputs, (), secrets), "inputs": self._inputs(inputs)}

    def _rows(
        self, outputs: Sequence[Row], inputs: Sequence[Row] = (), secrets: Sequence[str] = ()
    ) -> list[Row]:
        given = {row[0]: row for row in inputs}
        rows = []
        for name, kind, optional, settable in outputs:
            _, given_kind, may_lack, _ = given.get(name, ("", [""], True, False))
            flags = {
                "o": optional,
                "s": settable or name in given,
                "r": not may_lack,
                "x": name in secrets,
            }
            text = "".join(flag for flag, is_set in flags.items() if is_set)
            rows.append([name, self._kind(kind, given_kind), text])
        return rows

    def _inputs(self, inputs: Sequence[Row]) -> list[Row]:
        return [
            [name, self._kind([""], kind), "s" if may_lack else "sr"]
            for name, kind, may_lack, _ in inputs
        ]

    def _kind(self, shown: list[Any], given: list[Any]) -> list[Any]:
        """A kind whose object is a pair of classes, that of outputs and that of inputs."""
        name = shown[0] or given[0]
        if name in ("list", "map"):
            return [name, self._kind(*(each[1] if each[0] else each for each in (shown, given)))]
        if name != "object":
            return shown if shown[0] else given
        pair = (shown[1] if shown[0] else "", given[1] if given[0] else "")
        if pair not in self._objects:
            # Before its properties, which may refer to it.
            self._objects[pair] = []
            outputs, inputs = (self._classes[each] for each in pair)
            self._objects[pair] += self._rows(outputs, inputs) if pair[0] else self._inputs(inputs)
        return [name, pair]

    def _agree(
        self, outputs: Sequence[Row], inputs: Sequence[Row], seen: set[tuple[str, str]]
    ) -> bool:
        """Whether each input is an output of the same kind, inside too."""
        kinds = {row[0]: row[1] for row in outputs}
        return all(row[0] in kinds and self._same(kinds[row[0]], row[1], seen) for row in inputs)

    def _same(self, shown: list[Any], given: list[Any], seen: set[tuple[str, str]]) -> bool:
        if shown[0] != given[0] or shown[0] not in ("list", "map", "object"):
            return shown == given
        if shown[0] != "object":
            return self._same(shown[1], given[1], seen)
        pair = (shown[1], given[1])
        if pair in seen:
            return True
        seen.add(pair)
        return self._agree(self._classes[pair[0]], self._classes[pair[1]], seen)

    def _numbered(self) -> tuple[Mapping[_Pair, int], list[list[Row]]]:
        """Each object's number, and their properties; those that are alike all through are one.

        Objects start as one and are told apart by their properties, then by the numbers of the
        objects in these, until no more differ; so objects that hold themselves are compared, too.
        """
        numbers: dict[_Pair, int] = dict.fromkeys(self._objects, 0)
        count = 0
        while True:
            texts = {
                pair: json.dumps(_with_references(rows, numbers.__getitem__))
                for pair, rows in self._objects.items()
            }
            order = {text: number for number, text in enumerate(sorted(set(texts.values())))}
            numbers = {pair: order[text] for pair, text in texts.items()}
            if len(order) == count:
                first = {number: pair for pair, number in reversed(numbers.items())}
                return numbers, [self._objects[first[each]] for each in range(count)]
            count = len(order)


def _with_references(rows: Sequence[Row], number: Callable[[_Pair], Any]) -> list[Row]:
    def changed(kind: list[Any]) -> list[Any]:
        name, *of = kind
        if name in ("list", "map"):
            return [name, changed(of[0])]
        return [name, number(of[0])] if name == "object" else kind

    return [[name, changed(kind), flags] for name, kind, flags in rows]
