"""The programs of a folder, preflight's verdict on each, and findings before and after."""

import hashlib
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.yaml_files import read_mapping

STACK = "dev"
_PASSED_OVER = {"node_modules", "venv", ".venv", "site-packages", ".git"}
_MISSING = re.compile(r"Missing required configuration variable '(?P<key>[^']+)'")
_REGION = "aws:region=us-east-1"
_MOST_MISSING = 20
_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One version of this repository.

    Attributes:
        root: Its folder.
        python: The interpreter of its environment.
    """

    root: Path
    python: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What preflight says of a program.

    Attributes:
        findings: The findings of its verdict; none without one.
        trouble: Why there is no verdict, in one line; `None` with one.
    """

    findings: tuple[Mapping[str, Any], ...] = ()
    trouble: str | None = None


def programs_in(folder: Path) -> list[Path]:
    """The folders of all Pulumi programs in Python, in order."""
    found = (file.parent for file in folder.rglob("Pulumi.yaml"))
    return sorted(each for each in found if not _is_passed_over(each, folder) and _is_python(each))


def _is_passed_over(program: Path, folder: Path) -> bool:
    return not _PASSED_OVER.isdisjoint(program.relative_to(folder).parts)


def _is_python(program: Path) -> bool:
    return _runtime(program).get("name") == "python"


def _runtime(program: Path) -> Mapping[str, Any]:
    """A project's `runtime`; nothing where the file holds none."""
    try:
        runtime = read_mapping(program / "Pulumi.yaml").get("runtime")
    except ProjectError:
        return {}
    return runtime if isinstance(runtime, dict) else {"name": runtime}


