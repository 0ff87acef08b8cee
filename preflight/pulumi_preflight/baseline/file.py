"""The file of a baseline: one entry a line, sorted, so that it diffs and merges line by line.

```yaml
version: 1
project: shop
stack: dev
findings:
  - {"pack": "aws", "id": "sqs-long-polling", "urn": "urn:pulumi:dev::shop::aws:sqs/queue:Queue::a"}
```

`baseline.schema.json` beside this file describes it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn, TextIO

import yaml

from pulumi_preflight.acceptance import ENGINE_STOPS, NEVER_KNOWN, Acceptance, BaselineEntry
from pulumi_preflight.clock import is_day
from pulumi_preflight.errors import BaselineError, ProjectError
from pulumi_preflight.printing import write_whole
from pulumi_preflight.project.yaml_files import BoundedComposer, read_text, why_not_yaml

VERSION = 1
_HEAD = """\
# Findings that preflight knows: they are shown, and fail nothing. `preflight --write-baseline`
# writes this file, `--prune-baseline` takes out what is gone. An entry may have a last day and a
# reason: "until": "2027-03-01", "reason": "replaced in spring".
"""
_KEYS = ("version", "project", "stack", "findings")
_NEEDED = ("pack", "id", "urn")
_OPTIONAL = ("until", "reason")
# As YAML ends lines.
_LINE = re.compile(
    "[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+"
)
_CONFLICT = ("<<<<<<< ", ">>>>>>> ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineFile:
    """A baseline as it was read.

    Attributes:
        path: The file.
        project: The project that it is of.
        stack: The stack that it is of.
        entries: What it holds, by pack, id and URN.
        lines: The text, with line ends.
        places: Of each entry the first and the last of its lines, from 0.
    """

    path: Path
    project: str
    stack: str
    entries: tuple[BaselineEntry, ...]
    lines: Sequence[str] = ()
    places: Sequence[tuple[BaselineEntry, int, int]] = ()


def read_for(acceptance: Acceptance, *, project: str, stack: str) -> BaselineFile | None:
    """Reads the baseline of a stack before it is judged, `None` where there is none.

    A baseline that is to be written may be missing; what is there is read, for its last days.

    Raises:
        BaselineError: It is missing or malformed, or another stack's.
    """
    path = acceptance.file(project=project, stack=stack)
    if path is None:
        return None
    if acceptance.write and not path.is_file():
        return BaselineFile(path=path, project=project, stack=stack, entries=())
    return read(path, project=project, stack=stack)


def read(path: Path, *, project: str, stack: str) -> BaselineFile:
    """Reads a baseline, which must be one of this stack.

    Raises:
        BaselineError: It cannot be read, is malformed or another stack's; the text gives file,
            line, key, value and what is wanted.
    """
    if not path.exists():
        raise BaselineError(
            f"there is no baseline {path}", hint=f"--write-baseline {path} writes it"
        )
    try:
        text = read_text(path)
    except ProjectError as error:
        raise BaselineError(str(error), hint=error.hint) from error
    _refuse_conflict(path, text)
    return _Reader(path).file(_root(path, text), text, project=project, stack=stack)


def write(path: Path, entries: Iterable[BaselineEntry], *, project: str, stack: str) -> None:
    """Writes a baseline whole; the same entries give the same bytes.

    Raises:
        PreflightError: The file cannot be written.
    """
    write_whole(path, partial(_write, text_of(entries, project=project, stack=stack)))


def without(file: BaselineFile, gone: Iterable[BaselineEntry]) -> None:
    """Takes entries out of a file, whose other lines stay as they are.

    Raises:
        PreflightError: The file cannot be written.
    """
    keys = {entry.key for entry in gone}
    kept = [entry for entry in file.entries if entry.key not in keys]
    removed: set[int] = set()
    others: set[int] = set()
    for entry, first, last in file.places:
        (removed if entry.key in keys else others).update(range(first, last + 1))
    if not kept or removed & others:
        # Nothing is left for a line of its own, or entries share one.
        write(file.path, kept, project=file.project, stack=file.stack)
        return
    lines = [line for number, line in enumerate(file.lines) if number not in removed]
    write_whole(file.path, partial(_write, "".join(lines)))


def text_of(entries: Iterable[BaselineEntry], *, project: str, stack: str) -> str:
    """The text of a file with these entries, sorted."""
    lines = [_line(entry) for entry in in_order(entries)]
    head = f"{_HEAD}version: {VERSION}\nproject: {_text(project)}\nstack: {_text(stack)}\n"
    return f"{head}findings:{''.join(lines) if lines else ' []'}\n"


def in_order(entries: Iterable[BaselineEntry]) -> tuple[BaselineEntry, ...]:
    """The entries by pack, id and URN."""
    return tuple(sorted(entries, key=lambda entry: entry.key))


def _write(text: str, stream: TextIO) -> None:
    stream.write(text)


def _line(entry: BaselineEntry) -> str:
    told = {"pack": entry.pack, "id": entry.id, "urn": entry.urn}
    if entry.expires is not None:
        told["until"] = entry.expires
    if entry.reason is not None:
        told["reason"] = entry.reason
    pairs = ", ".join(f"{_text(key)}: {_text(value)}" for key, value in told.items())
    return f"\n  - {{{pairs}}}"


def _text(text: str) -> str:
    """A text in YAML's double quotes, on one line."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(ord(letter)) for letter in quoted)


