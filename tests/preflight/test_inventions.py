"""What is made up is known again where it turns up."""

from collections.abc import Collection, Mapping

import pytest

from pulumi_preflight.outputs.inventions import (
    ACCOUNT_ORIGIN,
    UNDECRYPTED,
    Completion,
    Filling,
    Invented,
    Origin,
    Other,
)
from pulumi_preflight.outputs.marks import is_made_of
from pulumi_preflight.outputs.memory import HandedOn, Inventions, WorkedOn
from pulumi_preflight.outputs.subject import ACCOUNT
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue

VPC = "urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::vpc"
SUBNET = "urn:pulumi:dev::shop::aws:ec2/subnet:Subnet::subnet"
ID = "vpc-0a1b2c3d4e5f60718"
ARN = f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{ID}"


def inventions(
    outputs: Properties | None = None,
    fillings: Mapping[str, Filling] | None = None,
    given: Properties | None = None,
) -> Inventions:
    made = Inventions()
    made.learn(
        Invented(
            urn=VPC,
            id=ID,
            outputs={"arn": ARN, "cidrBlock": "10.0.0.0/16", "status": "READY", **(outputs or {})},
            fillings={"arn": Filling.FOLLOWS, "status": Filling.MADE_UP, **(fillings or {})},
            given={"cidrBlock": "10.0.0.0/16", **(given or {})},
        )
    )
    return made


def other(made: Inventions, *origins: Origin, unknown: bool = True) -> Other:
    return Other(origins=origins or made.origins, account=made.accounts[0], unknown=unknown)


def origin_of(made: Inventions, value: PropertyValue, urns: Collection[str]) -> Origin | None:
    """Where a value of a property that depends on these resources comes from."""
    taint = made.taint_of(SUBNET, {"value": value}, {"value": urns})
    return taint.origins[0] if taint else None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(ID, id="whole"),
        pytest.param(f"https://example.com/{ID}/x", id="inside-a-text"),
        pytest.param(ID[-10:], id="its-end"),
        pytest.param(ID[4:14], id="its-middle"),
        pytest.param({"deep": [f'{{"vpc":"{ID}"}}']}, id="deep-within-json"),
    ],
)
def test_made_up_digits_are_known_again(value: PropertyValue) -> None:
    assert origin_of(inventions(), value, ()) == Origin(VPC, "id")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("vpc-11111111111111111", id="another-id"),
        pytest.param("10.0.0.0/16", id="given"),
        pytest.param("READY", id="a-word-of-no-dependency"),
        pytest.param(0.0, id="number"),
    ],
)
def test_what_the_program_gives_is_not_made_up(value: PropertyValue) -> None:
    assert origin_of(inventions(), value, ()) is None


@pytest.mark.parametrize("value", ["READY", "is READY now", ["READY"]])
def test_a_word_is_made_up_where_it_comes_from_the_resource(value: PropertyValue) -> None:
    assert origin_of(inventions(), value, [VPC]) == Origin(VPC, "status")


def test_a_value_that_nothing_explains_may_be_made_up() -> None:
    assert origin_of(inventions(), "derived", [VPC]) == Origin(VPC, "status")


def test_a_given_value_of_the_resource_explains_another() -> None:
    assert origin_of(inventions(), "net 10.0.0.0/16", [VPC]) is None


def test_digits_that_the_program_gave_are_its_own() -> None:
    made = Inventions()
    name = "logs-20261128"
    outputs: Properties = {"arn": f"arn:aws:s3:::{name}"}
    made.learn(
        Invented(
            urn=VPC, outputs=outputs, fillings={"arn": Filling.FOLLOWS}, given={"bucket": name}
        )
    )
    assert origin_of(made, name, ()) is None


def test_the_account_has_an_origin_of_its_own() -> None:
    assert origin_of(inventions(), f"arn:aws:iam::{ACCOUNT}:root", ()) == ACCOUNT_ORIGIN


def test_a_told_value_is_not_made_up() -> None:
    told = inventions({"status": "DONE-12345678"}, {"status": Filling.TOLD})
    assert origin_of(told, "DONE-12345678", [VPC]) is None


