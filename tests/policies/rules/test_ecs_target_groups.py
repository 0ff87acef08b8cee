"""The ports at which load balancers reach containers."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.ecs import SERVICE
from aws_policy_pack.rules.ecs.containers import port_range, shown_ports
from aws_policy_pack.rules.ecs.references import port_matches_target_group
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.ecs_tasks import task_of
from tests.policies.rules.reading import said

TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("8000-8010", range(8000, 8011)),
        ("80-80", range(80, 81)),
        ("80", range(0)),
        ("", range(0)),
        ("a-b", range(0)),
    ],
)
def test_a_range_of_ports_is_read(text: str, ports: range) -> None:
    assert port_range(text) == ports


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        pytest.param([range(80, 81), range(8000, 8011)], "80, 8000-8010", id="both kinds"),
        pytest.param([range(80, 82)], "80-81", id="two ports"),
        pytest.param([range(0)], "no port", id="empty range"),
        pytest.param([], "no port", id="nothing"),
    ],
)
def test_ports_are_listed(ports: list[range], text: str) -> None:
    assert shown_ports(ports) == text


MAPPED = ({"name": "web", "portMappings": [{"containerPort": 3000}]},)


def behind(  # noqa: PLR0913 - all but one have a default
    containers: object = MAPPED,
    *,
    container: object = "web",
    port: object = 3000,
    groups: Mapping[str, Mapping[str, object]] | None = None,
    arn: object = UNKNOWN,
    refers: bool = True,
) -> list[Example]:
    """A service behind target groups, with one entry that names the first of them."""
    groups = {"group": {"port": 3000, "targetType": "ip"}} if groups is None else groups
    arn = arn if groups else "arn:elsewhere"
    entry = {"targetGroupArn": arn, "containerName": container, "containerPort": port}
    references = {"taskDefinition": ("task",), "loadBalancers": tuple(groups)}
    return [
        task_of(containers),
        *(Example(type=TARGET_GROUP, name=name, properties=own) for name, own in groups.items()),
        Example(
            type=SERVICE,
            name="service",
            properties={"taskDefinition": UNKNOWN, "loadBalancers": [entry]},
            references=references if refers else {},
        ),
    ]


API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html"


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            behind(container="api"),
            "requests go to container 'api', which 'task' does not have; wanted one of 'web'. Fix: "
            "Correct `containerName` of `loadBalancers`",
            id="container",
        ),
        pytest.param(
            behind(port=8000, groups={}),
            "requests go to port 8000 of container 'web', which maps 3000; wanted a port in "
            "`portMappings` of the container. Fix: Correct `containerPort` of `loadBalancers`, or "
            "map the port",
            id="port",
        ),
    ],
)
def test_a_port_that_leads_nowhere_is_told_whole(stack: list[Example], message: str) -> None:
    [report] = analyze_stack(port_matches_target_group, stack)
    assert (report.level, report.name) == ("mandatory", "service")
    assert report.message == f"service: {message}. {API}"


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(behind(), id="all the same"),
        pytest.param(behind(groups={}), id="no target group in the stack"),
        pytest.param(
            behind(groups={"group": {"port": 80, "targetType": "ip"}}), id="addresses at another"
        ),
        pytest.param(
            behind(groups={"group": {"port": 443, "targetType": "instance"}}), id="instances"
        ),
        pytest.param(
            behind(groups={"group": {"port": UNKNOWN, "targetType": "ip"}}), id="an unknown port"
        ),
        pytest.param(
            behind(
                [{"name": "web", "portMappings": [{"containerPortRange": "2000-3000"}]}],
            ),
            id="range of ports",
        ),
        pytest.param(
            behind(
                [{"name": "side"}, *MAPPED],
            ),
            id="second container",
        ),
        pytest.param([Example(type=SERVICE, name="service")], id="no load balancer"),
        pytest.param(
            [Example(type=SERVICE, name="service", properties={"loadBalancers": []})], id="empty"
        ),
    ],
)
def test_a_port_that_leads_somewhere_passes(stack: list[Example]) -> None:
    assert analyze_stack(port_matches_target_group, stack) == []


@pytest.mark.parametrize(
    ("mappings", "mapped"),
    [
        pytest.param([], "no port", id="no mapping"),
        pytest.param([{"containerPort": 80}, {"containerPort": 443}], "80, 443", id="others"),
        pytest.param([{"containerPortRange": "3001-3009"}], "3001-3009", id="above"),
        pytest.param([{"containerPortRange": "2000-2999"}], "2000-2999", id="below"),
        pytest.param([{}], "no port", id="empty mapping"),
    ],
)
def test_the_mapped_ports_are_named(mappings: object, mapped: str) -> None:
    stack = behind([{"name": "web", "portMappings": mappings}], groups={})
    [found] = said(analyze_stack(port_matches_target_group, stack))
    assert found == (
        f"service: requests go to port 3000 of container 'web', which maps {mapped}; wanted a port "
        "in `portMappings` of the container"
    )


@pytest.mark.parametrize(
    ("stack", "missed"),
    [
        pytest.param(
            behind(port=UNKNOWN),
            ["service: `loadBalancers[0].containerPort` is not known yet"],
            id="port of the entry",
        ),
        pytest.param(
            behind(refers=False),
            ["service: `taskDefinition` is not known yet"],
            id="what nothing is known of",
        ),
        pytest.param(
            behind(UNKNOWN), ["task: `containerDefinitions` is not known yet"], id="containers"
        ),
    ],
)
def test_ports_that_are_not_known_are_not_evaluated(
    stack: list[Example], missed: list[str]
) -> None:
    found = said(analyze_stack(port_matches_target_group, stack))
    assert sorted(found) == [f"not evaluated: {each}" for each in missed]
