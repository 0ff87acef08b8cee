"""How the schemas of packages are made: what is read of an SDK, and what goes into the files."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.paths import PREFLIGHT, ROOT
from pulumi_loopback.errors import CommandError
from tools.tables import schemas
from tools.tables.__main__ import main

# As the generated SDKs are written, in the old way and in the new one; two of its modules have a
# record of one name, and one record has the name of a resource's arguments.
INDEX = '''\
import pulumi
resource_modules="""
[{"mod": "a/thing", "fqn": "pulumi_made.a", "classes": {"made:a/thing:Thing": "Thing"}},
 {"mod": "b/thing", "fqn": "pulumi_made.b", "classes": {"made:b/thing:Thing": "Thing"}}]
"""
'''
RECORD = """
@pulumi.output_type
class Part:
    @property
    @pulumi.getter(name="{field}")
    def field(self) -> str: ...

@pulumi.input_type
class PartArgs:
    @property
    @pulumi.getter(name="{field}")
    def field(self) -> {given}: ...
"""
RESOURCE = """
@pulumi.input_type
class {arguments}:
    @property
    @pulumi.getter(name="diskSize")
    def disk_size(self) -> {required}: ...
    @property
    @pulumi.getter
    def parts(self) -> {optional}: ...

class Thing(pulumi.CustomResource):
    pulumi_type = "made:{module}/thing:Thing"
    def _internal_init(self, resource_name, opts=None, disk_size=None, parts=None):
        pulumi.ResourceOptions(additional_secret_outputs=["password"])
    @property
    @pulumi.getter(name="diskSize")
    def disk_size(self) -> pulumi.Output[int]: ...
    @property
    @pulumi.getter
    def parts(self) -> pulumi.Output[Optional[Sequence["outputs.Part"]]]: ...
    @property
    @pulumi.getter
    def password(self) -> pulumi.Output[str]: ...
"""
FUNCTION = """
@pulumi.output_type
class GetThingResult:
    @property
    @pulumi.getter(name="diskSize")
    def disk_size(self) -> int: ...

def get_thing_output(thing_name: {required} = None,
                     tags: {optional} = None,
                     opts: Optional[pulumi.InvokeOptions] = None) -> pulumi.Output[GetThingResult]:
    __args__ = dict()
    __args__['thingName'] = thing_name
    __args__['tags'] = tags
    return pulumi.runtime.invoke_output(
        'made:{module}/getThing:getThing', __args__, opts=opts, typ=GetThingResult)
