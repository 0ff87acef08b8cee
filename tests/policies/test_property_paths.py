"""Which properties the paths in `ignoreChanges` mean, as the engine reads them."""

import pytest

from aws_policy_pack.property_paths import covers


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
