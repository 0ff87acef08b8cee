"""The texts of secrets, and where they stand in other texts."""

import pytest

from aws_policy_pack.evaluation import pattern_of, texts_in


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        pytest.param("test", "test", id="itself"),
        pytest.param("test", "a test.", id="a short one as a word"),
        pytest.param("abcdefg", "-abcdefg_", id="a short one between marks"),
        pytest.param("abcdefgh", "xabcdefghx", id="a long one inside a word"),
        pytest.param("a.b*c(defgh", "xa.b*c(defghx", id="a long one with marks"),
    ],
)
def test_a_secret_is_found(secret: str, text: str) -> None:
    assert pattern_of(secret).search(text)


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        pytest.param("test", "latest", id="a short one that ends a word"),
        pytest.param("test", "tester", id="a short one that begins a word"),
        pytest.param("abcdefg", "xabcdefg", id="the longest that has to be a word"),
        pytest.param("a.cdefgh", "abcdefgh", id="a mark stands for itself"),
    ],
)
def test_what_only_looks_like_a_secret_is_not_found(secret: str, text: str) -> None:
    assert not pattern_of(secret).search(text)


@pytest.mark.parametrize(
    ("secrets", "texts"),
    [
        pytest.param([], set(), id="none"),
        pytest.param(["", "a"], {"a"}, id="an empty one"),
        pytest.param(['"a"', "[broken"], {"[broken", '"a"', "a"}, id="beside what is not JSON"),
        pytest.param(
            ['{"user": "app", "old": ["a", 7, null]}'],
            {'{"user": "app", "old": ["a", 7, null]}', "app", "a"},
            id="objects and lists",
        ),
        pytest.param(['["[\\"a\\"]"]'], {'["[\\"a\\"]"]', '["a"]', "a"}, id="JSON inside JSON"),
        pytest.param(["7", "true"], {"7", "true"}, id="numbers and flags"),
    ],
)
def test_the_texts_of_secrets_are_those_inside_as_well(secrets: list[str], texts: set[str]) -> None:
    assert texts_in(secrets) == texts
