"""The types that hold data are types that there are."""

from importlib import resources

import pytest

from pulumi_preflight.bases.stateful import HOLDS_DATA

KNOWN = resources.files("pulumi_aws").joinpath("__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("type_", HOLDS_DATA)
def test_a_type_that_holds_data_is_one_of_the_provider(type_: str) -> None:
    assert f'"{type_}"' in KNOWN
