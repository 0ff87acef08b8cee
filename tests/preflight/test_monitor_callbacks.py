"""Transforms and hooks: functions of the program that preflight calls back."""

import pytest

from pulumi_preflight.errors import ProgramError
from tests.preflight.running import RunProgram

TYPES = """
import pulumi
from pulumi import ResourceOptions
class Thing(pulumi.CustomResource):
    def __init__(self, name, props=None, opts=None):
        super().__init__("demo:index:Thing", name, props or {}, opts)
class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Group", name, {}, opts)
def tag(value):
    def transform(args):
        tags = [*args.props.get("tags", []), value]
        return pulumi.ResourceTransformResult({**args.props, "tags": tags}, args.opts)
    return transform
"""


def test_a_stack_transform_changes_every_resource_after_it(run: RunProgram) -> None:
    ran = run(
        f'{TYPES}\nThing("before")\npulumi.runtime.register_resource_transform(tag("stack"))\n'
        'Thing("after")'
    )
    assert ran.inputs("after") == {"tags": ["stack"]}


def test_transforms_run_from_the_resource_outwards(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
pulumi.runtime.register_resource_transform(tag("stack"))
group = Group("group", ResourceOptions(transforms=[tag("group")]))
Thing("thing", opts=ResourceOptions(parent=group, transforms=[tag("own"), tag("own too")]))
"""
    )
    assert ran.inputs("thing") == {"tags": ["own", "own too", "group", "stack"]}


def test_a_transform_may_change_options(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
def protect(args):
    return pulumi.ResourceTransformResult(
        args.props, ResourceOptions.merge(args.opts, ResourceOptions(protect=True)))
Thing("thing", opts=ResourceOptions(transforms=[protect]))
"""
    )
    assert ran.resource("thing").options.protect


def test_a_transform_sees_and_keeps_dependencies_and_secrets(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
first = Thing("first")
Thing("second", {{"of": first.id, "password": pulumi.Output.secret("hunter2")}},
      ResourceOptions(transforms=[tag("own")]))
"""
    )
    first = ran.resource("first")
    assert ran.inputs("second")["of"] == first.id
    assert ran.inputs("second")["password"]["value"] == "hunter2"
    # The SDK answers without saying which property it was; the engine loses that too.
    assert ran.resource("second").dependencies == (first.urn,)


def test_older_transformations_of_the_sdk_itself_run_too(run: RunProgram) -> None:
    ran = run(
        f"""{TYPES}
def older(args):
    return pulumi.ResourceTransformationResult({{**args.props, "older": True}}, args.opts)
pulumi.runtime.register_stack_transformation(older)
Thing("thing")
"""
    )
    assert ran.inputs("thing") == {"older": True}


def test_a_transform_of_calls_changes_their_arguments(run: RunProgram) -> None:
    ran = run(
        """
import pulumi
def ask_for_prod(args):
    return pulumi.InvokeTransformResult({**args.args, "name": "prod"}, args.opts)
pulumi.runtime.register_invoke_transform(ask_for_prod)
def call(_):
    return pulumi.runtime.invoke("demo:index:getThing", {"name": "dev"}).value["name"]
pulumi.export("name", pulumi.Output.from_input(1).apply(call))
""",
        preflight="invokes: [{function: demo:index:getThing, arguments: {name: prod}, "
        "result: {name: found}}]",
    )
    assert ran.exports == {"name": "found"}


def test_a_transform_that_raises_ends_the_run_with_the_resources_line(run: RunProgram) -> None:
    program = f"""{TYPES}
def broken(args):
    raise ValueError("no tags here")
Thing("thing", opts=ResourceOptions(transforms=[broken]))
"""
    with pytest.raises(ProgramError, match=r"__main__\.py:\d+: a transform failed: .*no tags here"):
        run(program)


HOOKS = f"""{TYPES}
from pulumi import ResourceHook, ResourceHookBinding, ResourceHookOptions
def hook(name, on_dry_run):
    def run(args):
        print(name, args.name, args.new_inputs)
    return ResourceHook(name, run, ResourceHookOptions(on_dry_run=on_dry_run))
Thing("thing", {{"size": 1}}, ResourceOptions(hooks=ResourceHookBinding(
    before_create=[hook("before", True), hook("only when deployed", False)],
    after_create=[hook("after", True)],
)))
"""


def test_hooks_that_want_previews_run_around_the_creation(run: RunProgram) -> None:
    assert run(HOOKS).deployment.printed == (
        "before thing {'size': 1.0}\nafter thing {'size': 1.0}\n"
    )


def test_a_hook_that_fails_ends_the_run(run: RunProgram) -> None:
    program = f"""{TYPES}
from pulumi import ResourceHook, ResourceHookBinding, ResourceHookOptions
def fail(args):
    raise ValueError("not ready")
hook = ResourceHook("check", fail, ResourceHookOptions(on_dry_run=True))
Thing("thing", opts=ResourceOptions(hooks=ResourceHookBinding(before_create=[hook])))
"""
    with pytest.raises(ProgramError, match=r"__main__\.py:\d+: the hook 'check' failed: not ready"):
        run(program)


def test_error_hooks_are_taken_and_never_run(run: RunProgram) -> None:
    program = f"""{TYPES}
from pulumi import ErrorHook, ResourceHookBinding
def retry(args):
    print("ran")
    return True
Thing("thing", opts=ResourceOptions(hooks=ResourceHookBinding(on_error=[ErrorHook("r", retry)])))
"""
    assert run(program).deployment.printed == ""
