"""Hypothesis strategies for what an engine may send."""

from collections.abc import Mapping

from hypothesis import strategies as st

from aws_policy_pack.rule import AnyRule, Example
from aws_policy_pack.testing import UNKNOWN, Secret

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


def mutated(properties: Mapping[str, object]) -> st.SearchStrategy[dict[str, object]]:
    """Properties with the keys of the given ones, some dropped or replaced by arbitrary values.

    The shape is kept at every depth, so that the values reach the code behind the first checks.
    """
    return st.fixed_dictionaries(
        {}, optional={key: _mutated_value(value) for key, value in properties.items()}
    ).flatmap(lambda kept: st.dictionaries(TEXTS, VALUES, max_size=2).map(lambda new: kept | new))


def _mutated_value(value: object) -> st.SearchStrategy[object]:
    kept: st.SearchStrategy[object]
    match value:
        case Mapping():
            kept = mutated(value)
        case list() | tuple():
            kept = st.tuples(*[_mutated_value(item) for item in value]).map(list)
        case _:
            kept = st.just(value)
    return st.one_of(kept, VALUES)


def mutated_stack(examples: tuple[Example, ...]) -> st.SearchStrategy[list[Example]]:
    """A stack like the example, with mutated properties and some references dropped."""
    resources = [
        st.builds(
            Example,
            type=st.just(example.type),
            name=st.just(example.name),
            properties=mutated(example.properties),
            references=st.sampled_from([example.references, {}]),
        )
        for example in examples
    ]
    return st.tuples(*resources).map(list)


def subjects(rule: AnyRule) -> st.SearchStrategy[object]:
    """What a rule may be given: a resource's properties, or a stack for a stack rule."""
    return st.sampled_from([rule.good, rule.bad]).flatmap(
        lambda example: mutated_stack(example) if isinstance(example, tuple) else mutated(example)
    )
