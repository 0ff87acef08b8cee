"""Ids have the form that the provider gives them, or are told as made up."""

import re

import pytest

from pulumi_preflight.outputs.inventions import Filling, Invented, Origin, Other
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.wire import UNKNOWN, Properties
from tests.preflight.filling import fill

HEX = "[0-9a-f]"
UUID = rf"{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}"
INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
# No table tells the form of its id.
FORMLESS = "aws:lightsail/domainEntry:DomainEntry"


@pytest.mark.parametrize(
    ("token", "inputs", "pattern"),
    [
        pytest.param("amp/workspace:Workspace", {}, f"ws-{UUID}", id="workspace"),
        pytest.param("apigateway/usagePlan:UsagePlan", {"name": "x"}, f"{HEX}{{6}}", id="plan"),
        pytest.param("apigatewayv2/integration:Integration", {}, f"{HEX}{{7}}", id="integration"),
        pytest.param("appsync/apiKey:ApiKey", {"apiId": "a"}, f"a:da2-{HEX}{{26}}", id="api-key"),
        pytest.param("backup/selection:Selection", {"name": "x"}, UUID, id="selection"),
        pytest.param("cloudfront/keyGroup:KeyGroup", {"name": "x"}, UUID, id="key-group"),
        pytest.param("cognito/identityPool:IdentityPool", {}, f"us-east-1:{UUID}", id="pool"),
        pytest.param("connect/instance:Instance", {}, UUID, id="contact-centre"),
        pytest.param("emr/cluster:Cluster", {"name": "x"}, "j-[A-Z2-7]{13}", id="emr-cluster"),
        pytest.param(
            "identitystore/group:Group", {"identityStoreId": "d"}, f"d/{UUID}", id="group"
        ),
        pytest.param("iot/certificate:Certificate", {}, f"{HEX}{{64}}", id="certificate"),
        pytest.param("mq/configuration:Configuration", {"name": "x"}, f"c-{UUID}", id="broker"),
        pytest.param(
            "networkmanager/globalNetwork:GlobalNetwork",
            {},
            f"global-network-{HEX}{{17}}",
            id="global-network",
        ),
        pytest.param(
            "organizations/organizationalUnit:OrganizationalUnit",
            {"name": "x", "parentId": "r-abcd"},
            f"ou-abcd-{HEX}{{8}}",
            id="unit-of-a-root",
        ),
        pytest.param(
            "organizations/organizationalUnit:OrganizationalUnit",
            {"name": "x", "parentId": "ou-abcd-12345678"},
            f"ou-abcd-{HEX}{{8}}",
            id="unit-of-a-unit",
        ),
        pytest.param(
            "quicksight/user:User",
            {"userName": "ann"},
            "123456789012/default/ann",
            id="user-of-the-default-namespace",
        ),
        pytest.param(
            "quicksight/user:User",
            {"userName": "ann", "namespace": "own"},
            "123456789012/own/ann",
            id="user-of-a-namespace",
        ),
        pytest.param(
            "ssoadmin/permissionSet:PermissionSet",
            {"name": "x", "instanceArn": INSTANCE},
            rf"arn:aws:sso:::permissionSet/.*,{INSTANCE}",
            id="permission-set",
        ),
        pytest.param("cloudhsmv2/cluster:Cluster", {}, "cluster-[a-z2-7]{11}", id="modules"),
        pytest.param(
            "transfer/certificate:Certificate",
            {},
            f"cert-{HEX}{{17}}",
            id="certificate-of-a-server",
        ),
        pytest.param("workspaces/pool:Pool", {}, "wspool-[0-9a-z]{9}", id="desktops"),
        pytest.param("wafregional/rule:Rule", {"name": "x"}, UUID, id="rule-of-waf-classic"),
    ],
)
def test_an_id_has_the_form_of_its_type(token: str, inputs: Properties, pattern: str) -> None:
    assert re.fullmatch(pattern, fill(f"aws:{token}", inputs).id)


@pytest.mark.parametrize(
    ("token", "inputs", "id_"),
    [
        pytest.param("iam/role:Role", {"name": "app"}, "app", id="said-by-the-sdk"),
        pytest.param(
            "ses/receiptFilter:ReceiptFilter", {"name": "app"}, "app", id="shown-as-a-word"
        ),
        pytest.param(
            "sagemaker/image:Image", {"imageName": "app"}, "app", id="named-by-another-input"
        ),
        pytest.param(
            "backup/vaultPolicy:VaultPolicy", {"backupVaultName": "app"}, "app", id="owner"
        ),
        pytest.param("ssm/parameter:Parameter", {"name": "/app/key"}, "/app/key", id="with-a-path"),
        pytest.param(
            "rds/clusterSnapshot:ClusterSnapshot",
            {"dbClusterIdentifier": "db", "dbClusterSnapshotIdentifier": "app"},
            "app",
            id="identifier",
        ),
    ],
)
def test_an_id_is_the_name_where_a_source_says_so(token: str, inputs: Properties, id_: str) -> None:
    assert fill(f"aws:{token}", inputs).id == id_


@pytest.mark.parametrize(
    ("token", "property_"),
    [
        pytest.param("amp/workspace:Workspace", "arn", id="workspace"),
        pytest.param("iot/certificate:Certificate", "arn", id="certificate"),
        pytest.param("networkmanager/site:Site", "arn", id="site"),
        pytest.param("cognito/identityPool:IdentityPool", "arn", id="with-a-region-in-it"),
        pytest.param("ssm/association:Association", "associationId", id="a-property"),
    ],
)
def test_what_names_the_resource_holds_its_id(token: str, property_: str) -> None:
    filled = fill(f"aws:{token}", {"name": "x"})
    assert str(filled.outputs[property_]).endswith(filled.id)


@pytest.mark.parametrize("inputs", [{}, {"name": "www"}], ids=["unnamed", "named"])
def test_an_id_without_a_known_form_has_digits(inputs: Properties) -> None:
    assert re.fullmatch(rf"(thing.*|www)-{HEX}{{8}}", fill(FORMLESS, inputs).id)


def learned(token: str, inputs: Properties) -> tuple[Inventions, str, Origin]:
    """What is remembered of a resource that was filled in."""
    urn, filled = f"urn:pulumi:dev::shop::{token}::thing", fill(token, inputs)
    inventions = Inventions()
    inventions.learn(
        Invented(
            urn=urn,
            id=filled.id,
            outputs={"name": filled.id},
            fillings={"name": Filling.MADE_UP},
            given=inputs,
        )
    )
    return inventions, filled.id, Origin(urn, "id")


@pytest.mark.parametrize(
    "text", ["{}", "entries/{}", "{}/one"], ids=["alone", "at-end", "at-start"]
)
@pytest.mark.parametrize("inputs", [{}, {"name": "www"}], ids=["unnamed", "named"])
def test_what_holds_an_id_without_a_known_form_may_be_anything(
    inputs: Properties, text: str
) -> None:
    inventions, id_, origin = learned(FORMLESS, inputs)
    other = Other(origins=[origin], account="2")
    assert inventions.otherwise(text.format(id_), other) == UNKNOWN


def test_what_holds_an_id_of_a_known_form_has_other_digits() -> None:
    inventions, id_, origin = learned("aws:amp/workspace:Workspace", {})
    another = inventions.otherwise(f"in {id_}", Other(origins=[origin], account="2"))
    assert another != f"in {id_}"
    assert re.fullmatch(f"in ws-{UUID}", str(another))
