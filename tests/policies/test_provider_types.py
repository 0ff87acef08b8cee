"""Types and properties that the rules name, held against the provider's SDK."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from aws_policy_pack.registry import RULES
from aws_policy_pack.rules.names.facts import FACTS
from aws_policy_pack.rules.names.tags import TAGGABLE_TYPES

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
