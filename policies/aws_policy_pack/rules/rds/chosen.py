"""Tells what the program chooses from what is left to AWS."""

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Resource


def is_chosen(resource: Resource, key: str) -> bool:
    """Whether the program gives a property of a resource that a stack rule sees, and not empty.

    What a program leaves out stands in the outputs as an empty value until AWS has chosen.
    """
    return is_given(resource, key) and resource.values.get(key) not in ("", [])
