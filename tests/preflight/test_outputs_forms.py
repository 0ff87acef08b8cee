"""Made-up values have the form that AWS gives them, and agree with each other."""

import ipaddress
import json
import re

import pytest

from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.wire import Properties
from tests.preflight.filling import Program, fill

TASKS = "aws:ecs/taskDefinition:TaskDefinition"
HEX = "[0-9a-f]"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/50dc6c495c0c9188"


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "pattern"),
    [
        pytest.param(
            "aws:lb/targetGroup:TargetGroup",
            {"name": "web"},
            "arnSuffix",
            rf"targetgroup/web/{HEX}{{16}}",
            id="target-group",
        ),
        pytest.param(
            "aws:alb/loadBalancer:LoadBalancer",
            {"name": "web"},
            "arnSuffix",
            rf"app/web/{HEX}{{16}}",
            id="application-balancer",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"name": "web", "loadBalancerType": "network"},
            "arnSuffix",
            rf"net/web/{HEX}{{16}}",
            id="network-balancer",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"name": "web"},
            "zoneId",
            "Z35SXDOTRQ7X7K",
            id="zone-of-application-balancers",
        ),
        pytest.param(
            "aws:alb/loadBalancer:LoadBalancer",
            {"name": "web", "loadBalancerType": "network"},
            "zoneId",
            "Z26RNL4JYFTOTI",
            id="zone-of-network-balancers",
        ),
        pytest.param(
            "aws:cloudwatch/eventTarget:EventTarget",
            {"rule": "nightly", "arn": BALANCER},
            "targetId",
            rf"terraform-\d{{18}}{HEX}{{8}}",
            id="event-target",
        ),
        pytest.param(
            "aws:s3/bucket:Bucket",
            {"bucket": "files"},
            "hostedZoneId",
            "Z3AQBSTGFYJSTF",
            id="zone-of-buckets",
        ),
        pytest.param(
            "aws:lb/listener:Listener",
            {"loadBalancerArn": BALANCER},
            "arn",
            rf"arn:.*:listener/app/web/50dc6c495c0c9188/{HEX}{{16}}",
            id="listener",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {"engine": "postgres", "engineVersion": "16"},
            "engineVersionActual",
            r"16\.\d+",
            id="major-version",
        ),
        pytest.param("aws:rds/instance:Instance", {}, "storageType", "gp3", id="storage"),
        pytest.param(
            "aws:rds/instance:Instance",
            {"iops": 3000},
            "storageType",
            "io1",
            id="storage-with-iops",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-postgresql", "engineVersion": "15.4"},
            "engineVersionActual",
            r"15\.4",
            id="whole-version",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {"engine": "mysql", "engineVersion": "8.0"},
            "engineVersionActual",
            r"8\.0\.\d+",
            id="mysql-version",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"description": "d"},
            "engineVersionActual",
            r"7\.1\.0",
            id="version-of-the-usual-engine",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {"name": "t", "streamEnabled": True},
            "streamArn",
            r"arn:aws:dynamodb:.*:table/t/stream/2026-01-01T00:00:00\.000",
            id="stream",
        ),
        pytest.param(
            "aws:s3/bucket:Bucket",
            {"bucket": "b", "website": {"indexDocument": "i"}},
            "websiteEndpoint",
            r"b\.s3-website-us-east-1\.amazonaws\.com",
            id="website",
        ),
        pytest.param(
            "aws:lambda/function:Function",
            {"name": "f"},
            "qualifiedInvokeArn",
            r"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            r"arn:aws:lambda:us-east-1:\d{12}:function:f:\$LATEST/invocations",
            id="qualified-invocation",
        ),
        pytest.param(
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://token.actions.githubusercontent.com"},
            "arn",
            r"arn:aws:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com",
            id="identity-provider-without-its-scheme",
        ),
        pytest.param(
            "aws:iam/role:Role",
            {"name": "app", "path": "/team/"},
            "arn",
            r"arn:aws:iam::\d{12}:role/team/app",
            id="role-with-a-path",
        ),
        pytest.param(
            "aws:ecs/service:Service",
            {"name": "web", "cluster": "arn:aws:ecs:us-east-1:1:cluster/shop"},
            "arn",
            r"arn:aws:ecs:.*:service/shop/web",
            id="service-of-a-cluster",
        ),
        pytest.param(
            "aws:eks/cluster:Cluster",
            {"name": "k"},
            "endpoint",
            r"https://[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com",
            id="kubernetes",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {"privateIp": "10.1.2.3"},
            "privateDns",
            r"ip-10-1-2-3\.ec2\.internal",
            id="host-of-an-address",
        ),
        pytest.param(
            "aws:apigatewayv2/stage:Stage",
            {"name": "live", "apiId": "abc123"},
            "invokeUrl",
            r"https://abc123\.execute-api\.us-east-1\.amazonaws\.com/live",
            id="url-of-a-stage",
        ),
        pytest.param(
            "aws:kms/alias:Alias",
            {},
            "arn",
            rf"arn:aws:kms:us-east-1:\d{{12}}:alias/thing-{HEX}{{7}}",
            id="alias-without-a-name",
        ),
        pytest.param(
            "aws:kms/alias:Alias",
            {"targetKeyId": "0a1b"},
            "targetKeyArn",
            r"arn:aws:kms:us-east-1:\d{12}:key/0a1b",
            id="key-of-an-alias",
        ),
        pytest.param(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            {},
            "associationDefaultRouteTableId",
            rf"tgw-rtb-{HEX}{{17}}",
            id="table-of-a-transit-gateway",
        ),
        pytest.param(
            "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
            {"bucket": "b"},
            "websiteEndpoint",
            r"b\.s3-website-us-east-1\.amazonaws\.com",
            id="website-of-its-own",
        ),
        pytest.param(
            "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
            {"bucket": "b"},
            "websiteDomain",
            r"s3-website-us-east-1\.amazonaws\.com",
            id="domain-of-a-website",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"brokerName": "jobs"},
            "arn",
            rf"arn:aws:mq:us-east-1:\d{{12}}:broker:jobs:b-{HEX}{{8}}-.*",
            id="broker",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {"domainName": "logs", "vpcOptions": {}, "engineVersion": "OpenSearch_2.11"},
            "endpoint",
            rf"search-logs-{HEX}{{26}}\.us-east-1\.es\.amazonaws\.com",
            id="search",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {"domainName": "logs", "vpcOptions": {"subnetIds": ["subnet-1"]}},
            "dashboardEndpoint",
            rf"vpc-logs-{HEX}{{26}}\.us-east-1\.es\.amazonaws\.com/_dashboards",
            id="search-in-a-network",
        ),
        pytest.param(
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://token.actions.githubusercontent.com"},
            "arn",
            r"arn:aws:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com",
            id="issuer",
        ),
        pytest.param(
            "aws:redshift/cluster:Cluster",
            {},
            "clusterNamespaceArn",
            rf"arn:aws:redshift:us-east-1:\d{{12}}:namespace:{HEX}{{8}}-.*",
            id="namespace",
        ),
        pytest.param(
            "aws:globalaccelerator/accelerator:Accelerator",
            {},
            "dnsName",
            rf"a{HEX}{{16}}\.awsglobalaccelerator\.com",
            id="accelerator",
        ),
        pytest.param(
            "aws:eks/addon:Addon", {}, "addonVersion", r"v1\.\d+\.\d+-eksbuild\.\d", id="addon"
        ),
        pytest.param(
            "aws:lambda/eventSourceMapping:EventSourceMapping",
            {"functionName": "work"},
            "functionArn",
            r"arn:aws:lambda:us-east-1:\d{12}:function:work",
            id="function-of-a-mapping",
        ),
        pytest.param(
            "aws:ec2/flowLog:FlowLog", {}, "logFormat", r"\$\{version\} .*", id="format-of-a-log"
        ),
        pytest.param(
            "aws:msk/cluster:Cluster", {}, "currentVersion", r"K[A-Z2-7]{13}", id="version-of-kafka"
        ),
        pytest.param(
            "aws:rds/instance:Instance", {}, "latestRestorableTime", r"\d{4}-.*T.*Z", id="time"
        ),
    ],
)
def test_a_value_has_the_form_that_aws_gives_it(
    token: str, inputs: Properties, property_: str, pattern: str
) -> None:
    assert re.fullmatch(pattern, str(fill(token, inputs).outputs[property_]))


