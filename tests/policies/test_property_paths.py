"""Which properties the paths in `ignoreChanges` mean, as the engine reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.resource import covers, elements_of


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        pytest.param("desiredCount", "desiredCount", id="name"),
        pytest.param('["desiredCount"]', "desiredCount", id="name-in-brackets"),
        pytest.param("*", "desiredCount", id="everything"),
        pytest.param("[*]", "desiredCount", id="everything-in-brackets"),
        pytest.param("*", "scalingConfig.desiredSize", id="everything-and-what-is-inside"),
        pytest.param("scalingConfig", "scalingConfig.desiredSize", id="what-it-is-part-of"),
        pytest.param("scalingConfig.desiredSize", "scalingConfig.desiredSize", id="nested"),
        pytest.param("scalingConfig.*", "scalingConfig.desiredSize", id="all-that-is-inside"),
        pytest.param('scalingConfig["desiredSize"]', "scalingConfig.desiredSize", id="mixed"),
        pytest.param('["scalingConfig"]', "scalingConfig.desiredSize", id="quoted-parent"),
        pytest.param('scalingConfig.["desiredSize"]', "scalingConfig.desiredSize", id="loose"),
        pytest.param("rules[*].count", "rules[3].count", id="any-index"),
        pytest.param("rules[3]", "rules[3].count", id="an-index"),
        pytest.param(r'["a\"b"].c', r'["a\"b"].c', id="a-quote-inside"),
    ],
)
def test_a_path_means_a_property(pattern: str, path: str) -> None:
    assert covers(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        pytest.param("desiredCounts", "desiredCount", id="longer-name"),
        pytest.param("desired_count", "desiredCount", id="the-name-in-python"),
        pytest.param("scalingConfig.minSize", "scalingConfig.desiredSize", id="its-neighbour"),
        pytest.param("scalingConfig.desiredSize", "scalingConfig", id="a-part-of-it"),
        pytest.param("rules[2]", "rules[3].count", id="another-index"),
        pytest.param("['desiredCount']", "desiredCount", id="single-quotes"),
        pytest.param('["desiredCount"', "desiredCount", id="no-closing-bracket"),
        pytest.param('["desiredCount', "desiredCount", id="no-closing-quote"),
        pytest.param(".desiredCount", "desiredCount", id="begins-with-a-dot"),
        pytest.param("desiredCount.", "desiredCount", id="ends-with-a-dot"),
        pytest.param("", "desiredCount", id="empty"),
    ],
)
def test_a_path_that_means_another_property_or_that_the_engine_cannot_parse(
    pattern: str, path: str
) -> None:
    assert not covers(pattern, path)


NAMES = st.lists(st.text(min_size=1, max_size=8).filter(lambda name: "\\" not in name), min_size=1)


def quoted(names: list[str]) -> str:
    return "".join(f'["{name.replace(chr(34), chr(92) + chr(34))}"]' for name in names)


@given(names=NAMES, inside=NAMES)
def test_a_path_in_brackets_means_its_names_and_what_is_inside(
    names: list[str], inside: list[str]
) -> None:
    assert elements_of(quoted(names)) == tuple(names)
    assert covers(quoted(names), quoted([*names, *inside]))
    assert not covers(quoted([*names, *inside]), quoted(names))


@given(pattern=st.text(max_size=12), path=st.text(max_size=12))
def test_any_text_can_be_asked_about(pattern: str, path: str) -> None:
    assert covers(pattern, path) in (True, False)
