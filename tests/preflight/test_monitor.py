"""What a program registers: URNs, parents, providers, options, secrets, positions.

The programs declare their own resource types, so that they need no provider's SDK; what is
expected was compared with previews of the real engine.
"""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.monitor import stack_request
from pulumi_preflight.project import load_project
from tests.preflight.running import Ran, RunProgram, WriteProject, plain, run_loaded

TYPES = """\
import pulumi
from pulumi import Alias, ComponentResource, CustomResource, InvokeOptions, ResourceOptions

class Thing(CustomResource):
    size: pulumi.Output[int]
    def __init__(self, name, props=None, opts=None):
        super().__init__("demo:index:Thing", name, {"size": None, **(props or {})}, opts)

class Provider(pulumi.ProviderResource):
    def __init__(self, name, props=None, opts=None):
        super().__init__("demo", name, props or {}, opts)

class Group(ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Group", name, {"purpose": "test"}, opts)
"""
GRAPH = f"""{TYPES}
west = Provider("west", {{"region": "us-west-1"}}, ResourceOptions(version="1.2.3"))
group = Group("group", ResourceOptions(provider=west, protect=True))
child = Thing("child", {{"size": 1}}, ResourceOptions(parent=group))
grandchild = Thing("grandchild", {{"of": child.id}}, ResourceOptions(parent=child))
plain = Thing("plain", {{"size": 2, "other": child.urn}}, ResourceOptions(
    ignore_changes=["size"], aliases=[Alias(name="old")], depends_on=[grandchild],
    delete_before_replace=True, retain_on_delete=True, deleted_with=child,
    additional_secret_outputs=["size"], custom_timeouts=pulumi.CustomTimeouts(create="1h30m"),
))
group.register_outputs({{"child": child.urn}})
pulumi.export("child", child.urn)
pulumi.export("password", pulumi.Output.secret("hunter2"))
"""
PREFIX = "urn:pulumi:dev::shop::"


@pytest.fixture
def graph(run: RunProgram) -> Ran:
    return run(GRAPH, config="{demo:region: eu-west-1, demo:token: {value: t}}")


@pytest.mark.parametrize(
    ("name", "urn"),
    [
        pytest.param("shop-dev", "pulumi:pulumi:Stack::shop-dev", id="stack"),
        pytest.param("west", "pulumi:providers:demo::west", id="explicit-provider"),
        pytest.param("default", "pulumi:providers:demo::default", id="default-provider"),
        pytest.param("group", "shop:index:Group::group", id="component"),
        pytest.param("child", "shop:index:Group$demo:index:Thing::child", id="child-of-component"),
        pytest.param(
            "grandchild",
            "shop:index:Group$demo:index:Thing$demo:index:Thing::grandchild",
            id="child-of-custom-resource",
        ),
    ],
)
def test_urns_are_the_engines(graph: Ran, name: str, urn: str) -> None:
    assert graph.resource(name).urn == PREFIX + urn


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        pytest.param("child", "west", id="inherited-from-a-component"),
        pytest.param("grandchild", "west", id="inherited-from-a-custom-resource"),
        pytest.param("plain", "default", id="default"),
    ],
)
def test_each_resource_has_its_provider(graph: Ran, name: str, provider: str) -> None:
    manager = graph.resource(provider)
    assert graph.resource(name).provider == f"{manager.urn}::{manager.id}"


def test_a_default_provider_gets_the_packages_configuration(graph: Ran) -> None:
    assert graph.inputs("default") == {"region": "eu-west-1", "token": "t", "__internal": {}}


def test_the_default_provider_of_dynamic_resources_gets_all_configuration(run: RunProgram) -> None:
    program = """
from pulumi.dynamic import Resource, ResourceProvider
class Text(Resource):
    pass
Text(ResourceProvider(), "text", {})
"""
    ran = run(program, config='{"demo:region": "eu-west-1", "shop:size": 3}')
    assert ran.inputs("default") == {
        "demo:region": "eu-west-1",
        "shop:size": "3",
        "__internal": {},
    }


def test_an_explicit_provider_carries_its_version(graph: Ran) -> None:
    assert graph.inputs("west") == {
        "region": "us-west-1",
        "version": "1.2.3",
        "__internal": {},
    }