def _escaped(number: int) -> str:
    if number > 0xFFFF:  # noqa: PLR2004 - what four digits can say
        return f"\\U{number:08x}"
    return f"\\u{number:04x}"


def _refuse_conflict(path: Path, text: str) -> None:
    for number, line in enumerate(_LINE.findall(text), 1):
        if line.startswith(_CONFLICT):
            raise BaselineError(
                f"{path}:{number}: is a mark of a merge conflict: {line.strip()!r}",
                hint="keep the entries of both sides, each once, and remove the marks",
            )


def _root(path: Path, text: str) -> yaml.Node | None:
    try:
        loader = BoundedComposer(text)
        return loader.get_node() if loader.check_node() else None
    except (yaml.YAMLError, ValueError) as error:
        raise BaselineError(why_not_yaml(path, text, error)) from error


class _Reader:
    """Reads the nodes of one file, and says where a mistake is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def file(self, root: yaml.Node | None, text: str, *, project: str, stack: str) -> BaselineFile:
        if root is None:
            raise BaselineError(
                f"{self._path}: is empty; wanted a baseline",
                hint=f"--write-baseline {self._path} writes it",
            )
        keys = dict(self._keys(root, "", needed=_KEYS, optional=()))
        version = self._scalar(keys["version"], "version")
        if version != str(VERSION):
            self._refuse(
                keys["version"],
                f"`version` is {version!r}",
                f"wanted {VERSION}, which this "
                "preflight reads; a newer preflight may have written the file",
            )
        for key, wanted in (("project", project), ("stack", stack)):
            given = self._scalar(keys[key], key)
            if given != wanted:
                self._refuse(
                    keys[key],
                    f"the baseline is of {key} {given!r}, and {key} {wanted!r} is judged",
                    "give each stack a file of its own; in its name `{project}` and `{stack}` "
                    "stand for the names",
                )
        places = tuple(self._entries(keys["findings"]))
        return BaselineFile(
            path=self._path,
            project=project,
            stack=stack,
            entries=in_order(entry for entry, _, _ in places),
            lines=_LINE.findall(text),
            places=places,
        )

    def _entries(self, node: yaml.Node) -> Iterator[tuple[BaselineEntry, int, int]]:
        if _is_null(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(node, "`findings` is not a list", "wanted one entry a line, after `- `")
        seen: dict[tuple[str, str, str], int] = {}
        for number, item in enumerate(node.value):
            entry = self._entry(item, f"findings[{number}]")
            line = item.start_mark.line
            if entry.key in seen:
                self._refuse(
                    item,
                    f"{entry.id} of {entry.urn} stands here and in line {seen[entry.key] + 1}",
                    "keep one of the two lines",
                )
            seen[entry.key] = line
            last = max((value.end_mark.line for _, value in item.value), default=line)
            yield entry, line, last

    def _entry(self, node: yaml.Node, where: str) -> BaselineEntry:
        found = self._keys(node, where, needed=_NEEDED, optional=_OPTIONAL)
        told = {key: self._scalar(value, f"{where}.{key}") for key, value in found}
        entry = BaselineEntry(
            pack=told["pack"],
            id=told["id"],
            urn=told["urn"],
            expires=told.get("until"),
            reason=told.get("reason"),
        )
        if entry.expires is not None and not is_day(entry.expires):
            self._refuse(
                node,
                f"`{where}.until` is {entry.expires!r}",
                "wanted a day as YYYY-MM-DD, such as 2027-03-01",
            )
        if entry.pack == "preflight" and entry.rule in NEVER_KNOWN:
            stops = entry.rule in ENGINE_STOPS
            why = "at which the engine stops, known or not" if stops else "which no baseline holds"
            self._refuse(
                node,
                f"`{where}.id` is {entry.id!r}, {why}",
                "remove the entry, and put right what the finding says",
            )
        return entry

    def _keys(
        self,
        node: yaml.Node,
        where: str,
        *,
        needed: Sequence[str],
        optional: Sequence[str],
    ) -> Iterator[tuple[str, yaml.Node]]:
        """The keys of a mapping with their values, all of which are known and none missing."""
        inside = f"{where}." if where else ""
        known = ", ".join(f"`{key}`" for key in (*needed, *optional))
        if not isinstance(node, yaml.MappingNode):
            about = f"`{where}`" if where else "it"
            self._refuse(node, f"{about} has no keys", f"wanted {known}")
        seen = set()
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "(a list or mapping)"
            if name not in (*needed, *optional):
                self._refuse(key, f"`{inside}{name}` is not a key of a baseline", f"wanted {known}")
            if name in seen:
                self._refuse(key, f"`{inside}{name}` is given twice", "keep one of them")
            seen.add(name)
            yield name, value
        for name in needed:
            if name not in seen:
                self._refuse(node, f"`{inside}{name}` is missing", f"wanted {known}")

    def _scalar(self, node: yaml.Node, where: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or _is_null(node):
            kind = "empty" if isinstance(node, yaml.ScalarNode) else "a list or mapping"
            self._refuse(node, f"`{where}` is {kind}", "wanted text")
        return str(node.value)

    def _refuse(self, node: yaml.Node, problem: str, fix: str) -> NoReturn:
        raise BaselineError(f"{self._path}:{node.start_mark.line + 1}: {problem}", hint=fix)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