"""
IMPORTS = "import pulumi\nfrom typing import Mapping, Optional, Sequence\nfrom . import outputs\n"
NEW = {
    "required": "pulumi.Input[Optional[str]]",
    "optional": "pulumi.Input[Optional[Optional[Mapping[str, str]]]]",
}
OLD = {
    "required": "Optional[pulumi.Input[str]]",
    "optional": "Optional[pulumi.Input[Optional[Mapping[str, str]]]]",
}
THING = [
    ["diskSize", ["integer"], "sr"],
    ["parts", ["list", ["object", "made-1:{module}:0"]], "os"],
    ["password", ["string"], "x"],
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - JSON
    """What the reader prints of a package of two modules."""
    folder = tmp_path_factory.mktemp("sdk")
    parts = "Optional[pulumi.Input[Sequence[pulumi.Input['outputs.PartArgs']]]]"
    for module, arguments, style, text in (
        ("a", "ThingArgs", NEW, "pulumi.Input[str]"),
        ("b", "ThingInitArgs", OLD, "Optional[pulumi.Input[str]]"),
    ):
        words = {"module": module, "arguments": arguments, "field": f"{module}Name", "given": text}
        thing = RESOURCE.format(**words, required="pulumi.Input[int]", optional=parts)
        if module == "b":
            thing += "\nclass ThingArgs: ...\n"
        files = {
            "outputs.py": f"import pulumi\nfrom typing import Optional\n{RECORD.format(**words)}",
            "thing.py": f"{IMPORTS}{thing}",
            "get_thing.py": f"{IMPORTS}{FUNCTION.format(**words, **style)}",
            "__init__.py": "from .thing import *\nfrom .get_thing import *\n",
        }
        (folder / "pulumi_made" / module).mkdir(parents=True)
        for name, source in files.items():
            (folder / "pulumi_made" / module / name).write_text(source)
    (folder / "pulumi_made" / "__init__.py").write_text(INDEX)
    (folder / "pulumi_made-1.2.3.dist-info").mkdir()
    (folder / "pulumi_made-1.2.3.dist-info" / "METADATA").write_text(
        "Name: pulumi_made\nVersion: 1.2.3\n"
    )
    command = [sys.executable, "-m", "tools.tables.reader", "made"]
    path = os.pathsep.join(map(str, (ROOT, PREFLIGHT, folder)))
    variables = os.environ | {"PYTHONPATH": path}
    printed = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout)


@pytest.mark.parametrize("module", ["a", "b"])
def test_a_type_is_read_of_its_classes(described: Any, module: str) -> None:  # noqa: ANN401 - JSON
    files = schemas.schema("made-1", described)
    resource = files[module]["resources"][f"made:{module}/thing:Thing"]
    expected = json.loads(json.dumps(THING).replace("{module}", module))
    assert resource == {"outputs": expected}


@pytest.mark.parametrize(("module", "flags"), [("a", "sr"), ("b", "s")])
def test_records_of_one_name_are_each_modules_own(
    described: Any,  # noqa: ANN401 - JSON
    module: str,
    flags: str,
) -> None:
    objects = schemas.schema("made-1", described)[module]["objects"]
    assert objects == [[[f"{module}Name", ["string"], flags]]]


@pytest.mark.parametrize("module", [pytest.param("a", id="new"), pytest.param("b", id="old")])
def test_a_function_is_read_of_its_code(described: Any, module: str) -> None:  # noqa: ANN401 - JSON
    functions = schemas.schema("made-1", described)[module]["functions"]
    assert functions[f"made:{module}/getThing:getThing"] == {
        "inputs": [["thingName", ["string"], "sr"], ["tags", ["map", ["string"]], "s"]],
        "answer": [["diskSize", ["integer"], ""]],
    }


def test_the_head_tells_package_and_version(described: Any) -> None:  # noqa: ANN401 - JSON
    assert schemas.schema("made-1", described)["head"] == {"package": "made", "version": "1.2.3"}


def entry(outputs: list[Any], inputs: list[Any]) -> dict[str, Any]:
    return {"outputs": outputs, "inputs": inputs, "secrets": []}


def objects_of(classes: dict[str, list[Any]], *references: str) -> list[Any]:
    outputs = [[each, ["object", each], False, False] for each in references]
    described = {
        "version": "1.0.0",
        "resources": {"made:a:Thing": entry(outputs, [])},
        "functions": {},
        "classes": classes,
    }
    files = schemas.schema("made-1", described)["a"]
    kinds = {name: kind[1] for name, kind, _ in files["resources"]["made:a:Thing"]["outputs"]}
    return [kinds, files["objects"]]


def test_records_that_are_alike_are_one() -> None:
    rows = [["size", ["integer"], True, False]]
    kinds, objects = objects_of({"one": rows, "two": rows}, "one", "two")
    assert kinds == {"one": "made-1:a:0", "two": "made-1:a:0"}
    assert objects == [[["size", ["integer"], "o"]]]


def test_records_that_hold_themselves_are_compared() -> None:
    kinds, objects = objects_of(
        {
            "one": [["next", ["list", ["object", "one"]], True, False]],
            "two": [["next", ["list", ["object", "two"]], True, False]],
            "three": [["next", ["list", ["object", "four"]], True, False]],
            "four": [["end", ["string"], True, False]],
        },
        *("one", "two", "three"),
    )
    assert kinds["one"] == kinds["two"] != kinds["three"]
    assert len(objects) == 3


_REFERENCES = st.sampled_from(["a", "b", "c", "d"])
_KINDS = st.recursive(
    st.one_of(st.just(["string"]), _REFERENCES.map(lambda name: ["object", name])),
    lambda inner: st.tuples(st.sampled_from(["list", "map"]), inner).map(list),
    max_leaves=2,
)
_ROWS = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), _KINDS, st.booleans()).map(
        lambda row: [*row, False]
    ),
    max_size=2,
    unique_by=lambda row: row[0],
)


def unfolded(rows: list[Any], classes: Mapping[str, list[Any]], depth: int = 6) -> Any:  # noqa: ANN401
    """Properties with all that they refer to, so many levels deep."""

    def unfold(kind: list[Any]) -> Any:  # noqa: ANN401
        if kind[0] in ("list", "map"):
            return kind[0], unfold(kind[1])
        return unfolded(classes[kind[1]], classes, depth - 1) if kind[0] == "object" else kind[0]

    if not depth:
        return None
    # As an SDK tells it, or as the letters of a file do.
    return [(row[0], unfold(row[1]), row[2] in (True, "o")) for row in rows]


@given(st.fixed_dictionaries(dict.fromkeys("abcd", _ROWS)))
def test_any_records_are_in_the_file_what_they_are_in_the_sdk(classes: dict[str, Any]) -> None:
    kinds, objects = objects_of(classes, *classes)
    numbered = {f"made-1:a:{number}": rows for number, rows in enumerate(objects)}
    for name, rows in classes.items():
        assert unfolded(numbered[kinds[name]], numbered) == unfolded(rows, classes)
    texts = [json.dumps(unfolded(rows, numbered)) for rows in objects]
    assert len(set(texts)) == len(texts)


def test_inputs_that_are_no_outputs_stand_by_themselves() -> None:
    described = {
        "version": "1.0.0",
        "resources": {
            "made:a:Vpc": entry(
                [["gateways", ["list", ["resource", "aws:ec2/eip:Eip"]], False, True]],
                [["gateways", ["object", "GatewaysArgs"], False, False]],
            )
        },
        "functions": {},
        "classes": {"GatewaysArgs": [["count", ["integer"], True, False]]},
    }
    files = schemas.schema("made-1", described)["a"]
    assert files == {
        "resources": {
            "made:a:Vpc": {
                "outputs": [["gateways", ["list", ["resource", "aws:ec2/eip:Eip"]], "s"]],
                "inputs": [["gateways", ["object", "made-1:a:0"], "sr"]],
            }
        },
        "functions": {},
        "objects": [[["count", ["integer"], "s"]]],
    }


def test_a_schema_that_is_written_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "FOLDER", tmp_path)
    files = {"head": {"package": "made", "version": "1.0.0"}, "a": {"objects": []}}
    schemas.write("made-1", files, dated="2026-01-02")
    first = (tmp_path / "made-1.zip").read_bytes()
    schemas.write("made-1", files, dated="2026-01-02")
    assert schemas.kept("made-1") == files
    assert (tmp_path / "made-1.zip").read_bytes() == first


@pytest.mark.parametrize("stem", schemas.VERSIONS)
def test_a_schema_is_of_the_version_that_is_wanted(stem: str) -> None:
    assert schemas.kept(stem)["head"]["version"] == schemas.VERSIONS[stem]


def test_a_version_that_does_not_exist_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a registry, so that nothing is asked of one.
    for name, value in {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=r"tls-5: .* cannot be installed or read"):
        schemas.made("tls-5")


def test_a_table_that_does_not_exist_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["aws-5"])
    assert "there is no table aws-5; there are facts, aws-6, aws-7" in capsys.readouterr().err