def test_a_website_in_a_newer_region_has_a_dot() -> None:
    inputs: Properties = {"bucket": "b", "website": {"indexDocument": "i"}}
    outputs = fill("aws:s3/bucket:Bucket", inputs, place=Place(region="eu-central-1")).outputs
    assert outputs["websiteEndpoint"] == "b.s3-website.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("region", "zone"),
    [("eu-west-1", "Z1BKCTXD74EZPE"), ("cn-north-1", "Z5CN8UMXT92WN")],
    ids=["ireland", "beijing"],
)
def test_the_hosted_zone_of_buckets_is_the_regions(region: str, zone: str) -> None:
    filled = fill("aws:s3/bucket:Bucket", place=Place(region=region))
    assert filled.outputs["hostedZoneId"] == zone


def test_a_region_that_the_table_lacks_has_some_zone() -> None:
    filled = fill("aws:s3/bucket:Bucket", place=Place(region="xx-new-9"))
    assert re.fullmatch(r"Z[A-Z2-7]{13}", str(filled.outputs["hostedZoneId"]))
    assert filled.fillings["hostedZoneId"] is Filling.MADE_UP


def test_a_network_that_was_asked_for_can_be_read() -> None:
    outputs = fill("aws:ec2/vpc:Vpc", {"assignGeneratedIpv6CidrBlock": True}).outputs
    assert ipaddress.ip_network(str(outputs["ipv6CidrBlock"])).prefixlen == 56


