"""Settings and caps for tests, in the form in which Pulumi hands them to the program."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from aws_policy_pack.profiles import Profile, read_settings
from caps import Caps

STACK = Path(__file__).parents[2] / "stack"
CAPS_FILE = "policies/profiles/dev.json"
NO_LIMITS: dict[str, dict[str, Any]] = {
    "cost-autoscaling-maximum": {"max": 100},
    "cost-ecs-desired-count": {"max": 100},
    "cost-ecs-total-desired-count": {"max": 100},
    "cost-ecs-task-size": {"maxCpu": 16384, "maxMemory": 122880},
    "cost-log-retention": {"maxDays": 3653},
    "cost-rds-instance-class": {"classes": ["*"]},
    "cost-rds-serverless-capacity": {"maxCapacity": 256},
    "cost-rds-storage": {"maxStorage": 65536},
    "cost-resource-count": {"maxByType": {}},
}


def caps_of(rule: str, key: str, value: object) -> Caps:
    """Caps that limit nothing but one thing."""
    return _caps({**NO_LIMITS, rule: {**NO_LIMITS[rule], key: value}})


def _caps(raw: Mapping[str, Any]) -> Caps:
    return Caps(file=CAPS_FILE, profile=Profile(source=CAPS_FILE, settings=read_settings(raw)))


UNCAPPED = _caps(NO_LIMITS)


def configuration(stack: str, **overrides: object) -> dict[str, Any]:
    """The settings of a stack's files, leaf by leaf as the engine merges them.

    The keys of `overrides` are dotted paths with `__` for the dots; `None` removes a leaf.
    """
    project = yaml.safe_load((STACK / "Pulumi.yaml").read_text())
    own = yaml.safe_load((STACK / f"Pulumi.{stack}.yaml").read_text())["config"]
    merged: dict[str, Any] = {
        key.removeprefix(f"{project['name']}:"): copy.deepcopy(value) for key, value in own.items()
    }
    for path, value in project["config"].items():
        put(merged, path, value["value"] if isinstance(value, dict) else value, keep=True)
    for path, value in overrides.items():
        put(merged, path.replace("__", "."), value)
    return merged


def put(tree: dict[str, Any], path: str, value: object, *, keep: bool = False) -> None:
    """Sets the leaf at a dotted path; with `keep`, only where there is none yet."""
    *groups, leaf = path.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    if value is None:
        tree.pop(leaf, None)
    elif not (keep and leaf in tree):
        tree[leaf] = value


def as_text(settings: Mapping[str, Any]) -> dict[str, str]:
    """What Pulumi hands to a program: each top-level value as text, objects as JSON."""
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in settings.items()
    }
