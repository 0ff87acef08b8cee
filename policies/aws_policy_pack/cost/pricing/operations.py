"""Functions, keys, secrets, alarms, firewall rules and other things with a monthly price."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    ONE,
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    hourly,
    monthly,
    usage,
)
from aws_policy_pack.cost.reading import amount, given_text, length, needed_amount
from aws_policy_pack.cost.scaling import FUNCTION, declared_count
from aws_policy_pack.cost.support import extended_support
from aws_policy_pack.resource import Resource, Unreadable
from aws_policy_pack.wording import shown

SECONDS: Final = 3600
HIGH_RESOLUTION: Final = 60
"""Seconds below which an alarm is one of high resolution."""
DEFAULT_MEMORY: Final = 128
"""MiB of a function where nothing is said."""
MIB: Final = 1024
FREE_FILES: Final = 512
"""MiB of ephemeral storage of a function that are free: https://aws.amazon.com/lambda/pricing/."""
BAND_METRICS: Final = 3
"""Metrics of an alarm on an anomaly: the metric and both bounds of its band.

https://aws.amazon.com/cloudwatch/pricing/
"""


def function(resource: Resource, situation: Situation) -> Charges:
    """A function bills its requests and the time that they take."""
    del situation
    yield usage("requests", "lambda/million-requests")
    yield usage("duration", f"lambda/gb-second/{_architecture(resource)}")
    if amount(resource, "ephemeralStorage.size") > FREE_FILES:
        yield usage(f"storage above {FREE_FILES} MiB", "lambda/ephemeral-gb-second")


def provisioned_concurrency(resource: Resource, situation: Situation) -> Charges:
    """Instances of a function that are kept ready, by the memory of the function."""
    path = "functionName"
    functions = situation.graph.referenced(resource, path, FUNCTION) if resource.has(path) else ()
    if not functions:
        given = shown(given_text(resource, path))
        raise Unreadable(path, f"is {given}, which is not a function of this stack")
    owner, *_ = functions
    memory = amount(owner, "memorySize", default=DEFAULT_MEMORY) / MIB
    path = "provisionedConcurrentExecutions"
    count = needed_amount(resource, path)
    yield from hourly(
        "provisioned concurrency",
        f"lambda/provisioned-gb-second/{_architecture(owner)}",
        declared_count(resource, path, count) * memory * SECONDS,
        count * memory * SECONDS,
    )


def _architecture(resource: Resource) -> str:
    architectures = resource.texts("architectures")
    return "arm64" if "arm64" in architectures else "x86"


def key(resource: Resource, situation: Situation) -> Charges:
    """A key that one manages oneself."""
    del resource, situation
    yield from monthly("key", "kms/key-month")
    yield usage("key requests", "kms/10k-requests")


def secret(resource: Resource, situation: Situation) -> Charges:
    """A secret, and each of its replicas, which bill like secrets."""
    del situation
    yield from monthly("secret", "secrets-manager/secret-month", ONE + length(resource, "replicas"))
    yield usage("secret reads", "secrets-manager/10k-calls")


def parameter(resource: Resource, situation: Situation) -> Charges:
    """A parameter of the advanced tier; one of the intelligent tier may become that."""
    del situation
    tier = given_text(resource, "tier") or "Standard"
    declared = ONE if tier == "Advanced" else Decimal(0)
    if tier != "Standard":
        yield from monthly("advanced parameter", "ssm/advanced-parameter-month", declared, ONE)


def metric_alarm(resource: Resource, situation: Situation) -> Charges:
    """An alarm bills each metric that it looks at."""
    del situation
    queries = resource.objects("metricQueries")
    metrics = [query.object("metric") for query in queries if query.has("metric")]
    periods = [amount(metric, "period") for metric in metrics] or [amount(resource, "period")]
    is_high = any(period and period < HIGH_RESOLUTION for period in periods)
    kind = "high-resolution" if is_high else "standard"
    count = Decimal(len(metrics) or 1)
    expressions = [given_text(query, "expression") or "" for query in queries]
    if any(expression.lstrip().upper().startswith("SELECT") for expression in expressions):
        yield Missing(reason="asks for metrics by a query, whose number is not known here")
        return
    if any("ANOMALY_DETECTION_BAND" in expression for expression in expressions):
        count *= BAND_METRICS
    yield from monthly(f"{kind} alarm, by metric", f"cloudwatch/alarm-month/{kind}", count)