@pytest.mark.parametrize(
    ("token", "part", "whole"),
    [
        pytest.param("aws:lb/targetGroup:TargetGroup", "arnSuffix", "arn", id="suffix"),
        pytest.param("aws:rds/instance:Instance", "address", "endpoint", id="address"),
        pytest.param(
            "aws:ecs/taskDefinition:TaskDefinition", "arnWithoutRevision", "arn", id="task"
        ),
        pytest.param("aws:lambda/function:Function", "arn", "invokeArn", id="function"),
        pytest.param("aws:route53/zone:Zone", "zoneId", "arn", id="zone"),
        pytest.param("aws:kms/key:Key", "keyId", "arn", id="key"),
    ],
)
def test_a_property_holds_the_one_that_it_is_made_of(token: str, part: str, whole: str) -> None:
    outputs = fill(token).outputs
    assert str(outputs[part]) in str(outputs[whole])


@pytest.mark.parametrize(
    ("token", "property_"),
    [
        pytest.param("aws:rds/instance:Instance", "resourceId", id="database"),
        pytest.param("aws:ec2/eip:Eip", "allocationId", id="address"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "arn", id="balancer"),
        pytest.param("aws:sqs/queue:Queue", "url", id="queue"),
        pytest.param("aws:s3/bucket:Bucket", "bucket", id="bucket"),
        pytest.param("aws:redshift/cluster:Cluster", "clusterIdentifier", id="warehouse"),
        pytest.param("aws:ec2/keyPair:KeyPair", "keyName", id="key-pair"),
        pytest.param("aws:opensearch/domain:Domain", "arn", id="search"),
        pytest.param("aws:lambda/eventSourceMapping:EventSourceMapping", "uuid", id="mapping"),
    ],
)
def test_what_is_one_thing_at_aws_is_equal(token: str, property_: str) -> None:
    filled = fill(token)
    assert filled.outputs[property_] == filled.id


@pytest.mark.parametrize(
    ("token", "inputs", "pattern"),
    [
        pytest.param("aws:ec2/managedPrefixList:ManagedPrefixList", {}, r"pl-\w{17}", id="list"),
        pytest.param(
            "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
            {},
            r"eigw-\w{17}",
            id="gateway",
        ),
        pytest.param("aws:ec2/dedicatedHost:DedicatedHost", {}, r"h-\w{17}", id="host"),
        pytest.param("aws:grafana/workspace:Workspace", {}, r"g-\w{10}", id="of-its-own-length"),
        pytest.param("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b"}, "b", id="input"),
        pytest.param(
            "aws:route53/record:Record",
            {"zoneId": "Z1", "name": "www", "type": "A"},
            "Z1_www_A",
            id="record",
        ),
        pytest.param(
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", {}, r"pcx-\w{17}", id="peering"
        ),
        pytest.param(
            "aws:eks/fargateProfile:FargateProfile",
            {"clusterName": "k", "fargateProfileName": "p"},
            "k:p",
            id="profile",
        ),
        pytest.param("aws:sns/topicPolicy:TopicPolicy", {"arn": "arn:a"}, "arn:a", id="arn"),
        pytest.param(
            "aws:globalaccelerator/accelerator:Accelerator",
            {},
            r"arn:aws:globalaccelerator::\d{12}:accelerator/[0-9a-f-]{36}",
            id="own-arn",
        ),
    ],
)
def test_an_id_has_the_form_that_the_sdk_shows_for_an_import(
    token: str, inputs: Properties, pattern: str
) -> None:
    assert re.fullmatch(pattern, fill(token, inputs).id)


def test_an_arn_holds_the_id() -> None:
    filled = fill("aws:ec2/managedPrefixList:ManagedPrefixList")
    assert str(filled.outputs["arn"]).endswith(f":prefix-list/{filled.id}")


@pytest.mark.parametrize(
    ("property_", "pattern"),
    [
        pytest.param("certificateAuthority", r'{"data": "[\w=]+"}', id="record"),
        pytest.param(
            "identities",
            r'\[{"oidcs": \[{"issuer": "https://oidc.+/id/[0-9A-F]{32}"}\]}\]',
            id="lists-of-records",
        ),
    ],
)
def test_records_hold_what_aws_fills(property_: str, pattern: str) -> None:
    value = fill("aws:eks/cluster:Cluster").outputs[property_]
    assert re.fullmatch(pattern, json.dumps(value))


