"""Types and properties that the rules name, held against the provider's SDK."""

import re
from importlib.util import find_spec
from pathlib import Path

import botocore.session
import pytest

from aws_policy_pack.cost.billing import FOLDER, LISTS, Billing, billing_of, tokens_of
from aws_policy_pack.cost.circumstances import CIRCUMSTANCES
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.registry import RULES
from aws_policy_pack.rules.names.facts import FACTS
from aws_policy_pack.rules.names.form import TAGGABLE_TYPES
from aws_policy_pack.rules.secrets import PLACES
from aws_policy_pack.rules.sqs.links import FAILURE_QUEUES

TYPES = 1748
"""The types of the SDK that is locked; a newer one may have more, which the lists then need."""
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


def test_every_type_is_in_one_list_about_billing(sources: dict[str, str]) -> None:
    lists = [PRICING.keys(), *(tokens_of(name) for name in LISTS)]
    wrong = {kind: sum(kind in tokens for tokens in lists) for kind in sources}
    assert {kind: count for kind, count in wrong.items() if count != 1} == {}
    assert len(sources) == TYPES


def test_every_entry_about_billing_is_about_a_type(sources: dict[str, str]) -> None:
    entries = {*PRICING, *CIRCUMSTANCES, *(token for name in LISTS for token in tokens_of(name))}
    assert entries - sources.keys() == set()


def test_every_circumstance_is_a_property_of_its_type(sources: dict[str, str]) -> None:
    wrong = [
        (kind, circumstance.path)
        for kind, circumstances in CIRCUMSTANCES.items()
        for circumstance in circumstances
        if f'(name="{circumstance.path.partition(".")[0]}")' not in sources[kind]
        and f"def {circumstance.path.partition('.')[0]}(" not in sources[kind]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_about_billing_says_its_source_and_day(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert re.search(r"^# Source: .*https://aws\.amazon\.com/", text, re.MULTILINE)
    assert re.search(r"^# Dated: \d{4}-\d\d-\d\d$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "billing"),
    [
        ("aws:route53/keySigningKey:KeySigningKey", Billing.FREE),
        ("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", Billing.FREE),
        (
            "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
            Billing.FREE,
        ),
        ("aws:costexplorer/anomalySubscription:AnomalySubscription", Billing.FREE),
        ("aws:ses/domainIdentity:DomainIdentity", Billing.FREE),
        ("aws:iam/policy:Policy", Billing.FREE),
        ("aws:s3/bucketObjectv2:BucketObjectv2", Billing.BY_USE),
        ("aws:cloudwatch/logMetricFilter:LogMetricFilter", Billing.BY_USE),
        ("aws:rds/globalCluster:GlobalCluster", Billing.BY_USE),
        ("aws:sns/dataProtectionPolicy:DataProtectionPolicy", Billing.BY_USE),
        ("aws:redshift/cluster:Cluster", Billing.UNPRICED),
        ("aws:fms/policy:Policy", Billing.UNPRICED),
        ("aws:lambdamicrovms/microvm:Microvm", Billing.UNPRICED),
        ("aws:new/thing:Thing", Billing.UNLISTED),
        ("docker:index/image:Image", Billing.ELSEWHERE),
    ],
)
def test_what_is_known_of_a_type(kind: str, billing: Billing) -> None:
    assert billing_of(kind) is billing


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
        kind.rpartition(":")[2] + path[0].upper() + path[1:]
        for kind, path in FAILURE_QUEUES.items()
    }
    missing = {name for name in objects if not name.startswith(tuple(known))}
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


JSON = ("containerProperties", "ecsProperties", "nodeProperties")
"""Properties of jobs of Batch that are JSON text, with the keys of AWS's API."""


@pytest.fixture(scope="module")
def objects() -> dict[str, str]:
    """The SDK's source of the objects of each module, by the module of a token."""
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    files = Path(spec.origin).parent.glob("*/_inputs.py")
    return {path.parent.name.rstrip("_"): path.read_text("utf-8") for path in files}


def test_every_place_of_settings_is_one_of_the_provider(
    sources: dict[str, str], objects: dict[str, str]
) -> None:
    wrong = [
        (kind, place.path, key)
        for kind, places in PLACES.items()
        for place in places
        if not place.path.startswith(JSON)
        for key in place.path.split(".")
        if not re.search(
            rf'\(name="{key}"\)|def {key}\(',
            sources[kind] + objects.get(kind.split(":")[1].partition("/")[0], ""),
        )
    ]
    assert wrong == []


def test_every_type_that_has_variables_is_known(sources: dict[str, str]) -> None:
    variables = re.compile(r'\(name="environmentVariables"\)|def variables\(')
    assert {kind for kind, text in sources.items() if variables.search(text)} <= PLACES.keys()


def test_every_place_in_json_is_one_of_the_api_of_batch() -> None:
    api = botocore.session.get_session().get_service_model("batch")
    asked = api.operation_model("RegisterJobDefinition").input_shape
    wrong = []
    for place in PLACES["aws:batch/jobDefinition:JobDefinition"]:
        shape = asked
        for key in place.path.split(".") if place.path.startswith(JSON) else ():
            shape = getattr(shape, "member", shape)
            shape = getattr(shape, "members", {}).get(key)
        if shape is None:
            wrong.append(place.path)
    assert wrong == []
