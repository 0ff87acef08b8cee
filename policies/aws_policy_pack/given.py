"""Tells what a program gives from what the provider fills in, as far as outputs show it."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.wire import Unknown


def is_given(resource: Resource, key: str) -> bool:
    """Whether the program gives a property, as far as a stack rule can tell.

    A stack rule sees outputs, and the provider fills some of them in from what it finds in AWS.
    The engine keeps dependencies only of what the program gives, so a value that is not known yet
    and of which no dependencies are kept is the provider's. A known one may be either's.
    """
    value = resource.values.get(key)
    return value is not None and (key in resource.references or not isinstance(value, Unknown))