def test_a_clusters_insights_are_off_unless_the_program_asks_for_them() -> None:
    settings = fill("aws:ecs/cluster:Cluster").outputs["settings"]
    assert json.dumps(settings, sort_keys=True) == (
        '[{"name": "containerInsights", "value": "disabled"}]'
    )


def test_ses_gives_three_tokens() -> None:
    tokens = fill("aws:ses/domainDkim:DomainDkim", {"domain": "example.com"}).outputs["dkimTokens"]
    assert len(set(map(str, tokens if isinstance(tokens, list) else []))) == 3


def test_a_certificate_waits_for_its_names_to_be_proved() -> None:
    inputs: Properties = {"domainName": "a.example", "subjectAlternativeNames": ["b.example"]}
    outputs = fill("aws:acm/certificate:Certificate", inputs | {}).outputs
    assert outputs["status"] == "PENDING_VALIDATION"
    assert outputs["type"] == "AMAZON_ISSUED"
    alone = fill("aws:acm/certificate:Certificate", {"domainName": "a.example"}).outputs
    assert alone["subjectAlternativeNames"] == ["a.example"]


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        pytest.param("www", "www.shop.example", id="short"),
        pytest.param("www.shop.example", "www.shop.example", id="whole"),
        pytest.param("", "shop.example", id="of-the-zone"),
    ],
)
def test_a_record_has_its_zones_name_at_the_end(name: str, whole: str) -> None:
    program = Program()
    zone = program.add("aws:route53/zone:Zone", {"name": "shop.example"})
    record = program.add("aws:route53/record:Record", {"zoneId": zone.id, "name": name})
    assert record.outputs["fqdn"] == whole


@pytest.mark.parametrize("encrypts", [True, False])
def test_a_databases_instances_share_what_the_cluster_has(*, encrypts: bool) -> None:
    program = Program()
    inputs: Properties = {"engine": "aurora-mysql", "storageEncrypted": encrypts}
    cluster = program.add("aws:rds/cluster:Cluster", inputs)
    instance = program.add(
        "aws:rds/clusterInstance:ClusterInstance", {"clusterIdentifier": cluster.id}
    ).outputs
    assert instance["storageEncrypted"] is encrypts
    assert instance["kmsKeyId"] == (cluster.outputs["kmsKeyId"] if encrypts else "")


def test_places_without_anything_in_them_are_left_empty() -> None:
    filled = fill("aws:redshift/cluster:Cluster")
    assert filled.outputs["clusterNodes"] == [{}]
    assert filled.fillings["clusterNodes"] is Filling.EMPTY


def test_a_made_up_amount_of_a_resource_is_0() -> None:
    # A provider that fills it in shows it to the engine, where it counts as AWS's answer.
    assert fill("aws:ebs/volume:Volume").outputs["iops"] == 0


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "pattern"),
    [
        pytest.param(
            "aws:amplify/app:App", {}, "defaultDomain", r"\w+\.amplifyapp\.com", id="amplify"
        ),
        pytest.param(
            "aws:amplify/domainAssociation:DomainAssociation",
            {"domainName": "x.com"},
            "certificateVerificationDnsRecord",
            r"_\w{32}\.x\.com\. CNAME _\w{32}\.acm-validations\.aws\.",
            id="proof-of-a-domain",
        ),
        pytest.param(
            "aws:ec2/vpnConnection:VpnConnection",
            {"customerGatewayId": "cgw-1"},
            "customerGatewayConfiguration",
            r"<\?xml .*<customer_gateway_id>cgw-1</.*</vpn_connection>",
            id="configuration-of-a-gateway",
        ),
    ],
)
def test_a_text_has_the_form_that_programs_take_apart(
    token: str, inputs: Properties, property_: str, pattern: str
) -> None:
    assert re.fullmatch(pattern, str(fill(token, inputs).outputs[property_]), re.DOTALL)


def test_a_subdomain_points_to_cloudfront() -> None:
    token = "aws:amplify/domainAssociation:DomainAssociation"  # noqa: S105 - a type
    given: Properties = {"subDomains": [{"branchName": "main", "prefix": "www"}]}
    sub_domains = json.dumps(fill(token, given).for_program["subDomains"])
    assert re.search(r'"dnsRecord": " CNAME d\w{13}\.cloudfront\.net"', sub_domains)


def test_a_directory_has_two_name_servers() -> None:
    servers = fill("aws:directoryservice/directory:Directory").outputs["dnsIpAddresses"]
    assert isinstance(servers, list)
    assert len(set(map(str, servers))) == 2
