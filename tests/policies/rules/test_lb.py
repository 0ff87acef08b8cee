"""Load balancers and target groups."""

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.lb import (
    access_logs,
    deletion_protection,
    drop_invalid_headers,
    target_group_health_check,
    tls_policy,
)
from aws_policy_pack.testing import UNKNOWN, analyze, remediate, wire

CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        pytest.param({}, "not set", id="absent"),
        pytest.param({"accessLogs": None}, "not set", id="null"),
        pytest.param({"accessLogs": {"bucket": "logs"}}, "not set", id="a bucket alone"),
        pytest.param({"accessLogs": {"enabled": False}}, "false", id="off"),
        pytest.param(
            {"loadBalancerType": "application", "accessLogs": {}}, "not set", id="type given"
        ),
    ],
)
def test_a_load_balancer_without_access_logs_is_found(
    properties: dict[str, object], shown: str
) -> None:
    [report] = analyze(access_logs, properties)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `accessLogs.enabled` is {shown}; wanted true, with a `bucket`. Fix: Set "
        "`accessLogs` to a bucket that lets the load balancer write, and `enabled` to true. "
        f"{CONTROLS}#elb-5"
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"accessLogs": {"enabled": True, "bucket": UNKNOWN}}, id="logs"),
        pytest.param({"loadBalancerType": "network"}, id="a network load balancer"),
        pytest.param({"loadBalancerType": "gateway"}, id="a gateway load balancer"),
    ],
)
def test_logs_or_another_type_pass(properties: dict[str, object]) -> None:
    assert analyze(access_logs, properties) == []


@pytest.mark.parametrize("rule", [access_logs, deletion_protection, drop_invalid_headers])
@pytest.mark.parametrize("family", ["lb", "alb"])
def test_both_names_of_a_load_balancer_count(rule: AnyRule, family: str) -> None:
    assert len(analyze(rule, {}, type=f"aws:{family}/loadBalancer:LoadBalancer")) == 1


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        pytest.param(access_logs, "accessLogs", id="access logs"),
        pytest.param(deletion_protection, "enableDeletionProtection", id="deletion protection"),
        pytest.param(drop_invalid_headers, "dropInvalidHeaderFields", id="invalid headers"),
    ],
)
def test_a_switch_that_is_not_known_is_said(rule: AnyRule, path: str) -> None:
    [report] = analyze(rule, {path: UNKNOWN})
    assert report.text == f"not evaluated: subject: `{path}` is not known yet"


@pytest.mark.parametrize("rule", [access_logs, drop_invalid_headers])
def test_a_type_that_is_not_known_is_said(rule: AnyRule) -> None:
    [report] = analyze(rule, {"loadBalancerType": UNKNOWN})
    assert report.text == "not evaluated: subject: `loadBalancerType` is not known yet"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param(None, "not set", id="absent"),
        pytest.param(False, "false", id="off"),
    ],
)
@pytest.mark.parametrize("kind", ["application", "network", "gateway"])
def test_a_load_balancer_that_can_be_deleted_is_found(given: object, shown: str, kind: str) -> None:
    properties = {"enableDeletionProtection": given, "loadBalancerType": kind}
    [report] = analyze(deletion_protection, properties)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `enableDeletionProtection` is {shown}; wanted true. Fix: Set "
        f"`enableDeletionProtection` to true. {CONTROLS}#elb-6"
    )


@pytest.mark.parametrize("given", [True, "true"])
def test_a_load_balancer_that_is_protected_passes(given: object) -> None:
    assert analyze(deletion_protection, {"enableDeletionProtection": given}) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param(None, "not set", id="absent"),
        pytest.param(False, "false", id="off"),
    ],
)
def test_a_load_balancer_that_takes_invalid_headers_is_found_and_mended(
    given: object, shown: str
) -> None:
    properties = {"dropInvalidHeaderFields": given, "internal": True}
    [report] = analyze(drop_invalid_headers, properties)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `dropInvalidHeaderFields` is {shown}; wanted true. Fix: Set "
        f"`dropInvalidHeaderFields` to true. {CONTROLS}#elb-4"
    )
    mended = {"dropInvalidHeaderFields": True, "internal": True}
    assert remediate(drop_invalid_headers, properties) == wire(mended)


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"dropInvalidHeaderFields": True}, id="dropped"),
        pytest.param({"loadBalancerType": "network"}, id="a network load balancer"),
    ],
)
def test_a_load_balancer_without_invalid_headers_is_left_alone(
    properties: dict[str, object],
) -> None:
    assert analyze(drop_invalid_headers, properties) == []
    assert remediate(drop_invalid_headers, properties) is None


