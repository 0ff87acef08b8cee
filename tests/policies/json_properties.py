"""Hypothesis strategies for the properties that are JSON text to Pulumi and objects to a rule.

Each has the right shape with some parts wrong, as an engine or a hand may write it.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from aws_policy_pack.testing import UNKNOWN, Secret
from aws_policy_pack.wire import UNKNOWN_TEXT

ARNS = st.sampled_from(
    [
        "*",
        "arn:aws:sqs:eu-west-1:111122223333:orders.fifo",
        "arn:aws:s3:::data-dev/*",
        "arn:aws:iam::000000000000:role/*",
        "arn:aws:iam::111122223333:root",
        "arn:::",
        "",
    ]
)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, -1, 1.5, 1e308, float("inf"), float("nan"), 10**400),
        *("", "*", "5", "1e999", "\ud800", "true", "{}", "[]"),
        *([], {}, [[]], {"": None}, UNKNOWN, Secret("hidden-text"), Secret({"a": ["b"]})),
    ]
)
"""What is seldom right anywhere: JSON text also spells numbers that no float can hold."""

NUMBERS = st.sampled_from([0, 1, 5, 30.0, 3000, 14_400, 120_960_000, "7"])


def near(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a right value, now and then an odd one."""
    return st.one_of(right, right, right, ODD)


def object_of(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these keys, and seldom with one that nobody knows."""
    optional = {key: near(part) for key, part in parts.items()}
    return st.fixed_dictionaries({}, optional={**optional, "misspelt": ODD})


def some(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A list, or one part alone, as AWS takes it in many places."""
    return st.one_of(near(st.lists(near(part), max_size=3)), near(part))


def choice(*texts: str) -> st.SearchStrategy[Any]:
    """One of these texts."""
    return st.sampled_from(texts)


ACTIONS = choice("*", "sqs:*", "iam:PassRole", "ecr:Get*", "sts:AssumeRole", "[", "SQS:Send?")
PRINCIPALS = st.one_of(
    st.just("*"),
    object_of(AWS=some(ARNS), Service=some(choice("sns.amazonaws.com")), Federated=some(ARNS)),
)
CONDITIONS = st.dictionaries(
    choice("Bool", "StringEquals", "ArnLike", "IpAddress", "ForAnyValue:StringLike"),
    near(
        st.dictionaries(
            choice("aws:SecureTransport", "aws:SourceArn", "aws:SourceIp", "aws:PrincipalOrgID"),
            some(st.one_of(ARNS, choice("false", "10.0.0.0/8", "::/0", "10.0.0.0/99", "o-1"))),
            max_size=2,
        )
    ),
    max_size=2,
)
STATEMENTS = object_of(
    Sid=choice("One", "Two", ""),
    Effect=choice("Allow", "Deny", "allow"),
    Action=some(ACTIONS),
    NotAction=some(ACTIONS),
    Resource=some(ARNS),
    NotResource=some(ARNS),
    Principal=PRINCIPALS,
    NotPrincipal=PRINCIPALS,
    Condition=CONDITIONS,
)
POLICIES = object_of(
    Version=choice("2012-10-17", "2008-10-17"), Id=ARNS, Statement=some(STATEMENTS)
)

VARIABLES = object_of(
    name=choice("POSTGRES_PASSWORD", "AUTOSCALER_MAX_WORKERS", "AUTOSCALER_SERVICE", "MODE"),
    value=choice("orders", "200", "AKIAIOSFODNN7EXAMPLE", "postgres://user:pass@host/db"),
)
CONTAINERS = object_of(
    name=choice("web", "worker", "with space"),
    image=choice("orders:1.4.0", "orders", "a@sha256:0", "host:5000/a/b:latest", "Upper:1"),
    essential=st.booleans(),
    user=choice("root", "0:0", "10001", "web:web"),
    privileged=st.booleans(),
    readonlyRootFilesystem=st.booleans(),
    cpu=NUMBERS,
    memory=NUMBERS,
    environment=some(VARIABLES),
    secrets=some(object_of(name=choice("POSTGRES_PASSWORD"), valueFrom=ARNS)),
    portMappings=some(
        object_of(containerPort=NUMBERS, containerPortRange=choice("80-90", "90-80", "-", "0-1e9"))
    ),
    logConfiguration=object_of(
        logDriver=choice("awslogs", "awsfirelens", "json-file"),
        options=object_of(
            **{
                "awslogs-group": choice("/ecs/orders-dev", ""),
                "awslogs-region": choice("eu-west-1"),
                "awslogs-stream-prefix": choice("web"),
            }
        ),
    ),
    healthCheck=object_of(
        command=some(choice("CMD", "CMD-SHELL", "NONE", "exit 0")),
        interval=NUMBERS,
        timeout=NUMBERS,
        retries=NUMBERS,
        startPeriod=NUMBERS,
    ),
    linuxParameters=object_of(initProcessEnabled=st.booleans()),
    dependsOn=some(object_of(containerName=choice("web"), condition=choice("START"))),
)
LIFECYCLES = object_of(
    rules=some(
        object_of(
            rulePriority=NUMBERS,
            selection=object_of(
                tagStatus=choice("untagged", "any"),
                countType=choice("sinceImagePushed", "imageCountMoreThan"),
                countNumber=NUMBERS,
            ),
            action=object_of(type=choice("expire")),
        )
    )
)


def written(value: object) -> str:
    """JSON text; what is not known stands in it as the engine's sentinel."""
    return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Secret) else UNKNOWN_TEXT


