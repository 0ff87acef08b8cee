"""A finding's id stays where its program is moved, renamed, reordered and laid out anew.

One program is written in many ways. Each field of `Layout` is one kind of edit.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.paths import PACK
from pulumi_preflight import run
from pulumi_preflight.findings import Finding
from tests.preflight.builders import QUEUE, SERVICE, urn, write_pack

# Finds several things in one resource, with parts and without, and something in the whole stack.
PARTS = """\
import json

from pulumi_policy import PolicyPack, ResourceValidationPolicy, StackValidationPolicy


def told(args, report, *parts):
    found = []
    for part, message in parts:
        report(message, None)
        found.append({"message": message, "part": part, "problem": message, "wanted": "less"})
    args.not_applicable(json.dumps({"policyFindings": 1, "findings": found}))


def with_parts(args, report):
    if args.resource_type == "aws:sqs/queue:Queue":
        told(args, report, *((name, f"{name} is set") for name in sorted(args.props)))


def without_parts(args, report):
    if args.resource_type == "aws:ecs/service:Service":
        report("one thing")
        report("another thing")


def stack(args, report):
    for resource in args.resources:
        if resource.resource_type == "aws:sqs/queue:Queue":
            report("a queue", resource.urn)


PolicyPack("parts", [
    ResourceValidationPolicy("with-parts", "Parts.", with_parts),
    ResourceValidationPolicy("without-parts", "None.", without_parts),
    StackValidationPolicy("stack", "Stack.", stack),
])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the program is written; each field is a kind of edit."""

    comments_above: bool = False
    blank_lines: bool = False
    comments_behind: bool = False
    docstring: bool = False
    argument_a_line: bool = False
    single_quotes: bool = False
    keywords_reversed: bool = False
    arguments_unpacked: bool = False
    values_as_constants: bool = False
    semicolons: bool = False
    resources_reordered: bool = False
    inside_a_function: bool = False
    inside_an_if: bool = False
    loop_unrolled: bool = False
    wide_indents: bool = False
    variables_renamed: bool = False
    classes_renamed: bool = False
    module_renamed: bool = False
    import_renamed: bool = False
    resource_in_another_file: bool = False
    program_in_a_folder: bool = False
    windows_line_ends: bool = False


PLAIN = Layout()
KINDS = [each.name for each in fields(Layout)]
Names = Mapping[str, str]


class Writer:
    """Writes the program in a layout."""

    def __init__(self, layout: Layout, names: Names) -> None:
        self._layout = layout
        self._names = names
        self._constants: dict[str, str] = {}

    def files(self) -> dict[str, str]:
        layout = self._layout
        module = "parts" if layout.module_renamed else "classes"
        main = "\n".join([*self._head(module), *self._body()]) + "\n"
        files = {f"{module}.py": self._classes(), "__main__.py": main}
        if layout.resource_in_another_file:
            web = "\n".join([self._import(module), *self._web()]) + "\n"
            files["more.py"] = web
        if layout.windows_line_ends:
            files = {name: text.replace("\n", "\r\n") for name, text in files.items()}
        folder = "infra/" if layout.program_in_a_folder else ""
        project = {"name": "shop", "runtime": {"name": "python", "options": {"toolchain": "pip"}}}
        if folder:
            project["main"] = "infra"
        return {
            "Pulumi.yaml": json.dumps(project),
            **{f"{folder}{name}": text for name, text in files.items()},
        }

    def _classes(self) -> str:
        pulumi = "engine" if self._layout.import_renamed else "pulumi"
        lines = [f"import pulumi as {pulumi}" if pulumi != "pulumi" else "import pulumi"]
        for kind, token in (("Queue", QUEUE), ("Service", SERVICE)):
            lines += [
                f"class {self._class(kind)}({pulumi}.CustomResource):",
                f"    arn: {pulumi}.Output[str]",
                "    def __init__(self, name, **inputs):",
                f'        super().__init__("{token}", name, {{"arn": None, **inputs}})',
            ]
        return "\n".join(lines) + "\n"

    def _class(self, kind: str) -> str:
        return f"Our{kind}" if self._layout.classes_renamed else kind

    def _import(self, module: str) -> str:
        return f"from {module} import {self._class('Queue')}, {self._class('Service')}"

    def _head(self, module: str) -> Iterator[str]:
        if self._layout.docstring:
            yield '"""The program.\n\nIt has queues.\n"""'
        yield "import json"
        yield "import pulumi"
        yield self._import(module)
        if self._layout.values_as_constants:
            yield "SECONDS = 900"
            yield "COUNT = 50"

    def _body(self) -> list[str]:
        layout = self._layout
        web = ["import more"] if layout.resource_in_another_file else self._web()
        chain = [*self._dead(), *self._orders()]
        blocks = [chain, self._jobs(), web]
        if layout.resources_reordered:
            blocks.reverse()
        lines = [line for block in blocks for line in block]
        if layout.inside_an_if:
            lines = self._below("if len('a') == 1:", lines)
        if layout.inside_a_function:
            lines = [*self._below("def make():", lines), "make()"]
        return lines

    def _below(self, head: str, lines: list[str]) -> list[str]:
        indent = " " * (8 if self._layout.wide_indents else 4)
        inner = (indent + line.replace("\n", f"\n{indent}") for line in lines)
        return [head, *inner]

    def _dead(self) -> list[str]:
        return self._create("dead", "Queue", f'"{self._names["dead"]}"', fifoQueue="True")

    def _orders(self) -> list[str]:
        seconds = "SECONDS" if self._layout.values_as_constants else "900"
        policy = '{"deadLetterTargetArn": arn, "maxReceiveCount": 1}'
        dead = self._variable("dead")
        return self._create(
            "orders",
            "Queue",
            f'"{self._names["orders"]}"',
            visibilityTimeoutSeconds=seconds,
            redrivePolicy=f"{dead}.arn.apply(lambda arn: json.dumps({policy}))",
        )

    def _jobs(self) -> list[str]:
        if self._layout.loop_unrolled:
            return [
                line
                for number in range(3)
                for line in self._create(
                    f"job{number}", "Queue", f'"{self._names["jobs"]}-{number}"', delaySeconds="5"
                )
            ]
        name = f'f"{self._names["jobs"]}-{{number}}"'
        created = self._create("job", "Queue", name, delaySeconds="5")
        return self._below("for number in range(3):", created)

    def _web(self) -> list[str]:
        own = self._layout.values_as_constants and not self._layout.resource_in_another_file
        desired = "COUNT" if own else "50"
        return self._create(
            "web",
            "Service",
            f'"{self._names["web"]}"',
            desiredCount=desired,
            launchType='"FARGATE"',
        )

    def _variable(self, name: str) -> str:
        return f"the_{name}" if self._layout.variables_renamed else name

    def _create(self, variable: str, kind: str, name: str, **inputs: str) -> list[str]:
        layout = self._layout
        pairs = list(inputs.items())
        if layout.keywords_reversed:
            pairs.reverse()
        arguments = [f"{key}={value}" for key, value in pairs]
        if layout.arguments_unpacked:
            unpacked = ", ".join(f'"{key}": {value}' for key, value in pairs)
            arguments = [f"**{{{unpacked}}}"]
        if layout.argument_a_line:
            inner = "".join(f"\n    {each}," for each in (name, *arguments))
            call = f"({inner}\n)"
        else:
            call = f"({', '.join((name, *arguments))})"
        line = f"{self._variable(variable)} = {self._class(kind)}{call}"
        if layout.single_quotes:
            line = line.replace('"', "'")
        if layout.semicolons:
            line = f"before = 1; {line}; after = 2"
        if layout.comments_behind:
            line = f"{line}  # creates it"
        lines = [line]
        if layout.comments_above:
            lines = ["# Creates", "# it.", line]
        return ["", *lines, ""] if layout.blank_lines else lines


NAMES = {"dead": "dead", "orders": "orders", "jobs": "jobs", "web": "web"}
FOLDERS = count()
Judge = Callable[[Layout, Names], tuple[Finding, ...]]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    pack = write_pack(tmp_path_factory.mktemp("packs") / "parts", PARTS)

    @cache
    def judged(layout: Layout, names: tuple[tuple[str, str], ...]) -> tuple[Finding, ...]:
        folder = tmp_path_factory.mktemp(f"program{next(FOLDERS)}")
        for name, text in Writer(layout, dict(names)).files().items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(text.encode())
        verdict = run(folder, stack="dev", packs=[pack, PACK], config={"aws:region": "eu-west-1"})
        shutil.rmtree(folder)
        return (*verdict.findings, *verdict.not_evaluated)

    return lambda layout, names: judged(layout, tuple(sorted(names.items())))


def ids(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    found = {(finding.pack, finding.id, finding.urn) for finding in findings}
    assert len(found) == len(findings)
    return found


def test_the_program_has_findings_of_every_kind(judge: Judge) -> None:
    told = {(pack, rule) for pack, rule, _ in ids(judge(PLAIN, NAMES))}
    assert ("parts", "with-parts[delaySeconds]") in told
    assert {("parts", "without-parts"), ("parts", "without-parts[#2]")} <= told
    assert ("parts", "stack") in told
    assert ("aws-policy-pack", "sqs-dead-letter-queue-same-type") in told
    assert ("aws-policy-pack", "sqs-long-polling") in told


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_changes_no_id(judge: Judge, kind: str) -> None:
    edited = Layout(**{kind: True})
    assert Writer(edited, NAMES).files() != Writer(PLAIN, NAMES).files()
    assert ids(judge(edited, NAMES)) == ids(judge(PLAIN, NAMES))


def test_there_are_twenty_kinds_of_edits_or_more() -> None:
    assert len(KINDS) >= 20


# Each example runs a program.
@settings(max_examples=6, deadline=None)
@given(st.sets(st.sampled_from(KINDS), min_size=3))
def test_many_edits_together_change_no_id(judge: Judge, kinds: set[str]) -> None:
    layout = Layout(**dict.fromkeys(kinds, True))
    assert ids(judge(layout, NAMES)) == ids(judge(PLAIN, NAMES))


@pytest.mark.parametrize(
    ("renamed", "urns"),
    [
        pytest.param("web", {urn(SERVICE, "web")}, id="alone"),
        pytest.param("orders", {urn(QUEUE, "orders")}, id="refers-to-another"),
        pytest.param("dead", {urn(QUEUE, "dead")}, id="referred-to"),
        pytest.param("jobs", {urn(QUEUE, f"jobs-{number}") for number in range(3)}, id="loop"),
    ],
)
def test_renaming_a_resource_changes_its_own_findings_alone(
    judge: Judge, renamed: str, urns: set[str]
) -> None:
    before = judge(PLAIN, NAMES)
    after = judge(PLAIN, {**NAMES, renamed: "other"})
    others = tuple(finding for finding in before if finding.urn not in urns)
    own = tuple(finding for finding in before if finding.urn in urns)
    assert own
    assert ids(others) <= ids(after)
    assert ids(own).isdisjoint(ids(after))
    kinds = sorted(finding.rule for finding in before)
    assert sorted(finding.rule for finding in after) == kinds