def test_only_the_chosen_values_become_others() -> None:
    made = inventions()
    taint = made.taint_of(SUBNET, {"vpcId": ID, "owner": ACCOUNT}, {})
    assert taint
    changed = taint.otherwise({"vpcId": ID, "owner": ACCOUNT}, other(made, Origin(VPC, "id")))
    assert changed["owner"] == ACCOUNT
    assert changed["vpcId"] == "vpc-3b4c5d6e7f8a93041"


def test_a_part_of_digits_changes_as_the_whole_does() -> None:
    made = inventions()
    whole, part = (str(made.otherwise(text, other(made))) for text in (ID, ID[-10:]))
    assert whole.endswith(part)
    assert part != ID[-10:]


def test_a_text_about_other_digits_reads_as_one_about_the_first() -> None:
    made = inventions()
    said = f"reaches {ID}"
    assert made.as_first(str(made.otherwise(said, other(made)))) == said


def test_outputs_are_unknown_in_all_that_may_be_anything() -> None:
    outputs: Properties = {
        "cidrBlock": "10.0.0.0/16",
        "status": "READY",
        "count": 2.0,
        "public": False,
        "groups": ["sg-0a1b2c3d4e5f60718"],
        "record": {"arn": f"{ARN}/x", "size": 3.0},
    }
    made_up_ones = [name for name in outputs if name != "cidrBlock"]
    made = inventions(outputs, dict.fromkeys(made_up_ones, Filling.MADE_UP))
    assert made.outputs_otherwise(VPC, outputs, other(made, *origins_of(made_up_ones))) == {
        "cidrBlock": "10.0.0.0/16",
        "status": UNKNOWN,
        "count": UNKNOWN,
        "public": True,
        "groups": UNKNOWN,
        "record": {"arn": f"{ARN}/x", "size": UNKNOWN},
    }


def origins_of(names: Collection[str]) -> list[Origin]:
    return [Origin(VPC, name) for name in names]


def test_outputs_may_be_others_of_their_kind() -> None:
    made = inventions({"count": 2.0}, {"count": Filling.MADE_UP})
    outputs: Properties = {"cidrBlock": "10.0.0.0/16", "status": "READY", "count": 2.0}
    changed = made.outputs_otherwise(VPC, outputs, other(made, unknown=False))
    assert changed == {"cidrBlock": "10.0.0.0/16", "status": "READY-2", "count": 3.0}


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [pytest.param(True, UNKNOWN, id="unknown"), pytest.param(False, "key", id="of-its-kind")],
)
def test_what_was_left_empty_is_there(unknown: bool, expected: str) -> None:  # noqa: FBT001 - a case
    made = Inventions()
    made.learn(
        Invented(
            urn=VPC,
            outputs={},
            fillings={"kmsKeyId": Filling.EMPTY},
            given={},
            empty=lambda: {"kmsKeyId": "key"},
        )
    )
    changed = made.outputs_otherwise(VPC, {}, other(made, unknown=unknown))
    assert changed == {"kmsKeyId": expected}


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [pytest.param(True, UNKNOWN, id="unknown"), pytest.param(False, "READY-2", id="of-its-kind")],
)
def test_outputs_repeat_what_is_made_up_in_the_inputs(unknown: bool, expected: str) -> None:  # noqa: FBT001 - a case
    made = inventions()
    taint = made.taint_of(SUBNET, {"state": "READY"}, {"state": [VPC]})
    assert taint
    made.keep(SUBNET, taint)
    changed = made.outputs_otherwise(SUBNET, {"state": "READY"}, other(made, unknown=unknown))
    assert changed == {"state": expected}


def test_what_nothing_explains_is_unknown_in_each_part() -> None:
    made = inventions()
    taint = made.taint_of(SUBNET, {"tags": {"size": "large", "spare": ""}}, {"tags": [VPC]})
    assert taint
    changed = taint.otherwise({"tags": {"size": "large", "spare": ""}}, other(made))
    assert changed == {"tags": {"size": UNKNOWN, "spare": ""}}


