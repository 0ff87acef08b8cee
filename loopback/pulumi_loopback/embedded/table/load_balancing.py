"""Load balancers."""

from collections.abc import Mapping

from pulumi_loopback.embedded.api import Call, Entry, Tagging

_TAGS = Tagging(
    put=Call("AddTags", "{ResourceArns: [id], Tags: tags}"),
    remove=Call("RemoveTags", "{ResourceArns: [id], TagKeys: keys}"),
    read=Call("DescribeTags", "{ResourceArns: [id]}", result="TagDescriptions[0].Tags"),
)
_ACTIONS = """[].{
    Type: type, TargetGroupArn: targetGroupArn, FixedResponseConfig: fixedResponse,
    RedirectConfig: redirect
}"""
_SEEN_ACTIONS = """[].{
    type: Type, targetGroupArn: TargetGroupArn, fixedResponse: FixedResponseConfig,
    redirect: RedirectConfig
}"""
_CONDITIONS = """conditions[].{
    Field: pathPattern && 'path-pattern' || 'host-header',
    PathPatternConfig: pathPattern, HostHeaderConfig: hostHeader
}"""
_HEALTH = """{
    HealthCheckEnabled: healthCheck.enabled, HealthCheckPath: healthCheck.path,
    HealthCheckPort: healthCheck.port, HealthCheckProtocol: healthCheck.protocol,
    HealthCheckIntervalSeconds: healthCheck.interval,
    HealthCheckTimeoutSeconds: healthCheck.timeout,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: healthCheck.matcher && {HttpCode: healthCheck.matcher}
}"""
_SEEN_HEALTH = """{
    enabled: HealthCheckEnabled, path: HealthCheckPath, port: HealthCheckPort,
    protocol: HealthCheckProtocol, interval: HealthCheckIntervalSeconds,
    timeout: HealthCheckTimeoutSeconds, healthyThreshold: HealthyThresholdCount,
    unhealthyThreshold: UnhealthyThresholdCount, matcher: Matcher.HttpCode
}"""
_BALANCER_ATTRIBUTES = {
    "access_logs.s3.enabled": "accessLogs.enabled",
    "access_logs.s3.bucket": "accessLogs.bucket",
    "access_logs.s3.prefix": "accessLogs.prefix",
    "deletion_protection.enabled": "enableDeletionProtection",
    "idle_timeout.timeout_seconds": "idleTimeout",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaderFields",
}
_GROUP_ATTRIBUTES = {"deregistration_delay.timeout_seconds": "deregistrationDelay"}


def _given(attributes: Mapping[str, str]) -> str:
    pairs = (f"{{Key: '{key}', Value: {name}}}" for key, name in attributes.items())
    return f"[{', '.join(pairs)}][?Value != `null`]"


def _shown(key: str) -> str:
    return f"Attributes[?Key == '{key}'] | [0].Value"


