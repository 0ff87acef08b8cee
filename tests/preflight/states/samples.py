"""States as the engine writes them."""

import json
from typing import Any

from pulumi_preflight.wire import MARK, SECRET
from tests.preflight.builders import QUEUE, urn

STACK = {
    "urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
    "custom": False,
    "type": "pulumi:pulumi:Stack",
    "outputs": {"url": "https://shop.example"},
}


def entry(name: str, inputs: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    """A queue in a state."""
    given = inputs or {}
    return {
        "urn": urn(QUEUE, name),
        "custom": True,
        "id": f"https://sqs.eu-west-1.amazonaws.com/111122223333/{name}",
        "type": QUEUE,
        "inputs": given,
        "outputs": {**given, "arn": f"arn:aws:sqs:eu-west-1:111122223333:{name}"},
        "parent": STACK["urn"],
        **more,
    }


def export(*entries: object, version: int = 3, **more: object) -> str:
    """What `pulumi stack export` writes."""
    deployment = {"manifest": {}, "resources": [STACK, *entries], **more}
    return json.dumps({"version": version, "deployment": deployment})


def checkpoint(*entries: dict[str, Any]) -> str:
    """What a backend keeps."""
    latest = {"manifest": {}, "resources": [STACK, *entries]}
    return json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": latest}})


def secret(**said: str) -> dict[str, str]:
    """A secret of a state."""
    return {MARK: SECRET, **said}
