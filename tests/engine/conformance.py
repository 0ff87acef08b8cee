"""Runs one program under preflight and under the real engine, and keeps what each says of it.

Everything that a run gives is a file in a folder of its own, so that tests in several processes
share the runs.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from aws_policy_pack.profiles import resolved
from ops.paths import PACK, ROOT
from pulumi_loopback.engine import Engine
from pulumi_preflight.provider import rehearsal_provider
from pulumi_preflight.stack_context import STACK_TYPE, stack_urn
from tests.engine.own_home import STREAMED, own_variables

RECORDER = Path(__file__).parent / "recorder"
ASKED = "asked.jsonl"
_DONE = "done"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A program that preflight and the engine both run.

    Attributes:
        name: What the tests call it.
        project: The folder of its project file.
        stack: The stack that is run.
        pack: The pack that judges it.
        profile: The pack's configuration.
        left_out: A line of the program that is not run, since the engine would stop at it.
        beside: Files beside the project's folder that the program reads; those of Node find its
            packages there.
    """

    name: str
    project: Path
    stack: str
    pack: Path
    profile: Path
    left_out: str = ""
    beside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended."""

    status: int
    output: str
    errors: str


class Observed:
    """What preflight and the engine said of a program, read from the folder of its runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def verdict(self) -> Json:
        """Preflight's report."""
        return self._json("verdict.json")

    @cached_property
    def states(self) -> dict[str, Json]:
        """The resources of the state that preflight saves, by URN."""
        return _by_urn(self._json("saved.json")["deployment"]["resources"])

    @cached_property
    def deployed(self) -> dict[str, Json]:
        """The resources of the engine's own state after `up`, by URN."""
        return _by_urn(self._json("deployed.json")["deployment"]["resources"])

    @cached_property
    def built_by_plugins(self) -> set[str]:
        """The resources that the engine has and preflight cannot: inside of remote components."""
        remote = {urn for urn in self.states if "::far:index:Remote::" in urn}
        return {urn for urn, state in self.deployed.items() if state.get("parent") in remote}

    @cached_property
    def read(self) -> set[str]:
        """The resources that are only read."""
        return {urn for urn, state in self.states.items() if state.get("external")}

    @cached_property
    def of_state(self) -> Json:
        """Preflight's verdict on the state that it saved itself."""
        return self._json("of_state.json")

    @cached_property
    def of_deployed(self) -> Json:
        """Preflight's verdict on the state that the engine exported."""
        return self._json("of_deployed.json")

    @cached_property
    def beside_deployed(self) -> Json:
        """Preflight's verdict on the program beside the state that the engine exported."""
        return self._json("beside.json")

    @cached_property
    def analyzed_deployed(self) -> list[Json]:
        """The policy events of `policy analyze` on the state that the engine exported."""
        return list(_policy_events(self._lines("analyzed_deployed.jsonl")))

    @cached_property
    def analyzed(self) -> list[Json]:
        """The policy events of `policy analyze` on the state that preflight saved."""
        return list(_policy_events(self._lines("analyzed.jsonl")))

    @cached_property
    def previewed(self) -> list[Json]:
        """The policy events of the engine's preview."""
        return list(_policy_events(self._lines("previewed.jsonl")))

    @cached_property
    def asked_by_preflight(self) -> "Asked":
        """What preflight asked a pack while it left unknown values unknown."""
        return Asked(self._lines(f"unknowns/{ASKED}"))

    @cached_property
    def asked_by_engine(self) -> "Asked":
        """What the engine asked a pack in its preview."""
        return Asked(self._lines(f"preview/{ASKED}"))

    def _json(self, name: str) -> Json:
        content: Json = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content

    def _lines(self, name: str) -> list[Json]:
        text = (self.folder / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


class Asked:
    """What a pack was asked in one run."""

    def __init__(self, lines: list[Json]) -> None:
        self.stack_settings = [
            each["request"] for each in lines if each["call"] == "ConfigureStack"
        ]
        # What holds a made-up answer of a function preflight asks more than once; the first time
        # is the engine's.
        asked = [each["request"] for each in lines if each["call"] == "Analyze"]
        self.resources = _by_urn(reversed(asked))
        whole, *_ = [each["request"] for each in lines if each["call"] == "AnalyzeStack"]
        self.together = _by_urn(whole.get("resources", []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What programs in other languages than Python need.

    Attributes:
        node_modules: Pulumi's SDK for Node, and what it needs.
        yaml_host: The language host for YAML.
    """

    node_modules: Path
    yaml_host: Path


class Bench:
    """A copy of a program with all that is needed to run it, and nothing of the user's own."""

    def __init__(self, case: Case, folder: Path, engine: Engine, tools: Tools) -> None:
        self.case = case
        self.folder = folder
        self._engine = engine
        self.project = folder / "copy" / case.project.relative_to(ROOT)
        shutil.copytree(case.project, self.project, ignore=shutil.ignore_patterns("__pycache__"))
        if case.left_out:
            _leave_out(case.left_out, self.project / "__main__.py")
        for file in case.beside:
            shutil.copy(file, self.project.parent)
        (self.project.parent / "node_modules").symlink_to(tools.node_modules)
        # Projects of this repository name the environment relative to themselves.
        (folder / "copy" / ".venv").symlink_to(sys.prefix)
        (folder / "copy" / "policies").symlink_to(PACK)
        (folder / "backend").mkdir()
        (folder / "none.json").write_text("{}", encoding="utf-8")
        # The engine takes no file that extends another.
        self.profile = folder / "profile.json"
        self.profile.write_text(json.dumps(resolved(case.profile)), encoding="utf-8")
        # The plugin of dynamic resources, as Pulumi's own releases have it beside the engine.
        plugin = folder / "plugins" / "pulumi-resource-pulumi-python"
        plugin.parent.mkdir()
        plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -u -m pulumi.dynamic "$@"\n')
        plugin.chmod(0o755)
        (plugin.parent / "pulumi-language-yaml").symlink_to(tools.yaml_host)

    def preflight(self, *arguments: str | Path, recorder: str | None = None) -> Ended:
        """Runs preflight with the case's pack, and the recorder where it is named."""
        preflight = Path(sys.executable).with_name("preflight")
        judged = [self.project, "--stack", self.case.stack, *self._packs(recorder)]
        return self._run([preflight, *judged, *arguments], {})

    def engine(self, *arguments: str | Path, variables: Mapping[str, str] | None = None) -> Ended:
        """Runs a command of the engine on the case's stack."""
        command = [self._engine.pulumi, *arguments, "--non-interactive"]
        return self._run(command, variables or {})

    def preview(self, recorder: str, variables: Mapping[str, str]) -> Ended:
        """Runs the engine's preview with the case's pack and the recorder; prints its events."""
        return self.engine(
            *("preview", "--json", "--stack", self.case.stack),
            *self._packs(recorder),
            variables={**variables, **STREAMED},
        )

    def _packs(self, recorder: str | None) -> list[str | Path]:
        pack: list[str | Path] = [
            *("--policy-pack", self.case.pack, "--policy-pack-config", self.profile)
        ]
        if recorder is None:
            return pack
        copy = self.folder / recorder
        shutil.copytree(RECORDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
        nothing = self.folder / "none.json"
        return [*pack, "--policy-pack", copy, "--policy-pack-config", nothing]

    def _run(self, command: list[str | Path], variables: Mapping[str, str]) -> Ended:
        own = own_variables(self._engine, self.folder, self.folder / "plugins")
        ran = subprocess.run(
            command,
            cwd=self.project,
            env={**own, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(status=ran.returncode, output=ran.stdout, errors=ran.stderr)


def observe(case: Case, folder: Path, engine: Engine, tools: Tools) -> Observed:
    """Runs a program under preflight and the engine; does nothing where that was done before."""
    if (folder / _DONE).exists():
        return Observed(folder)
    bench = Bench(case, folder, engine, tools)
    _have_stacks(bench, case)
    judged = bench.preflight(
        *("--format", "json", "--output", folder / "verdict.json"),
        *("--save-state", folder / "saved.json", "--show-secrets"),
    )
    assert judged.status in (0, 1), judged.errors
    unknowns = bench.preflight("--keep-unknowns", "--format", "json", recorder="unknowns")
    assert unknowns.status in (0, 1), unknowns.errors
    with rehearsal_provider(folder / "store") as port:
        variables = {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        previewed = bench.preview("preview", variables)
        _keep(folder / "previewed.jsonl", previewed)
        up = ("up", "--yes", "--skip-preview", "--stack", case.stack)
        _succeed(bench.engine(*up, variables=variables))
    exported = bench.engine("stack", "export", "--show-secrets", "--stack", case.stack)
    _keep(folder / "deployed.json", exported)
    report = ("--format", "json", "--output", folder / "beside.json")
    beside = bench.preflight("--base-state", folder / "deployed.json", *report)
    assert beside.status in (0, 1), beside.errors
    _analyze(bench, "saved.json", "analyzed.jsonl", "of_state.json")
    _analyze(bench, "deployed.json", "analyzed_deployed.jsonl", "of_deployed.json")
    (folder / _DONE).touch()
    return Observed(folder)


def _analyze(bench: Bench, state: str, by_engine: str, by_preflight: str) -> None:
    """Lets both sides judge a state."""
    folder = bench.folder
    pack = ("--policy-pack", bench.case.pack, "--policy-pack-config", bench.profile)
    analyzed = bench.engine("policy", "analyze", "--json", "--file", folder / state, *pack)
    _keep(folder / by_engine, analyzed)
    report = ("--format", "json", "--output", folder / by_preflight)
    judged = bench.preflight("--state", folder / state, *report)
    assert judged.status in (0, 1), judged.errors


def _have_stacks(bench: Bench, case: Case) -> None:
    """Makes the stack with a tag, and the stacks that the program refers to with their outputs."""
    _succeed(bench.engine("stack", "init", "--no-select", "--stack", case.stack))
    tag = ("stack", "tag", "set", "owner", "payments", "--stack", case.stack)
    _succeed(bench.engine(*tag))
    told = bench.project / "preflight.yaml"
    known = yaml.safe_load(told.read_text(encoding="utf-8")) if told.exists() else {}
    for name, outputs in known.get("stackReferences", {}).items():
        _, project, stack = name.split("/")
        root = {
            "urn": stack_urn(stack=stack, project=project),
            "type": STACK_TYPE,
            "custom": False,
            "outputs": outputs,
        }
        state = {"version": 3, "deployment": {"manifest": {}, "resources": [root]}}
        folder = bench.project / project
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n", encoding="utf-8")
        (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
        here = ("--cwd", folder, "--stack", stack)
        _succeed(bench.engine("stack", "init", "--no-select", *here))
        _succeed(bench.engine("stack", "import", "--file", "state.json", *here))


def _leave_out(line: str, program: Path) -> None:
    lines = program.read_text(encoding="utf-8").splitlines(keepends=True)
    lines.remove(f"{line}\n")
    program.write_text("".join(lines), encoding="utf-8")


def _succeed(ended: Ended) -> None:
    assert ended.status == 0, ended.output + ended.errors


def _keep(file: Path, ended: Ended) -> None:
    """Keeps what a command printed; policy findings make it fail, anything else may not."""
    assert ended.output, ended.errors
    assert ended.status in (0, 1), ended.errors
    file.write_text(ended.output, encoding="utf-8")


def _policy_events(lines: list[Json]) -> Iterator[Json]:
    return (line["policyEvent"] for line in lines if "policyEvent" in line)


def _by_urn(resources: Any) -> dict[str, Json]:  # noqa: ANN401 - any iterable of JSON
    return {each["urn"]: each for each in resources}