def test_the_made_up_account_may_be_one_that_the_program_names() -> None:
    made = inventions()
    made.taint_of(SUBNET, {"policy": "arn:aws:iam::999999999999:root"}, {})
    assert made.accounts == ("999999999999",)
    assert made.otherwise(ARN, other(made, ACCOUNT_ORIGIN)) == ARN.replace(ACCOUNT, "9" * 12)


def test_an_account_of_another_resource_s_arn_is_not_named() -> None:
    made = inventions()
    made.taint_of(SUBNET, {"arn": "arn:aws:iam::999999999999:root"}, {"arn": [VPC]})
    assert "999999999999" not in made.accounts


PARAMETER = "aws:ssm/getParameter:getParameter"
FORMLESS = "value-1ea29818"


@pytest.mark.parametrize(
    ("urn", "value", "expected"),
    [
        pytest.param(PARAMETER, FORMLESS, UNKNOWN, id="all-of-a-property"),
        pytest.param(PARAMETER, {"deep": [FORMLESS]}, {"deep": [UNKNOWN]}, id="deep-within"),
        pytest.param(PARAMETER, f"{FORMLESS}.txt", "value-4fb52141.txt", id="in-a-longer-text"),
        pytest.param(VPC, FORMLESS, "value-4fb52141", id="of-a-resource"),
    ],
)
def test_a_text_of_an_answer_may_have_any_form(
    urn: str, value: PropertyValue, expected: PropertyValue
) -> None:
    made = Inventions()
    made.learn(
        Invented(
            urn=urn,
            outputs={"value": FORMLESS},
            fillings={"value": Filling.MADE_UP},
            given={"name": "trust"},
        )
    )
    assert made.otherwise(value, other(made)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"reaches {ID}.", "reaches <id of vpc>.", id="id"),
        pytest.param(f"{ID!r}", "'<id of vpc>'", id="quoted"),
        pytest.param(ARN, "arn:aws:ec2:us-east-1:<account>:vpc/<id of vpc>", id="inside-an-arn"),
        pytest.param(f"…{ID[-10:]}", "…<id of vpc>", id="its-end"),
        pytest.param(f"net-{ID}", "net-<id of vpc>", id="behind-a-word"),
        pytest.param(f"{ID}_web", "<id of vpc>_web", id="before-a-word"),
        pytest.param(f"{ID}-{ID}", "<id of vpc>-<id of vpc>", id="twice"),
        pytest.param(f"{ACCOUNT}-{ID}", "<account>-<id of vpc>", id="beside-the-account"),
        pytest.param("port 41873.0 of 3", "port <port of getCluster> of 3", id="number"),
        pytest.param("vpc-11111111111111111", "vpc-11111111111111111", id="given"),
        pytest.param("418730 or v41873", "418730 or v41873", id="other-numbers"),
    ],
)
def test_a_reader_is_told_where_a_made_up_value_comes_from(text: str, expected: str) -> None:
    made = inventions()
    port: Properties = {"port": 41873.0}
    fillings = dict.fromkeys(port, Filling.MADE_UP)
    made.learn(Invented(urn=CLUSTER, outputs=port, fillings=fillings, given={}))
    assert made.shown(text) == expected


def test_a_reader_is_told_of_each_value_that_a_text_is_made_of() -> None:
    made = inventions()
    endpoint = Invented(
        urn=SUBNET, id="subnet-90817263544536271", outputs={}, fillings={}, given={}
    )
    made.learn(endpoint)
    text = f"{endpoint.id}-{ID}-{endpoint.id[-9:]}-blue"
    assert made.shown(text) == "<id of subnet>-<id of vpc>-<id of subnet>-blue"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{}", "<id of key>", id="whole"),
        pytest.param("alias/{}/x", "alias/<id of key>/x", id="in-a-path"),
        pytest.param("key-{}-old", "key-<id of key>-old", id="between-words"),
    ],
)
def test_a_value_of_several_parts_is_shown_as_one(text: str, expected: str) -> None:
    made = Inventions()
    id_ = "1ea29818-47aa-4e1b-a123-0a1b2c3d4e5f"
    key = "urn:pulumi:dev::shop::aws:kms/key:Key::key"
    made.learn(Invented(urn=key, id=id_, outputs={}, fillings={}, given={}))
    assert made.shown(text.format(id_)) == expected


