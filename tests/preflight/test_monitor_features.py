"""Every call and feature of the installed SDK's protocol is served, or its refusal names it."""

import pytest
from google.protobuf.descriptor import MethodDescriptor
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import _LEGACY_FEATURE_MAPPING

from pulumi_preflight.monitor import Monitor
from pulumi_preflight.monitor.services import REFUSED, SERVED, served_features, serves
from tests.preflight.running import RunProgram

FEATURES = {
    name.removeprefix("RESOURCE_MONITOR_FEATURE_"): number
    for name, number in resource_pb2.ResourceMonitorFeature.items()
}
CALLS = list(resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"].methods)
TYPES = """
import pulumi
from pulumi import InvokeOptions, InvokeOutputOptions, ResourceOptions
class Thing(pulumi.CustomResource):
    def __init__(self, name, props=None, opts=None):
        super().__init__("demo:index:Thing", name, {"size": None, **(props or {})}, opts)
class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Group", name, {}, opts)
def ask(given=None, opts=None):
    called = pulumi.runtime.invoke_output("demo:index:getThing", given or {}, opts)
    return called.apply(lambda answer: answer["name"])
"""
ANSWER = "invokes: [{function: demo:index:getThing, result: {name: found}}]"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
OUTPUT = '{"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"'


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_is_served_or_refused_with_a_reason(feature: str) -> None:
    assert (feature in SERVED) != bool(REFUSED.get(feature))


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_each_call_has_an_answer(call: MethodDescriptor) -> None:
    assert call.name in vars(Monitor)


def test_what_is_served_is_announced() -> None:
    assert set(served_features()) == {FEATURES[name] for name in SERVED if name in FEATURES}


@pytest.mark.parametrize("name", _LEGACY_FEATURE_MAPPING)
def test_an_older_sdk_asks_by_name(name: str) -> None:
    assert serves(name) == (_LEGACY_FEATURE_MAPPING[name] in served_features())


def test_a_feature_that_has_no_name_of_its_own_is_not_known_by_one() -> None:
    assert not serves("stateMigrations")


def test_a_component_with_a_state_migration_is_made_as_one_without(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
def migrate(args):
    raise ValueError("there is nothing to migrate in a first deployment")
Thing("inner", opts=ResourceOptions(
    parent=Group("group", ResourceOptions(state_migrations=[migrate]))))
Thing("own", opts=ResourceOptions(state_migrations=[migrate]))
"""
    )
    assert ran.resource("inner").parent == ran.resource("group").urn
    assert ran.resource("own").id


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("ask(opts=InvokeOutputOptions(depends_on=[Thing('made')]))", id="resource"),
        pytest.param("ask({'of': Thing('made').id.apply(lambda _: 'x')})", id="argument"),
        pytest.param(
            "[group := Group('group'), Thing('made', opts=ResourceOptions(parent=group)), "
            "ask(opts=InvokeOutputOptions(depends_on=[group]))][-1]",
            id="below-a-component",
        ),
        pytest.param(
            "ask({'of': " + OUTPUT + ', "value": "x", "dependencies": [made.urn]}})', id="output"
        ),
    ],
)
@pytest.mark.parametrize(("keep_unknowns", "name"), [(False, "found"), (True, UNKNOWN)])
def test_a_call_that_depends_on_what_is_not_made_is_unknown(
    run: RunProgram,
    call: str,
    keep_unknowns: bool,  # noqa: FBT001 - pytest gives it by name
    name: str,
) -> None:
    ran = run(
        f"{TYPES}\nmade = Thing('first')\npulumi.export('name', {call})",
        preflight=ANSWER,
        keep_unknowns=keep_unknowns,
    )
    assert ran.exports == {"name": name}


def test_a_call_that_depends_on_what_is_there_is_answered(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
provider = pulumi.ProviderResource("demo", "own", {{}})
pulumi.export("name", ask(opts=InvokeOutputOptions(provider=provider, depends_on=[provider])))
""",
        preflight=ANSWER,
        keep_unknowns=True,
    )
    assert ran.exports == {"name": "found"}


RAW = f"""{TYPES}
import asyncio
from pulumi.runtime.proto import resource_pb2
provider = pulumi.ProviderResource("demo", "own", {{}})
group = Group("group", ResourceOptions(providers=[provider]))
made = Thing("made", opts=ResourceOptions(parent=group))
def ask_in(urn):
    # The Python SDK finds the provider of a parent itself; other SDKs let the engine find it.
    monitor = pulumi.runtime.settings.get_monitor()
    monitor.Invoke(resource_pb2.ResourceInvokeRequest(tok="demo:index:getThing", parent=urn))
    return "asked"
pulumi.export("asked", [group.urn.apply(ask_in), made.urn.apply(ask_in)])
"""


def test_a_call_in_a_parent_uses_the_provider_of_the_parent(run: RunProgram) -> None:
    ran = run(RAW, preflight=ANSWER)
    assert ran.exports == {"asked": ["asked", "asked"]}
    names = [each.name for each in ran.deployment.resources if each.type == "pulumi:providers:demo"]
    assert names == ["own"]


def test_a_transform_of_calls_sees_and_changes_their_options(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
first = pulumi.ProviderResource("demo", "first", {{}})
second = pulumi.ProviderResource("demo", "second", {{}})
seen = []
def transform(args):
    seen.append(args.opts.version)
    return pulumi.InvokeTransformResult(args.args, InvokeOptions(version="2.0.0"))
pulumi.runtime.register_invoke_transform(transform)
def call(_):
    pulumi.runtime.invoke("demo:index:getThing", {{}}, InvokeOptions(version="1.0.0"))
    return seen
pulumi.export("seen", pulumi.Output.from_input(1).apply(call))
""",
        preflight=ANSWER,
    )
    assert ran.exports == {"seen": ["1.0.0"]}
    assert ran.resource("default_2_0_0").type == "pulumi:providers:demo"


def test_bytes_reach_packs_as_they_are(run: RunProgram) -> None:
    marked = {
        "4dabf18193072939515e22adb298388d": "803fd3297a5875dc03ca845dda5d2a98",
        "value": "gIE=",
    }
    ran = run(
        f"""{TYPES}
from google.protobuf import json_format
from pulumi.runtime.proto import resource_pb2
# The Python SDK itself has no such values.
request = resource_pb2.RegisterResourceRequest(
    type="demo:index:Thing", name="thing", custom=True, accepts_byte_string=True)
json_format.ParseDict({{"size": {marked!r}}}, request.object)
pulumi.runtime.settings.get_monitor().RegisterResource(request)
"""
    )
    assert ran.inputs("thing") == {"size": marked}


def test_hooks_get_the_options_of_their_resource(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
from pulumi import ResourceHook, ResourceHookBinding, ResourceHookOptions
from pulumi.runtime.proto import resource_pb2
parse = resource_pb2.ResourceHookRequest.FromString
def listen(data):
    request = parse(data)
    told = request.new_options
    print(told.protect, [*told.ignore_changes], told.parent.rpartition("::")[2],
          [*told.hooks.before_create], request.HasField("old_options"))
    return request
import pulumi.runtime._callbacks as callbacks
class Proto:
    def __getattr__(self, name):
        return getattr(resource_pb2, name)
    class ResourceHookRequest:
        FromString = staticmethod(listen)
callbacks.resource_pb2 = Proto()
hook = ResourceHook("check", lambda args: None, ResourceHookOptions(on_dry_run=True))
Thing("thing", opts=ResourceOptions(protect=True, ignore_changes=["size"], parent=Group("group"),
      hooks=ResourceHookBinding(before_create=[hook])))
"""
    )
    assert ran.deployment.printed == "True ['size'] group ['check'] False\n"
