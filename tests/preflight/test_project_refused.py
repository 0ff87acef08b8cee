"""Preflight refuses project and stack files that the engine refuses, and names file and key."""

import re

import pytest

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import load_project
from tests.preflight.running import WriteProject

TYPED = "config: {x: {type: %s}}"


def load(write_project: WriteProject, project: str, stack: str) -> None:
    text = f"name: shop\nruntime: {{name: python, options: {{toolchain: pip}}}}\n{project}\n"
    files = {"Pulumi.yaml": text, "Pulumi.dev.yaml": stack}
    load_project(write_project("", files=files), stack="dev", environment={})


@pytest.mark.parametrize(
    ("project", "stack", "wanted"),
    [
        pytest.param(
            "config: {x: {type: string, secret: true}}",
            "config: {x: plain}",
            "stack 'dev': config 'x' is in plain text; .*Pulumi.yaml declares it as a secret",
            id="secret-in-plain-text",
        ),
        pytest.param(
            "config: {x: {type: string, secret: true, default: plain}}",
            "",
            "config 'x' is in plain text",
            id="secret-with-a-plain-default",
        ),
        pytest.param(
            "config: {x: {type: object, secret: true}}",
            "config: {x: {a: b}}",
            "config 'x' is in plain text",
            id="object-without-a-secret",
        ),
        pytest.param(
            TYPED % "number",
            "config: {x: 1}",
            "config 'x': type is 'number'; wanted one of string, integer",
            id="unknown-type",
        ),
        pytest.param(TYPED % "[string]", "", r"type is \['string'\]", id="type-that-is-a-list"),
        pytest.param(
            "config: {x: {value: a, default: b}}",
            "",
            "config 'x' has both default and value",
            id="value-and-default",
        ),
        pytest.param(
            "config: {'aws:region': {type: string, value: x}}",
            "",
            "config 'aws:region' has a type, and is not of the project's own namespace",
            id="type-in-another-namespace",
        ),
        pytest.param(
            "config: {'aws:region': {default: x}}",
            "",
            "config 'aws:region' has a default, .*wanted value",
            id="default-in-another-namespace",
        ),
        pytest.param(
            "config: {'aws:region': {description: x}}",
            "",
            "config 'aws:region' has no value",
            id="nothing-in-another-namespace",
        ),
        pytest.param(
            "config: {'pulumi:autonaming': {mode: verbatim}}",
            "",
            "config 'pulumi:autonaming' has the key 'mode'; wanted one of type",
            id="object-without-value-above-it",
        ),
        pytest.param(
            "config: {x: {typ: string}}", "", "has the key 'typ'", id="key-that-is-misspelt"
        ),
        pytest.param(
            "config: {x: {type: integer, default: many}}",
            "",
            "default is 'many', which is not of type integer",
            id="default-of-another-type",
        ),
        pytest.param(
            "config: {x: {type: string, default: 3}}", "", "default is 3", id="number-for-text"
        ),
        pytest.param(
            TYPED % "array", "config: {x: [1]}", "an array without items", id="array-without-items"
        ),
        pytest.param(
            "config: {x: {type: array, items: {type: array}}}",
            "",
            "items is an array without items",
            id="inner-array-without-items",
        ),
        pytest.param(
            "config: {x: {type: array, items: string}}", "", "items is 'string'", id="items-as-text"
        ),
        pytest.param(
            "config: {x: {type: array, items: {type: string}}}",
            "config: {x: [1]}",
            r"config 'x' is \[1\]; .* declares it as array<string>",
            id="item-of-another-type",
        ),
        pytest.param(
            TYPED % "integer", "config: {x: '1.0'}", "declares it as integer", id="fraction-as-text"
        ),
        pytest.param(
            TYPED % "integer", "config: {x: '1_0'}", "declares it as integer", id="underscore"
        ),
        pytest.param(
            TYPED % "boolean", "config: {x: yes}", "declares it as boolean", id="yes-is-text"
        ),
        pytest.param(TYPED % "object", "config: {x: }", "declares it as object", id="nothing"),
        pytest.param(
            "config: {x: {type: string, description: 3}}",
            "",
            "description is 3; wanted text",
            id="description-that-is-a-number",
        ),
        pytest.param(
            "config: {x: {type: string, secret: 'yes'}}",
            "",
            "secret is 'yes'; wanted true or false",
            id="secret-that-is-text",
        ),
        pytest.param("config: {x: }", "config: {x: 1}", "config 'x' is null", id="null"),
        pytest.param("config: {x: 2026-01-02}", "", "config 'x' is '2026-01-02", id="date"),
        pytest.param(
            "config: {x: 18446744073709551615}", "", "whole number of 64 bits", id="great-number"
        ),
        pytest.param(
            "config: {x: {default: {a: {1: b}}}}",
            "",
            "has the key 1, which is not text",
            id="inner-key-that-is-a-number",
        ),
        pytest.param("config: [a]", "", r"config is \['a'\]; wanted keys and values", id="list"),
        pytest.param(
            "config: stacks\nstackConfigDir: stacks",
            "",
            "config and stackConfigDir both name",
            id="two-folders",
        ),
        pytest.param(
            "backend: {urll: file:///x}",
            "",
            "backend has the key 'urll'; wanted one of url",
            id="misspelt-url",
        ),
        pytest.param(
            "options: {refresh: never}",
            "",
            "options.refresh is 'never'; wanted always",
            id="choice",
        ),
        pytest.param(
            "packages: {a: {version: '1'}}", "", "packages.a has no source", id="package-of-nothing"
        ),
        pytest.param(
            "plugins: {providers: [{name: aws}]}",
            "",
            r"plugins.providers\[0\] has no path",
            id="plugin-without-path",
        ),
        pytest.param("description: [a]", "", r"description is \['a'\]", id="description"),
        pytest.param("template: {config: {a: {secret: 3}}}", "", "secret is 3", id="template"),
        pytest.param("1: x", "", "the key 1 is not text", id="key-of-the-project"),
        pytest.param("", "1: x", "the key 1 is not text", id="key-of-the-stack"),
        pytest.param("", "config: {1: x}", "config key 1 is not text", id="config-key"),
        pytest.param(
            "", "config: {x: .nan}", "config 'shop:x': nan is not a number", id="no-number"
        ),
        pytest.param("", "config: {x: [.inf]}", "inf is not a number", id="infinite-number"),
        pytest.param("", "config: [a]", r"config is \['a'\]", id="config-that-is-a-list"),
        pytest.param("", "secretsprovider: [a]", "secretsprovider is", id="provider-as-list"),
        pytest.param(
            "",
            "secretsprovider: vault://x",
            "secretsprovider is 'vault://x'; wanted one of passphrase, awskms://",
            id="unknown-secrets-provider",
        ),
    ],
)
def test_what_the_engine_refuses_is_one_clear_error(
    write_project: WriteProject, project: str, stack: str, wanted: str
) -> None:
    with pytest.raises(ProjectError, match=wanted):
        load(write_project, project, stack)


