"""The accounts from which services of AWS themselves write into one's own resources."""

import json
from functools import cache
from importlib import resources

FILE = "aws_accounts.json"


@cache
def aws_accounts() -> frozenset[str]:
    """The accounts of log delivery and the like, of all regions.

    The file has them by service and region, each service with its source.
    """
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return frozenset(
        account for service in json.loads(text).values() for account in service["accounts"].values()
    )
