"""The size of an ECS task, as its definition gives it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

import re
from typing import Final

from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.wording import shown

UNITS: Final = 1024
"""CPU units in a vCPU, and MiB in what ECS calls a GB."""

SIZE: Final = re.compile(
    r"\s*(?P<number>\d{1,9}(\.\d{1,9})?|\.\d{1,9})\s*(?P<unit>vcpu|gb)?\s*",
    re.ASCII | re.IGNORECASE,
)


def units_in(text: str) -> float | None:
    """CPU units or MiB of a size such as `512`, `.5 vCPU` or `2 GB`; `None` if it is not a size."""
    match = SIZE.fullmatch(text)
    if match is None:
        return None
    return float(match["number"]) * (UNITS if match["unit"] else 1)


def units_of(task: Properties, path: str) -> float | None:
    """CPU units or MiB of a task; `None` where the property is absent or empty.

    Raises:
        Unreadable: The value is not known, or no size.
    """
    text = task.text(path)
    if not text:
        return None
    units = units_in(text)
    if units is None:
        raise Unreadable(path, f"is {shown(text)}, not a size")
    return units