@pytest.mark.parametrize(
    ("runtime", "wanted"),
    [
        pytest.param("", "runtime is missing; the engine runs no program there", id="none"),
        pytest.param("runtime: {options: {}}", "runtime is missing", id="without-name"),
        pytest.param("runtime: [python]", "runtime is ['python']; wanted text", id="list"),
        pytest.param(
            "runtime: {name: python, option: {}}", "runtime has the key 'option'", id="misspelt"
        ),
        pytest.param(
            "runtime: {name: python, options: {toolchain: conda}}",
            "runtime.options.toolchain is 'conda'; wanted pip or poetry or uv",
            id="toolchain",
        ),
        pytest.param(
            "runtime: {name: python, options: {typechecker: pyre}}",
            "runtime.options.typechecker is 'pyre'; wanted mypy or pyright",
            id="typechecker",
        ),
        pytest.param(
            "runtime: {name: python, options: {virtualenv: 3}}",
            "runtime.options.virtualenv is 3; wanted text",
            id="virtualenv",
        ),
    ],
)
def test_a_runtime_that_no_program_runs_with_is_refused(
    write_project: WriteProject, runtime: str, wanted: str
) -> None:
    folder = write_project("", files={"Pulumi.yaml": f"name: shop\n{runtime}\n"})
    with pytest.raises(ProjectError, match=re.escape(wanted)):
        load_project(folder, stack="dev", environment={})


@pytest.mark.parametrize(
    ("project", "stack"),
    [
        pytest.param("config: {x: {type: integer}}", "config: {x: '+3'}", id="signed-text"),
        pytest.param("config: {x: {type: integer}}", "config: {x: 1.0}", id="whole-fraction"),
        pytest.param("config: {x: {type: string}}", "config: {x: 3}", id="number-as-text"),
        pytest.param("config: {x: {type: boolean}}", "config: {x: 'true'}", id="text-as-boolean"),
        pytest.param("config: {x: {secret: true}}", "config: {x: 3}", id="secret-without-a-type"),
        pytest.param("config: {x: {value: 3}}", "", id="value-of-the-project"),
        pytest.param("config: {'aws:region': {value: x}}", "", id="value-of-another-namespace"),
        pytest.param(
            "config: {x: {type: array, items: {type: integer}}}",
            "config: {x: ['1', 2]}",
            id="items",
        ),
        pytest.param("anything: else\nmain:\n", "anything: else", id="keys-of-nobody"),
        pytest.param("", "config: {x: {secure: 3}}", id="secure-that-is-no-text"),
    ],
)
def test_what_the_engine_takes_is_taken(
    write_project: WriteProject, project: str, stack: str
) -> None:
    load(write_project, project, stack)


@pytest.mark.parametrize(
    ("project", "wanted"),
    [
        pytest.param("packages: {a: a@1}", "Pulumi.yaml: packages were not", id="packages"),
        pytest.param("plugins: {}", "Pulumi.yaml: plugins were not started", id="plugins"),
        pytest.param("options: {refresh: always}", "options were not followed", id="refresh"),
        pytest.param("requiredPulumiVersion: '>=3.0.0'", "was not checked", id="version"),
    ],
)
def test_a_key_that_only_the_engine_uses_leaves_a_note(
    write_project: WriteProject, project: str, wanted: str
) -> None:
    text = f"name: shop\nruntime: {{name: python, options: {{toolchain: pip}}}}\n{project}\n"
    folder = write_project("", files={"Pulumi.yaml": text})
    [note] = load_project(folder, stack="dev", environment={}).notes
    assert wanted in note