LOGS = "urn:pulumi:dev::shop::aws:cloudwatch/logGroup:LogGroup::logs"
GROUP = "logs-d676f83"


def named(urn: str, property_: str, name: str) -> Inventions:
    """What is made up where the provider makes the physical name of a resource."""
    made = Inventions()
    outputs: Properties = {property_: name, "arn": f"arn:aws:x:::{name}"}
    fillings = dict.fromkeys(outputs, Filling.MADE_UP)
    given: Properties = {"account": "111122223333"}
    made.learn(Invented(urn=urn, id=name, outputs=outputs, fillings=fillings, given=given))
    return made


@pytest.mark.parametrize(
    ("urn", "property_", "name"),
    [
        pytest.param(LOGS, "name", GROUP, id="of-a-log-group"),
        pytest.param(LOGS.replace("logs", "a"), "name", "a-0000000", id="short"),
        pytest.param(LOGS, "name", "/ecs/d676f83", id="after-a-prefix"),
        pytest.param(
            "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs",
            "name",
            "jobs-d676f83.fifo",
            id="of-a-fifo-queue",
        ),
        pytest.param(
            "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::files",
            "bucket",
            "files-1234567",
            id="of-a-bucket",
        ),
    ],
)
def test_a_text_that_holds_an_automatic_name_changes_as_the_output_does(
    urn: str, property_: str, name: str
) -> None:
    made = named(urn, property_, name)
    outputs: Properties = {property_: name, "arn": f"arn:aws:x:::{name}"}
    others = made.outputs_otherwise(urn, outputs, other(made))
    assert others[property_] != name
    assert others["arn"] == f"arn:aws:x:::{others[property_]}"
    text = f'{{"awslogs-group":"{name}","x":"my-{name}-copy"}}'
    changed = str(made.otherwise(text, other(made)))
    assert changed == text.replace(name, str(others[property_]))
    assert made.as_first(changed) == text
    assert origin_of(made, text, ()) == Origin(urn, property_)


def test_digits_of_a_name_alone_may_be_any_digits() -> None:
    made = named(LOGS, "name", GROUP)
    assert origin_of(made, "image:1.2-d676f83", ()) is None


def test_the_longest_automatic_name_is_the_one_that_a_text_holds() -> None:
    made = named(LOGS, "name", GROUP)
    older = LOGS.replace("::logs", "::old-logs")
    fillings = {"name": Filling.MADE_UP}
    outputs: Properties = {"name": f"old-{GROUP}"}
    made.learn(Invented(urn=older, outputs=outputs, fillings=fillings, given={}))
    assert origin_of(made, f"x/old-{GROUP}", ()) == Origin(older, "name")


@pytest.mark.parametrize("text", [f"writes to {GROUP!r}", f"`name` is '{GROUP}-copy'"])
def test_an_automatic_name_is_shown_as_in_a_preview(text: str) -> None:
    assert named(LOGS, "name", GROUP).shown(text) == text


def test_an_account_that_the_program_names_is_shown() -> None:
    made = inventions()
    made.taint_of(SUBNET, {"policy": f"arn:aws:iam::{ACCOUNT}:root"}, {})
    assert made.shown(ACCOUNT) == ACCOUNT


STATEMENT = '{"Effect":"Allow","Sid":"Preflight1ea2981847aa55e1"}'
DOCUMENT = f'{{"Statement":[{STATEMENT}],"Version":"2012-10-17"}}'
POLICY = "aws:iam/getPolicy:getPolicy"
CLUSTER = "aws:rds/getCluster:getCluster"


