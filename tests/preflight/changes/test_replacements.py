"""Which change replaces a resource."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_preflight.changes import replacements
from pulumi_preflight.changes.replacements import Effect, changes, replacing_properties, sources
from pulumi_preflight.outputs.schemas import Row, nearest, object_rows
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, secret
from tests.preflight.changes.documented import Said, said, said_otherwise

QUEUE = "aws:sqs/queue:Queue"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
DATABASE = "aws:rds/instance:Instance"
TABLE = "aws:dynamodb/table:Table"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def effects(
    type_: str, old: Properties, new: Properties, outputs: Properties | None = None
) -> dict[str, str]:
    return {each.difference.text: each.effect.value for each in changes(type_, old, new, outputs)}


def rows_of(type_: str) -> dict[str, Row]:
    schema = nearest("aws", "7")
    assert schema is not None
    return {row.name: row for row in schema.given(type_)}


def two_values(path: str, rows: Mapping[str, Row]) -> tuple[Any, Any]:
    """Two values of a property, by its kind in the SDK's schema; of members, all around them."""
    name, _, rest = path.partition(".")
    kind = rows[name].kind
    pair: tuple[Any, Any]
    match kind[0], kind[-1][0]:
        case "object", _:
            pair = two_values(rest, {row.name: row for row in object_rows(kind[1])})
        case "list", "object":
            inner = {row.name: row for row in object_rows(kind[1][1])}
            rest = rest or next(name for name, row in inner.items() if row.kind[0] == "string")
            first, second = two_values(rest, inner)
            return {name: [first]}, {name: [second]}
        case "list", _:
            pair = ["one"], ["two"]
        case "map", _:
            pair = {"key": "one"}, {"key": "two"}
        case "boolean", _:
            pair = False, True
        case "integer" | "number", _:
            pair = 1.0, 2.0
        case _:
            pair = ("14.1", "15.2") if name.endswith("Version") else ("one", "two")
    return {name: pair[0]}, {name: pair[1]}


def between(said: Said) -> dict[str, str]:
    old, new = two_values(said.path, rows_of(said.type))
    return effects(said.type, old, new)


@pytest.mark.parametrize(
    "said", [pytest.param(each, id=each.id) for each in said() if each.replaces]
)
def test_what_a_page_says_replaces_a_resource_replaces_it(said: Said) -> None:
    assert list(between(said).values()) == ["replaces"], f"{said.page}: {said.name}: {said.quote}"


@pytest.mark.parametrize(
    "said", [pytest.param(each, id=each.id) for each in said() if not each.replaces]
)
def test_what_a_page_says_changes_in_place_does_not_replace(said: Said) -> None:
    assert list(between(said).values()) == ["updates"], f"{said.page}: {said.name}: {said.quote}"


@pytest.mark.parametrize("said", [pytest.param(each, id=each.id) for each in said_otherwise()])
def test_where_the_provider_and_cloudformation_differ_the_provider_is_right(said: Said) -> None:
    assert list(between(said).values()) == ["updates" if said.replaces else "replaces"]


def test_the_pages_speak_of_sixty_properties_of_each_kind() -> None:
    replacing = [each.replaces for each in said()]
    assert min(replacing.count(True), replacing.count(False)) >= 60


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "fifoQueue", id="queue-fifo"),
        pytest.param(QUEUE, "name", id="queue-name"),
        pytest.param(QUEUE, "namePrefix", id="queue-prefix"),
        pytest.param(QUEUE, "region", id="region-of-any-type"),
        pytest.param(SERVICE, "cluster", id="service-cluster"),
        pytest.param(SERVICE, "launchType", id="service-launch-type"),
        pytest.param(TASK, "containerDefinitions", id="task-containers"),
        pytest.param(TASK, "volumes", id="task-volumes"),
        pytest.param(DATABASE, "username", id="database-user"),
        pytest.param(DATABASE, "storageEncrypted", id="database-encryption"),
        pytest.param("aws:rds/clusterInstance:ClusterInstance", "identifier", id="cluster-member"),
        pytest.param("aws:ec2/subnet:Subnet", "cidrBlock", id="subnet-addresses"),
        pytest.param(GROUP, "name", id="group-name"),
        pytest.param(GROUP, "description", id="group-description"),
        pytest.param(BALANCER, "name", id="balancer-name"),
        pytest.param(BALANCER, "internal", id="balancer-internal"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "port", id="targets-port"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "protocol", id="targets-protocol"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "vpcId", id="targets-vpc"),
        pytest.param("aws:ecr/repository:Repository", "name", id="repository-name"),
        pytest.param("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", id="images-policy"),
        pytest.param("aws:s3/bucket:Bucket", "bucket", id="bucket-name"),
        pytest.param(
            "aws:servicediscovery/service:Service", "dnsConfig.namespaceId", id="inner-property"
        ),
        pytest.param("aws:apigateway/stage:Stage", "restApi", id="renamed-property"),
        pytest.param("aws:cloudwatch/metricAlarm:MetricAlarm", "name", id="other-name"),
    ],
)
def test_a_change_that_aws_cannot_make_in_place_replaces(type_: str, path: str) -> None:
    assert path in replacing_properties(type_)


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "visibilityTimeoutSeconds", id="queue-timeout"),
        pytest.param(SERVICE, "desiredCount", id="service-count"),
        pytest.param(SERVICE, "taskDefinition", id="service-revision"),
        pytest.param(TASK, "tags", id="task-tags"),
        pytest.param(DATABASE, "identifier", id="database-name"),
        pytest.param(DATABASE, "instanceClass", id="database-class"),
        pytest.param(
            "aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", id="routes"
        ),
    ],
)
def test_a_change_that_aws_makes_in_place_does_not_replace(type_: str, path: str) -> None:
    assert path not in replacing_properties(type_)


