"""The accounts from which services of AWS write into one's own resources, by region."""

import json
from functools import cache
from importlib import resources
from typing import Any

from pulumi_preflight.outputs.arns import Place

_FILE = "service_accounts.json"
_EVERYWHERE = "*"


def service_account(service: str, place: Place) -> dict[str, Any]:
    """What `getServiceAccount` of a service answers; nothing for a region that the table lacks.

    Args:
        service: A service of the table, which has the provider's own values and their sources.
        place: The region and partition that are asked for.
    """
    known = _table()[service]
    accounts = known["accounts"]
    account = accounts.get(place.region, accounts.get(_EVERYWHERE))
    if account is None:
        return {}
    return {"id": account, "arn": f"arn:{place.partition}:iam::{account}:{known['user']}"}


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = json.loads(text)
    return table
