"""Rules that say "AWS refuses this": somebody else says it, too."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session
import botocore.validate
import pytest

from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Kind
from aws_policy_pack.rules.names.facts import FACTS, Limits, NameFact
from aws_policy_pack.testing import analyze
from tests.policies.witnesses.provider import Provider as Asked
from tests.policies.witnesses.provider import binary, running
from tests.policies.witnesses.table import FURTHER, WITNESSES, Botocore, Further, Page, Provider

REFUSED = {rule.id: rule for rule in RULES if rule.kind is Kind.REFUSED}


def cases(kind: type[Provider | Botocore | Page]) -> list[Any]:
    return [
        pytest.param(REFUSED[rule], witness, id=rule)
        for rule, witness in WITNESSES.items()
        if isinstance(witness, kind)
    ]


def test_each_rule_of_what_aws_refuses_has_a_witness() -> None:
    assert WITNESSES.keys() == REFUSED.keys()


@pytest.fixture(scope="module")
def provider() -> Iterator[Asked]:
    path = binary()
    if path is None:
        pytest.skip("the AWS provider's binary is not on this machine")
    with running(path) as asked:
        yield asked


ARGUMENTS = {"CloudWatch alarm": "alarm_name", "Lambda function": "function_name"}
"""Arguments with other names than Pulumi's, by what has the name."""


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda found: f"_{found[0].lower()}", name)


def arguments(example: object) -> dict[str, Any]:
    """An example's inputs by Terraform's names."""
    assert isinstance(example, Mapping)
    return {snake(key): _block(value) for key, value in example.items()}


def _block(value: object) -> object:
    """The objects of a list are blocks, which have names of Terraform, too."""
    if isinstance(value, list):
        return [arguments(item) if isinstance(item, Mapping) else item for item in value]
    return value


@pytest.mark.parametrize(("rule", "witness"), cases(Provider))
def test_the_provider_refuses_it(rule: AnyRule, witness: Provider, provider: Asked) -> None:
    assert provider.refusals(witness.type, arguments(rule.good)) == []
    [said] = provider.refusals(witness.type, arguments(rule.bad))
    assert witness.refuses in said


def further(kind: type[Provider | Page]) -> list[Any]:
    chosen = [each for each in FURTHER if isinstance(each.witness, kind)]
    return [pytest.param(each, id=f"{each.rule} {each.what}") for each in chosen]


@pytest.mark.parametrize("case", further(Provider))
def test_the_provider_refuses_what_else_a_rule_finds(case: Further, provider: Asked) -> None:
    assert isinstance(case.witness, Provider)
    assert analyze(REFUSED[case.rule], case.given, type=case.type or None)
    said = provider.refusals(case.witness.type, arguments(case.given))
    assert said
    assert all(case.witness.refuses in each for each in said)


@pytest.mark.parametrize("case", further(Page))
def test_a_page_says_what_else_a_rule_finds(case: Further) -> None:
    assert isinstance(case.witness, Page)
    assert analyze(REFUSED[case.rule], case.given)
    assert case.witness.url.startswith("https://docs.aws.amazon.com/")
    assert not case.witness.api or case.witness.says in description(case.witness.api)


def longest_name(limits: Limits) -> str:
    """A legal name of the greatest length."""
    for start in ("a", "/a"):
        for filling in ("a", "b-", "a/", "aaaaaaa."):
            name = (start + filling * limits.longest)[: limits.longest - 1] + "a"
            if limits.pattern.fullmatch(name):
                return name
    raise AssertionError(limits.form)


def terraform_types(kind: str) -> list[str]:
    """What Terraform may call a type of Pulumi."""
    module, _, name = kind.split(":")[1].partition("/")
    name = snake(name)
    module = {"servicediscovery": "service_discovery"}.get(module, module)
    return [f"aws_{module}_{name}", f"aws_db_{name}", f"aws_{name}", f"aws_{module}"]


NAMED_OTHERWISE = {"classic load balancer", "KMS alias"}
"""Names that the provider tells by a type or in a form of its own."""


def named() -> list[Any]:
    return [
        pytest.param(fact, id=fact.what)
        for fact in FACTS
        if fact.limits and fact.what not in NAMED_OTHERWISE
    ]


def asked_of(fact: NameFact, provider: Asked) -> tuple[str, str]:
    """Terraform's type and argument of a name."""
    argument = ARGUMENTS.get(fact.what, snake(fact.path))
    kinds = terraform_types(fact.types[0])
    return next(kind for kind in kinds if provider.has(kind, argument)), argument


@pytest.mark.parametrize("fact", named())
def test_the_provider_takes_the_longest_name(fact: NameFact, provider: Asked) -> None:
    kind, argument = asked_of(fact, provider)
    assert fact.limits is not None
    name = longest_name(fact.limits)
    said = provider.refusals(kind, {argument: name})
    assert [each for each in said if argument in each and "required" not in each] == []
    assert not any(name in each for each in said)


ODD = ("Abc", "a_b", "a.b", "a b", "a/b", "a+b", "a@b", "ab-", "-ab", "a--b", "1ab", "a:b", "a#b")
"""Names that one service takes and another does not."""


@pytest.mark.parametrize("fact", named())
def test_a_name_that_the_provider_refuses_is_not_of_the_form(
    fact: NameFact, provider: Asked
) -> None:
    kind, argument = asked_of(fact, provider)
    assert fact.limits is not None
    taken = [name for name in ODD if fact.limits.pattern.fullmatch(name)]
    refused = {
        name: said
        for name in taken
        if (
            said := [
                each
                for each in provider.refusals(kind, {argument: name})
                if name in each or (f'"{argument}"' in each and "required" not in each)
            ]
        )
    }
    assert refused == {}


def problems(witness: Botocore, example: object) -> str:
    """What the SDK says against an example, as parameters of the witness's operation."""
    model = botocore.session.get_session().get_service_model(witness.api)
    shape = model.operation_model(witness.operation).input_shape
    assert shape is not None
    assert isinstance(example, Mapping)
    asked = {key: _object(value) for key, value in example.items()}
    return str(botocore.validate.ParamValidator().validate(asked, shape).generate_report())


def _object(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value


@pytest.mark.parametrize(("rule", "witness"), cases(Botocore))
def test_the_sdk_refuses_it(rule: AnyRule, witness: Botocore) -> None:
    assert problems(witness, rule.good) == ""
    assert witness.refuses in problems(witness, rule.bad)


@cache
def description(api: str) -> str:
    """All that botocore's description of a service says, without markup."""
    model = botocore.loaders.Loader().load_service_model(api, "service-2")
    return "\n".join(
        " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for text in _texts(model)
    )


def _texts(model: object) -> Iterator[str]:
    if isinstance(model, Mapping):
        for key, value in model.items():
            if key == "documentation" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(model, list):
        for item in model:
            yield from _texts(item)


@pytest.mark.parametrize(("rule", "witness"), cases(Page))
def test_a_page_says_it(rule: AnyRule, witness: Page) -> None:
    assert rule.url.startswith("https://docs.aws.amazon.com/")
    assert witness.url.startswith("https://")
    assert not witness.api or witness.says in description(witness.api)