def sent(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """As JSON text, plain, secret, cut off or written twice; or as the object itself."""
    text = parts.map(written)
    return st.one_of(
        text,
        text,
        text.map(Secret),
        text.map(lambda whole: whole[: len(whole) // 2]),
        text.map(json.dumps),
        parts.map(on_the_wire),
        st.sampled_from(["[" * 5_000, " {}", "[NaN]", '{"a": 1, "a": 2}', UNKNOWN]),
    )


def on_the_wire(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Leaves out what the engine can send inside of text only: protobuf has floats and UTF-8."""
    match value:
        case dict():
            return {key: on_the_wire(item) for key, item in value.items()}
        case list():
            return [on_the_wire(item) for item in value]
        case float() | int() if not abs(value) <= sys.float_info.max:
            return None
        case "\ud800":
            return None
        case _:
            return value


JSON_PROPERTIES: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "containerDefinitions": sent(some(CONTAINERS)),
    "redrivePolicy": sent(near(object_of(deadLetterTargetArn=ARNS, maxReceiveCount=NUMBERS))),
    "redriveAllowPolicy": sent(
        near(
            object_of(
                redrivePermission=choice("byQueue", "allowAll", "denyAll"),
                sourceQueueArns=some(ARNS),
            )
        )
    ),
    "policy": st.one_of(sent(near(POLICIES)), sent(near(LIFECYCLES))),
    "assumeRolePolicy": sent(near(POLICIES)),
    "inlinePolicies": some(object_of(name=choice("own"), policy=sent(POLICIES))).map(on_the_wire),
}
"""Each property that holds JSON, whatever the resource."""

KEYS_OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions",),
    "aws:iam/role:Role": ("assumeRolePolicy", "inlinePolicies"),
    "aws:s3/bucket:Bucket": ("policy",),
    "aws:sqs/queue:Queue": ("redrivePolicy", "redriveAllowPolicy", "policy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ("redriveAllowPolicy",),
    "aws:sqs/redrivePolicy:RedrivePolicy": ("redrivePolicy",),
}


def json_properties(*types: str) -> dict[str, st.SearchStrategy[Any]]:
    """The properties of these types that hold JSON; nearly all policies call it `policy`."""
    keys = {
        key
        for kind in types
        for key in KEYS_OF_TYPE.get(kind, ("policy",) if kind.endswith("Policy") else ())
    }
    return {key: _json_property(key) for key in sorted(keys)}


@st.composite
def _json_property(draw: st.DrawFn, key: str) -> Any:  # noqa: ANN401 - any JSON value
    """Keeps the description of the strategy short, which Hypothesis writes again and again."""
    return draw(JSON_PROPERTIES[key])
