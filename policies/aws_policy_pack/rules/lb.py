"""Load balancers: what they record and drop, their targets, and how clients speak TLS."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.wording import listed, shown

LOAD_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
LISTENER_RULES = ("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")
TARGET_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")


def _is_application(balancer: Resource) -> bool:
    """Whether it is an application load balancer, as it is unless told otherwise."""
    return (balancer.text("loadBalancerType") or "application") == "application"


def _takes_invalid_headers(balancer: Resource) -> bool:
    """Whether it passes them on; other types of load balancer do not read headers."""
    return _is_application(balancer) and not balancer.flag("dropInvalidHeaderFields")


@resource_rule(
    "lb-access-logs",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Application load balancers write access logs",
    why="Metrics say that requests fail; only the access log says which, and who sent them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-5",
    controls=("Security Hub ELB.5", "CKV_AWS_91"),
    good={"accessLogs": {"enabled": True, "bucket": "example-prod-access-logs"}},
    bad={"accessLogs": {"enabled": False, "bucket": "example-prod-access-logs"}},
)
def access_logs(balancer: Resource) -> Findings:
    """A bucket alone is not enough: logs are off unless `enabled` is true."""
    if _is_application(balancer) and not balancer.flag("accessLogs.enabled"):
        yield Finding(
            problem=f"`accessLogs.enabled` is {shown(balancer.raw('accessLogs.enabled'))}",
            wanted="true, with a `bucket`",
            fix="Set `accessLogs` to a bucket that lets the load balancer write, and `enabled` to "
            "true",
        )


@resource_rule(
    "lb-deletion-protection",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Load balancers cannot be deleted by accident",
    why="A deleted load balancer takes its address with it; every client has to be told the new "
    "one.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-6",
    controls=("Security Hub ELB.6", "CKV_AWS_150"),
    good={"enableDeletionProtection": True},
    bad={"enableDeletionProtection": False},
)
def deletion_protection(balancer: Resource) -> Findings:
    """Off unless told otherwise, for every type of load balancer."""
    if not balancer.flag("enableDeletionProtection"):
        yield Finding(
            problem="`enableDeletionProtection` is "
            f"{shown(balancer.raw('enableDeletionProtection'))}",
            wanted="true",
            fix="Set `enableDeletionProtection` to true",
        )


def drop_them(balancer: Resource) -> Changes:
    """Lets an application load balancer drop invalid headers."""
    return {"dropInvalidHeaderFields": True} if _takes_invalid_headers(balancer) else {}


@resource_rule(
    "lb-drop-invalid-headers",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Application load balancers drop invalid headers",
    why="Headers that servers read in different ways are how requests are smuggled past a check.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-4",
    controls=("Security Hub ELB.4", "CKV_AWS_131"),
    good={"dropInvalidHeaderFields": True},
    bad={"dropInvalidHeaderFields": False},
    fix=drop_them,
)
def drop_invalid_headers(balancer: Resource) -> Findings:
    """Off unless told otherwise."""
    if _takes_invalid_headers(balancer):
        yield Finding(
            problem="`dropInvalidHeaderFields` is "
            f"{shown(balancer.raw('dropInvalidHeaderFields'))}",
            wanted="true",
            fix="Set `dropInvalidHeaderFields` to true",
        )


@resource_rule(
    "lb-target-group-health-check",
    *TARGET_GROUPS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Target groups check the health of their targets",
    why="Without the check a load balancer goes on to send requests to a target that is broken.",
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    good={"protocol": "HTTP", "healthCheck": {"path": "/health"}},
    bad={"protocol": "HTTP", "healthCheck": {"enabled": False}},
)
def target_group_health_check(group: Resource) -> Findings:
    """Lambda targets have no health check by default; a path that is not set is `/`."""
    if group.text("targetType") == "lambda":
        return
    if not group.flag("healthCheck.enabled", default=True):
        yield Finding(
            problem="`healthCheck.enabled` is false",
            wanted="true",
            fix="Remove `healthCheck.enabled`, or set it to true",
        )


_POLICIES = load("tls_policies").entries
DEFAULT_POLICY: str = _POLICIES["default"]
"""What a listener gets that names no policy, unless it is made in the console."""

TLS_PROTOCOLS = ("HTTPS", "TLS")
SAME_HOST = "#{host}"
SAME_PORT = "#{port}"


class TlsPolicy(RuleConfig):
    """Settings of lb-tls-policy.

    The default takes TLS 1.2 and 1.3 with forward secrecy, with and without FIPS and post-quantum
    keys, of any year; policies that add weak ciphers, by the names Ext and INTEROP, are not among
    them.
    """

    policies: tuple[str, ...] = Field(
        default=tuple(_POLICIES["accepted"]),
        description="Names or globs of the security policies that listeners may have",
    )


@resource_rule(
    "lb-tls-policy",
    *LISTENERS,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="TLS listeners take no outdated protocol",
    why="TLS 1.0 and 1.1 are broken; the policy that a listener gets by default still takes both.",
    remedy="Set `sslPolicy` to one that AWS recommends, such as "
    "'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09'",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17",
    controls=("Security Hub ELB.17",),
    good={
        "port": 443,
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    },
    bad={"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"},
)
def tls_policy(listener: Resource, config: TlsPolicy) -> Findings:
    """A listener of HTTPS or TLS that names no policy has AWS's default, which is outdated."""
    if (listener.text("protocol") or "").upper() not in TLS_PROTOCOLS:
        return
    given = listener.text("sslPolicy")
    if not any(fnmatchcase(given or DEFAULT_POLICY, pattern) for pattern in config.policies):
        default = "" if given else f", so it is {DEFAULT_POLICY!r}"
        yield Finding(
            problem=f"`sslPolicy` is {shown(given)}{default}",
            wanted=f"one of {listed(config.policies)} (`policies` of lb-tls-policy)",
            fix="Set `sslPolicy` to 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', which AWS "
            "recommends",
        )