@pytest.mark.parametrize(
    ("type_", "old", "new", "effect"),
    [
        pytest.param(CACHE, "6.2", "7.1", "updates", id="cache-up"),
        pytest.param(CACHE, "7.1", "6.2", "replaces", id="cache-down"),
        pytest.param(CACHE, "7.9", "7.10", "updates", id="cache-by-number"),
        pytest.param("aws:msk/cluster:Cluster", "2.8.1", "3.6.0", "updates", id="kafka-up"),
        pytest.param("aws:msk/cluster:Cluster", "3.6.0", "2.8.1", "replaces", id="kafka-down"),
    ],
)
def test_a_version_that_goes_down_replaces_where_aws_only_goes_up(
    type_: str, old: str, new: str, effect: str
) -> None:
    name = "kafkaVersion" if "msk" in type_ else "engineVersion"
    assert effects(type_, {name: old}, {name: new}) == {name: effect}


@pytest.mark.parametrize(
    ("type_", "name", "given", "effect"),
    [
        pytest.param(QUEUE, "fifoQueue", {"fifoQueue": False}, "updates", id="off-as-without"),
        pytest.param(QUEUE, "fifoQueue", {"fifoQueue": True}, "replaces", id="on"),
        pytest.param(
            "aws:ebs/volume:Volume",
            "multiAttachEnabled",
            {"multiAttachEnabled": False},
            "updates",
            id="volume",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            "multiAttachEnabled",
            {"multiAttachEnabled": True},
            "replaces",
            id="shared",
        ),
    ],
)
def test_a_switch_that_comes_replaces_where_it_is_on(
    type_: str, name: str, given: Properties, effect: str
) -> None:
    assert effects(type_, {}, given) == {name: effect}


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        pytest.param(DATABASE, "availabilityZone", id="database"),
        pytest.param("aws:ec2/instance:Instance", "privateIp", id="server"),
    ],
)
def test_what_aws_fills_in_stays_where_the_program_no_longer_gives_it(
    type_: str, name: str
) -> None:
    assert effects(type_, {name: "one"}, {}) == {name: "updates"}
    assert effects(type_, {}, {name: "one"}) == {name: "replaces"}


def test_a_program_that_gives_what_aws_had_filled_in_replaces_nothing() -> None:
    given: Properties = {"availabilityZone": "us-east-1a"}
    assert effects(DATABASE, {}, given, given) == {"availabilityZone": "updates"}
    other: Properties = {"availabilityZone": "us-east-1b"}
    assert effects(DATABASE, {}, given, other) == {"availabilityZone": "replaces"}


def test_a_version_that_nobody_can_read_may_go_either_way() -> None:
    assert effects(CACHE, {"engineVersion": "7.1"}, {"engineVersion": UNKNOWN}) == {
        "engineVersion": "may replace"
    }
    assert effects(CACHE, {"engineVersion": "7.1"}, {"engineVersion": "latest"}) == {
        "engineVersion": "may replace"
    }


def test_a_secret_is_compared_as_what_it_holds() -> None:
    old: Properties = {"username": secret("one")}
    assert effects(DATABASE, old, {"username": secret("two")}) == {"username": "replaces"}


@pytest.mark.parametrize(
    ("switch", "effect"),
    [
        pytest.param({"userDataReplaceOnChange": True}, "replaces", id="on"),
        pytest.param({"userDataReplaceOnChange": False}, "updates", id="off"),
        pytest.param({}, "updates", id="not-given"),
    ],
)
def test_user_data_replace_an_instance_that_asks_for_it(
    switch: dict[str, PropertyValue], effect: str
) -> None:
    old, new = {**switch, "userData": "one"}, {**switch, "userData": "two"}
    assert effects("aws:ec2/instance:Instance", old, new) == {"userData": effect}


