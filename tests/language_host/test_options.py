"""The options that a project gives for its interpreter."""

import pytest

from language_host.options import OptionError, Options, read_options


def test_what_is_not_said_is_empty() -> None:
    assert read_options({"binary": "elsewhere"}) == Options()


def test_all_three_are_read() -> None:
    given = {"virtualenv": "venv", "toolchain": "pip", "typechecker": "pyright"}
    assert read_options(given) == Options(virtualenv="venv", toolchain="pip", typechecker="pyright")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("toolchain", "conda", "pip or poetry or uv"),
        ("toolchain", "", "pip or poetry or uv"),
        ("typechecker", "flow", "mypy or pyright"),
        ("typechecker", True, "a text"),
        ("virtualenv", 3.0, "a text"),
    ],
)
def test_another_value_is_named(name: str, value: object, wanted: str) -> None:
    with pytest.raises(OptionError) as raised:
        read_options({name: value})
    assert str(raised.value) == f"runtime.options.{name} is {value!r}; wanted {wanted}"
