"""What a project uses of its repository outside of its own folder, read off its files.

A project uses:

- each path with `..` in one of its text files, and each folder above to which its code climbs in
  another way;
- the packs that judge it, with the folders of their configs;
- each package of the repository whose name stands in its manifest;
- manifests and lock files in the folders above it;
- all that is below the next manifest above it where it has none of its own, or below the folder
  of its virtual environment, since the program may import any of that;
- all of the repository where its language is one of which nothing of this is known.

What is used uses more in turn. A path too many costs a run, one too few hides a finding: so what
looks like a path is taken for one.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.git import Repository
from pulumi_preflight.project import PROJECT_FILES
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.recursive.references import References, references_in
from pulumi_preflight.recursive.search import PACK_FILES

# Of each language, what names its packages. A program in YAML has none.
_MANIFESTS = {
    "python": ("pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg"),
    "nodejs": ("package.json",),
    "bun": ("package.json",),
    "go": ("go.mod",),
    "yaml": (),
}
_WITH_NAMES = ("pyproject.toml", "setup.py", "setup.cfg", "package.json", "go.mod")
_NAME = re.compile(
    r"""(?m)(?:^\s*|[{(,]\s*)"?name"?\s*[:=]\s*["']?([@\w./-]+)|^module\s+"?([\w./-]+)"""
)
_WORDS = re.compile(r"[@\w./-]+")
# Above a project they decide what is installed for it, and how it is compiled.
_SHARED = re.compile(
    r"pyproject\.toml|uv\.(lock|toml)|poetry\.(lock|toml)|Pipfile(\.lock)?|setup\.(py|cfg)"
    r"|[\w.-]*(requirements|constraints)[\w.-]*\.(txt|in)"
    r"|package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml"
    r"|bun\.lockb?|bunfig\.toml|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs|tsconfig[\w.-]*\.json"
    r"|go\.(mod|sum|work|work\.sum)"
    r"|\.(python|node)-version|\.nvmrc|\.tool-versions|\.?mise\.toml"
)
_TEXTS = re.compile(
    r".*\.(py|pyi|[cm]?[jt]sx?|json|ya?ml|toml|txt|in|cfg|ini|go|mod|work|lock|sh)"
    r"|Pipfile|Dockerfile|Makefile|\.npmrc"
)
_LARGEST = 1_000_000
_VIRTUAL_ENVIRONMENT = re.compile(r"""\bvirtualenv["']?\s*:\s*["']?([^\s"',}]+)""")


@dataclass(frozen=True, slots=True)
class Uses:
    """What one project uses.

    Attributes:
        paths: Relative to the top of the repository, with `/`. Each is a file, a folder with all in
            it, or a file's name without its ending. The empty one is the whole repository.
        above: The folders in which a manifest or a lock file decides for the project.
    """

    paths: frozenset[str]
    above: frozenset[str]

    def has(self, changed: str) -> bool:
        """Whether a path is used, or is a submodule that holds something used."""
        folder, _, name = changed.rpartition("/")
        if folder in self.above and _SHARED.fullmatch(name):
            return True
        return any(
            not path
            or changed == path
            or changed.startswith((f"{path}/", f"{path}."))
            or path.startswith(f"{changed}/")
            for path in self.paths
        )


class Reader:
    """Tells what projects of one repository use."""

    def __init__(self, repository: Repository) -> None:
        """Takes the repository."""
        self._repository = repository
        self._top = str(repository.top)
        self._known: dict[str, References] = {}

    def uses(self, project: Path, judges: Iterable[Path] = ()) -> Uses:
        """What a project uses.

        Args:
            project: The project's folder, in the repository.
            judges: The packs that the command names, and their configs.

        Raises:
            GitError: Git cannot list the files of the work tree.
        """
        own = self._relative(str(project))
        waiting = [own, *(self._relative(str(path)) for path in judges)]
        used: set[str] = set()
        above: set[str] = set()
        while waiting:
            path = waiting.pop()
            if path is None or any(_is_within(path, known) for known in used):
                continue
            used.add(path)
            above.update(_folders_above(path))
            waiting += self._used_by(path, own or "")
        return Uses(paths=frozenset(used), above=frozenset(above))

    def _used_by(self, path: str, project: str) -> "Iterator[str | None]":
        if not path:
            return
        for file in self._files_of(path):
            if os.path.islink(f"{self._top}/{file}"):  # noqa: PTH114 - thousands of names
                yield self._relative(os.path.realpath(f"{self._top}/{file}"))
            elif _TEXTS.fullmatch(os.path.basename(file)):  # noqa: PTH119 - as above
                yield from self._named_in(file, project)
        yield from self._governing(path)
        yield from self._packages_named_in(path)

    def _named_in(self, file: str, project: str) -> "Iterator[str | None]":
        folder = os.path.dirname(file)  # noqa: PTH120 - thousands of names
        found = self._references(file)
        for named in (*found.paths, *found.climbs):
            yield self._joined(folder, named, is_config=os.path.basename(file) == "preflight.yaml")  # noqa: PTH119 - as above
        for named in found.paths:
            # A program opens files from its project's folder.
            yield self._joined(project, named)

    def _joined(self, folder: str, named: str, *, is_config: bool = False) -> str | None:
        path = self._relative(os.path.normpath(f"{self._top}/{folder}/{named}"))
        # A pack's config may extend others beside it.
        return os.path.dirname(path) if path and is_config and path.endswith(".json") else path  # noqa: PTH120 - as above

    def _relative(self, path: str) -> str | None:
        """A path relative to the top; the top for one above it, `None` for one beside it."""
        if _is_within(self._top, path):
            return ""
        return path[len(self._top) + 1 :] if _is_within(path, self._top) else None

    @cached_property
    def _files(self) -> list[str]:
        return [path.as_posix() for path in self._repository.files()]

    def _files_of(self, path: str) -> Iterator[str]:
        """The files of a path, as in `Uses`."""
        for begin in (f"{path}/", f"{path}.", path):
            for index in range(bisect_left(self._files, begin), len(self._files)):
                file = self._files[index]
                if not file.startswith(begin) or (begin == path and file != path):
                    break
                yield file

    def _references(self, file: str) -> References:
        if file not in self._known:
            self._known[file] = references_in(self._text(file), is_python=file.endswith(".py"))
        return self._known[file]

    def _text(self, file: str) -> str:
        """The text of a file; empty where it is too large for one that a person has written."""
        path = f"{self._top}/{file}"
        try:
            if os.path.getsize(path) > _LARGEST:  # noqa: PTH202 - as above
                return ""
            with open(path, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - as above
                return stream.read()
        except OSError:
            # A file that is gone has changed, which is all that matters of it; a link may lead
            # nowhere, and a run tells of a file that it cannot read.
            return ""

    def _governing(self, path: str) -> Iterator[str | None]:
        """The folders of which a program or pack may import anything."""
        file = next(
            (
                f"{path}/{name}"
                for name in (*PROJECT_FILES, *sorted(PACK_FILES))
                if os.path.isfile(f"{self._top}/{path}/{name}")  # noqa: PTH113 - as above
            ),
            None,
        )
        if file is None:
            return
        manifests = self._manifests(file)
        if manifests is None:
            yield ""
            return
        if environment := _VIRTUAL_ENVIRONMENT.search(self._text(file)):
            folder = os.path.normpath(f"{path}/{environment[1]}")
            if not _is_within(folder, path):
                yield self._relative(os.path.normpath(f"{self._top}/{folder}/.."))
        for folder in (path, *_folders_above(path)):
            if any(os.path.isfile(f"{self._top}/{folder}/{name}") for name in manifests):  # noqa: PTH113 - as above
                yield folder
                return

    def _manifests(self, file: str) -> tuple[str, ...] | None:
        """What names packages in the language of a project or pack file; `None` for unknown."""
        try:
            runtime = read_mapping(Path(self._top, file)).get("runtime")
        except ProjectError:
            # The run itself tells of that.
            return None
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        return _MANIFESTS.get(language) if isinstance(language, str) else None

    @cached_property
    def _packages(self) -> dict[str, set[str]]:
        """The names of packages, and the folders of those that have the name."""
        packages: dict[str, set[str]] = {}
        for path in self._repository.files(*(f":(glob)**/{name}" for name in _WITH_NAMES)):
            folder = path.parent.as_posix()
            for found in _NAME.finditer(self._text(path.as_posix())):
                name = _normalized(found[1] or found[2])
                packages.setdefault(name, set()).add("" if folder == "." else folder)
        return packages

    def _packages_named_in(self, path: str) -> Iterator[str]:
        for file in self._files_of(path):
            folder, _, name = file.rpartition("/")
            if folder == path and _SHARED.fullmatch(name) and not name.endswith("lock.json"):
                for word in set(map(_normalized, _WORDS.findall(self._text(file)))):
                    # The top is a package that holds the others, not one that they depend on.
                    yield from filter(None, self._packages.get(word, ()))


def _is_within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _folders_above(path: str) -> Iterator[str]:
    while path:
        path = os.path.dirname(path)  # noqa: PTH120 - a path as text
        yield path


def _normalized(name: str) -> str:
    """The form in which names of packages are compared in Python."""
    return re.sub(r"[-_.]+", "-", name).lower().strip("-")


def with_changes(
    repository: Repository,
    changed: Collection[Path],
    projects: Iterable[Path],
    judges: Iterable[Path],
) -> set[Path]:
    """The projects that use something that has changed.

    Raises:
        GitError: Git cannot list the files of the work tree.
    """
    if not changed:
        return set()
    reader, names, given = Reader(repository), [path.as_posix() for path in changed], [*judges]
    return {each for each in projects if any(map(reader.uses(each, given).has, names))}
