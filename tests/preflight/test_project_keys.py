"""Every key of the engine's files is used or noted; `engine_keys.txt` lists the engine's.

The test compares the list with the engine's own schema and structs, in the cache of Go modules.
Where the engine was not built there is none, and this one test is left out. In CI it must run.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ops.paths import ROOT
from pulumi_preflight.project.keys import PACK_KEYS, PROJECT_KEYS, STACK_KEYS, Key, paths_of

LISTED = Path(__file__).with_name("engine_keys.txt")
# Options of the runtime belong to the language host, and no Go module holds that.
OPTIONS = {f"runtime.options.{name}" for name in ("toolchain", "virtualenv", "typechecker")}
FILES: Mapping[str, Mapping[str, Key]] = {
    "Pulumi.yaml": PROJECT_KEYS,
    "Pulumi.<stack>.yaml": STACK_KEYS,
    "PulumiPolicy.yaml": PACK_KEYS,
}
STRUCTS = {
    "Pulumi.yaml": "Project",
    "Pulumi.<stack>.yaml": "ProjectStack",
    "PulumiPolicy.yaml": "PolicyPackProject",
}


def listed() -> set[str]:
    return set(LISTED.read_text(encoding="utf-8").splitlines())


def held() -> Iterator[tuple[str, Key]]:
    for file, keys in FILES.items():
        for path, key in paths_of(keys):
            yield f"{file}: {path}", key


def test_every_key_of_the_engine_is_held() -> None:
    ours = {name for name, _ in held() if not any(name.endswith(each) for each in OPTIONS)}
    assert ours == listed()


@pytest.mark.parametrize(("name", "key"), [pytest.param(*each, id=each[0]) for each in held()])
def test_each_key_is_used_or_noted(name: str, key: Key) -> None:
    assert bool(key.used) is not bool(key.noted), name


def test_the_list_is_that_of_the_engine() -> None:
    folder = _workspace()
    if folder is None:
        if "CI" in os.environ:
            pytest.fail("in CI the engine is built, so its module must be there")
        pytest.skip("the engine's Go module is not here: `nox -s engine` gets it")
    schema = json.loads((folder / "project.json").read_text(encoding="utf-8"))
    source = (folder / "project.go").read_text(encoding="utf-8")
    theirs = {f"Pulumi.yaml: {path}" for path in _paths_in(schema, schema)}
    for file, struct in STRUCTS.items():
        theirs |= {f"{file}: {name}" for name in _tags_of(struct, source)}
    theirs |= {f"PulumiPolicy.yaml: runtime.{name}" for name in ("name", "options")}
    assert theirs == listed(), "\n".join(sorted(theirs ^ listed()))


def _workspace() -> Path | None:
    """The folder of the engine's SDK in the cache of Go modules, at the pinned version."""
    go = shutil.which("go")
    if go is None:
        return None
    found = subprocess.run([go, "env", "GOMODCACHE"], capture_output=True, text=True, check=True)
    pinned = (ROOT / "engine" / "go.mod").read_text(encoding="utf-8")
    version = re.search(r"pulumi/sdk/v3 (v\S+)", pinned)
    assert version is not None
    folder = (
        Path(found.stdout.strip())
        / f"github.com/pulumi/pulumi/sdk/v3@{version[1]}"
        / "go/common/workspace"
    )
    return folder if folder.is_dir() else None


def _paths_in(
    schema: Mapping[str, Any],
    root: Mapping[str, Any],
    above: str = "",
    followed: tuple[str, ...] = (),
) -> Iterator[str]:
    """The paths of a JSON schema's keys; a definition that contains itself is followed once."""
    if (name := schema.get("$ref", "").rpartition("/")[2]) and name not in followed:
        yield from _paths_in(root["$defs"][name], root, above, (*followed, name))
    for each in schema.get("oneOf", ()):
        yield from _paths_in(each, root, above, followed)
    for key, inner in schema.get("properties", {}).items():
        path = f"{above}.{key}" if above else key
        yield path
        yield from _paths_in(inner, root, path, followed)
    for each in (schema.get("additionalProperties"), schema.get("items")):
        if isinstance(each, dict):
            yield f"{above}.*"
            yield from _paths_in(each, root, f"{above}.*", followed)


def _tags_of(struct: str, source: str) -> Iterator[str]:
    """The keys of a Go struct, by its yaml tags; `,inline` has none."""
    body = re.search(rf"^type {struct} struct {{\n(.*?)^}}", source, re.DOTALL | re.MULTILINE)
    assert body is not None, struct
    yield from filter(None, re.findall(r'yaml:"([^",]*)', body[1]))
