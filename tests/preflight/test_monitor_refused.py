"""Programs and requests that the engine stops: one clear error with the program's own line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.resource_pb2 import ReadResourceRequest, RegisterResourceRequest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.monitor.assets import AssetError, hashed
from pulumi_preflight.monitor.refusals import (
    RefusedError,
    check_outputs,
    check_read,
    check_registration,
)
from pulumi_preflight.monitor.registration import read_registration
from pulumi_preflight.monitor.registry import Registry
from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, Properties
from tests.preflight.running import RunProgram
from tests.preflight.test_monitor import PREFIX, TYPES

DONE = f"""{TYPES}
class Done(Group):
    def __init__(self, name, opts=None):
        super().__init__(name, opts)
        self.register_outputs({{}})
"""
THERE = f"{PREFIX}demo:index:Thing::there"
ABSENT = f"{PREFIX}demo:index:Thing::absent"
PROVIDER = f"{PREFIX}pulumi:providers:demo::west"
Request = RegisterResourceRequest
Dependencies = RegisterResourceRequest.PropertyDependencies


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        pytest.param(
            "done = Done('a')\ndone.register_outputs({'again': 1})",
            r"__main__.py:\d+: resource 'a' registers its outputs twice",
            id="outputs-twice",
        ),
        pytest.param(
            "class Short(CustomResource):\n"
            "    def __init__(self, name):\n"
            "        super().__init__('test:Thing', name, {})\n"
            "Short('a')",
            r"__main__.py:\d+: resource 'a': its type is 'test:Thing'; wanted `package:module:T",
            id="type-of-two-parts",
        ),
        pytest.param(
            "Thing('a', {}, ResourceOptions(aliases=['not-a-urn']))",
            r"__main__.py:\d+: resource 'a': an alias is 'not-a-urn'; wanted a URN",
            id="alias",
        ),
        pytest.param(
            "pulumi.export('file', pulumi.FileAsset('nowhere.txt'))",
            "the asset 'nowhere.txt' cannot be read: No such file",
            id="exported-asset",
        ),
        pytest.param(
            "Group('a').register_outputs({'x': [pulumi.FileArchive('nowhere.zip')]})",
            r"__main__.py:\d+: the archive 'nowhere.zip' cannot be read",
            id="archive-in-outputs",
        ),
        pytest.param(
            "pulumi.runtime.invoke('demo:index:get', {'x': pulumi.FileAsset('nowhere.txt')})",
            "the asset 'nowhere.txt' cannot be read",
            id="asset-in-a-call",
        ),
        pytest.param(
            "Thing('a', {'x': pulumi.FileAsset('nowhere.txt')}, ResourceOptions(id='b'))",
            r"__main__.py:\d+: the asset 'nowhere.txt' cannot be read",
            id="asset-of-what-is-read-by-its-id",
        ),
    ],
)
def test_a_program_that_the_engine_stops_is_one_clear_error(
    run: RunProgram, program: str, wanted: str
) -> None:
    with pytest.raises(ProgramError, match=wanted):
        run(f"{DONE}\n{program}\n")


def test_what_the_engine_takes_is_taken(run: RunProgram) -> None:
    program = """
