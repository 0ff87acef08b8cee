"""How the table of what the provider fills in is made."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from ops.paths import ROOT
from pulumi_preflight.outputs.facts import facts_of
from pulumi_preflight.outputs.shapes import Kind, PropertyShape
from tools.tables.arns import Form, forms, services_told
from tools.tables.facts import (
    Known,
    _check,
    blocks,
    claims,
    contradictions,
    documented,
    facts,
    known,
    planned,
    same_types,
    with_twins,
)
from tools.tables.sdk import ResourceClass

THING = "aws:x/thing:Thing"


def cls(token: str, *properties: str, required: tuple[str, ...] = ()) -> ResourceClass:
    shape = tuple(
        PropertyShape(name=name, kind=Kind(name="string"), optional=False, settable=True)
        for name in properties
    )
    texts = dict.fromkeys(properties, "")
    return ResourceClass(token=token, shape=shape, required=frozenset(required), texts=texts)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        pytest.param("Whether it is on. Defaults to `true`.", "boolean", True, id="flag"),
        pytest.param("The default is `30`.", "integer", 30, id="number"),
        pytest.param("Default: `gp2`", "string", "gp2", id="text"),
        pytest.param('Defaults to `["a"]`.', "list", ["a"], id="list"),
        pytest.param("Only valid with X. Defaults to `a`.", "string", None, id="condition"),
        pytest.param("Defaults to `a`, unless b.", "string", None, id="condition-after"),
        pytest.param("Defaults to `a`.\nDefaults to `b`.", "string", None, id="two"),
        pytest.param("Defaults to `many`.", "integer", None, id="another-kind"),
        pytest.param("What it is.", "string", None, id="none"),
    ],
)
def test_a_default_is_read_where_the_text_states_it_without_condition(
    text: str, kind: str, value: object
) -> None:
    assert documented(text, Kind(name=kind)) == value


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        pytest.param("If true, it is public. Default is `false`.", "boolean", [False], id="flag"),
        pytest.param("Defaults to true.", "boolean", [True], id="bare-flag"),
        pytest.param("The default is 0. Valid values: 0, 1.", "integer", [0.0], id="bare-number"),
        pytest.param("Default value: `gp2`.", "string", ["gp2"], id="colon"),
        pytest.param('Defaults to "Managed".', "string", ["Managed"], id="quotes"),
        pytest.param("`ALL` (default) or `ONE`.", "string", ["ALL"], id="in-brackets"),
        pytest.param("Defaults to `a` for x, or `b`.", "string", ["a"], id="condition"),
        pytest.param("The default is 8 hours.", "integer", [], id="another-unit"),
        pytest.param("The default is 29,000 milliseconds.", "integer", [], id="thousands"),
        pytest.param("Uses the default key.", "string", [], id="none"),
    ],
)
def test_every_value_that_a_text_calls_the_default_is_read(
    text: str, kind: str, values: list[object]
) -> None:
    assert claims(text, Kind(name=kind)) == values


def made_thing(text: str) -> Mapping[str, ResourceClass]:
    """A type with one flag, of which the SDK writes a text."""
    shape = (PropertyShape(name="on", kind=Kind(name="boolean"), optional=True, settable=True),)
    thing = ResourceClass(token=THING, shape=shape, required=frozenset(), texts={"on": text})
    return {THING: thing}


@pytest.mark.parametrize(
    ("now", "before", "row"),
    [
        pytest.param("", "", {"defaults": {"on": True}}, id="nothing-stated"),
        pytest.param("Default is `true`.", "", {"defaults": {"on": True}}, id="newly-stated"),
        pytest.param(
            "If on. Default is `false`.",
            "If on. Default is `true`.",
            {"defaults": {"on": False}, "older": {"on": True}},
            id="changed",
        ),
        pytest.param("", "Default is `true`.", {"older": {"on": True}}, id="no-longer-stated"),
        pytest.param(
            "If omitted for x, defaults to `true`.",
            "Default is `true`.",
            {"older": {"on": True}},
            id="now-with-a-condition",
        ),
        pytest.param("Default is `false`.", "Default is `false`.", {}, id="both-contradict"),
    ],
)
def test_the_newest_sdk_decides_whether_a_planned_default_stands(
    now: str, before: str, row: Mapping[str, Any]
) -> None:
    table = facts(made_thing(now), {}, {THING: {"on": True}}, {}, {THING: {"on": before}})
    assert table.get(THING, {}) == row


def test_a_planned_default_that_does_not_stand_is_told() -> None:
    types = made_thing("Default is `false`.")
    lines = contradictions(types, {THING: {"on": True}}, {THING: {"on": ""}})
    assert list(lines) == [
        "x/thing.on: planned True, stated [False] now and [] before; taken: False"
    ]


def test_a_planned_value_finds_the_type_and_property_of_the_sdk() -> None:
    types = {
        "aws:lb/loadBalancer:LoadBalancer": cls("aws:lb/loadBalancer:LoadBalancer", "idleTimeout"),
        "aws:sqs/queue:Queue": cls("aws:sqs/queue:Queue", "delaySeconds"),
    }
    schema = {"aws_sqs_queue": {"a": {"delay_seconds": ["o", "number"]}}}
    plans = {"aws_sqs_queue": {"defaults": {"delay_seconds": 0, "unheard_of": 1}}}
    tokens = same_types(schema, types)
    assert planned(tokens, plans, types) == {"aws:sqs/queue:Queue": {"delaySeconds": 0}}


def test_a_type_that_the_sdk_has_under_a_second_module_has_the_same_row() -> None:
    row = {"idleTimeout": 60}
    types = {token: cls(token) for token in ("aws:lb/a:A", "aws:alb/a:A", "aws:lb/b:B")}
    found = with_twins({"aws:lb/a:A": row, "aws:lb/b:B": row}, types)
    assert found == {"aws:lb/a:A": row, "aws:alb/a:A": row, "aws:lb/b:B": row}


def test_what_the_provider_computes_inside_a_block_is_told_by_its_path() -> None:
    inner = {"a": {"vpc_id": ["c", "string"], "role": ["oc", "string"], "name": ["o", "string"]}}
    schema = {"aws_x_thing": {"a": {}, "b": {"config": ["list", 0, 1, inner]}}}
    kind = Kind(name="list", item=Kind(name="object", reference="Config"))
    config = PropertyShape(name="configs", kind=kind, optional=True, settable=True)
    types = {THING: ResourceClass(token=THING, shape=(config,), required=frozenset(), texts={})}
    shapes = {"Config": cls(THING, "vpcId", "role", "name").shape}
    found = blocks(schema, {"aws_x_thing": THING}, types, shapes.__getitem__)
    assert found == {THING: {"computed": ["configs.vpcId"], "open": ["configs.role"]}}


def test_a_name_that_the_sdk_does_not_have_is_told() -> None:
    entry = Known(
        source="", defaults={"nmae": 1}, always=(), with_={}, empty={}, unknown=(), unless={}
    )
    with pytest.raises(ValueError, match="sqs/queue has no property nmae"):
        _check("sqs/queue", entry, cls("aws:sqs/queue:Queue", "name"))


def test_a_type_that_the_sdk_does_not_have_is_told() -> None:
    with pytest.raises(ValueError, match="the SDK has no type"):
        known({})


def test_arns_tell_what_they_call_a_service() -> None:
    arn = "arn:{partition}:acm-pca:{region}:{account}:a/{name}"
    assert services_told({"aws:acmpca/a:A": Form(arn=arn)}) == {"acmpca": "acm-pca"}
    # One example of a module may show another service.
    assert services_told({"aws:ecr/a:A": Form(arn=arn)}) == {}


def test_the_example_of_an_import_tells_the_form_of_an_id(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("sdk")
    package = folder / "pulumi_made"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "types.py").write_text(
        "import lists using the `id`. For example:\n"
        "$ pulumi import aws:x/list:List a pl-0570a1d2d725c16be\n"
        "import policies using the bucket name. For example:\n"
        "$ pulumi import aws:x/policy:Policy a my-bucket\n"
        "import both using the id. For example:\n"
        "$ pulumi import aws:x/both:Both a pl-0570a1d2d725c16be,b\n"
    )
    monkeypatch.syspath_prepend(folder)
    types = {
        "aws:x/list:List": cls("aws:x/list:List"),
        "aws:x/policy:Policy": cls("aws:x/policy:Policy", "bucket", required=("bucket",)),
        "aws:x/both:Both": cls("aws:x/both:Both"),
    }
    assert forms("pulumi_made", types) == {
        "aws:x/list:List": Form(id="pl-{hex17}"),
        "aws:x/policy:Policy": Form(id="{=bucket}"),
    }


@pytest.mark.parametrize(
    ("text", "required", "form"),
    [
        pytest.param(("using the name", "one-2"), (), "{name}", id="name"),
        pytest.param(("using their name", "one"), (), "{name}", id="their-name"),
        pytest.param(("using the made thing name", "one"), (), "{name}", id="name-of-the-type"),
        pytest.param(("using the vault name", "one"), ("vaultName",), "{=vaultName}", id="owner"),
        pytest.param(("", "example-thing"), (), "{name}", id="a-word"),
        pytest.param(("", "thing-id-12"), (), "", id="a-word-for-an-id"),
        pytest.param(("", "xxxxx"), (), "", id="a-word-for-digits"),
        pytest.param(("using the id", "example"), (), "", id="id"),
        pytest.param(("using the vault name", "one"), (), "", id="name-of-something-else"),
    ],
)
def test_the_sentence_on_imports_tells_whether_an_id_is_a_name(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    text: tuple[str, str],
    required: tuple[str, ...],
    form: str,
) -> None:
    said, shown = text
    folder = tmp_path_factory.mktemp("sdk")
    package = folder / f"pulumi_{folder.name}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "things.py").write_text(
        f"import things {said}. For example:\n$ pulumi import aws:x/thing:Thing a {shown}\n"
    )
    monkeypatch.syspath_prepend(folder)
    found = forms(package.name, {THING: cls(THING, "name", *required, required=required)})
    assert found.get(THING, Form()).id == form


def test_an_id_is_an_input_of_a_type_whose_usual_name_a_record_has() -> None:
    assert facts_of("aws:s3/bucketVersioning:BucketVersioning").id == "{=bucket}"


@pytest.mark.parametrize(
    ("version", "is_public", "is_encrypted"),
    [
        pytest.param("", False, "true", id="newest"),
        pytest.param("7.51.1", False, "true", id="7"),
        pytest.param("6.83.4", True, "false", id="6"),
        pytest.param("5.43.0", True, "false", id="5"),
    ],
)
def test_a_default_is_that_of_the_programs_own_major_version(
    version: str, *, is_public: bool, is_encrypted: str
) -> None:
    defaults = facts_of("aws:redshift/cluster:Cluster", version).defaults
    assert defaults["publiclyAccessible"] is is_public
    assert defaults["encrypted"] == is_encrypted


def test_a_default_that_the_newer_provider_does_not_have_is_of_the_older_one() -> None:
    group = "aws:elasticache/replicationGroup:ReplicationGroup"
    assert "authTokenUpdateStrategy" not in facts_of(group, "7.0.0").defaults
    assert facts_of(group, "6.0.0").defaults["authTokenUpdateStrategy"] == "ROTATE"


@pytest.mark.nightly
def test_the_table_is_what_the_sdk_and_the_hand_table_give() -> None:
    # A process of its own: it loads the whole SDK, which warns of what is deprecated in it.
    command = [sys.executable, "-W", "ignore", "-m", "tools.tables", "--check"]
    check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
