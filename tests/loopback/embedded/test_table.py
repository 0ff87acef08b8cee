"""The table against AWS's own models of its services."""

import botocore.session
import jmespath  # type: ignore[import-untyped] # botocore's, and it has none
import pytest

from pulumi_loopback.embedded.api import Call, Entry, input_of, same_name
from pulumi_loopback.embedded.table import TABLE


def calls_of(entry: Entry) -> list[Call]:
    calls = [*entry.create, *entry.settings, *entry.update, *entry.read, *entry.delete]
    if entry.tagging:
        calls += [entry.tagging.put, entry.tagging.remove]
        calls += [entry.tagging.read] if entry.tagging.read else []
    return calls


@pytest.mark.parametrize("type_", TABLE)
def test_every_call_is_one_of_its_service_s_with_arguments_that_it_takes(type_: str) -> None:
    entry = TABLE[type_]
    model = botocore.session.Session().get_service_model(entry.service)
    for call in calls_of(entry):
        members = {
            same_name(name) for name in input_of(model.operation_model(call.operation)).members
        }
        parsed = jmespath.compile(call.arguments).parsed
        if parsed["type"] == "multi_select_dict":
            given = {same_name(pair["value"]) for pair in parsed["children"]}
            assert given <= members, call.operation


@pytest.mark.parametrize("type_", TABLE)
def test_a_service_s_result_is_read_by_an_expression_that_can_be_read(type_: str) -> None:
    for call in calls_of(TABLE[type_]):
        jmespath.compile(call.result.replace("$", ""))
