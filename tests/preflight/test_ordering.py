"""The order in which packs and reports see what a program registered."""

from dataclasses import replace

from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.model import (
    Deployment,
    DuplicateUrn,
    Note,
    RegisteredResource,
    SourcePosition,
    in_stable_order,
)
from tests.preflight.builders import QUEUE, urn


def resource(
    name: str, *, line: int | None, parent: str = "", needs: str = ""
) -> RegisteredResource:
    return RegisteredResource(
        urn=urn(QUEUE, name),
        type=QUEUE,
        name=name,
        parent=urn(QUEUE, parent) if parent else "",
        custom=True,
        dependencies=(urn(QUEUE, needs),) if needs else (),
        inputs=Struct(),
        outputs=Struct(),
        position=SourcePosition(file="__main__.py", line=line) if line else None,
    )


RESOURCES = (
    resource("root", line=None),
    resource("module", line=9, parent="root"),
    resource("late", line=30, parent="module"),
    resource("early", line=4, parent="module"),
    resource("first", line=2, parent="root"),
    resource("needy", line=3, parent="root", needs="late"),
    resource("orphan", line=1, parent="elsewhere"),
)
ORDERED = ["root", "orphan", "first", "module", "early", "late", "needy"]


def deployment(*resources: RegisteredResource) -> Deployment:
    return Deployment(resources=resources, duplicates=(), stack_outputs=Struct(), notes=())


def names(deployment: Deployment) -> list[str]:
    return [resource.name for resource in deployment.resources]


@given(arrived=st.permutations(RESOURCES))
def test_any_order_of_arrival_becomes_the_programs(arrived: list[RegisteredResource]) -> None:
    assert names(in_stable_order(deployment(*arrived))) == ORDERED


def test_resources_that_need_each_other_are_kept() -> None:
    ring = (resource("b", line=1, needs="a"), resource("a", line=2, needs="b"))
    assert names(in_stable_order(deployment(*ring))) == ["b", "a"]


def test_a_urn_registered_twice_stands_where_it_first_stands_in_the_program() -> None:
    places = (
        SourcePosition(file="__main__.py", line=8),
        SourcePosition(file="__main__.py", line=3),
    )
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=places)
    for arrived in places:
        run = deployment(replace(resource("jobs", line=1), position=arrived))
        (ordered,) = in_stable_order(replace(run, duplicates=(twice,))).resources
        assert ordered.position == places[1]


def test_notes_and_duplicates_are_sorted_too() -> None:
    notes = (Note(text="b"), Note(text="a"))
    twice = tuple(DuplicateUrn(urn=urn(QUEUE, name), positions=(None,)) for name in ("b", "a"))
    ordered = in_stable_order(replace(deployment(), notes=notes, duplicates=twice))
    assert ordered.notes == notes[::-1]
    assert ordered.duplicates == twice[::-1]