def composite_alarm(resource: Resource, situation: Situation) -> Charges:
    """An alarm over other alarms."""
    del resource, situation
    yield from monthly("composite alarm", "cloudwatch/composite-alarm-month")


def dashboard(resource: Resource, situation: Situation) -> Charges:
    """A dashboard."""
    del resource, situation
    yield from monthly("dashboard", "cloudwatch/dashboard-month")


def web_acl(resource: Resource, situation: Situation) -> Charges:
    """A web ACL and each of its rules and rule groups."""
    del situation
    yield from monthly("web ACL", "waf/acl-month")
    rules = length(resource, "rules") + len(resource.objects("ruleJson"))
    yield from monthly("web ACL rule", "waf/rule-month", rules)
    yield usage("web ACL requests", "waf/million-requests")


def rule_group(resource: Resource, situation: Situation) -> Charges:
    """The rules of a group of one's own: https://aws.amazon.com/waf/pricing/."""
    del situation
    rules = length(resource, "rules") + len(resource.objects("rulesJson"))
    yield from monthly("rule of the group", "waf/rule-month", rules)


def web_acl_rule(resource: Resource, situation: Situation) -> Charges:
    """A rule that is added to a web ACL apart from it."""
    del resource, situation
    yield from monthly("web ACL rule", "waf/rule-month")


def private_ca(resource: Resource, situation: Situation) -> Charges:
    """A private certificate authority, in either mode."""
    del situation
    is_short = given_text(resource, "usageMode") == "SHORT_LIVED_CERTIFICATE"
    mode = "short-lived" if is_short else "general-purpose"
    yield from monthly(f"private CA, {mode}", f"private-ca/month/{mode}")


def kubernetes_cluster(resource: Resource, situation: Situation) -> Charges:
    """A control plane, which costs more while its version is in Extended Support.

    A cluster that is held to standard support is upgraded instead:
    https://docs.aws.amazon.com/eks/latest/userguide/view-support-policy.html.
    """
    if resource.texts("enabledClusterLogTypes"):
        yield usage("logs of the control plane", "logs/vended-gb")
    version = given_text(resource, "version")
    is_held = given_text(resource, "upgradePolicy.supportType") == "STANDARD"
    extended = (
        None if is_held or not version else extended_support("kubernetes", version, situation.today)
    )
    if extended is None:
        yield from hourly("control plane", "eks/cluster-hour")
    else:
        item = f"control plane, Extended Support since {extended.since}"
        yield from hourly(item, "eks/extended-support-cluster-hour")


def api_stage(resource: Resource, situation: Situation) -> Iterator[Charge]:
    """A stage of a REST API bills its cache, by size."""
    del situation
    if resource.flag("cacheClusterEnabled"):
        size = given_text(resource, "cacheClusterSize") or "0.5"
        yield from hourly(f"cache of {size} GB", f"api-gateway/cache-hour/{size}")


PRICING: Final[dict[str, Pricing]] = {
    FUNCTION: function,
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": provisioned_concurrency,
    "aws:kms/key:Key": key,
    "aws:kms/externalKey:ExternalKey": key,
    "aws:kms/replicaKey:ReplicaKey": key,
    "aws:kms/replicaExternalKey:ReplicaExternalKey": key,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:ssm/parameter:Parameter": parameter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": composite_alarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:wafv2/ruleGroup:RuleGroup": rule_group,
    "aws:wafv2/webAcl:WebAcl": web_acl,
    "aws:wafv2/webAclRule:WebAclRule": web_acl_rule,
    "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation": web_acl_rule,
    "aws:acmpca/certificateAuthority:CertificateAuthority": private_ca,
    "aws:eks/cluster:Cluster": kubernetes_cluster,
    "aws:apigateway/stage:Stage": api_stage,
}
