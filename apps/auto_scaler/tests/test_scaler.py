"""One step after the other against AWS's answers, on a clock that the test moves."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from auto_scaler.fleet import Fleet, ScalingPolicy, connect
from auto_scaler.scaler import Scaler
from auto_scaler.settings import Settings

STALE_AFTER = 60


@dataclass
class World:
    """A fleet whose AWS answers as it is told, a clock, and the scaler between them."""

    fleet: Fleet
    sqs: Stubber
    ecs: Stubber
    now: float = 1000.0
    scaler: Scaler = field(init=False)

    def __post_init__(self) -> None:
        self.scaler = Scaler(
            fleet=self.fleet,
            policy=ScalingPolicy(minimum=1, maximum=4, messages_per_worker=4, scale_down_after=120),
            clock=lambda: self.now,
            stale_after=STALE_AFTER,
        )

    def queue_has(self, visible: int, in_flight: int = 0) -> None:
        """The next answer of SQS, to exactly the question that is allowed."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        self.sqs.add_response(
            "get_queue_attributes",
            {"Attributes": dict(zip(names, (str(visible), str(in_flight)), strict=True))},
            {"QueueUrl": self.fleet.queue_url, "AttributeNames": names},
        )

    def service_is(self, workers: int, status: str = "ACTIVE") -> None:
        """The next answer of ECS about the service."""
        self.ecs.add_response(
            "describe_services",
            {"services": [{"desiredCount": workers, "status": status}]},
            {"cluster": self.fleet.cluster, "services": [self.fleet.service]},
        )

    def expects_workers(self, count: int) -> None:
        """The next request must set this count."""
        self.ecs.add_response(
            "update_service",
            {},
            {"cluster": self.fleet.cluster, "service": self.fleet.service, "desiredCount": count},
        )

    def step(self) -> None:
        """Takes one step, which must have sent all that was expected and nothing else."""
        self.scaler.step()
        self.sqs.assert_no_pending_responses()
        self.ecs.assert_no_pending_responses()


@pytest.fixture
def world(environment: dict[str, str]) -> Iterator[World]:
    assert environment
    fleet = connect(Settings())
    with Stubber(fleet.sqs) as sqs, Stubber(fleet.ecs) as ecs:
        yield World(fleet, sqs, ecs)


def test_a_longer_queue_sets_more_workers(world: World) -> None:
    world.queue_has(7, in_flight=2)
    world.service_is(1)
    world.expects_workers(3)

    world.step()


def test_the_right_count_is_not_set_again(world: World) -> None:
    world.queue_has(7, in_flight=2)
    world.service_is(3)

    world.step()


def test_an_idle_queue_stops_workers_after_the_quiet_time(world: World) -> None:
    world.queue_has(0)
    world.service_is(4)
    world.step()

    world.now += 120
    world.queue_has(0)
    world.service_is(4)
    world.expects_workers(1)
    world.step()


def test_an_error_of_sqs_changes_nothing_and_ends_the_quiet_time(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.queue_has(0)
    world.service_is(4)
    world.step()

    world.now += 100
    world.sqs.add_client_error("get_queue_attributes", "InternalError", "not now")
    world.step()

    world.now += 30
    world.queue_has(0)
    world.service_is(4)
    world.step()
    (told,) = caplog.messages
    assert told == (
        "the number of workers is left as it is: An error occurred (InternalError) when calling"
        " the GetQueueAttributes operation: not now"
    )


def test_an_error_of_ecs_changes_nothing(world: World) -> None:
    world.queue_has(100)
    world.ecs.add_client_error("describe_services", "ThrottlingException")

    world.step()


@pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
def test_a_service_that_is_being_deleted_is_left_alone(
    world: World, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.queue_has(100)
    world.service_is(1, status)

    world.step()

    (told,) = caplog.messages
    assert told == (
        "the number of workers is left as it is: there is no active service taskiq-worker-dev"
        " in dagster-taskiq-dev"
    )


def test_an_endpoint_that_cannot_be_reached_is_an_error_like_any_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    monkeypatch.setattr(world.fleet.sqs, "get_queue_attributes", unreachable)

    world.step()


def test_the_change_is_logged_with_its_reason(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.queue_has(7, in_flight=2)
    world.service_is(1)
    world.expects_workers(3)

    world.step()

    assert caplog.messages == ["workers 1 -> 3: 7 messages wait, 2 are in flight"]


def test_it_is_healthy_until_steps_have_failed_for_long(world: World) -> None:
    world.now += STALE_AFTER
    world.sqs.add_client_error("get_queue_attributes")
    world.step()
    assert world.scaler.is_healthy()

    world.now += 1
    assert not world.scaler.is_healthy()


def test_one_step_that_succeeds_makes_it_healthy_again(world: World) -> None:
    world.now += 10 * STALE_AFTER
    world.queue_has(0)
    world.service_is(1)
    world.step()

    assert world.scaler.is_healthy()


def test_a_count_that_cannot_be_set_is_no_success(world: World) -> None:
    world.now += STALE_AFTER + 1
    world.queue_has(100)
    world.service_is(1)
    world.ecs.add_client_error("update_service", "AccessDeniedException")
    world.step()

    assert not world.scaler.is_healthy()
