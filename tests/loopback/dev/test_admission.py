"""Services in the state run, and one line names each of the others."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pulumi_loopback.dev.cluster import Service, State, TaskAdmission
from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import Apps

APPS = Apps(
    folder=Path("apps"),
    images={"dagster": "dagster_app", "taskiq-demo": "demo"},
    dagster=Path("apps"),
)
IMAGE = "registry/dagster:local"
CONTAINER = Container(name="c", command=["c"], environment={}, health_check=[], image=IMAGE)
WORKER = Service(name="shop-worker-local", definition="arn:aws:ecs:us:1:t/worker:1", count=1)
STATE = State(
    stack="local",
    services={WORKER.name: "worker"},
    revisions=frozenset([WORKER.definition]),
    images={"registry/dagster": "dagster"},
)
NEXT = replace(WORKER, definition="arn:aws:ecs:us:1:t/worker:2")
OTHER = replace(WORKER, name="shop-other-local", definition="arn:aws:ecs:us:1:t/other:1")


@dataclass
class Door:
    """An admission whose clock and state the test moves."""

    monkeypatch: pytest.MonkeyPatch
    state: State = STATE
    image: str = IMAGE
    now: float = 1000
    readings: int = 0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.monkeypatch.setattr("pulumi_loopback.dev.cluster.monotonic", lambda: self.now)
        self.admission = TaskAdmission(self.read, self.containers, self.say, apps=APPS)

    def read(self) -> State:
        self.readings += 1
        return self.state

    def containers(self, _definition: str) -> list[Container]:
        return [replace(CONTAINER, image=self.image)]

    def say(self, name: str, what: str) -> None:
        self.said.append(f"{name} {what}")

    def after(self, seconds: float, *services: Service) -> list[Service]:
        self.now += seconds
        return self.admission.admitted(services)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def test_what_the_state_holds_is_run_under_the_name_that_people_use(door: Door) -> None:
    assert door.after(0, WORKER) == [replace(WORKER, name="worker")]
    assert door.after(60, replace(WORKER, count=3)) == [replace(WORKER, name="worker", count=3)]
    assert (door.said, door.readings) == ([], 1)


def test_a_revision_of_somebody_else_is_refused_and_the_one_before_goes_on(door: Door) -> None:
    door.after(0, WORKER)
    for seconds in (1, 20, 20):
        assert door.after(seconds, replace(NEXT, count=2)) == [
            replace(WORKER, name="worker", count=2)
        ]
    (told,) = door.said
    assert told.startswith("worker worker:2 is refused: the state of stack local holds no such")


def test_one_that_was_refused_from_the_beginning_is_not_run(door: Door) -> None:
    assert [door.after(20, NEXT), door.after(20, NEXT)] == [[], []]
    assert len(door.said) == 1


def test_a_service_by_hand_is_not_run_and_what_to_do_is_said(door: Door) -> None:
    assert [door.after(20, OTHER), door.after(20, OTHER)] == [[], []]
    assert door.said == [
        (
            "shop-other-local is not run: the state of stack local holds no such service; "
            "delete it, or let the program make it"
        )
    ]


def with_next(state: State) -> State:
    return replace(state, revisions=state.revisions | {NEXT.definition})


def with_other(state: State) -> State:
    return replace(
        state,
        services={**state.services, OTHER.name: "other"},
        revisions=state.revisions | {OTHER.definition},
    )


@pytest.mark.parametrize(
    ("made", "change", "name"),
    [
        pytest.param(NEXT, with_next, "worker", id="revision"),
        pytest.param(OTHER, with_other, "other", id="service"),
    ],
)
def test_what_up_makes_meanwhile_is_run_and_nothing_is_said(
    door: Door, made: Service, change: Callable[[State], State], name: str
) -> None:
    door.after(0, WORKER)
    door.after(1, made)
    door.state = change(STATE)
    assert door.after(4, made) == [replace(made, name=name)]
    assert door.said == []


def test_a_service_whose_image_no_output_names_waits_for_the_end_of_up(door: Door) -> None:
    door.image = "registry/demo:local"
    assert [door.after(20, WORKER), door.after(20, WORKER)] == [[], []]
    (told,) = door.said
    assert "no output of stack local says what is in registry/demo:local" in told
    door.state = replace(STATE, images={"registry/demo": "taskiq-demo"})
    assert door.after(60, WORKER) == [replace(WORKER, name="worker")]


def test_the_state_is_read_ever_less_often_where_it_does_not_change(door: Door) -> None:
    for _ in range(300):
        door.after(1, OTHER)
    assert door.readings < 12
