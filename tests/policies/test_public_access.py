"""Whom a statement lets in: somebody, or anyone."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.lists import load
from aws_policy_pack.policy_documents import is_public
from aws_policy_pack.wire import Value
from tests.policies.policy_statements import ALLOW_ANYONE, QUEUE, ROLE, statement


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param({"Principal": "*"}, id="star"),
        pytest.param({"Principal": ["*"]}, id="star-in-a-list"),
        pytest.param({"Principal": {"AWS": "*"}}, id="every-aws-principal"),
        pytest.param({"Principal": {"AWS": [ROLE, "*"]}}, id="star-beside-a-role"),
        pytest.param({"NotPrincipal": {"AWS": ROLE}}, id="all-but-one"),
    ],
)
def test_a_statement_that_allows_anyone_is_public(principal: Mapping[str, Value]) -> None:
    assert is_public(statement({"Effect": "Allow", "Action": "sqs:*", **principal}))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Effect": "Deny"}, id="a-denial"),
        pytest.param({"Effect": "ALLOW"}, id="an-effect-that-aws-refuses"),
        pytest.param({"Principal": "#"}, id="a-principal-that-aws-refuses"),
        pytest.param({"Principal": {"AWS": ROLE}}, id="one-role"),
        pytest.param({"Principal": {"Service": "sns.amazonaws.com"}}, id="one-service"),
        pytest.param({"Principal": None}, id="a-policy-of-an-identity"),
    ],
)
def test_a_statement_about_somebody_is_not_public(change: Mapping[str, Value]) -> None:
    assert not is_public(statement({**ALLOW_ANYONE, **change}))


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"StringEquals": {"aws:SourceAccount": "111122223333"}}, id="account"),
        pytest.param({"StringEquals": {"AWS:sourceaccount": "111122223333"}}, id="key-in-any-case"),
        pytest.param({"stringEquals": {"aws:SourceAccount": "1"}}, id="operator-in-any-case"),
        pytest.param({"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "o-abc"}}, id="ignore-case"),
        pytest.param({"StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}, id="organisation-unit"),
        pytest.param(
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}, id="for-any-value"
        ),
        pytest.param({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, id="one-bucket"),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:uploads"}}, id="bucket-of-any-account"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}, id="account-arn"
        ),
        pytest.param({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, id="sessions-of-a-role"),
        pytest.param({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}, id="endpoint"),
        *(
            pytest.param({"StringEquals": {key: "o-abc"}}, id=key)
            for key in sorted(load("caller_keys").entries["identities"])
        ),
        pytest.param(
            {"ForAnyValue:StringLike": {"aws:VpceOrgPaths": "o-abc/r-1/*"}}, id="unit-of-endpoints"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:111122223333:vpc/*"}}, id="own-vpcs"
        ),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, id="own"),
        pytest.param({"Bool": {"aws:PrincipalIsAWSService": "true"}}, id="services-of-aws"),
        pytest.param({"Bool": {"AWS:principalIsAWSService": True}}, id="services-by-a-boolean"),
        pytest.param({"IpAddress": {"aws:SourceIp": "52.95.4.0/24"}}, id="address-range"),
        pytest.param({"IpAddress": {"aws:SourceIp": "52.95.4.7/24"}}, id="range-by-an-address"),
        pytest.param({"IpAddress": {"aws:SourceIp": "203.0.0.0/8"}}, id="broadest-ipv4-range"),
        pytest.param({"IpAddress": {"aws:SourceIp": "2001:db9::/32"}}, id="broadest-ipv6-range"),
        pytest.param({"IpAddress": {"aws:SourceIp": "2001:db9:1::/48"}}, id="narrow-ipv6-range"),
        pytest.param(
            {
                "IpAddress": {"aws:VpcSourceIp": "10.1.2.3"},
                "StringEquals": {"aws:SourceVpc": "vpc-1"},
            },
            id="address-in-one-vpc",
        ),
        pytest.param({"IpAddress": {"aws:SourceIp": ["203.0.0.0/8", "205.0.0.0/8"]}}, id="ranges"),
        pytest.param(
            {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, id="own-reversed"
        ),
        pytest.param(
            {"StringLike": {"aws:ResourceAccount": "${AWS:PrincipalAccount}"}}, id="own-account"
        ),
        pytest.param(
            {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/${aws:userid}"}},
            id="a-variable-in-an-account",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${ aws:ResourceAccount }:*"}},
            id="account-of-the-resource",
        ),
        pytest.param({"StringEquals": {"aws:userid": "${*}"}}, id="a-character-spelt-out"),
        pytest.param({"StringLike": {"aws:userid": "${$}a"}}, id="a-character-in-a-pattern"),
        pytest.param({"StringEquals": {"aws:SourceAccount": "*"}}, id="a-star-that-is-itself"),
        pytest.param({"StringLike": {"aws:SourceAccount": "111122223333*"}}, id="whole-account"),
        pytest.param({"StringLike": {"aws:userid": "AIDAJQABLZS4A3QDU576Q*"}}, id="whole-id"),
        pytest.param(
            {"StringLike": {"aws:PrincipalServiceName": "sns.*.amazonaws.com"}}, id="service"
        ),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads/*"}}, id="objects"),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/Z1"}}, id="one-zone"
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws-us-gov:iam::111122223333:role/*"}},
            id="roles-of-another-partition",
        ),
        pytest.param(
            {
                "StringEquals": {
                    "aws:FederatedProvider": "arn:aws:iam::111122223333:oidc-provider/x"
                }
            },
            id="own-provider",
        ),
        pytest.param({"IpAddress": {"aws:SourceIp": "fc00::/7"}}, id="private-range"),
        pytest.param(
            {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
            id="one-of-two-conditions",
        ),
    ],
)
def test_a_condition_on_the_caller_closes_a_statement(condition: Value) -> None:
    assert not is_public(statement({**ALLOW_ANYONE, "Condition": condition}))


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({}, id="no-condition"),
        pytest.param({"Bool": {"aws:SecureTransport": "true"}}, id="only-tls"),
        pytest.param({"StringEquals": {"aws:UserAgent": "mine"}}, id="what-the-caller-chooses"),
        pytest.param({"StringEquals": {"aws:SourceAccount": []}}, id="no-values"),
        pytest.param({"StringNotEquals": {"aws:SourceAccount": "1"}}, id="all-but-an-account"),
        pytest.param({"StringEqualsIfExists": {"aws:SourceArn": QUEUE}}, id="if-exists"),
        pytest.param(
            {"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-1"}}, id="for-all-values"
        ),
        pytest.param({"StringLike": {"aws:SourceAccount": "*"}}, id="any-account"),
        pytest.param({"StringLike": {"aws:SourceAccount": "???"}}, id="any-account-by-length"),
        pytest.param({"StringLike": {"aws:SourceAccount": ""}}, id="empty-pattern"),
        pytest.param({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, id="any-organisation"),
        *(
            pytest.param({"StringEquals": {key: "a"}}, id=key)
            for key in sorted(load("caller_keys").entries["others"])
        ),
        pytest.param({"StringLike": {"aws:VpceOrgID": "o-*"}}, id="endpoints-of-anyone"),
        pytest.param({"StringEqualsIfExists": {"aws:VpceAccount": "1"}}, id="endpoint-if-any"),
        pytest.param({"StringNotEquals": {"aws:VpceOrgID": "o-abc"}}, id="all-but-an-organisation"),
        pytest.param({"Null": {"aws:VpceOrgID": "false"}}, id="some-organisation"),
        pytest.param({"Bool": {"aws:PrincipalIsAWSService": "false"}}, id="all-but-services"),
        pytest.param({"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}, id="if-it-is-told"),
        pytest.param({"StringLike": {"aws:SourceVpc": "vpc-*"}}, id="any-vpc"),
        pytest.param({"StringLike": {"aws:SourceVpce": "vpce-?*"}}, id="any-endpoint"),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, id="any-topic"),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, id="any-bucket"),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}, id="any-bucket-of-any-account"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:uploads"}}, id="topic-of-any-account"
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, id="a-role-of-anyone"
        ),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws"}}, id="cut-off-arn"),
        pytest.param({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, id="address-in-any-vpc"),
        pytest.param(
            {"IpAddress": {"aws:SourceIp": ["202.0.0.0/8", "203.0.0.0/8"]}}, id="neighbours"
        ),
        pytest.param(
            {"IpAddress": {"aws:SourceIp": ["2001:db8::/32", "2001:db9::/32", "2001:dba::/31"]}},
            id="ipv6-neighbours",
        ),
        *(
            pytest.param({operator: {key: f"${{{key}}}"}}, id=f"own-variable-{operator}-{key}")
            for operator in ("StringEquals", "StringLike", "ArnLike", "StringEqualsIgnoreCase")
            for key in ("aws:PrincipalArn", "aws:SourceAccount", "aws:PrincipalOrgID")
        ),
        pytest.param(
            {"StringEquals": {"aws:PrincipalAccount": "${aws:SourceAccount, '1'}"}}, id="a-default"
        ),
        pytest.param(
            {"StringEquals": {"aws:userid": "${*}${aws:userid}"}}, id="a-star-and-a-variable"
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:${aws:PrincipalAccount}:a"}},
            id="a-variable-as-account",
        ),
        pytest.param(
            {"StringEquals": {"aws:ResourceAccount": "111122223333"}}, id="the-resource-alone"
        ),
        pytest.param(
            {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalTag/account}"}},
            id="a-tag-of-the-caller",
        ),
        pytest.param(
            {"StringEquals": {"aws:ResourceOrgID": "a${aws:PrincipalOrgID}"}}, id="more-than-own"
        ),
        pytest.param(
            {"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, id="all-but-own"
        ),
        pytest.param({"StringLike": {"aws:PrincipalAccount": "1*"}}, id="accounts-by-a-digit"),
        pytest.param({"StringLike": {"aws:SourceAccount": "11112222333?"}}, id="ten-accounts"),
        pytest.param({"StringLike": {"aws:PrincipalOrgID": "o-a*"}}, id="organisations"),
        pytest.param({"StringLike": {"aws:PrincipalOrgPaths": "o-a*/r-1/*"}}, id="paths"),
        pytest.param({"StringLike": {"aws:userid": "AROA*"}}, id="every-role"),
        pytest.param({"StringLike": {"aws:userid": "AIDAJQABLZS4A3QDU576*"}}, id="cut-off-id"),
        pytest.param({"StringLike": {"aws:SourceVpce": "vpce-1a*"}}, id="endpoints-by-a-letter"),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1*:role/*"}}, id="roles-by-a-digit"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads*"}}, id="buckets-by-a-prefix"
        ),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::my.*/x"}}, id="buckets-by-a-part"),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"}}, id="any-zone"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:apigateway:eu-west-1::/apis:*"}},
            id="anything-behind-a-colon",
        ),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::"}}, id="no-bucket"),
        pytest.param(
            {"StringEquals": {"aws:FederatedProvider": "accounts.google.com"}}, id="public-provider"
        ),
        pytest.param(
            {"ArnLike": {"aws:FederatedProvider": "arn:aws:iam::*:oidc-provider/x"}},
            id="a-provider-of-anyone",
        ),
        pytest.param({"StringEquals": {"aws:FederatedProvider": []}}, id="no-provider"),
        pytest.param({"ArnLike": {"aws:SourceArn": [QUEUE, "*"]}}, id="one-open-value-of-two"),
        pytest.param({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, id="any-address"),
        pytest.param({"IpAddress": {"aws:SourceIp": "128.0.0.0/7"}}, id="half-the-internet"),
        pytest.param({"IpAddress": {"aws:SourceIp": "2000::/31"}}, id="too-broad-ipv6-range"),
        pytest.param({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}, id="any-ipv6"),
        pytest.param({"IpAddress": {"aws:SourceIp": "not an address"}}, id="no-address"),
        pytest.param({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, id="all-but-a-range"),
        pytest.param({"Bool": {"aws:SourceIp": "10.0.0.0/8"}}, id="operator-of-another-kind"),
    ],
)
def test_a_condition_that_holds_nobody_leaves_a_statement_public(condition: Value) -> None:
    assert is_public(statement({**ALLOW_ANYONE, "Condition": condition}))


DENY_OTHERS: Mapping[str, Value] = {
    **ALLOW_ANYONE,
    "Effect": "Deny",
    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}},
}


def is_open(denial: Mapping[str, Value], **allowed: Value) -> bool:
    """Whether anyone is let in beside a denial."""
    allow = statement({**ALLOW_ANYONE, **allowed})
    return is_public(allow, [allow, statement({**DENY_OTHERS, **denial})])


@pytest.mark.parametrize(
    "denial",
    [
        pytest.param({}, id="all-but-an-organisation"),
        pytest.param({"Condition": None}, id="everybody"),
        pytest.param({"Principal": {"AWS": "*"}}, id="every-aws-principal"),
        pytest.param({"Action": "*", "Resource": "*"}, id="of-everything"),
        pytest.param({"Action": ["sqs:GetQueueUrl", "SQS:*"]}, id="actions-in-any-case"),
        pytest.param({"Resource": ["arn:aws:sqs:*"]}, id="resources-by-a-pattern"),
        *(
            pytest.param({"Condition": {operator: {key: value}}}, id=operator)
            for operator, key, value in (
                ("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-abc"),
                ("StringNotEqualsIgnoreCase", "aws:PrincipalOrgID", "o-abc"),
                ("StringNotLike", "aws:SourceVpce", ["vpce-1", "vpce-2"]),
                ("ArnNotEquals", "aws:PrincipalArn", ROLE),
                ("ArnNotLikeIfExists", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"),
                ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
                ("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", "o-abc/*"),
                ("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
            )
        ),
        pytest.param(
            {
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "False"},
                }
            },
            id="all-but-an-organisation-and-services",
        ),
        pytest.param(
            {"Principal": None, "NotPrincipal": {"AWS": ROLE}, "Condition": None}, id="all-but-one"
        ),
    ],
)
def test_a_denial_to_all_but_somebody_closes_a_statement(denial: Mapping[str, Value]) -> None:
    assert not is_open(denial)


@pytest.mark.parametrize(
    "denial",
    [
        pytest.param({"Effect": "Allow"}, id="no-denial"),
        pytest.param({"Principal": {"Service": "*"}}, id="services"),
        pytest.param({"Principal": {"AWS": ROLE}}, id="one-role"),
        pytest.param({"Action": "sqs:SendMessage"}, id="one-action"),
        pytest.param({"Action": "sqs:?"}, id="actions-of-one-letter"),
        pytest.param({"Resource": f"{QUEUE}-dead"}, id="another-resource"),
        pytest.param({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, id="plain-http"),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}, id="an-organisation"
        ),
        pytest.param(
            {"Condition": {"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}}, id="no-organisation"
        ),
        pytest.param(
            {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}, id="anonymous-stay"
        ),
        pytest.param(
            {"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}, id="services-go"
        ),
        pytest.param(
            {"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": []}}}, id="no-value"
        ),
        pytest.param(
            {"Condition": {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}},
            id="true-only-where-the-key-is",
        ),
        pytest.param(
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-abc"},
                    "Bool": {"aws:SecureTransport": "false"},
                }
            },
            id="all-who-come-with-tls-are-left",
        ),
        pytest.param(
            {"Principal": None, "NotPrincipal": {"AWS": [ROLE, "*"]}, "Condition": None},
            id="all-but-everybody",
        ),
        pytest.param(
            {"Principal": None, "NotPrincipal": {"AWS": ROLE}}, id="all-but-one-on-a-condition"
        ),
    ],
)
def test_a_denial_that_leaves_others_closes_nothing(denial: Mapping[str, Value]) -> None:
    assert is_open(denial)


@pytest.mark.parametrize(
    "allowed",
    [
        pytest.param({"Action": None, "NotAction": "sqs:DeleteQueue"}, id="actions-left-out"),
        pytest.param({"Resource": None, "NotResource": QUEUE}, id="resources-left-out"),
        pytest.param({"Action": ["sqs:*", "sns:Publish"]}, id="an-action-more"),
        pytest.param({"Resource": [QUEUE, f"{QUEUE}-dead"]}, id="a-resource-more"),
    ],
)
def test_what_a_denial_does_not_reach_stays_open(allowed: dict[str, Value]) -> None:
    assert is_open({}, **allowed)


def test_a_document_without_resources_is_closed_by_a_denial_without_them() -> None:
    assert not is_open({"Resource": None}, Resource=None)