def environment_of(program: Path, cache: Path, python: Path) -> Path:
    """The environment of a program's `requirements.txt`, made once for each content.

    Where the project names a virtualenv that is not there, a link leads to this one.

    Args:
        program: The program's folder.
        cache: The folder of all such environments.
        python: The interpreter that the environment is of.

    Raises:
        OSError: The requirements cannot be installed; the text says why.
    """
    file = program / "requirements.txt"
    text = file.read_bytes() if file.exists() else b"pulumi\npulumi-aws\n"
    made = cache / hashlib.sha256(text).hexdigest()[:16]
    _link(program, made / "environment")
    if (made / "whole").exists():
        return made
    made.mkdir(parents=True, exist_ok=True)
    wanted = made / "requirements.txt"
    wanted.write_bytes(text)
    environment = str(made / "environment")
    # pulumi_aws 5 and older import `pkg_resources`.
    packages = ["setuptools<81", "--requirement", str(wanted)]
    for command in (
        ["venv", "--clear", "--python", str(python), environment],
        ["pip", "install", "--python", environment, *packages],
    ):
        ran = subprocess.run(
            ["uv", "--quiet", *command],  # noqa: S607 - as the user has it
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise OSError(next(iter(ran.stderr.strip().splitlines()), "uv failed"))
    (made / "whole").touch()
    return made


def _link(program: Path, environment: Path) -> None:
    named = (_runtime(program).get("options") or {}).get("virtualenv")
    if named and not (link := program / named).exists():
        link.unlink(missing_ok=True)
        link.symlink_to(environment)


def judged(program: Path, environment: Path, side: Side, profile: str | None) -> Outcome:
    """Preflight's verdict on a program, with settings made up for those that it asks for.

    Args:
        program: The program's folder.
        environment: What `environment_of` has made.
        side: The version of preflight and pack.
        profile: A file of settings for the pack, or `None`.
    """
    config = first_settings(program)
    said = ""
    for _ in range(_MOST_MISSING):
        options = [*config, *(["--policy-pack-config", profile] if profile else [])]
        try:
            ran = _ran(program, environment, side, options)
        except subprocess.TimeoutExpired:
            return Outcome(trouble=f"no verdict within {_SECONDS} s")
        if ran.returncode in (0, 1):
            return Outcome(findings=tuple(json.loads(ran.stdout)["findings"]))
        said = ran.stderr
        missing = _MISSING.search(said)
        if missing is None:
            break
        config += setting_for(missing["key"])
    return Outcome(trouble=next(_errors(said), "no verdict"))


def first_settings(program: Path) -> list[str]:
    """What a stranger sets before all else: a region, where no file of the stack sets anything."""
    has_file = (program / f"Pulumi.{STACK}.yaml").exists()
    return [] if has_file else ["--config", _REGION]


def setting_for(key: str) -> list[str]:
    """A setting that a program misses: its own name, since one value for all may be two of one."""
    return ["--config", f"{key}={key.rpartition(':')[2]}"]


def _ran(
    program: Path, environment: Path, side: Side, options: Sequence[str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(str(side.python.parent / "preflight"), str(program), "--stack", STACK),
            *("--policy-pack", str(side.root / "policies"), "--format", "json", *options),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "VIRTUAL_ENV": str(environment / "environment")},
        timeout=_SECONDS,
    )


def _errors(said: str) -> Iterator[str]:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    yield from (line for line in lines if line.startswith("error: "))
    yield from lines


_MOST_SHOWN = 200
Key = tuple[str, str, str, str]
"""Rule, level, `file:line` and name of the resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A program under both versions."""

    name: str
    before: Outcome
    after: Outcome


def markdown(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    """The lines of the report.

    Args:
        programs: All programs.
        before: What the first version is called.
        after: What the second is called.
    """
    judged = [each for each in programs if each.before.trouble is each.after.trouble is None]
    yield f"# {len(judged)} programs, {before} and {after}"
    yield ""
    yield from _rules(judged, before, after)
    yield from _changed(judged)
    yield from _troubled(programs, before, after)


def _rules(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    counts = [
        Counter((each["rule"], each["level"]) for each in findings)
        for findings in (
            [finding for program in programs for finding in program.before.findings],
            [finding for program in programs for finding in program.after.findings],
        )
    ]
    rules = sorted({rule for count in counts for rule, _ in count})
    yield f"| rule | mandatory, {before} | {after} | advisory, {before} | {after} |"
    yield "|---|---:|---:|---:|---:|"
    for rule in rules:
        numbers = [count[rule, level] for level in ("mandatory", "advisory") for count in counts]
        yield f"| {rule} | {' | '.join(map(str, numbers))} |"
    totals = [
        sum(number for (_, of), number in count.items() if of == level)
        for level in ("mandatory", "advisory")
        for count in counts
    ]
    yield f"| **all** | {' | '.join(f'**{total}**' for total in totals)} |"


def _changed(programs: list[Compared]) -> Iterator[str]:
    lines = [
        f"- {word} `{program.name}`: {level} {rule} at {place}, {name}"
        for program in programs
        for word, found in _differences(program)
        for rule, level, place, name in found
    ]
    yield ""
    yield f"## {len(lines)} findings that differ"
    yield ""
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield f"- and {len(lines) - _MOST_SHOWN} more"


def _differences(program: Compared) -> Iterator[tuple[str, list[Key]]]:
    before, after = (Counter(map(_key, each.findings)) for each in (program.before, program.after))
    yield "gone", sorted((before - after).elements())
    yield "new", sorted((after - before).elements())


def _key(finding: Mapping[str, Any]) -> Key:
    place = f"{finding['file']}:{finding['line']}" if finding["file"] else "the stack"
    return finding["rule"], finding["level"], place, finding["urn"].rpartition("::")[2]


def _troubled(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    found = [
        f"- `{program.name}`, {side}: {outcome.trouble}"
        for program in programs
        for side, outcome in ((before, program.before), (after, program.after))
        if outcome.trouble
    ]
    if found:
        yield ""
        yield f"## {len(found)} without a verdict"
        yield ""
        yield from found
