"""Whether the engine takes a state: asks the engine itself."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_loopback.engine.refusals import BrokenStateError, no_id
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.state.copies import latest_in
from pulumi_loopback.target import Target
from pulumi_preflight.urns import is_urn

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
