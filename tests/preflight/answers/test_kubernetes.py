"""Functions of the `kubernetes` provider: decoded as the provider does, or not known offline."""

import json
from typing import Any

import pytest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.outputs.answers.calls import Call, RefusedCallError
from pulumi_preflight.outputs.answers.kubernetes import ANSWERS
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.wire import UNKNOWN
from tests.preflight.running import RunProgram

DECODE = "kubernetes:yaml:decode"
# An SDK whose functions have no result class, without a second for the import of the real one.
SDK = (
    "import json, sys, types, pulumi\nsys.modules['pulumi_kubernetes'] = types.ModuleType('sdk')\n"
)


def decoded(text: str, **more: str) -> list[dict[str, Any]]:
    call = Call(DECODE, {"text": text, **more}, Place(region=""))
    result: list[dict[str, Any]] = list(ANSWERS[DECODE](call).follows["result"])
    return result


def one(field: str) -> object:
    """A field as it is in a decoded object."""
    [object_] = decoded(f"apiVersion: v1\nkind: A\nfield: {field}")
    return object_["field"]


def test_each_document_is_an_object() -> None:
    text = "apiVersion: v1\nkind: A\n---\n---\n# empty\n---\napiVersion: v1\nkind: B\n"
    assert [each["kind"] for each in decoded(text)] == ["A", "B"]


@pytest.mark.parametrize("text", ["", "---", "kind: A", "apiVersion: v1", "{}", "a: 1"])
def test_what_is_no_object_of_kubernetes_is_passed_over(text: str) -> None:
    assert decoded(text) == []


def test_json_is_read_too() -> None:
    assert decoded('{"apiVersion": "v1", "kind": "A"}') == [{"apiVersion": "v1", "kind": "A"}]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        pytest.param("2024-01-02", "2024-01-02", id="date"),
        pytest.param("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z", id="time"),
        pytest.param("22:22", "22:22", id="ports"),
        pytest.param("1:30.5", "1:30.5", id="base-60"),
        pytest.param("8080", 8080, id="integer"),
        pytest.param("0644", 0o644, id="octal"),
        pytest.param("1.5", 1.5, id="fraction"),
        pytest.param("yes", True, id="yes"),
        pytest.param("{2: a, true: b}", {"2": "a", "true": "b"}, id="keys-become-text"),
        pytest.param("[{2: c}]", [{"2": "c"}], id="keys-below"),
    ],
)
def test_a_value_is_read_as_the_provider_reads_it(field: str, wanted: object) -> None:
    assert one(field) == wanted


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        pytest.param("ConfigMap", "{}", {"namespace": "shop"}, id="none"),
        pytest.param("ConfigMap", "{namespace: own}", {"namespace": "own"}, id="its-own"),
        pytest.param("ClusterRole", "{}", {}, id="a-kind-without"),
    ],
)
def test_an_object_gets_the_default_namespace(
    kind: str, given: str, wanted: dict[str, str]
) -> None:
    text = f"apiVersion: v1\nkind: {kind}\nmetadata: {given}"
    [object_] = decoded(text, defaultNamespace="shop")
    assert object_["metadata"] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("a: [", "the text is not YAML: ", id="broken"),
        pytest.param("kind: A\n---\n- 1", "document 2 is a list; wanted an object", id="list"),
        pytest.param("a: &a [*a]", "the text is not YAML: the anchor 'a' contains", id="circle"),
    ],
)
def test_a_text_that_the_provider_refuses_is_one_clear_error(text: str, wanted: str) -> None:
    with pytest.raises(RefusedCallError, match=f"^{wanted}"):
        decoded(text)


def test_the_program_gets_the_objects_without_a_note(run: RunProgram) -> None:
    text = "apiVersion: v1\nkind: A"
    ran = run(
        f"{SDK}answer = pulumi.runtime.invoke({DECODE!r}, {{'text': {text!r}}})\n"
        "print(json.dumps(answer.value['result']))"
    )
    assert ran.printed == [{"apiVersion": "v1", "kind": "A"}]
    assert ran.notes == []


@pytest.mark.parametrize(
    "token", ["kubernetes:helm:template", "kubernetes:kustomize:directory", "kubernetes:a:b"]
)
def test_what_only_the_plugin_knows_is_unknown_and_the_program_goes_on(
    run: RunProgram, token: str
) -> None:
    ran = run(f"{SDK}print(json.dumps(pulumi.runtime.invoke({token!r}, {{}}).value))")
    assert ran.printed is None
    [note] = ran.notes
    assert note.startswith(f"the answer of {token} is not known offline, so its result is unknown")


def test_such_an_answer_can_be_given(run: RunProgram) -> None:
    known = "invokes: [{function: kubernetes:helm:template, result: {result: [{kind: A}]}}]"
    code = "pulumi.runtime.invoke('kubernetes:helm:template', {}).value['result']"
    ran = run(f"{SDK}print(json.dumps({code}))", preflight=known)
    assert (json.dumps(ran.printed), ran.notes) == ('[{"kind": "A"}]', [])


def test_an_error_on_an_unknown_answer_says_how_to_give_it(run: RunProgram) -> None:
    program = f"{SDK}pulumi.runtime.invoke('kubernetes:helm:template', {{}}).value['result']"
    with pytest.raises(ProgramError, match="TypeError") as raised:
        run(program)
    hint = str(raised.value.hint)
    assert hint.startswith("preflight does not know the answer of template, which __main__.py:")
    assert "function: kubernetes:helm:template" in hint


# As `helm.v3.Chart` and `kustomize.Directory` of the SDK make their resources.
CHART = """
async def objects(*_):
    answer = await pulumi.runtime.invoke_async({function!r}, {{}})
    return (answer or {{}}).get("result", [])
found = pulumi.Output.from_input({objects})
made = found.apply(lambda all: {{each["kind"]: each for each in all}})
pulumi.export("one", made.apply(lambda _: made["Service"]["metadata"]["name"]))
pulumi.export("all", made.apply(lambda each: len(each)))
"""


@pytest.mark.parametrize("keep_unknowns", [False, True], ids=["filled-in", "kept"])
@pytest.mark.parametrize(
    ("token", "objects"),
    [
        pytest.param(
            "kubernetes:helm:template", 'pulumi.Output.from_input("").apply(objects)', id="chart"
        ),
        pytest.param("kubernetes:kustomize:directory", "objects()", id="directory"),
    ],
)
def test_what_is_looked_up_in_resources_that_nobody_knows_is_unknown(
    run: RunProgram, token: str, objects: str, *, keep_unknowns: bool
) -> None:
    program = SDK + CHART.format(function=token, objects=objects)
    ran = run(program, keep_unknowns=keep_unknowns)
    assert ran.exports == {"one": UNKNOWN, "all": UNKNOWN}
    [note] = ran.notes
    assert note.startswith(f"the answer of {token} is not known offline")


def test_what_is_looked_up_in_a_known_answer_is_there(run: RunProgram) -> None:
    known = (
        "invokes: [{function: kubernetes:helm:template, "
        "result: {result: [{kind: Service, metadata: {name: web}}]}}]"
    )
    program = SDK + CHART.format(function="kubernetes:helm:template", objects="objects()")
    assert run(program, preflight=known).exports == {"one": "web", "all": 1}