def test_components_have_neither_id_nor_provider(graph: Ran) -> None:
    group = graph.resource("group")
    assert (group.custom, group.id, group.provider) == (False, "", "")


def test_protection_reaches_all_below(graph: Ran) -> None:
    protected = {each.name for each in graph.deployment.resources if each.options.protect}
    assert protected == {"group", "child", "grandchild"}


def test_dependencies_are_told_as_a_whole_and_by_property(graph: Ran) -> None:
    plain = graph.resource("plain")
    child, grandchild = graph.resource("child").urn, graph.resource("grandchild").urn
    assert plain.dependencies == (grandchild, child)
    assert plain.property_dependencies == {"other": (child,), "size": ()}


def test_options_reach_packs_as_the_engine_sends_them(graph: Ran) -> None:
    options = graph.resource("plain").options
    assert list(options.ignoreChanges) == ["size"]
    assert (options.deleteBeforeReplace, options.deleteBeforeReplaceDefined) == (True, True)
    assert list(options.additionalSecretOutputs) == ["size"]
    assert options.customTimeouts.create == 5400
    assert options.parent == graph.resource("shop-dev").urn
    # Only aliases that match a resource of an older state are told, and there is no such state.
    assert not options.aliases


def test_what_outlives_or_follows_is_kept(graph: Ran) -> None:
    plain = graph.resource("plain")
    assert (plain.retain_on_delete, plain.deleted_with) == (True, graph.resource("child").urn)


def test_secret_outputs_stay_marked(graph: Ran) -> None:
    assert graph.outputs("plain")["size"]["value"] == 2
    assert graph.exports["password"]["value"] == "hunter2"


def test_a_components_outputs_are_those_it_registers(graph: Ran) -> None:
    assert graph.outputs("group") == {"child": graph.resource("child").urn}


def test_a_resource_has_the_line_that_made_it(graph: Ran) -> None:
    line = GRAPH[: GRAPH.index("child = Thing")].count("\n") + 1
    assert graph.resource("child").position == SourcePosition(file="__main__.py", line=line)


LIBRARY = """
import pulumi

class Part(pulumi.CustomResource):
    def __init__(self, name, opts=None):
        super().__init__("demo:index:Part", name, {}, opts)

class Whole(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("lib:index:Whole", name)
        pulumi.Output.from_input(1).apply(
            lambda _: Part(f"{name}-part", pulumi.ResourceOptions(parent=self)))

def later(name):
    pulumi.Output.from_input(1).apply(lambda _: Part(name))
"""


@pytest.mark.parametrize("folder", ["lib/python3.11/site-packages", "shared"])
def test_what_a_library_makes_in_a_callback_has_the_line_of_its_parent_or_the_librarys(
    run: RunProgram, tmp_path: Path, folder: str
) -> None:
    packages = tmp_path.with_name(f"{tmp_path.name}-beside") / folder
    packages.mkdir(parents=True)
    (packages / "parts.py").write_text(LIBRARY)
    program = f"""
import sys
sys.path.insert(0, {str(packages)!r})
import parts
parts.Whole("whole")
parts.later("alone")
"""
    ran = run(program)
    assert ran.resource("whole-part").position == SourcePosition(file="__main__.py", line=5)
    alone = ran.resource("alone").position
    assert alone is not None
    assert alone.file.endswith(f"{folder}/parts.py")
    line = LIBRARY[: LIBRARY.index("lambda _: Part(name)")].count("\n") + 1
    assert alone.line == line


def test_every_resource_is_checked_once(graph: Ran) -> None:
    checked = sorted(request.urn for request in graph.requests)
    assert checked == sorted(each.urn for each in graph.deployment.resources)


def test_a_check_is_told_the_provider(graph: Ran) -> None:
    [request] = [each for each in graph.requests if each.name == "child"]
    assert request.provider.name == "west"
    assert request.provider.properties["region"] == "us-west-1"


def test_a_check_is_not_told_what_the_engine_keeps_for_itself(graph: Ran) -> None:
    [request] = [each for each in graph.requests if each.name == "child"]
    assert "__internal" not in request.provider.properties


def test_the_stack_request_holds_outputs_parents_and_dependencies(graph: Ran) -> None:
    [plain] = [each for each in stack_request(graph.deployment).resources if each.name == "plain"]
    assert plain.parent == graph.resource("shop-dev").urn
    assert plain.properties["other"] == graph.resource("child").urn
    # Properties without dependencies are left out.
    assert set(plain.propertyDependencies) == {"other"}
    assert plain.provider.name == "default"


