"""What becomes of each resource beside a base."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions

from pulumi_preflight.changes.comparing import (
    Comparison,
    ResourceChange,
    compare,
    outputs_that_stay,
)
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.redaction import SHOWN_SECRET
from pulumi_preflight.stack_context import create_urn, stack_urn
from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, REFERENCE, SECRET, UNKNOWN, from_struct
from tests.preflight.builders import QUEUE, struct, urn

ROOT = stack_urn(stack="dev", project="shop")
GROUP = "shop:index:Group"
POLICY = "aws:sqs/queuePolicy:QueuePolicy"
DATABASE = "aws:rds/instance:Instance"


def resource(
    name: str,
    inputs: Mapping[str, object] | None = None,
    *,
    type_: str = QUEUE,
    parent: str = "",
    options: Mapping[str, Any] | None = None,
    **more: Any,  # noqa: ANN401 - the fields of a resource
) -> RegisteredResource:
    fields = {
        "custom": True,
        "outputs": Struct(),
        "options": AnalyzerResourceOptions(**(options or {})),
        **more,
    }
    return RegisteredResource(
        urn=create_urn(stack="dev", project="shop", parent=parent, type_=type_, name=name),
        type=type_,
        name=name,
        parent=parent or ROOT,
        inputs=struct(inputs or {}),
        **fields,
    )


def component(name: str, **more: Any) -> RegisteredResource:  # noqa: ANN401 - as above
    return resource(name, type_=GROUP, custom=False, **more)


def operations(base: list[RegisteredResource], head: list[RegisteredResource]) -> dict[str, str]:
    return {
        each.urn.rpartition("::")[2]: str(each.operation)
        for each in compare(base, head)
        if each.operation != "same"
    }


def only(base: RegisteredResource, head: RegisteredResource) -> ResourceChange:
    [change] = compare([base], [head])
    return change


def told(change: ResourceChange) -> list[tuple[str, object, object, str]]:
    return [(each.path, each.before, each.after, str(each.effect)) for each in change.properties]


def secret(value: object) -> dict[str, object]:
    return {MARK: SECRET, "value": value}


def test_what_the_base_does_not_have_is_created() -> None:
    assert operations([], [resource("jobs")]) == {"jobs": "create"}


def test_what_the_program_has_no_more_is_deleted_dependents_first() -> None:
    gone = compare([resource("jobs"), resource("policy", type_=POLICY)], [])
    assert [each.urn for each in gone] == [urn(POLICY, "policy"), urn(QUEUE, "jobs")]


def test_equal_inputs_change_nothing() -> None:
    same = resource("jobs", {"delaySeconds": 3, "tags": {"a": "b"}})
    assert operations([same], [same]) == {}


def test_a_changed_input_updates_and_is_told_with_both_values() -> None:
    change = only(resource("jobs", {"delaySeconds": 3}), resource("jobs", {"delaySeconds": 4}))
    assert change.operation == "update"
    assert told(change) == [("delaySeconds", 3, 4, "updates")]


def test_an_input_that_cannot_change_in_place_replaces() -> None:
    change = only(
        resource("db", {"engine": "postgres"}, type_=DATABASE),
        resource("db", {"engine": "mysql"}, type_=DATABASE),
    )
    assert change.operation == "replace"
    assert [each.path for each in change.replacing] == ["engine"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"name": "a-1", "__defaults": ["name"]}, {}, id="name-that-check-made"),
        pytest.param({"policy": {"x": 1, "__defaults": ["x"]}}, {"policy": {}}, id="inner-default"),
        pytest.param(
            {"rules": [{"x": 1, "y": 2, "__defaults": ["x"]}]},
            {"rules": [{"y": 2}]},
            id="default-in-a-list",
        ),
        pytest.param({"policy": '{"a": 1,"b":2}'}, {"policy": '{"b":2,"a":1}'}, id="document"),
        pytest.param({"policy": "[1, 2]"}, {"policy": "[1,2]"}, id="document-that-is-a-list"),
        pytest.param({"port": "80"}, {"port": 80}, id="number-as-text"),
        pytest.param({"fast": "true"}, {"fast": True}, id="flag-as-text"),
        pytest.param({"a": None, "b": 1}, {"b": 1}, id="null-before"),
        pytest.param({"b": 1}, {"a": None, "b": 1}, id="null-after"),
        pytest.param({"p": secret(SHOWN_SECRET)}, {"p": secret("new")}, id="sealed-secret"),
        pytest.param({"p": secret(SHOWN_SECRET)}, {"p": "plain"}, id="secret-by-the-schema"),
        pytest.param({"p": secret("a")}, {"p": "a"}, id="mark-alone"),
        pytest.param(
            {"p": {MARK: ASSET, "path": "a", "hash": "1"}},
            {"p": {MARK: ASSET, "text": "b", "hash": "1"}},
            id="asset-of-one-hash",
        ),
        pytest.param(
            {"p": {MARK: ARCHIVE, "path": "a", "hash": "1"}},
            {"p": {MARK: ARCHIVE, "assets": {}, "hash": "1"}},
            id="archive-of-one-hash",
        ),
        pytest.param(
            {"policy": '{"Statement": [{"Action": ["a:B", "c:D"], "Resource": ["*"]}]}'},
            {"policy": '{"Statement": {"Action": ["c:D", "a:B"], "Resource": "*"}}'},
            id="policy-in-another-order",
        ),
        pytest.param({"x": "a"}, {"x": UNKNOWN}, id="value-that-nobody-knows-offline"),
    ],
)
def test_what_says_the_same_changes_nothing(
    before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    assert operations([resource("jobs", before)], [resource("jobs", after)]) == {}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        pytest.param({"n": "a", "__defaults": ["n"]}, {"n": "b"}, "n", id="default-given-now"),
        pytest.param({"n": "a", "__defaults": []}, {}, "n", id="given-before"),
        pytest.param({"policy": '{"a":1}'}, {"policy": '{"a":2}'}, "policy", id="document"),
        pytest.param({"t": "{x"}, {"t": "{ x"}, "t", id="text-that-begins-as-one"),
        pytest.param({"p": secret("a")}, {"p": secret("b")}, "p", id="secret"),
        pytest.param(
            {"p": {MARK: ARCHIVE, "path": "a", "hash": "1"}},
            {"p": {MARK: ARCHIVE, "path": "a", "hash": "2"}},
            "p",
            id="archive-of-another-hash",
        ),
        pytest.param(
            {"p": {MARK: ARCHIVE, "hash": "1", "assets": {"a": {MARK: ASSET, "hash": "1"}}}},
            {"p": {MARK: ARCHIVE, "hash": "2", "assets": {"a": {MARK: ASSET, "hash": "2"}}}},
            "p",
            id="archive-of-another-asset",
        ),
        pytest.param({"tags": {"a.b": "1"}}, {"tags": {"a.b": "2"}}, 'tags["a.b"]', id="name"),
        pytest.param({"r": [{"p": 1}]}, {"r": [{"p": 2}]}, "r[0].p", id="in-a-list"),
        pytest.param({"r": [1]}, {"r": [1, 2]}, "r[1]", id="added-to-a-list"),
    ],
)
def test_what_says_something_else_is_told_by_its_path(
    before: Mapping[str, object], after: Mapping[str, object], path: str
) -> None:
    change = only(resource("jobs", before), resource("jobs", after))
    assert [each.path for each in change.properties] == [path]


def test_a_name_that_check_makes_anew_stays_as_it_was() -> None:
    before = resource("jobs", {"name": "jobs-1", "__defaults": ["name"]})
    after = resource("jobs", {"name": "jobs-2"}, added=("name",))
    assert operations([before], [after]) == {}


def test_a_name_that_the_program_gave_before_is_not_kept() -> None:
    after = resource("jobs", {"name": "jobs-2"}, added=("name",))
    assert operations([resource("jobs", {"name": "jobs-1"})], [after]) == {"jobs": "replace"}


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        pytest.param("delaySeconds", ['tags["a.b"]', "tags.c"], id="property"),
        pytest.param('tags["a.b"]', ["delaySeconds", "tags.c"], id="quoted-name"),
        pytest.param("tags.c", ["delaySeconds", 'tags["a.b"]'], id="inner-name"),
        pytest.param("tags.*", ["delaySeconds"], id="all-in-one"),
        pytest.param("tags", ["delaySeconds"], id="whole-object"),
        pytest.param("*", [], id="everything"),
        pytest.param("tags.[", ["delaySeconds", 'tags["a.b"]', "tags.c"], id="no-path"),
    ],
)
def test_ignored_changes_are_none(path: str, changed: list[str]) -> None:
    before = {"delaySeconds": 1, "tags": {"a.b": "1", "c": "1"}}
    after = {"delaySeconds": 2, "tags": {"a.b": "2", "c": "2"}}
    change = only(
        resource("jobs", before), resource("jobs", after, options={"ignoreChanges": [path]})
    )
    assert [each.path for each in change.properties] == changed


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        pytest.param("rules[0].port", ["rules[1].port"], id="one-element"),
        pytest.param("rules[*].port", [], id="every-element"),
        pytest.param("rules[7].port", ["rules[0].port", "rules[1].port"], id="element-that-is-not"),
    ],
)
def test_changes_in_lists_are_ignored_by_index(path: str, changed: list[str]) -> None:
    before, after = ({"rules": [{"port": port}, {"port": port}]} for port in (1, 2))
    change = only(
        resource("jobs", before), resource("jobs", after, options={"ignoreChanges": [path]})
    )
    assert [each.path for each in change.properties] == changed


@pytest.mark.parametrize(
    "path",
    [pytest.param("delaySeconds", id="property"), pytest.param("*", id="any")],
)
def test_replace_on_changes_makes_an_update_a_replacement(path: str) -> None:
    after = resource("jobs", {"delaySeconds": 2}, replace_on_changes=(path,))
    assert operations([resource("jobs", {"delaySeconds": 1})], [after]) == {"jobs": "replace"}


def test_replace_on_changes_of_another_property_does_nothing() -> None:
    after = resource("jobs", {"delaySeconds": 2}, replace_on_changes=("name",))
    assert operations([resource("jobs", {"delaySeconds": 1})], [after]) == {"jobs": "update"}


@pytest.mark.parametrize(
    "alias",
    [
        pytest.param(Alias(urn=urn(QUEUE, "old")), id="urn"),
        pytest.param(Alias(spec=Alias.Spec(name="old")), id="name"),
    ],
)
def test_an_alias_finds_what_had_another_name(alias: Alias) -> None:
    change = only(resource("old"), resource("new", aliases=(alias,)))
    assert (change.operation, change.before) == ("same", urn(QUEUE, "old"))


def test_an_alias_finds_what_had_another_type() -> None:
    alias = Alias(spec=Alias.Spec(type="aws:sqs/queue:OldQueue"))
    old = resource("jobs", type_="aws:sqs/queue:OldQueue")
    assert operations([old], [resource("jobs", aliases=(alias,))]) == {}


def test_an_alias_finds_what_had_no_parent() -> None:
    group = component("group")
    alias = Alias(spec=Alias.Spec(noParent=True))
    inside = resource("jobs", parent=group.urn, aliases=(alias,))
    assert operations([group, resource("jobs")], [group, inside]) == {}


def test_a_resource_of_that_urn_comes_before_an_alias() -> None:
    new = resource("new", aliases=(Alias(spec=Alias.Spec(name="old")),))
    assert operations([resource("old"), resource("new")], [new]) == {"old": "delete"}


def test_what_one_resource_has_taken_by_an_alias_no_other_takes() -> None:
    alias = Alias(spec=Alias.Spec(name="old"))
    two = [resource(name, aliases=(alias,)) for name in ("one", "two")]
    assert operations([resource("old")], two) == {"two": "create"}


def test_children_are_found_below_the_alias_of_their_parent_with_its_name_in_theirs() -> None:
    old = component("old")
    new = component("new", aliases=(Alias(spec=Alias.Spec(type="shop:index:Old", name="old")),))
    before = [
        resource("old", type_="shop:index:Old", custom=False),
        resource("old-queue", parent=f"{old.urn.replace(GROUP, 'shop:index:Old')}"),
    ]
    assert operations(before, [new, resource("new-queue", parent=new.urn)]) == {}


def dependent(**more: Any) -> RegisteredResource:  # noqa: ANN401 - the fields of a resource
    fields = {"property_dependencies": {"queueUrl": (urn(QUEUE, "jobs"),)}, **more}
    return resource("policy", {"queueUrl": "u"}, type_=POLICY, **fields)


def test_what_comes_of_a_replaced_resource_follows_it() -> None:
    base = [resource("jobs", {"name": "a"}), dependent()]
    [_, follows] = compare(
        base, [resource("jobs", {"name": "b"}), dependent(made_up=("queueUrl",))]
    )
    [change] = follows.properties
    assert (follows.operation, change.path, change.after) == ("replace", "queueUrl", None)
    assert change.follows == urn(QUEUE, "jobs")


def test_what_is_known_of_a_replaced_resource_beforehand_changes_nothing() -> None:
    base = [resource("jobs", {"name": "a"}), dependent()]
    assert operations(base, [resource("jobs", {"name": "b"}), dependent()]) == {"jobs": "replace"}


def test_nothing_is_known_of_a_resource_that_is_deleted_first() -> None:
    base = [resource("jobs", {"fifoQueue": False}), dependent()]
    first = {"deleteBeforeReplaceDefined": True, "deleteBeforeReplace": True}
    head = [resource("jobs", {"fifoQueue": True}, options=first), dependent()]
    assert operations(base, head) == {"jobs": "replace", "policy": "replace"}


def test_a_value_of_an_updated_resource_stays() -> None:
    base = [resource("jobs", {"delaySeconds": 1}), dependent()]
    head = [resource("jobs", {"delaySeconds": 2}), dependent(made_up=("queueUrl",))]
    assert operations(base, head) == {"jobs": "update"}


def test_a_made_up_value_of_a_renamed_resource_stays() -> None:
    new = resource("new", aliases=(Alias(spec=Alias.Spec(name="jobs")),))
    of_new = replace(
        dependent(made_up=("queueUrl",), property_dependencies={"queueUrl": (new.urn,)}),
        inputs=struct({"queueUrl": "made of another URN"}),
    )
    assert operations([resource("jobs"), dependent()], [new, of_new]) == {}


@pytest.mark.parametrize(
    "option",
    [
        pytest.param({"deleted_with": urn(QUEUE, "jobs")}, id="deleted-with"),
        pytest.param({"replace_with": (urn(QUEUE, "jobs"),)}, id="replace-with"),
    ],
)
def test_an_option_replaces_a_resource_with_another(option: Mapping[str, Any]) -> None:
    base = [resource("jobs", {"name": "a"}), resource("other")]
    head = [resource("jobs", {"name": "b"}), resource("other", **option)]
    assert operations(base, head) == {"jobs": "replace", "other": "replace"}


def test_a_resource_that_becomes_a_component_is_replaced() -> None:
    base = resource("jobs", type_=GROUP)
    assert operations([base], [component("jobs")]) == {"jobs": "replace"}


def test_a_component_is_updated_by_what_would_replace_a_resource() -> None:
    base = resource("group", {"region": "a"}, type_=GROUP, custom=False)
    head = resource("group", {"region": "b"}, type_=GROUP, custom=False)
    assert operations([base], [head]) == {"group": "update"}


def test_a_provider_of_another_region_may_be_replaced() -> None:
    type_ = "pulumi:providers:aws"
    base, head = (resource("own", {"region": region}, type_=type_) for region in ("a", "b"))
    assert operations([base], [head]) == {"own": "may replace"}


def test_what_a_plugin_has_built_in_a_component_that_stays_is_not_gone() -> None:
    there = component("far", inputs={"size": 1})
    inside = resource("inner", parent=there.urn)
    deeper = resource("deeper", parent=inside.urn)
    here = component("far", inputs={"size": 2}, remote=True)
    assert operations([there, inside, deeper], [here]) == {}
    assert operations([there, inside], []) == {"far": "delete", "inner": "delete"}


def test_a_resource_that_is_an_input_is_its_id() -> None:
    reference = {MARK: REFERENCE, "urn": "urn:pulumi:dev::shop::a:b:C::jobs", "id": "jobs-1"}
    base, head = resource("a", {"of": reference}), resource("a", {"of": "jobs-1"})
    assert operations([base], [head]) == {}


@pytest.mark.parametrize(
    "left_out",
    [
        pytest.param(resource("default_7", type_="pulumi:providers:aws"), id="default-provider"),
        pytest.param(resource("read", external=True), id="read"),
    ],
)
def test_what_no_program_makes_is_left_out(left_out: RegisteredResource) -> None:
    assert compare([left_out], []) == compare([], [left_out]) == ()


def test_protection_and_retention_are_those_of_what_is_there() -> None:
    there = resource("jobs", options={"protect": True}, retain_on_delete=True)
    [change] = compare([there], [])
    assert (change.protected, change.retained) == (True, True)


def test_outputs_stay_but_for_what_the_inputs_decide_and_sealed_secrets() -> None:
    old = resource(
        "jobs",
        {"name": "jobs-1", "tags": {"a": "1"}, "__defaults": ["name"]},
        id="the-id",
        outputs=struct(
            {
                "arn": "arn:aws:sqs:::jobs-1",
                "name": "jobs-1",
                "tags": {"a": "1"},
                "tagsAll": {"a": "1"},
                "key": secret(SHOWN_SECRET),
                "__meta": "{}",
            }
        ),
    )
    stay = outputs_that_stay(old, {"tags": {"a": "2"}}, is_same=False)
    assert stay == {"arn": "arn:aws:sqs:::jobs-1", "name": "jobs-1", "id": "the-id"}
    same = outputs_that_stay(old, from_struct(struct({"tags": {"a": "1"}})), is_same=True)
    assert same["tagsAll"] == {"a": "1"}


def test_what_is_there_is_found_by_the_new_name() -> None:
    old = resource("old")
    comparison = Comparison([old])
    new = resource("new", aliases=(Alias(spec=Alias.Spec(name="old")),))
    comparison.of(new)
    assert comparison.old(new.urn) is old
