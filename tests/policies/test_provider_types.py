"""Types and properties that the rules name, held against the provider's SDK."""

import fnmatch
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from aws_policy_pack.cost.billing import LISTS, Billing, billing_of, tokens_of
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.registry import RULES
from aws_policy_pack.rules.names.facts import FACTS
from aws_policy_pack.rules.names.tags import TAGGABLE_TYPES
from aws_policy_pack.rules.sqs.failures import FAILURE_QUEUES

TOKEN = re.compile(r'^@pulumi\.type_token\("(aws:[^"]+)"\)$', re.MULTILINE)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The SDK's source of each resource type by its token."""
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    files = Path(spec.origin).parent.glob("*/[a-z]*.py")
    texts = (path.read_text(encoding="utf-8") for path in files if path.name != "outputs.py")
    return {match[1]: text for text in texts if (match := TOKEN.search(text))}


def test_every_type_and_property_of_the_facts_is_one_of_the_provider(
    sources: dict[str, str],
) -> None:
    wrong = [
        (kind, path)
        for fact in FACTS
        for kind in fact.types
        for path in (fact.path, fact.prefix_path)
        if path and f'(name="{path}")' not in sources[kind] and f"def {path}(" not in sources[kind]
    ]
    assert wrong == []


def test_no_prefix_of_the_provider_is_left_out(sources: dict[str, str]) -> None:
    missing = [
        (kind, fact.path)
        for fact in FACTS
        for kind in fact.types
        if fact.prefix_path is None and f'(name="{fact.path}Prefix")' in sources[kind]
    ]
    assert missing == []


def test_every_type_that_a_scope_refers_to_is_one_of_the_provider(sources: dict[str, str]) -> None:
    assert {kind for fact in FACTS for kind in fact.scope.types} <= sources.keys()


def test_a_scope_can_be_told_from_every_type_in_it(sources: dict[str, str]) -> None:
    blind = [
        (kind, fact.scope.name)
        for fact in FACTS
        for kind in fact.types
        if fact.scope.paths
        and not any(
            f'(name="{path.split(".")[0]}")' in sources[kind] or f"def {path}(" in sources[kind]
            for path in fact.scope.paths
        )
    ]
    assert blind == []


def test_the_taggable_types_are_those_of_the_provider(sources: dict[str, str]) -> None:
    taggable = {kind for kind, source in sources.items() if '(name="tagsAll")' in source}
    assert set(TAGGABLE_TYPES) == taggable


def test_every_type_that_a_rule_looks_at_is_one_of_the_provider(sources: dict[str, str]) -> None:
    wrong = [
        (rule.id, kind)
        for rule in RULES
        for kind in rule.types
        if kind.startswith("aws:") and kind not in sources
    ]
    assert wrong == []


# New services whose pages do not say yet what they bill.
IN_NO_LIST = {
    "aws:accountaccess/application:Application",
    "aws:accountaccess/entitlement:Entitlement",
    "aws:agentregistry/registry:Registry",
    "aws:cloudfront/trustStore:TrustStore",
    "aws:cloudwatch/logS3TableIntegrationSource:LogS3TableIntegrationSource",
    "aws:cloudwatch/otelEnrichment:OtelEnrichment",
    "aws:cloudwatch/resourceMetricsConfiguration:ResourceMetricsConfiguration",
    "aws:cloudwatchomni/domain:Domain",
    "aws:cloudwatchomni/space:Space",
    "aws:devopsagent/agentSpace:AgentSpace",
    "aws:ec2/secondaryNetwork:SecondaryNetwork",
    "aws:ec2/secondarySubnet:SecondarySubnet",
    "aws:ecs/daemon:Daemon",
    "aws:lambda/coreNetworkConnector:CoreNetworkConnector",
    "aws:lambda/functionScalingConfig:FunctionScalingConfig",
    "aws:lambda/microvmsImage:MicrovmsImage",
    "aws:lambdamicrovms/image:Image",
    "aws:lambdamicrovms/microvm:Microvm",
    "aws:msk/channel:Channel",
    "aws:networkfirewall/containerAssociation:ContainerAssociation",
    "aws:resiliencehub/v2Assertion:V2Assertion",
    "aws:resiliencehub/v2InputSource:V2InputSource",
    "aws:resiliencehub/v2Service:V2Service",
    "aws:resiliencehub/v2ServiceFunction:V2ServiceFunction",
    "aws:resiliencehub/v2System:V2System",
    "aws:resiliencehub/v2UserJourney:V2UserJourney",
    "aws:s3/filesAccessPoint:FilesAccessPoint",
    "aws:s3/filesFileSystem:FilesFileSystem",
    "aws:s3/filesMountTarget:FilesMountTarget",
    "aws:s3/filesSynchronizationConfiguration:FilesSynchronizationConfiguration",
}


def test_it_is_known_of_every_type_whether_it_is_billed(sources: dict[str, str]) -> None:
    unlisted = {
        kind for kind in sources if kind not in PRICING and billing_of(kind) is Billing.UNLISTED
    }
    assert unlisted == IN_NO_LIST


def test_every_entry_about_billing_is_about_a_type(sources: dict[str, str]) -> None:
    stale = [
        entry
        for name in LISTS
        for entries in tokens_of(name)
        for entry in entries
        if entry not in sources and not fnmatch.filter(sources, entry)
    ]
    assert stale == []


def test_no_type_is_in_two_lists_about_billing() -> None:
    exact = [token for name in LISTS for token in tokens_of(name)[0]]
    assert len(exact) == len(set(exact))
    assert [token for token in exact if token in PRICING] == []


FAILURES = re.compile(r"^class (\w+?(?:DeadLetterConfig|OnFailure))Args:", re.MULTILINE)
NO_QUEUE = {"PipelineStageOnFailure"}
"""Objects of the same name that name no queue: what a pipeline does when a stage fails."""


def test_every_property_that_takes_failures_is_known() -> None:
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    texts = (path.read_text("utf-8") for path in Path(spec.origin).parent.glob("*/_inputs.py"))
    objects = {name for text in texts for name in FAILURES.findall(text)}
    known = {
        kind.rpartition(":")[2] + "".join(part[0].upper() + part[1:] for part in path.split("."))
        for kind, paths in FAILURE_QUEUES.items()
        for path in paths
    }
    missing = {name for name in objects if not any(path.startswith(name) for path in known)}
    assert missing == NO_QUEUE


def test_every_text_that_names_a_queue_of_failures_is_known(sources: dict[str, str]) -> None:
    named = {
        kind
        for kind, text in sources.items()
        if re.search(r'name="(deadLetter|redrivePolicy|errorAction)', text)
        or re.search(r"def (dead_letter|redrive_policy)", text)
    }
    assert named - FAILURE_QUEUES.keys() == {
        "aws:sqs/queue:Queue",
        "aws:sqs/redrivePolicy:RedrivePolicy",
    }