def test_what_a_check_changes_reaches_the_program(write_project: WriteProject) -> None:
    program = f'{TYPES}\nThing("a", {{"size": 1}}).size.apply(lambda size: print(size))'

    def grow(request: AnalyzeRequest) -> Struct:
        changed = Struct()
        changed.CopyFrom(request.properties)
        if request.name == "a":
            changed["size"] = 7
        return changed

    ran = run_loaded(load_project(write_project(program), stack="dev", environment={}), check=grow)
    assert (ran.inputs("a"), ran.deployment.printed) == ({"size": 7}, "7\n")


def test_a_urn_that_is_there_twice_is_told_with_both_lines(run: RunProgram) -> None:
    ran = run(f'{TYPES}\nThing("a")\nGroup("b")\nThing("a")\n')
    first = TYPES.count("\n") + 2
    [duplicate] = ran.deployment.duplicates
    assert duplicate.urn == f"{PREFIX}demo:index:Thing::a"
    assert [place and place.line for place in duplicate.positions] == [first, first + 2]
    assert ran.resource("b").type == "shop:index:Group"


def test_a_urn_that_two_parents_give_is_told_with_both(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
for tenant in ("red", "blue"):
    Thing("mail", opts=ResourceOptions(parent=Group(tenant)))
    Group("box", ResourceOptions(parent=Group(f"{{tenant}}-house")))
"""
    )
    told = [
        (
            duplicate.urn.rpartition("::")[2],
            [parent.rpartition("::")[2] for parent in duplicate.parents],
        )
        for duplicate in ran.deployment.duplicates
    ]
    assert sorted(told) == [("box", ["blue-house", "red-house"]), ("mail", ["blue", "red"])]


def test_the_children_of_a_component_that_is_there_twice_are_no_findings(run: RunProgram) -> None:
    ran = run(
        f'{TYPES}\nfor _ in range(2):\n    Thing("a", opts=ResourceOptions(parent=Group("b")))\n'
    )
    assert [duplicate.urn for duplicate in ran.deployment.duplicates] == [
        f"{PREFIX}shop:index:Group::b"
    ]


def test_a_resource_that_is_adopted_has_the_id_it_was_given(run: RunProgram) -> None:
    ran = run(f'{TYPES}\nThing("a", opts=ResourceOptions(import_="thing-1"))')
    assert ran.resource("a").id == "thing-1"


def test_a_resource_that_is_only_read_is_external_and_not_judged(run: RunProgram) -> None:
    ran = run(f'{TYPES}\nThing("a", {{"size": 1}}, ResourceOptions(id="thing-1"))')
    read = ran.resource("a")
    assert (read.external, read.id) == (True, "thing-1")
    assert "a" not in {request.name for request in ran.requests}
    assert "a" not in {each.name for each in stack_request(ran.deployment).resources}


def test_a_remote_component_leaves_a_note_and_unknown_outputs(run: RunProgram) -> None:
    program = f"""{TYPES}
class Remote(ComponentResource):
    url: pulumi.Output[str]
    def __init__(self, name):
        super().__init__("far:index:Remote", name, {{"url": None, "size": 1}}, remote=True)
pulumi.export("url", Remote("far").url)
"""
    ran = run(program)
    assert ran.resource("far").remote
    assert ran.exports == {"url": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    [note] = ran.notes
    assert note.startswith(
        "far (far:index:Remote) is a component that its provider's plugin builds"
    )


def test_a_method_of_a_remote_component_leaves_a_note(run: RunProgram) -> None:
    ran = run('import pulumi\npulumi.runtime.call("far:index:Remote/url", {}).apply(print)')
    assert ran.notes == [
        "far:index:Remote/url is a method that its provider's plugin answers: its result is unknown"
    ]


STACK_REFERENCE = """
import pulumi
network = pulumi.StackReference("organization/network/dev")
pulumi.export("vpc", network.get_output("vpcId"))
"""


def test_a_stack_reference_is_unknown_with_a_note(run: RunProgram) -> None:
    ran = run(STACK_REFERENCE)
    assert ran.exports == {"vpc": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    assert ran.notes[0].startswith(
        "the outputs of the stack organization/network/dev are not known"
    )
    assert ran.resource("organization/network/dev").provider.startswith(
        f"{PREFIX}pulumi:providers:pulumi::default"
    )


def test_the_outputs_of_another_stack_may_be_told(run: RunProgram) -> None:
    known = "stackReferences: {organization/network/dev: {vpcId: vpc-1}}"
    ran = run(STACK_REFERENCE, preflight=known)
    assert (ran.exports, ran.notes) == ({"vpc": "vpc-1"}, [])


def test_a_package_made_by_a_parameter_has_its_own_default_provider(run: RunProgram) -> None:
    program = f"""{TYPES}
from pulumi.runtime.settings import register_package
def reference():
    return register_package("bridge", "2.0.0", "", "demo", "3.1.0-beta.1", "cGFyYW1ldGVy")
class Made(CustomResource):
    def __init__(self, name):
        super().__init__("demo:index:Made", name, {{}}, None, False, reference())
Made("made")
"""
    provider = run(program).resource("default_3_1_0_beta_1")
    assert provider.type == "pulumi:providers:demo"
    assert provider.inputs["version"] == "3.1.0-beta.1"
    assert plain(provider.inputs)["__internal"] == {
        "name": "bridge",
        "version": "2.0.0",
        "parameterization": "cGFyYW1ldGVy",
    }


def test_the_sdk_gets_back_what_a_reference_stands_for(run: RunProgram) -> None:
    program = f"""{TYPES}
Thing("a", {{"size": 3}})
def show(_):
    urn = {{"urn": "{PREFIX}demo:index:Thing::a"}}
    found = pulumi.runtime.invoke("pulumi:pulumi:getResource", urn)
    print(found.value["state"]["size"])
Thing("b").urn.apply(show)
"""
    assert run(program).deployment.printed == "3.0\n"


def test_a_default_provider_may_be_forbidden(run: RunProgram) -> None:
    with pytest.raises(ProgramError, match=r"__main__\.py:\d+: the default provider of demo"):
        run(f'{TYPES}\nThing("a")', config="{pulumi:disable-default-providers: [demo]}")


ASSETS = """
import pulumi
class Thing(pulumi.CustomResource):
    def __init__(self, name, props):
        super().__init__("demo:index:Thing", name, props)
Thing("a", {"code": %s})
"""


@pytest.mark.parametrize(
    ("code", "hash_"),
    [
        pytest.param(
            'pulumi.StringAsset("hello")',
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            id="text",
        ),
        pytest.param(
            'pulumi.FileAsset("hello.txt")',
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            id="file",
        ),
    ],
)
def test_assets_are_hashed(write_project: WriteProject, code: str, hash_: str) -> None:
    folder = write_project(ASSETS % code, files={"hello.txt": "hello"})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert ran.inputs("a")["code"]["hash"] == hash_


def archive_hash(write_project: WriteProject, text: str) -> Any:  # noqa: ANN401 - JSON
    code = 'pulumi.AssetArchive({"src": pulumi.FileArchive("src"), "x": pulumi.StringAsset("x")})'
    folder = write_project(ASSETS % code, files={"src/app.py": text})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    return ran.inputs("a")["code"]["hash"]


def test_the_hash_of_an_archive_follows_its_files(write_project: WriteProject) -> None:
    one, same, other = (archive_hash(write_project, text) for text in ("a", "a", "b"))
    assert one == same != other


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        pytest.param(
            'pulumi.FileAsset("gone.txt")',
            "the asset 'gone.txt' cannot be read: No such file",
            id="file",
        ),
        pytest.param('pulumi.FileAsset(".")', "the asset '.' is a folder", id="folder-as-asset"),
        pytest.param(
            'pulumi.FileArchive("gone")', "the archive 'gone' cannot be read", id="archive"
        ),
        pytest.param(
            'pulumi.FileArchive("__main__.py")',
            "the archive '__main__.py' is not an archive",
            id="file-as-archive",
        ),
    ],
)
def test_a_file_that_is_missing_ends_the_run_with_its_line(
    run: RunProgram, code: str, wanted: str
) -> None:
    with pytest.raises(ProgramError, match=rf"__main__\.py:6: {wanted}"):
        run(ASSETS % code)