def made_up(urn: str, **outputs: PropertyValue) -> Inventions:
    made = Inventions()
    fillings = dict.fromkeys(outputs, Filling.MADE_UP)
    made.learn(Invented(urn=urn, outputs=outputs, fillings=fillings, given={"name": "shop"}))
    return made


@pytest.mark.parametrize("urn", [VPC, POLICY], ids=["of-a-resource", "of-an-answer"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(DOCUMENT, UNKNOWN, id="all-of-a-property"),
        pytest.param({"deep": [DOCUMENT]}, {"deep": [UNKNOWN]}, id="deep-within"),
        pytest.param(f'{{"Statement":[{{}},{STATEMENT}]}}', UNKNOWN, id="merged-into-another"),
        pytest.param("1ea2981847aa55e1", UNKNOWN, id="its-digits-alone"),
        pytest.param('{"Statement":[]}', '{"Statement":[]}', id="not-of-one-that-is-given"),
    ],
)
def test_a_document_may_say_anything(
    urn: str, value: PropertyValue, expected: PropertyValue
) -> None:
    made = made_up(urn, policy=DOCUMENT)
    assert made.otherwise(value, other(made)) == expected


def test_any_json_is_a_document() -> None:
    made = made_up(VPC, mappings='["rule-1ea29818", 1]')
    assert made.outputs_otherwise(VPC, {"mappings": '["rule-1ea29818", 1]'}, other(made)) == {
        "mappings": UNKNOWN
    }


def test_a_document_that_holds_the_account_alone_has_a_known_form() -> None:
    root = f'{{"Principal":"arn:aws:iam::{ACCOUNT}:root"}}'
    made = made_up(VPC, policy=root)
    assert made.otherwise(root, other(made)) == root.replace(ACCOUNT, made.accounts[0])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(41873.0, UNKNOWN, id="the-number"),
        pytest.param("41873", UNKNOWN, id="as-a-text"),
        pytest.param({"ports": [22.0, 41873.0]}, {"ports": [22.0, UNKNOWN]}, id="among-others"),
        pytest.param("tcp:41873", UNKNOWN, id="inside-a-text"),
        pytest.param("418731", "418731", id="not-a-part-of-another"),
        pytest.param(41875.0, 41875.0, id="not-another"),
    ],
)
def test_a_number_of_an_answer_is_told_by_itself(
    value: PropertyValue, expected: PropertyValue
) -> None:
    made = made_up(CLUSTER, port=41873.0)
    assert made.otherwise(value, other(made)) == expected
    expected_origin = None if expected == value else Origin(CLUSTER, "port")
    assert origin_of(made, value, ()) == expected_origin


def test_a_small_number_of_an_answer_is_told_where_the_program_says_that_it_is_handed_on() -> None:
    made = made_up(CLUSTER, nodeCount=1.0, encrypted=False)
    inputs: Properties = {"size": 1.0, "encrypted": False, "zone": "b"}
    made.hand_on(
        "aws:ec2/subnet:Subnet", "subnet", HandedOn({"size": [CLUSTER], "encrypted": [CLUSTER]})
    )
    taint = made.taint_of(SUBNET, inputs, {})
    assert taint
    assert taint.properties == ("size", "encrypted")
    assert taint.otherwise(inputs, other(made)) == {"size": UNKNOWN, "encrypted": True, "zone": "b"}
    assert made.taint_of(VPC, inputs, {}) is None


@pytest.mark.parametrize(
    ("value", "ways", "part", "stays"),
    [
        pytest.param("3f2a91c", 1, "3f2a91c", False, id="hash"),
        pytest.param(f"net-{ID}", 1, "net-", True, id="shown"),
        pytest.param(f"net-{ID[-9:]}", 1, "net-", True, id="shown-in-part"),
        pytest.param(f"{ID}-3f2a91c", 2, "3f2a91c", False, id="shown-in-one-of-two-ways"),
        pytest.param(f"net-{ID}-{ID}", 2, "net-", True, id="shown-in-both-ways"),
    ],
)
def test_what_code_made_of_a_value_and_does_not_show_may_be_made_up(
    value: str, ways: int, part: str, *, stays: bool
) -> None:
    made = Inventions()
    made.learn(Invented(urn=VPC, id=ID, outputs={}, fillings={}, given={}))
    worked_on = WorkedOn(ways, ("aws:ec2/vpc:Vpc", "vpc", "id"))
    made.hand_on("aws:ec2/subnet:Subnet", "subnet", HandedOn(worked_on={"value": [worked_on]}))
    taint = made.taint_of(SUBNET, {"value": value}, {"value": [VPC]})
    assert taint
    another = taint.otherwise({"value": value}, other(made, unknown=False))["value"]
    assert isinstance(another, str)
    assert (part in another) is stays
    assert another != value