@stack_rule(
    "lb-https",
    *LISTENERS,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Clients reach an application load balancer only through TLS",
    why="Plain HTTP shows passwords and cookies to everyone on the way.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1",
    controls=("Security Hub ELB.1", "Security Hub ELB.18", "CKV_AWS_2"),
    good=(
        Example(type="aws:lb/loadBalancer:LoadBalancer", name="web"),
        Example(
            type="aws:lb/listener:Listener",
            name="http",
            properties={
                "port": 80,
                "protocol": "HTTP",
                "defaultActions": [
                    {
                        "type": "redirect",
                        "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
                    }
                ],
            },
            references={"loadBalancerArn": ("web",)},
        ),
        Example(
            type="aws:lb/listener:Listener",
            name="https",
            properties={"port": 443, "protocol": "HTTPS"},
            references={"loadBalancerArn": ("web",)},
        ),
    ),
    bad=(
        Example(type="aws:lb/loadBalancer:LoadBalancer", name="web"),
        Example(
            type="aws:lb/listener:Listener",
            name="http",
            properties={"port": 80, "protocol": "HTTP", "defaultActions": [{"type": "forward"}]},
            references={"loadBalancerArn": ("web",)},
        ),
    ),
)
def https(listener: Resource, graph: Graph) -> Findings:
    """An HTTP listener has to redirect, in its default and in every rule, to an HTTPS listener.

    Listeners of TCP pass: TLS may end at the target.
    """
    if protocol_of(listener) != "HTTP":
        return
    yield from _judge_actions(listener, "defaultActions", listener, graph)
    links = graph.links("listenerArn", of=LISTENER_RULES, to=LISTENERS)
    judged, unread = survey(
        links.to(listener), lambda rule: list(_judge_actions(rule, "actions", listener, graph))
    )
    for _, findings in judged:
        yield from findings
    yield from (*links.missed, *unread)


def _judge_actions(
    resource: Resource, path: str, listener: Resource, graph: Graph
) -> Iterator[Finding | Unreadable]:
    """Judges the actions of a listener or of one of its rules."""
    actions = resource.objects(path)
    redirects = [action for action in actions if action.text("type") == "redirect"]
    if not redirects:
        yield Finding(
            problem=f"answers plain HTTP with {listed(action.text('type') for action in actions)}",
            wanted="a redirect to HTTPS",
            fix=f"Make `{path}` a redirect to HTTPS, and answer at an HTTPS listener",
            resource=resource,
        )
    for redirect in redirects:
        protocol = redirect.text("redirect.protocol")
        if protocol != "HTTPS":
            yield Finding(
                problem=f"`redirect.protocol` of `{path}` is {shown(protocol)}",
                wanted="'HTTPS'",
                fix="Set `redirect.protocol` to 'HTTPS' and `redirect.port` to '443'",
                resource=resource,
            )
        elif redirect.text("redirect.host") in (None, "", SAME_HOST):
            yield from _judge_port(redirect.text("redirect.port"), resource, listener, graph)


def _judge_port(
    given: str | None, resource: Resource, listener: Resource, graph: Graph
) -> Iterator[Finding | Unreadable]:
    """Looks for the HTTPS listener behind a redirect to the same load balancer."""
    balancers = graph.referenced(listener, "loadBalancerArn", *LOAD_BALANCERS)
    port = listener.text("port") if given in (None, "", SAME_PORT) else given
    found, unread = survey(
        graph.of_type(*LISTENERS),
        lambda other: (
            protocol_of(other) in TLS_PROTOCOLS
            and other.text("port") == port
            and set(graph.referenced(other, "loadBalancerArn", *LOAD_BALANCERS)) & set(balancers)
        ),
    )
    if not balancers or any(is_target for _, is_target in found):
        return
    if unread:
        yield from unread
        return
    yield Finding(
        problem=f"redirects to port {port}, where no HTTPS listener is",
        wanted="the port of an HTTPS listener of the same load balancer",
        fix=f"Add an HTTPS listener at port {port}, or set `redirect.port` to that of another",
        resource=resource,
    )


def protocol_of(listener: Resource) -> str:
    """The protocol; HTTP where none is given, and none where there is no port.

    The provider takes HTTP for application load balancers. Network load balancers need a protocol,
    and the listeners of gateway load balancers have neither port nor protocol:
    https://www.pulumi.com/registry/packages/aws/api-docs/lb/listener/
    """
    given = listener.text("protocol") if is_given(listener, "protocol") else None
    protocol = (given or "HTTP").upper()
    return protocol if protocol != "HTTP" or listener.has("port") else ""
