"""Copies of a state: ours, made before something changes it, and those that the engine makes."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pulumi_loopback.engine.refusals import BrokenStateError, no_id
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.target import Target
from pulumi_preflight.stack_context import is_urn

_STAMP = "%Y%m%dT%H%M%S.%fZ"
_OURS = re.compile(r"(?P<stamp>\d{8}T\d{6}\.\d{6}Z)(\.(?P<reason>[\w-]+))?")
# Source: pulumi/pulumi, pkg/backend/diy/state.go (backupStack): nanoseconds since 1970.
_ENGINES = re.compile(r"\d{19}")
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file that holds a state, whether or not it can be used.

    Attributes:
        file: The file's path.
        made: The moment at which it was made.
        reason: The change before or after which it was made, for people.
    """

    file: Path
    made: datetime
    reason: str

    @cached_property
    def problem(self) -> str | None:
        """The reason why the file cannot be read, `None` where it can be read."""
        return problem_of(self.file)

    @cached_property
    def latest(self) -> dict[str, Any]:
        """The file's content; nothing where the file cannot be read."""
        return {} if self.problem else latest_in(self.file)

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources in the copy."""
        return self.latest.get("resources") or []

    def __str__(self) -> str:
        """One line of a list, without the file."""
        count = len(self.resources)
        held = "cannot be read" if self.problem else f"{count} resource{'' if count == 1 else 's'}"
        return f"{self.made:%Y-%m-%d %H:%M:%S} UTC  {held:<14}  {self.reason}"


def name_for(stack: str, reason: str) -> str:
    """The name for a copy of a stack's state that is made now.

    Args:
        stack: The stack's name.
        reason: The reason, such as `before destroy`.
    """
    return f"{stack}.{datetime.now(UTC).strftime(_STAMP)}.{reason.replace(' ', '-')}.json"


def copies_in(folders: Iterable[Path], stack: str) -> list[Copy]:
    """The copies of a stack's state in some folders, newest first."""
    found = (copy for folder in folders for copy in _in_folder(folder, stack))
    return sorted(found, key=lambda copy: copy.made, reverse=True)


def _in_folder(folder: Path, stack: str) -> Iterator[Copy]:
    for file in folder.glob("*.json"):
        if not file.name.startswith(f"{stack}."):
            continue
        middle = file.name.removeprefix(f"{stack}.").removesuffix(".json")
        if ours := _OURS.fullmatch(middle):
            made = datetime.strptime(ours["stamp"], _STAMP).replace(tzinfo=UTC)
            yield Copy(file=file, made=made, reason=(ours["reason"] or "").replace("-", " "))
        elif _ENGINES.fullmatch(middle):
            made = datetime.fromtimestamp(int(middle) / _NANOSECONDS, UTC)
            yield Copy(file=file, made=made, reason="after an operation")


def latest_in(file: Path) -> dict[str, Any]:
    """The deployment in a state file or an export; empty where nothing has ever been deployed."""
    content = json.loads(file.read_bytes())
    held: dict[str, Any] | None = (
        content["deployment"] if "deployment" in content else content["checkpoint"].get("latest")
    )
    return held or {}


def as_state_file(copy: Path, stack: str) -> bytes:
    """The part of a copy, which may be an export, that a file backend keeps.

    Args:
        copy: A copy that can be read.
        stack: The stack's full name, such as `organization/shop/local`.
    """
    written = copy.read_bytes()
    content = json.loads(written)
    if "deployment" not in content:
        return written
    checkpoint = {"stack": stack, "latest": content.pop("deployment")}
    return json.dumps({**content, "checkpoint": checkpoint}).encode()


def problem_of(file: Path, *, may_be_export: bool = True) -> str | None:
    """Why a file is not a state, `None` where it is one; does not ask the engine.

    Args:
        file: The file.
        may_be_export: Whether an export is enough; a backend keeps none.
    """
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        return f"{file}: {error.strerror}"
    except (ValueError, RecursionError) as error:
        return f"{file}: {error}"
    if not may_be_export and isinstance(content, dict):
        content.pop("deployment", None)
    match content:
        case {"deployment": dict() | None} | {"checkpoint": {"latest": dict() | None}}:
            return None
        case {"checkpoint": dict() as checkpoint} if "latest" not in checkpoint:
            return None
        case {"deployment": _} | {"checkpoint": dict()}:
            return f"{file}: it holds no deployment"
        case _:
            return f"{file}: it holds no checkpoint"


# Source: pulumi/pulumi, pkg/cmd/pulumi/stack/io.go (SaveSnapshot).
_LISTED = re.compile(r"^\s+\d+\) (?:state file contains errors: )?(?P<what>.+)$", re.MULTILINE)
_ADVICE = "importing this file could be dangerous"


def objection(file: Path, target: Target) -> str | None:
    """Why the engine does not take a state file, `None` where the engine takes it.

    The file is imported into a throw-away backend: the engine checks an import as it checks a read.
    The engine refuses a resource that is there twice; a parent, provider or dependency that is
    missing or comes later; another stack's resources; and a format of another version. The engine
    imports a resource without an id or a whole URN, and cannot work on it: that is judged here.

    Args:
        file: A state file or an export that can be read.
        target: The stack that it belongs to.

    Raises:
        CommandError: The engine cannot be asked, as with a wrong passphrase.
    """
    content = json.loads(file.read_bytes())
    latest = latest_in(file)
    if not latest:
        return None
    with temporary_folder("state-") as folder:
        stacks = folder / ".pulumi" / "stacks" / target.name
        stacks.mkdir(parents=True)
        (folder / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
        (folder / "Pulumi.yaml").write_text(
            json.dumps({"name": target.name, "runtime": "python"}), encoding="utf-8"
        )
        empty = {"version": 3, "checkpoint": {}}
        (stacks / f"{target.stack}.json").write_text(json.dumps(empty), encoding="utf-8")
        export = folder / "export.json"
        about = {name: value for name, value in content.items() if name != "checkpoint"}
        export.write_text(json.dumps({**about, "deployment": latest}), encoding="utf-8")
        backend = {"PULUMI_BACKEND_URL": folder.as_uri()}
        judge = replace(
            target,
            project=replace(target.project, folder=folder),
            variables={**target.variables, **backend},
        )
        try:
            judge.ask("stack", "import", "--file", export)
        except BrokenStateError as error:
            return error.why
        except CommandError as error:
            if error.hint:  # the trouble is not the state's
                raise
            return _shortened(str(error))
    return _unusable(latest)


def _unusable(latest: Mapping[str, Any]) -> str | None:
    # Source: pulumi/pulumi, pkg/resource/deploy/deployment.go (buildResourceMaps).
    for each in latest.get("resources") or []:
        if not is_urn(each["urn"]):
            return f"resource {each['urn']!r} has no whole URN"
        if each.get("custom") and not each.get("id") and not each.get("delete"):
            return no_id(each["urn"])
    return None


def _shortened(text: str) -> str:
    listed = [each["what"] for each in _LISTED.finditer(text) if _ADVICE not in each["what"]]
    return "; ".join(listed) or " ".join(text.split())