def test_each_member_of_a_block_shows_itself_once() -> None:
    security_group = "sg-1f2e3d4c5b6a79801"
    members = {"vpcId": ID, "securityGroupId": security_group}
    made = Inventions()
    made.learn(
        Invented(
            urn=VPC,
            id="",
            outputs={"config": {**members}},
            fillings={},
            given={},
            completions=tuple(
                Completion(path=("config", name), value=value, is_sure=True)
                for name, value in members.items()
            ),
        )
    )
    worked_on = WorkedOn(2, ("aws:ec2/vpc:Vpc", "vpc", "config"))
    made.hand_on("aws:ec2/subnet:Subnet", "subnet", HandedOn(worked_on={"value": [worked_on]}))
    inputs: Properties = {"value": f"{ID}-3f2a91c"}
    taint = made.taint_of(SUBNET, inputs, {"value": [VPC]})
    assert taint
    assert taint.otherwise(inputs, other(made))["value"] == UNKNOWN
    assert "3f2a91c" not in str(taint.otherwise(inputs, other(made, unknown=False))["value"])


@pytest.mark.parametrize("unknown", [True, False])
def test_a_flag_of_two_origins_becomes_the_other_one(unknown: bool) -> None:  # noqa: FBT001 - a case
    made = inventions()
    worked_on = [WorkedOn(1, ("aws:ec2/vpc:Vpc", "vpc", each)) for each in ("id", "status")]
    made.hand_on("aws:ec2/subnet:Subnet", "subnet", HandedOn(worked_on={"value": worked_on}))
    taint = made.taint_of(SUBNET, {"value": True}, {"value": [VPC]})
    assert taint
    assert taint.otherwise({"value": True}, other(made, unknown=unknown))["value"] is False


def test_each_answer_of_a_function_is_remembered() -> None:
    made = made_up(CLUSTER, status="READY")
    made.learn(
        Invented(
            urn=CLUSTER,
            outputs={"status": "BUSY"},
            fillings={"status": Filling.MADE_UP},
            given={},
        )
    )
    made.hand_on("aws:ec2/subnet:Subnet", "subnet", HandedOn({"value": [CLUSTER]}))
    for value in ("READY", "BUSY"):
        taint = made.taint_of(SUBNET, {"value": value}, {})
        assert taint
        assert taint.origins == (Origin(CLUSTER, "status"),)


SUBNETS: list[PropertyValue] = ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"]
ZONES: list[PropertyValue] = ["us-east-1a", "us-east-1b", "us-east-1c"]
ASK = "aws:ec2/getSubnets:getSubnets"


@pytest.mark.parametrize(
    ("urn", "items", "value", "expected"),
    [
        pytest.param(ASK, SUBNETS, SUBNETS, UNKNOWN, id="all-of-a-property"),
        pytest.param(ASK, SUBNETS, {"a": [SUBNETS[::-1]]}, {"a": [UNKNOWN]}, id="deep-and-sorted"),
        pytest.param(ASK, ZONES, ZONES, UNKNOWN, id="of-words"),
        pytest.param(ASK, ZONES, ZONES[:2], ZONES[:2], id="not-a-part-of-it"),
        pytest.param(ASK, ["x86_64"], ["x86_64"], ["x86_64"], id="not-one-word"),
        pytest.param(SUBNET, SUBNETS, SUBNETS, UNKNOWN, id="of-a-resource"),
        pytest.param(SUBNET, ZONES, ZONES, ZONES, id="not-words-of-a-resource"),
    ],
)
def test_nobody_knows_how_many_items_a_list_has(
    urn: str, items: list[PropertyValue], value: PropertyValue, expected: PropertyValue
) -> None:
    made = made_up(urn, ids=items)
    assert made.otherwise(value, other(made)) == expected
    expected_origin = None if expected == value else Origin(urn, "ids")
    assert origin_of(made, value, ()) == expected_origin