def test_a_value_that_is_not_known_yet_replaces_as_another_one_would() -> None:
    assert effects(DATABASE, {"username": "one"}, {"username": UNKNOWN}) == {"username": "replaces"}


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        pytest.param("aws:docdb/cluster:Cluster", "availabilityZones", id="zones"),
        pytest.param(
            "aws:fsx/windowsFileSystem:WindowsFileSystem", "securityGroupIds", id="groups"
        ),
    ],
)
def test_another_order_of_a_set_changes_nothing(type_: str, name: str) -> None:
    assert effects(type_, {name: ["one", "two"]}, {name: ["two", "one"]}) == {}
    assert set(effects(type_, {name: ["one", "two"]}, {name: ["one"]}).values()) == {"replaces"}


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        pytest.param(TASK, "containerDefinitions", id="containers"),
        pytest.param("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", id="policy"),
    ],
)
def test_a_document_in_other_words_replaces_nothing(type_: str, name: str) -> None:
    document = {"a": [1, 2], "b": True}
    old, new = json.dumps(document), json.dumps(document, indent=1, sort_keys=True)
    assert effects(type_, {name: old}, {name: new}) == {name: "updates"}
    assert effects(type_, {name: old}, {name: '{"a": []}'}) == {name: "replaces"}


def test_an_index_of_a_table_replaces_it_where_it_is_local_alone() -> None:
    index: Properties = {"name": "by-day", "rangeKey": "day", "projectionType": "ALL"}
    local = effects(TABLE, {}, {"localSecondaryIndexes": [index]})
    assert local == {"localSecondaryIndexes": "replaces"}
    everywhere = effects(TABLE, {}, {"globalSecondaryIndexes": [{**index, "hashKey": "day"}]})
    assert everywhere == {"globalSecondaryIndexes": "updates"}


def test_no_type_that_holds_data_is_replaced_for_its_tags() -> None:
    holding = {each.type for each in said()}
    assert not [each for each in holding if "tags" in replacing_properties(each)]


def test_tags_replace_a_type_where_the_provider_plans_that_alone() -> None:
    table = replacements._table()["types"]  # noqa: SLF001 - all types
    assert {each for each in table if "tags" in replacing_properties(each)} == {
        "aws:emrcontainers/jobTemplate:JobTemplate",
        "aws:fis/experimentTemplate:ExperimentTemplate",
        "aws:inspector/resourceGroup:ResourceGroup",
        "aws:ivs/playbackKeyPair:PlaybackKeyPair",
        "aws:ivs/recordingConfiguration:RecordingConfiguration",
        "aws:ssm/activation:Activation",
    }


@pytest.mark.parametrize(
    ("type_", "name", "old", "new"),
    [
        pytest.param(
            "aws:opensearch/domain:Domain",
            "engineVersion",
            "OpenSearch_1.3",
            "OpenSearch_2.11",
            id="search-domain",
        ),
        pytest.param(
            "aws:mwaa/environment:Environment", "airflowVersion", "2.7", "2.8", id="airflow"
        ),
        pytest.param("aws:ssm/parameter:Parameter", "tier", "Advanced", "Standard", id="tier"),
    ],
)
def test_what_hangs_on_more_than_the_two_values_may_replace(
    type_: str, name: str, old: str, new: str
) -> None:
    assert effects(type_, {name: old}, {name: new}) == {name: "may replace"}


@pytest.mark.parametrize(
    ("given", "effect"),
    [
        pytest.param({"authenticationMode": "API"}, "updates", id="in-place"),
        pytest.param({"bootstrapClusterCreatorAdminPermissions": True}, "replaces", id="replacing"),
    ],
)
def test_a_block_that_comes_replaces_where_what_is_in_it_does(
    given: Properties, effect: str
) -> None:
    found = effects("aws:eks/cluster:Cluster", {}, {"accessConfig": given})
    assert found == {"accessConfig": effect}


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(
            "aws:emrcontainers/virtualCluster:VirtualCluster",
            "containerProvider.info.eksInfo.namespace",
            id="block-in-block-in-block",
        ),
        pytest.param(
            "aws:sagemaker/flowDefinition:FlowDefinition",
            "humanLoopConfig.publicWorkforceTaskPrice.amountInUsd.cents",
            id="price",
        ),
    ],
)
def test_a_property_however_deep_replaces(type_: str, path: str) -> None:
    assert path in replacing_properties(type_)


def test_what_is_newer_than_the_provider_that_was_asked_may_replace() -> None:
    table = replacements._table()["types"]  # noqa: SLF001 - one of the types, whichever it is
    token, row = next((token, row) for token, row in table.items() if [*row] == ["may"])
    path = next(path for path in row["may"] if "." not in path)
    assert effects(token, {path: "one"}, {path: "two"}) == {path: "may replace"}


@pytest.mark.parametrize(
    "type_",
    [
        pytest.param("random:index/randomId:RandomId", id="other-package"),
        pytest.param("aws:nothing/thing:Thing", id="unknown-type"),
    ],
)
def test_a_type_that_is_not_in_the_table_is_taken_to_be_updated(type_: str) -> None:
    assert effects(type_, {"name": "one"}, {"name": "two"}) == {"name": "updates"}


def test_the_table_names_its_sources() -> None:
    assert [each.split(" ")[0] for each in sources()] == ["hashicorp/aws", "CloudFormation's"]


def test_a_change_tells_its_effect_as_words() -> None:
    [change] = changes(QUEUE, {"name": "one"}, {"name": "two"})
    assert change.effect is Effect.REPLACES
    assert f"{change.effect}" == "replaces"
