"""Sizes of Fargate tasks, and whether the containers fit in."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.ecs.fargate import fargate_size
from aws_policy_pack.testing import UNKNOWN, analyze

URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"
FARGATE = {"requiresCompatibilities": ["FARGATE"]}


def problems(task: Mapping[str, object], *containers: Mapping[str, object]) -> list[str]:
    definitions = {"containerDefinitions": json.dumps(containers)}
    found = analyze(fargate_size, {**FARGATE, **definitions, **task})
    return [report.message.partition(". Fix: ")[0] for report in found]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        pytest.param(
            {"cpu": "300", "memory": "1024"},
            "`cpu` is '300'; wanted one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 CPU "
            f"units. Fix: Set `cpu` to a size that Fargate offers. {URL}",
            id="cpu",
        ),
        pytest.param(
            {"cpu": "256", "memory": "4096"},
            "`memory` is '4096' beside the `cpu` '256'; wanted 512, 1024, 2048 MiB. Fix: Set "
            "`memory` to an amount that Fargate offers with this `cpu`, or change `cpu`. " + URL,
            id="memory",
        ),
        pytest.param(
            {"cpu": "256", "memory": "512", "containerDefinitions": '[{"cpu": 257}]'},
            "the containers ask for 257 CPU units together; wanted at most the 256 of the task. "
            f"Fix: Lower `cpu` of some containers, or raise that of the task. {URL}",
            id="sum of cpu",
        ),
        pytest.param(
            {"cpu": "256", "memory": "512", "containerDefinitions": '[{"memory": 513}]'},
            "the containers ask for 513 MiB of memory together; wanted at most the 512 of the "
            "task. Fix: Lower `memory` of some containers, or raise that of the task. " + URL,
            id="sum of memory",
        ),
        pytest.param(
            {
                "cpu": "256",
                "memory": "512",
                "containerDefinitions": '[{"memory": 513, "memoryReservation": 1}]',
            },
            "`memory` of container 1 is 513 MiB; wanted at most the 512 of the task. Fix: Lower "
            f"`memory` of the container, or raise that of the task. {URL}",
            id="limit of a container",
        ),
    ],
)
def test_a_finding_is_told_whole(task: Mapping[str, object], message: str) -> None:
    [report] = analyze(fargate_size, {**FARGATE, **task})
    assert report.level == "mandatory"
    assert report.message == f"subject: {message}"


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [
        ("256", "512"),
        pytest.param(256, 512, id="numbers"),
        ("256", "2048"),
        ("512", "1024"),
        ("1024", "8192"),
        ("4096", "30720"),
        ("8192", "16384"),
        ("8192", "20480"),
        ("16384", "122880"),
        ("1 vCPU", "2 GB"),
        ("16 vCPU", "32GB"),
        ("32768", "61440"),
        ("32 vCPU", "244 GB"),
    ],
)
def test_a_legal_pair_passes(cpu: object, memory: object) -> None:
    assert problems({"cpu": cpu, "memory": memory}) == []


WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


@pytest.mark.parametrize(
    ("cpu", "memory"), [("1024", "2048"), ("2048", "16384"), ("4096", "30720")]
)
def test_windows_has_the_same_memory_for_its_cpus(cpu: str, memory: str) -> None:
    assert problems({"cpu": cpu, "memory": memory, **WINDOWS}) == []


@pytest.mark.parametrize(("cpu", "memory"), [("512", "1024"), ("8192", "16384")])
def test_windows_has_fewer_cpus_to_choose_from(cpu: str, memory: str) -> None:
    assert problems({"cpu": cpu, "memory": memory, **WINDOWS}) == [
        f"subject: `cpu` is '{cpu}'; wanted one of 1024, 2048, 4096 CPU units"
    ]


CPUS = "; wanted one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 CPU units"


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        pytest.param({"memory": "512"}, f"`cpu` is not set{CPUS}", id="no cpu"),
        pytest.param({"cpu": "many", "memory": "512"}, f"`cpu` is 'many'{CPUS}", id="no size"),
        pytest.param({"cpu": "256.5", "memory": "512"}, f"`cpu` is '256.5'{CPUS}", id="fraction"),
        pytest.param(
            {"cpu": "256"},
            "`memory` is not set beside the `cpu` '256'; wanted 512, 1024, 2048 MiB",
            id="no memory",
        ),
        pytest.param(
            {"cpu": "512", "memory": "1536"},
            "`memory` is '1536' beside the `cpu` '512'; wanted 1024 to 4096 MiB in steps of 1024",
            id="between two steps",
        ),
        pytest.param(
            {"cpu": "8192", "memory": "17408"},
            "`memory` is '17408' beside the `cpu` '8192'; wanted 16384 to 61440 MiB in steps of "
            "4096",
            id="between two large steps",
        ),
        pytest.param(
            {"cpu": ".5 vCPU", "memory": "5 GB"},
            "`memory` is '5 GB' beside the `cpu` '.5 vCPU'; wanted 1024 to 4096 MiB in steps of "
            "1024",
            id="other units",
        ),
    ],
)
def test_an_illegal_pair_is_found(task: Mapping[str, object], expected: str) -> None:
    assert problems(task) == [f"subject: {expected}"]


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        pytest.param([{"cpu": 128}, {"cpu": 128}], [], id="just as much cpu"),
        pytest.param(
            [{"cpu": 128}, {"cpu": 129}],
            ["the containers ask for 257 CPU units together; wanted at most the 256 of the task"],
            id="one unit too many",
        ),
        pytest.param([{"cpu": 256}, {}, {"cpu": None}], [], id="a container that asks for none"),
        pytest.param([{"memory": 256}, {"memory": 256}], [], id="just as much memory"),
        pytest.param(
            [{"memory": 256}, {"memory": 257}],
            [
                (
                    "the containers ask for 513 MiB of memory together; wanted at most the 512 of "
                    "the task"
                )
            ],
            id="one MiB too many",
        ),
        pytest.param(
            [{"memory": 512, "memoryReservation": 256}, {"memoryReservation": 256}],
            [],
            id="what is kept counts",
        ),
        pytest.param(
            [{"memory": 511, "memoryReservation": 256}], [], id="a limit below the task's"
        ),
        pytest.param(
            [{"memory": 512, "memoryReservation": 256}, {"memoryReservation": 257}],
            [
                (
                    "the containers ask for 513 MiB of memory together; wanted at most the 512 of "
                    "the task"
                )
            ],
            id="too much kept",
        ),
        pytest.param(
            [{"name": "web", "memory": 1024, "memoryReservation": 256}],
            ["`memory` of container 'web' is 1024 MiB; wanted at most the 512 of the task"],
            id="a limit above the task's",
        ),
    ],
)
def test_containers_have_to_fit_in(
    containers: list[Mapping[str, object]], expected: list[str]
) -> None:
    found = problems({"cpu": "256", "memory": "512"}, *containers)
    assert found == [f"subject: {each}" for each in expected]


def test_containers_are_held_to_an_illegal_size_too() -> None:
    found = problems({"cpu": "300", "memory": "x"}, {"cpu": 301, "memory": 99})
    assert found == [
        f"subject: `cpu` is '300'{CPUS}",
        (
            "subject: the containers ask for 301 CPU units together; wanted at most the 300 of the "
            "task"
        ),
    ]


@pytest.mark.parametrize(
    "compatibilities",
    [
        pytest.param(["EC2"], id="EC2"),
        pytest.param([], id="none"),
        pytest.param(None, id="null"),
    ],
)
def test_other_launch_types_are_free(compatibilities: object) -> None:
    assert problems({"requiresCompatibilities": compatibilities, "cpu": "300"}) == []


def test_fargate_beside_ec2_counts() -> None:
    assert len(problems({"requiresCompatibilities": ["EC2", "FARGATE"], "cpu": "300"})) == 1


@pytest.mark.parametrize(
    ("task", "message"),
    [
        pytest.param(
            {"requiresCompatibilities": UNKNOWN},
            "`requiresCompatibilities` is not known yet",
            id="launch type",
        ),
        pytest.param({"cpu": UNKNOWN}, "`cpu` is not known yet", id="cpu"),
        pytest.param({"cpu": "256", "memory": UNKNOWN}, "`memory` is not known yet", id="memory"),
        pytest.param({"cpu": ["256"]}, "`cpu` is a list, not text", id="wrong kind"),
        pytest.param(
            {"cpu": "256", "memory": "512", "containerDefinitions": [{"cpu": UNKNOWN}]},
            "`containerDefinitions[0].cpu` is not known yet",
            id="cpu of a container",
        ),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(task: Mapping[str, object], message: str) -> None:
    [report] = analyze(fargate_size, {**FARGATE, **task})
    assert not report.was_evaluated
    assert message in report.message


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        pytest.param("cpu", "CPU units", id="cpu"),
        pytest.param("memory", "MiB of memory", id="memory"),
    ],
)
def test_a_container_that_asks_for_nothing_adds_nothing(key: str, unit: str) -> None:
    (problem,) = problems({"cpu": "256", "memory": "512"}, {"name": "a", key: 513}, {"name": "b"})
    assert problem.startswith(
        f"subject: the containers ask for 513 {unit} together; wanted at most"
    )


def test_large_numbers_are_written_out() -> None:
    (problem,) = problems({"cpu": "256", "memory": "512"}, {"name": "a", "cpu": 1_234_567})
    assert problem.startswith("subject: the containers ask for 1234567 CPU units together")


@pytest.mark.parametrize(
    ("size", "told"),
    [(20, "20"), (21, None), (200, None), (201, "201"), ("30", None), ("0", "0"), (None, None)],
)
@pytest.mark.parametrize("launch", ["FARGATE", "EC2"])
def test_storage_is_what_the_provider_takes(launch: str, size: object, told: str | None) -> None:
    task = {
        "requiresCompatibilities": [launch],
        "cpu": "256",
        "memory": "512",
        "ephemeralStorage": {"sizeInGib": size},
    }
    message = (
        f"subject: `ephemeralStorage.sizeInGib` is {told}; wanted 21 to 200 GiB. Fix: Set "
        "`sizeInGib` to a value in this range, or drop `ephemeralStorage`: a task has 20 GiB "
        f"without. {URL}"
    )
    reports = [report.message for report in analyze(fargate_size, task)]
    assert reports == ([message] if told else [])


def test_storage_that_is_not_known_hides_no_size() -> None:
    task = {
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "300",
        "memory": "512",
        "ephemeralStorage": UNKNOWN,
    }
    reports = analyze(fargate_size, task)
    assert {report.part for report in reports if report.was_evaluated} == {"cpu"}
    assert {report.unreadable for report in reports} >= {"ephemeralStorage"}