def test_all_know_how_many_name_servers_there_are() -> None:
    servers: list[PropertyValue] = ["ns-1a2b3c4d.example.com", "ns-2b3c4d5e.example.com"]
    made = made_up(VPC, nameServers=servers)
    changed = made.otherwise(servers, other(made))
    assert changed == ["ns-4b5c6d7e.example.com", "ns-5c6d7e8f.example.com"]


def test_a_small_number_of_an_answer_is_not_told() -> None:
    made = made_up(CLUSTER, nodeCount=1.0)
    assert origin_of(made, 1.0, ()) is None


def test_an_arn_stays_with_an_account_that_the_program_names() -> None:
    queue = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders2"
    outputs: Properties = {"arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders2"}
    made = Inventions()
    made.learn(Invented(urn=queue, outputs=outputs, fillings={"arn": Filling.MADE_UP}, given={}))
    made.taint_of(SUBNET, {"role": f"arn:aws:iam::{ACCOUNT}:role/worker"}, {})
    assert made.accounts == (ACCOUNT,)
    assert made.outputs_otherwise(queue, outputs, other(made)) == outputs


@pytest.mark.parametrize("name", ["a", "web"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("arn:aws:s3:::{}-0a1b2c3", True, id="arn"),
        pytest.param("https://sqs.us-east-1.amazonaws.com/1/{}-0a1b2c3", True, id="url"),
        pytest.param("{}-0a1b2c3.s3.amazonaws.com", True, id="host"),
        pytest.param("arn:aws:s3:::other{}-0a1b2c3", False, id="another-name"),
        pytest.param("available", False, id="a-word"),
    ],
)
def test_a_text_is_made_of_a_name_however_short_that_is(
    name: str, text: str, *, wanted: bool
) -> None:
    # A longer name is looked for anywhere.
    assert is_made_of(text.format(name), [name], name) is wanted


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        pytest.param("[secret]", UNKNOWN, id="whole"),
        pytest.param(["db", "[secret]"], ["db", UNKNOWN], id="in-a-list"),
        pytest.param(
            "arn:aws:iam::[secret]:root", "arn:aws:iam::740817408174:root", id="in-a-text"
        ),
        pytest.param('{"a": "[secret]"}', '{"a": "740817408174"}', id="in-a-document"),
        pytest.param('{"Statement": [{"Resource": ["*", "[secret]"]}]}', UNKNOWN, id="for-an-arn"),
        pytest.param('{"Statement": {"Principal": {"AWS": "[secret]"}}}', UNKNOWN, id="who-may"),
        pytest.param(
            '{"Statement": [{"Condition": {"StringEquals": {"id": "[secret]"}}}]}',
            '{"Statement": [{"Condition": {"StringEquals": {"id": "740817408174"}}}]}',
            id="for-a-condition",
        ),
    ],
)
def test_what_is_not_decrypted_may_be_anything(
    value: PropertyValue, changed: PropertyValue
) -> None:
    made = Inventions()
    made.learn_placeholders()
    taint = made.taint_of(SUBNET, {"owner": value}, {})
    assert taint
    assert taint.origins == (UNDECRYPTED,)
    assert taint.otherwise({"owner": value}, other(made)) == {"owner": changed}


def test_a_text_about_another_secret_reads_as_the_first_one_did() -> None:
    made = Inventions()
    made.learn_placeholders()
    assert made.as_first("has '740817408174'") == "has '[secret]'"


def test_a_placeholder_is_a_text_like_others_where_all_is_decrypted() -> None:
    assert origin_of(Inventions(), "[secret]", ()) is None
