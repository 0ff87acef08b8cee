"""Caps: the policy profile's numbers bound the settings, and the error says where they stand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import caps as caps_module
from caps import read_caps
from config_checks import SettingsError
from config_loader import load_settings
from tests.stack.settings import CAPS_FILE, caps_of, configuration

ENTRY = {"maxByType": ".aws:ec2/natGateway:NatGateway"}
"""What follows a cap's key where the cap is one entry of a mapping."""


@pytest.mark.parametrize(
    ("rule", "key", "cap", "overrides", "mistake"),
    [
        pytest.param(
            "cost-ecs-desired-count",
            "max",
            4,
            {"services__worker__desiredCount": 5},
            "services.worker.desiredCount is 5; wanted at most 4",
            id="tasks of one service",
        ),
        pytest.param(
            "cost-ecs-total-desired-count",
            "max",
            5,
            {"services__worker__desiredCount": 3},
            "services.worker.desiredCount makes the sum of all desired counts 6; wanted at most 5",
            id="tasks of all services with daemon and auto-scaler",
        ),
        pytest.param(
            "cost-autoscaling-maximum",
            "max",
            4,
            {"autoScaler__minWorkers": 5},
            "autoScaler.minWorkers is 5; wanted at most 4",
            id="least workers over the most",
        ),
        pytest.param(
            "cost-ecs-task-size",
            "maxCpu",
            1024,
            {"services__worker__cpu": 2048, "services__worker__memoryMib": 4096},
            "services.worker.cpu is 2048; wanted at most 1024",
            id="cpu of a task",
        ),
        pytest.param(
            "cost-ecs-task-size",
            "maxMemory",
            2048,
            {"services__daemon__memoryMib": 4096},
            "services.daemon.memoryMib is 4096; wanted at most 2048",
            id="memory of a task",
        ),
        pytest.param(
            "cost-rds-instance-class",
            "classes",
            ["db.t4g.*", "db.m7g.large"],
            {"database__kind": "instance", "database__instanceClass": "db.r5.24xlarge"},
            'database.instanceClass is "db.r5.24xlarge"; wanted one of db.t4g.*, db.m7g.large',
            id="instance class",
        ),
        pytest.param(
            "cost-rds-storage",
            "maxStorage",
            100,
            {"database__kind": "instance", "database__maxAllocatedStorageGib": 101},
            "database.maxAllocatedStorageGib is 101; wanted at most 100",
            id="storage",
        ),
        pytest.param(
            "cost-rds-serverless-capacity",
            "maxCapacity",
            4,
            {"database__kind": "serverless", "database__maxCapacityAcu": 4.5},
            "database.maxCapacityAcu is 4.5; wanted at most 4",
            id="serverless capacity",
        ),
        pytest.param(
            "cost-log-retention",
            "maxDays",
            30,
            {"logs__retentionDays": 60},
            "logs.retentionDays is 60; wanted at most 30",
            id="log retention",
        ),
        pytest.param(
            "cost-resource-count",
            "maxByType",
            {"aws:ec2/natGateway:NatGateway": 1},
            {"network__natGateways": 2},
            "network.natGateways is 2; wanted at most 1",
            id="nat gateways",
        ),
    ],
)
def test_a_setting_over_a_cap_names_the_cap_its_rule_and_its_file(
    rule: str, key: str, cap: object, overrides: Mapping[str, Any], mistake: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings("dev", configuration("dev", **overrides), caps_of(rule, key, cap))
    (line,) = str(raised.value).splitlines()
    setting = mistake.split(" ", maxsplit=1)[0]
    entry = ENTRY.get(key, "")
    assert line.split(": ", 1)[1] == (
        f"{mistake} ({rule}.{key}{entry} in {CAPS_FILE}). Fix: change {setting}, or the cap there."
    )


@pytest.mark.parametrize(
    ("rule", "key", "cap", "overrides"),
    [
        pytest.param(
            "cost-ecs-desired-count", "max", 5, {"services__worker__desiredCount": 5}, id="count"
        ),
        pytest.param(
            "cost-ecs-total-desired-count",
            "max",
            4,
            {"taskiqDemo__apiDesiredCount": 100},
            id="a demo that is off",
        ),
        pytest.param(
            "cost-rds-instance-class",
            "classes",
            ["db.t4g.*"],
            {"database__kind": "serverless", "database__instanceClass": "db.r5.large"},
            id="the class of a database that is not built",
        ),
        pytest.param(
            "cost-rds-serverless-capacity",
            "maxCapacity",
            1,
            {"database__kind": "instance", "database__maxCapacityAcu": 8},
            id="the capacity of a database that is not built",
        ),
        pytest.param(
            "cost-resource-count",
            "maxByType",
            {"aws:ec2/natGateway:NatGateway": 0},
            {
                "network__existingVpc": {
                    "id": "vpc-0a1b",
                    "cidrBlock": "10.1.0.0/16",
                    "publicSubnetIds": ["subnet-1", "subnet-2"],
                    "privateSubnetIds": ["subnet-3", "subnet-4"],
                }
            },
            id="the nat gateways of somebody else's network",
        ),
    ],
)
def test_a_setting_within_its_cap_or_without_effect_passes(
    rule: str, key: str, cap: object, overrides: Mapping[str, Any]
) -> None:
    load_settings("dev", configuration("dev", **overrides), caps_of(rule, key, cap))


def test_a_stack_without_a_profile_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^policies/profiles/nowhere\.json: there is no"):
        read_caps("nowhere")


def test_a_misspelt_cap_is_refused_with_the_file_and_the_right_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policies/profiles").mkdir(parents=True)
    profile = tmp_path / CAPS_FILE
    profile.write_text('{"cost-log-retention": {"maxDay": 30}}')
    monkeypatch.setattr(caps_module, "REPOSITORY", tmp_path)
    with pytest.raises(
        SettingsError, match=rf"^{CAPS_FILE}: cost-log-retention\.maxDay.*`maxDays`"
    ):
        read_caps("dev")


def test_a_cap_on_one_service_by_name_bounds_its_setting() -> None:
    caps = caps_of("cost-ecs-desired-count", "overrides", {"taskiq-worker-*": 2})
    with pytest.raises(SettingsError) as raised:
        load_settings("dev", configuration("dev", services__worker__desiredCount=3), caps)
    assert str(raised.value) == (
        "Pulumi.yaml: services.worker.desiredCount is 3; wanted at most 2"
        f" (cost-ecs-desired-count.overrides.taskiq-worker-* in {CAPS_FILE})."
        " Fix: change services.worker.desiredCount, or the cap there."
    )


def test_the_auto_scalers_maximum_is_the_profiles() -> None:
    assert caps_of("cost-autoscaling-maximum", "max", 7).max_workers() == 7