ComponentResource('Thing', 'of-any-type')
Done('a'); Done('b')
Done('twice'); Done('twice')
read = Thing('read', {}, ResourceOptions(id='x'))
Thing('c', {}, ResourceOptions(parent=read, deleted_with=read, depends_on=[read]))
Thing('d', {}, ResourceOptions(version='1.2.0', aliases=['urn:pulumi:d::p::t::n']))
pulumi.export('x', pulumi.RemoteArchive('https://example.com/x.tar.gz?a=1'))
"""
    ran = run(f"{DONE}\n{program}\n")
    assert [duplicate.urn for duplicate in ran.deployment.duplicates] == [
        f"{PREFIX}shop:index:Group::twice"
    ]


@pytest.fixture
def registry() -> Registry:
    """Knows one resource."""
    known = Registry()
    known.claim(THERE, None)
    return known


def requests() -> Iterator[tuple[Request, str]]:
    thing = "demo:index:Thing"
    yield Request(type="Thing", custom=True), "its type is 'Thing'"
    yield Request(type="test:Thing", remote=True), "its type is 'test:Thing'"
    yield Request(type=thing, custom=True, parent="nobody"), "parent is 'nobody'; wanted a URN"
    yield Request(type=thing, parent=ABSENT), f"parent is '{ABSENT}', which the program never"
    yield Request(type=thing, custom=True, dependencies=["x"]), "depends_on is 'x'; wanted a URN"
    yield (
        Request(type=thing, propertyDependencies={"size": Dependencies(urns=["x"])}),
        "the dependencies of size is 'x'",
    )
    yield Request(type=thing, aliasURNs=["x"]), "an alias is 'x'"
    yield Request(type=thing, aliases=[Alias(urn="")]), "an alias is ''"
    yield (
        Request(type=thing, aliases=[Alias(spec=Alias.Spec(name="b", parentUrn="x"))]),
        "the parent of an alias is 'x'",
    )
    yield Request(type=thing, custom=True, deletedWith="x"), "deleted_with is 'x'"
    for version in ("newest", "1.x", "1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3\n"):
        yield Request(type=thing, custom=True, version=version), f"version is {version!r}"
    yield Request(type=thing, remote=True, version="2.x"), "version is '2.x'"
    yield Request(type="pulumi:providers:demo", custom=True, version="3.x"), "version is '3.x'"
    yield Request(type=thing, custom=True, provider="x"), "provider is 'x'; wanted `<URN of a"
    yield Request(type=thing, custom=True, provider=f"{THERE}::id"), "wanted `<URN of a provider"
    yield (
        Request(type=thing, custom=True, provider=f"{PROVIDER}::id"),
        "which the program never registered",
    )
    yield Request(type=thing, remote=True, providers={"demo": "x"}), "provider is 'x'"
    yield Request(type=thing, hideDiffs=["a.b", "a[x"]), "hide_diffs holds 'a[x'"
    yield Request(type=thing, custom=True, envVarMappings={"A": "B"}), "env_var_mappings"


@pytest.mark.parametrize(("request_", "wanted"), list(requests()))
def test_a_request_that_the_engine_refuses_is_refused(
    registry: Registry, request_: Request, wanted: str
) -> None:
    request_.name = "a"
    with pytest.raises(RefusedError, match=re.escape(wanted)):
        check_registration(read_registration(request_, registry), registry)


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        (ReadResourceRequest(type="test:Thing"), "its type is 'test:Thing'"),
        (ReadResourceRequest(type="a:b:C", parent=ABSENT), "which the program never registered"),
        (ReadResourceRequest(type="a:b:C", dependencies=["x"]), "depends_on is 'x'"),
        (ReadResourceRequest(type="a:b:C", version="x"), "version is 'x'"),
        (ReadResourceRequest(type="a:b:C", provider="x"), "provider is 'x'"),
    ],
)
def test_a_reading_that_the_engine_refuses_is_refused(
    registry: Registry, request_: ReadResourceRequest, wanted: str
) -> None:
    with pytest.raises(RefusedError, match=re.escape(wanted)):
        check_read(request_, registry)


@pytest.mark.parametrize("version", ["7.51.1", "1.2.3-rc.1", "1.2.3-0a.x-y+001.b"])
def test_a_version_that_the_engine_takes_is_taken(registry: Registry, version: str) -> None:
    request_ = Request(type="demo:index:Thing", name="a", custom=True, version=version)
    check_registration(read_registration(request_, registry), registry)


@pytest.mark.parametrize("version", ["1.x", "newest", "v1.2"])
def test_the_version_of_a_component_of_the_program_is_any_text(
    registry: Registry, version: str
) -> None:
    request_ = Request(type="demo:index:Group", name="a", version=version)
    check_registration(read_registration(request_, registry), registry)


@pytest.mark.parametrize("path", ["a", "a.b[0]", 'a["b.c"]', "[0].x", "a[*].b", 'a["b\\"]"]'])
def test_a_path_that_the_engine_takes_is_taken(registry: Registry, path: str) -> None:
    request_ = Request(type="demo:index:Thing", name="a", custom=True, hideDiffs=[path])
    check_registration(read_registration(request_, registry), registry)


def test_outputs_are_taken_once_of_each_resource(registry: Registry) -> None:
    check_outputs(THERE, registry)
    with pytest.raises(RefusedError, match="registers its outputs twice"):
        check_outputs(THERE, registry)


def test_outputs_of_nobody_are_refused(registry: Registry) -> None:
    with pytest.raises(RefusedError, match="never registered"):
        check_outputs(ABSENT, registry)


def test_the_stack_may_give_its_outputs_again(registry: Registry) -> None:
    stack = f"{PREFIX}pulumi:pulumi:Stack::shop-dev"
    registry.add(
        RegisteredResource(
            urn=stack,
            type="pulumi:pulumi:Stack",
            name="shop-dev",
            parent="",
            custom=False,
            inputs=Struct(),
            outputs=Struct(),
        ),
        registry.inherited(""),
    )
    for _ in range(2):
        check_outputs(stack, registry)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param({MARK: ASSET, "uri": "ftp://example.com/x"}, "wanted http://", id="scheme"),
        pytest.param({MARK: ASSET, "uri": "https:///x"}, "wanted http://", id="no-host"),
        pytest.param({MARK: ASSET, "uri": "file:///no/where"}, "No such file", id="no-file"),
        pytest.param({MARK: ASSET, "uri": "file://host/x"}, "wanted http://", id="file-of-a-host"),
        pytest.param(
            {MARK: ARCHIVE, "uri": "https://example.com/x.txt"}, "not an archive", id="ending"
        ),
        pytest.param({MARK: ARCHIVE, "path": "folder.zip"}, "Is a directory", id="folder-as-zip"),
        pytest.param({MARK: ARCHIVE, "path": "linked"}, "No such file", id="link-to-nowhere"),
    ],
)
def test_an_asset_that_the_engine_cannot_read_is_refused(
    tmp_path: Path, value: Properties, wanted: str
) -> None:
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(AssetError, match=wanted):
        hashed({"inner": [value]}, tmp_path)


def test_the_engines_own_folder_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    before = hashed({"x": {MARK: ARCHIVE, "path": "."}}, tmp_path)
    (tmp_path / ".pulumi").mkdir()
    (tmp_path / ".pulumi" / "state").write_text("y")
    assert hashed({"x": {MARK: ARCHIVE, "path": "."}}, tmp_path) == before
