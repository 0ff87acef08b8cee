"""`nox -s bench`: what preflight costs a program for Node, as ratios measured in one run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ops.engine import find
from ops.paths import PACK, ROOT
from pulumi_loopback.engine.locate import LOCAL_PASSPHRASE
from pulumi_loopback.guard import temporary_folder
from pulumi_preflight.provider import rehearsal_provider
from tools.measured import bare_monitor, paired, row

PACKAGES = ROOT / "examples" / "typescript"
SDK_RUN = Path("node_modules", "@pulumi", "pulumi", "cmd", "run")
STACK = "dev"
REGION = {"aws:region": "eu-west-1"}
CHECKED = {"TS_NODE_CACHE": "false"}
"""Has types checked in each run; preflight does not check again what has not changed."""
# Fifty queues, each with one for its dead letters.
JAVASCRIPT = """\
const pulumi = require("@pulumi/pulumi");
class Queue extends pulumi.CustomResource {
  constructor(name, args) {
    super("aws:sqs/queue:Queue", name, { arn: undefined, url: undefined, ...args });
  }
}
for (let index = 0; index < 50; index += 1) {
  const dead = new Queue(`dead-${index}`, {});
  const redrivePolicy = pulumi.jsonStringify({
    deadLetterTargetArn: dead.arn,
    maxReceiveCount: 5,
  });
  new Queue(`jobs-${index}`, { redrivePolicy });
}
"""
TYPESCRIPT = """\
import * as pulumi from "@pulumi/pulumi";

class Queue extends pulumi.CustomResource {
  declare readonly arn: pulumi.Output<string>;

  constructor(name: string, args: { redrivePolicy?: pulumi.Input<string> }) {
    super("aws:sqs/queue:Queue", name, { arn: undefined, url: undefined, ...args });
  }
}
for (let index = 0; index < 50; index += 1) {
  const dead = new Queue(`dead-${index}`, {});
  const redrivePolicy = pulumi.jsonStringify({
    deadLetterTargetArn: dead.arn,
    maxReceiveCount: 5,
  });
  new Queue(`jobs-${index}`, { redrivePolicy });
}
"""


def main(rounds: int) -> None:
    """Prints each ratio beside its goal; left out where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        sys.stdout.write("programs for Node: left out, there is no npm on PATH\n")
        return
    if not (PACKAGES / SDK_RUN).exists():
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=PACKAGES, check=True)
    with temporary_folder("bench-") as folder:
        javascript = _project(folder / "javascript", "index.js", JAVASCRIPT)
        typescript = _project(folder / "typescript", "index.ts", TYPESCRIPT)
        with bare_monitor() as address:
            for name, project, checks, goal in (
                ("JavaScript", javascript, {}, 1.2),
                ("TypeScript", typescript, {}, 1.1),
                ("TypeScript, first run", typescript, CHECKED, None),
            ):
                judged = partial(_preflight, project, checks)
                bare = partial(_bare, project, address)
                row(f"{name}: preflight / bare program", paired(judged, bare, rounds), goal)
        if find() is not None:
            with _previewed(javascript, folder) as preview:
                ratio = paired(partial(_preflight, javascript, {}), preview, min(rounds, 3))
            row("JavaScript: preflight / engine's preview", ratio, 0.75)


def _project(folder: Path, file: str, program: str) -> Path:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        json.dumps({"name": "bench", "runtime": "nodejs", "config": REGION}), encoding="utf-8"
    )
    (folder / "package.json").write_text("{}", encoding="utf-8")
    (folder / file).write_text(program, encoding="utf-8")
    (folder / "node_modules").symlink_to(PACKAGES / "node_modules")
    return folder


def _preflight(project: Path, variables: Mapping[str, str]) -> None:
    preflight = Path(sys.executable).with_name("preflight")
    command: list[str | Path] = [preflight, project, "--stack", STACK, "--policy-pack", PACK]
    subprocess.run(command, env={**os.environ, **variables}, capture_output=True, check=True)


def _bare(project: Path, address: str) -> None:
    told = {
        "monitor": address,
        "engine": address,
        "organization": "organization",
        "project": "bench",
        "stack": STACK,
        "pwd": str(project),
        "parallel": "16",
    }
    options = [word for name, value in told.items() for word in (f"--{name}", value)]
    variables = {
        "PULUMI_NODEJS_TYPESCRIPT": "true",
        "PULUMI_CONFIG": json.dumps(REGION),
        **CHECKED,
    }
    command = ["node", str(project / SDK_RUN), *options, "--dry-run", "."]
    subprocess.run(
        command, cwd=project, env={**os.environ, **variables}, capture_output=True, check=True
    )


@contextmanager
def _previewed(project: Path, folder: Path) -> Iterator[Callable[[], None]]:
    """Gives what runs the engine's preview, with the pack, against the rehearsal provider."""
    engine = find()
    assert engine is not None  # noqa: S101 - the caller has asked
    (folder / "backend").mkdir()
    with rehearsal_provider(folder / "store") as port:
        variables = os.environ | {
            "PATH": os.pathsep.join([str(engine.pulumi.parent), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

        def pulumi(*arguments: str | Path) -> None:
            command = [engine.pulumi, *arguments, "--stack", STACK, "--non-interactive"]
            subprocess.run(command, cwd=project, env=variables, capture_output=True, check=True)

        pulumi("stack", "init", "--no-select")
        yield lambda: pulumi("preview", "--policy-pack", PACK)