@pytest.mark.parametrize("protocol", ["HTTP", "TCP"])
def test_a_health_check_that_is_off_is_found(protocol: str) -> None:
    properties = {"protocol": protocol, "healthCheck": {"enabled": False, "path": "/health"}}
    [report] = analyze(target_group_health_check, properties)
    assert report.level == "advisory"
    assert report.message == (
        "subject: `healthCheck.enabled` is false; wanted true. Fix: Remove `healthCheck.enabled`, "
        "or set it to true. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "target-group-health-checks.html"
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"protocol": "HTTP", "healthCheck": {"path": "/health"}}, id="a path"),
        pytest.param({"protocol": "HTTP"}, id="the default path"),
        pytest.param({"protocol": "http", "healthCheck": {"path": ""}}, id="an empty path"),
        pytest.param(
            {"protocol": "TCP", "healthCheck": {"protocol": "HTTPS"}}, id="HTTPS checks of TCP"
        ),
        pytest.param({"protocol": "TCP"}, id="TCP"),
        pytest.param({"protocol": "HTTP", "healthCheck": {"protocol": "TCP"}}, id="TCP checks"),
        pytest.param({"targetType": "lambda"}, id="a function"),
        pytest.param({"targetType": "lambda", "healthCheck": {"enabled": False}}, id="off"),
    ],
)
def test_a_health_check_with_what_it_needs_passes(properties: dict[str, object]) -> None:
    assert analyze(target_group_health_check, properties) == []


@pytest.mark.parametrize("family", ["lb", "alb"])
def test_both_names_of_a_target_group_count(family: str) -> None:
    kind = f"aws:{family}/targetGroup:TargetGroup"
    properties = {"healthCheck": {"enabled": False}}
    assert len(analyze(target_group_health_check, properties, type=kind)) == 1


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        pytest.param({"targetType": UNKNOWN}, "targetType", id="type"),
        pytest.param({"healthCheck": UNKNOWN}, "healthCheck", id="check"),
        pytest.param({"healthCheck": {"enabled": UNKNOWN}}, "healthCheck.enabled", id="switch"),
    ],
)
def test_a_health_check_that_is_not_known_is_said(properties: dict[str, object], path: str) -> None:
    [report] = analyze(target_group_health_check, properties)
    assert report.text == f"not evaluated: subject: `{path}` is not known yet"


POLICIES = (
    "'ELBSecurityPolicy-TLS13-1-3-*', 'ELBSecurityPolicy-TLS13-1-2-Res-*', "
    "'ELBSecurityPolicy-TLS13-1-2-2*', 'ELBSecurityPolicy-TLS13-1-2-PQ-*', "
    "'ELBSecurityPolicy-TLS13-1-2-FIPS-*', 'ELBSecurityPolicy-TLS13-1-2-RFC9151-FIPS-*', "
    "'ELBSecurityPolicy-FS-1-2-Res-*'"
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param(None, "not set, so it is 'ELBSecurityPolicy-2016-08'", id="absent"),
        pytest.param(
            "ELBSecurityPolicy-2016-08", "'ELBSecurityPolicy-2016-08'", id="the default by name"
        ),
    ],
)
def test_an_outdated_tls_policy_is_found(given: object, shown: str) -> None:
    [report] = analyze(tls_policy, {"protocol": "HTTPS", "sslPolicy": given})
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `sslPolicy` is {shown}; wanted one of {POLICIES} (`policies` of "
        "lb-tls-policy). Fix: Set `sslPolicy` to 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', "
        f"which AWS recommends. {CONTROLS}#elb-17"
    )


@pytest.mark.parametrize(
    "name",
    [
        "ELBSecurityPolicy-TLS-1-0-2015-04",
        "ELBSecurityPolicy-TLS-1-1-2017-01",
        "ELBSecurityPolicy-TLS-1-2-2017-01",
        "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
        "ELBSecurityPolicy-TLS13-1-0-2021-06",
        "ELBSecurityPolicy-TLS13-1-1-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07",
        "ELBSecurityPolicy-FS-2018-06",
        "ELBSecurityPolicy-FS-1-1-2019-08",
        "ELBSecurityPolicy-FS-1-2-2019-08",
    ],
)
def test_policies_with_old_protocols_or_weak_ciphers_fail(name: str) -> None:
    assert len(analyze(tls_policy, {"protocol": "HTTPS", "sslPolicy": name})) == 1


@pytest.mark.parametrize(
    "name",
    [
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-RFC9151-FIPS-2023-07",
        "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-FS-1-2-Res-2019-08",
        "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    ],
)
def test_policies_of_today_pass(name: str) -> None:
    assert analyze(tls_policy, {"protocol": "HTTPS", "sslPolicy": name}) == []


@pytest.mark.parametrize(
    ("protocol", "count"),
    [
        pytest.param("HTTPS", 1, id="HTTPS"),
        pytest.param("https", 1, id="in lower case"),
        pytest.param("TLS", 1, id="TLS"),
        pytest.param("HTTP", 0, id="HTTP"),
        pytest.param("TCP", 0, id="TCP"),
        pytest.param(None, 0, id="absent"),
    ],
)
@pytest.mark.parametrize("family", ["lb", "alb"])
def test_only_tls_listeners_need_a_policy(protocol: object, count: int, family: str) -> None:
    properties = {"port": 443, "protocol": protocol}
    kind = f"aws:{family}/listener:Listener"
    assert len(analyze(tls_policy, properties, type=kind)) == count


def test_tls_policies_are_configured() -> None:
    listener = {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS-1-2-2017-01"}
    assert analyze(tls_policy, listener, config={"policies": ["*-TLS-1-2-2017-01"]}) == []


@pytest.mark.parametrize("key", ["protocol", "sslPolicy"])
def test_a_listener_that_is_not_known_is_said(key: str) -> None:
    [report] = analyze(tls_policy, {"protocol": "HTTPS", key: UNKNOWN})
    assert report.text == f"not evaluated: subject: `{key}` is not known yet"