LOAD_BALANCING: Mapping[str, Entry] = {
    "aws:lb/loadBalancer:LoadBalancer": Entry(
        service="elbv2",
        create=(
            Call(
                "CreateLoadBalancer",
                "{Type: loadBalancerType, Scheme: internal && 'internal' || 'internet-facing'}",
                by_name=True,
            ),
        ),
        id="result.LoadBalancers[0].LoadBalancerArn",
        settings=(
            Call(
                "ModifyLoadBalancerAttributes",
                f"{{LoadBalancerArn: id, Attributes: {_given(_BALANCER_ATTRIBUTES)}}}",
                when=(
                    "accessLogs",
                    "enableDeletionProtection",
                    "idleTimeout",
                    "dropInvalidHeaderFields",
                ),
            ),
        ),
        update=(
            Call(
                "SetSecurityGroups",
                "{LoadBalancerArn: id, SecurityGroups: securityGroups}",
                when=("securityGroups",),
            ),
            Call("SetSubnets", "{LoadBalancerArn: id, Subnets: subnets}", when=("subnets",)),
        ),
        read=(
            Call(
                "DescribeLoadBalancers",
                "{LoadBalancerArns: [id]}",
                result="LoadBalancers[].merge(@, {internal: Scheme == 'internal',"
                " subnets: AvailabilityZones[].SubnetId}) | [0]",
            ),
            Call(
                "DescribeLoadBalancerAttributes",
                "{LoadBalancerArn: id}",
                result=f"""{{
                    enableDeletionProtection: {_shown("deletion_protection.enabled")},
                    idleTimeout: {_shown("idle_timeout.timeout_seconds")},
                    dropInvalidHeaderFields:
                        {_shown("routing.http.drop_invalid_header_fields.enabled")},
                    accessLogs: {{
                        enabled: {_shown("access_logs.s3.enabled")},
                        bucket: {_shown("access_logs.s3.bucket")},
                        prefix: {_shown("access_logs.s3.prefix")}
                    }}
                }}""",
            ),
        ),
        delete=(Call("DeleteLoadBalancer", "{LoadBalancerArn: id}"),),
        names={
            "name": "LoadBalancerName",
            "arn": "LoadBalancerArn",
            "zoneId": "CanonicalHostedZoneId",
            "loadBalancerType": "Type",
        },
        tagging=_TAGS,
    ),
    "aws:lb/targetGroup:TargetGroup": Entry(
        service="elbv2",
        create=(Call("CreateTargetGroup", _HEALTH, by_name=True),),
        id="result.TargetGroups[0].TargetGroupArn",
        settings=(
            Call(
                "ModifyTargetGroupAttributes",
                f"{{TargetGroupArn: id, Attributes: {_given(_GROUP_ATTRIBUTES)}}}",
                when=("deregistrationDelay",),
            ),
        ),
        update=(
            Call(
                "ModifyTargetGroup",
                f"merge({_HEALTH}, {{TargetGroupArn: id}})",
                when=("healthCheck",),
            ),
        ),
        read=(
            Call(
                "DescribeTargetGroups",
                "{TargetGroupArns: [id]}",
                result=f"TargetGroups[].merge(@, {{healthCheck: {_SEEN_HEALTH}}}) | [0]",
            ),
            Call(
                "DescribeTargetGroupAttributes",
                "{TargetGroupArn: id}",
                result=f"{{deregistrationDelay: {_shown(next(iter(_GROUP_ATTRIBUTES)))}}}",
            ),
        ),
        delete=(Call("DeleteTargetGroup", "{TargetGroupArn: id}"),),
        # The listeners that use the group decide on the last.
        names={"name": "TargetGroupName", "arn": "TargetGroupArn", "loadBalancerArns": None},
        tagging=_TAGS,
    ),
    "aws:lb/listener:Listener": Entry(
        service="elbv2",
        create=(
            Call(
                "CreateListener",
                f"{{DefaultActions: defaultActions{_ACTIONS},"
                " Certificates: certificateArn && [{CertificateArn: certificateArn}]}",
                by_name=True,
            ),
        ),
        id="result.Listeners[0].ListenerArn",
        update=(
            Call(
                "ModifyListener",
                f"{{ListenerArn: id, DefaultActions: defaultActions{_ACTIONS},"
                " Certificates: certificateArn && [{CertificateArn: certificateArn}]}",
                by_name=True,
            ),
        ),
        read=(
            Call(
                "DescribeListeners",
                "{ListenerArns: [id]}",
                result="Listeners[].merge(@, {certificateArn: Certificates[0].CertificateArn,"
                f" defaultActions: DefaultActions{_SEEN_ACTIONS}}}) | [0]",
            ),
        ),
        delete=(Call("DeleteListener", "{ListenerArn: id}"),),
        names={"arn": "ListenerArn"},
        tagging=_TAGS,
    ),
    "aws:lb/listenerRule:ListenerRule": Entry(
        service="elbv2",
        create=(
            Call(
                "CreateRule",
                f"{{Conditions: {_CONDITIONS}, Actions: actions{_ACTIONS}}}",
                by_name=True,
            ),
        ),
        id="result.Rules[0].RuleArn",
        update=(
            Call(
                "ModifyRule",
                f"{{RuleArn: id, Conditions: {_CONDITIONS}, Actions: actions{_ACTIONS}}}",
                when=("conditions", "actions"),
            ),
            Call(
                "SetRulePriorities",
                "{RulePriorities: [{RuleArn: id, Priority: priority}]}",
                when=("priority",),
            ),
        ),
        read=(
            Call(
                "DescribeRules",
                "{RuleArns: [id]}",
                result=f"""Rules[].merge(@, {{
                    actions: Actions{_SEEN_ACTIONS},
                    conditions: Conditions[].{{
                        pathPattern: PathPatternConfig, hostHeader: HostHeaderConfig
                    }}
                }}) | [0]""",
            ),
        ),
        delete=(Call("DeleteRule", "{RuleArn: id}"),),
        names={"arn": "RuleArn"},
        tagging=_TAGS,
    ),
}
