"""Hypothesis strategies for what an engine may send."""

import json
from collections.abc import Mapping

from hypothesis import strategies as st

from aws_policy_pack.rule import AnyRule, Example
from aws_policy_pack.testing import UNKNOWN, Secret
from tests.policies.json_properties import json_properties, written

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "*", "{}", "[]", "{", "true", "-1", "0.0.0.0/0", "a.fifo", "arn:aws:sqs:::q", "db.x"]
    ),
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**53), max_value=2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.just(UNKNOWN),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXTS, inner, max_size=3),
        st.builds(Secret, inner),
    ),
    max_leaves=8,
)


def mutated(
    properties: Mapping[str, object],
    others: Mapping[str, st.SearchStrategy[object]] | None = None,
) -> st.SearchStrategy[dict[str, object]]:
    """Properties with the keys of the given ones, some dropped or replaced by arbitrary values.

    The shape is kept at every depth, also inside JSON text, so that the values reach the code
    behind the first checks.

    Args:
        properties: Right properties.
        others: What else there may be, or in place of a right property.
    """
    kept = {key: _mutated_value(value) for key, value in properties.items()}
    for key, other in (others or {}).items():
        kept[key] = st.one_of(kept[key], other) if key in kept else other
    return st.fixed_dictionaries({}, optional=kept).flatmap(
        lambda kept: st.dictionaries(TEXTS, VALUES, max_size=2).map(lambda new: kept | new)
    )


def _mutated_value(value: object) -> st.SearchStrategy[object]:
    kept: st.SearchStrategy[object]
    match value:
        case Mapping():
            kept = mutated(value)
        case list() | tuple():
            kept = st.tuples(*[_mutated_value(item) for item in value]).map(list)
        case str() if value.startswith(("{", "[")):
            inside = _mutated_value(json.loads(value))
            kept = st.one_of(st.just(value), inside.map(written), inside)
        case _:
            kept = st.just(value)
    return st.one_of(kept, VALUES)


def mutated_stack(examples: tuple[Example, ...]) -> st.SearchStrategy[list[Example]]:
    """A stack like the example, with mutated properties and some references dropped or astray."""
    names = [example.name for example in examples]
    resources = [
        st.builds(
            Example,
            type=st.just(example.type),
            name=st.just(example.name),
            properties=mutated(example.properties, json_properties(example.type)),
            references=st.one_of(
                st.sampled_from([example.references, {}]), _astray(example, names)
            ),
        )
        for example in examples
    ]
    return st.tuples(*resources).map(list)


def _astray(example: Example, names: list[str]) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """References of the example's properties to any resources of the stack, itself among them."""
    keys = sorted({*example.properties, *example.references, *json_properties(example.type)})
    targets = st.lists(st.sampled_from(names), max_size=2).map(tuple)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, targets))


def subjects(rule: AnyRule) -> st.SearchStrategy[object]:
    """What a rule may be given: a resource's properties, or a stack for a stack rule."""
    others = json_properties(*rule.types)
    return st.sampled_from([rule.good, rule.bad]).flatmap(
        lambda example: (
            mutated_stack(example) if isinstance(example, tuple) else mutated(example, others)
        )
    )
