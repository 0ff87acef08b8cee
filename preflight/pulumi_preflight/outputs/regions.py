"""Regions of AWS with their zones and what services have in each: the tables beside this file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_EVERYWHERE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region.

    Attributes:
        name: Such as `eu-west-1`.
        partition: Such as `aws-cn`.
        dns_suffix: The domain of the partition's endpoints.
        description: The name for people.
        opt_in: Whether an account has to enable it.
        zones: The letter of each availability zone to its id. The pairs of older regions differ by
            account; the ids do not.
    """

    name: str
    partition: str
    dns_suffix: str
    description: str
    opt_in: bool
    zones: Mapping[str, str]

    @property
    def reverse_dns_prefix(self) -> str:
        """The partition's domain from its end, as the names of endpoint services begin."""
        return ".".join(reversed(self.dns_suffix.split(".")))


@cache
def regions() -> Mapping[str, Region]:
    """All regions by name."""
    table = _table("regions.json")
    return {
        name: Region(
            name=name,
            partition=row["partition"],
            dns_suffix=table["partitions"][row["partition"]],
            description=row["description"],
            opt_in=row.get("optIn", False),
            zones=row.get("zones", {}),
        )
        for name, row in table["regions"].items()
    }


def hosted_zone(service: str, region: str) -> str | None:
    """The Route 53 zone of a service's host names in a region; `None` where the table has none.

    Args:
        service: A service of `hosted_zones.json`, which has sources.
        region: The region.
    """
    found: str | None = _table("hosted_zones.json")[service]["ids"].get(region)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The account from which a service of AWS writes into one's own resources.

    Attributes:
        id: The account.
        user: Who writes, as ARNs name it.
    """

    id: str
    user: str


def service_account(service: str, region: str) -> ServiceAccount | None:
    """The account of a service in a region; `None` where the table has none.

    Args:
        service: A service of `service_accounts.json`, which has sources.
        region: The region.
    """
    known = _table("service_accounts.json")[service]
    account = known["accounts"].get(region, known["accounts"].get(_EVERYWHERE))
    return account and ServiceAccount(id=account, user=known["user"])


@cache
def _table(file: str) -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table
