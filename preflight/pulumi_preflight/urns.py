"""URNs: `urn:pulumi:<stack>::<project>::<qualified type>::<name>`.

Source: pulumi/pulumi, sdk/go/common/resource/urn/urn.go.
"""

STACK_TYPE = "pulumi:pulumi:Stack"
_PREFIX = "urn:pulumi:"
_SEPARATORS = 3


def create_urn(*, stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; a parent that is the stack does not show in it."""
    qualified = type_
    if parent and qualified_type_of(parent) != STACK_TYPE:
        qualified = f"{qualified_type_of(parent)}${type_}"
    return f"{_PREFIX}{stack}::{project}::{qualified}::{name}"


def stack_urn(*, stack: str, project: str) -> str:
    """The URN of the stack itself."""
    return create_urn(
        stack=stack, project=project, parent="", type_=STACK_TYPE, name=f"{project}-{stack}"
    )


def qualified_type_of(urn: str) -> str:
    """The types of the resource and its parents, joined by `$`."""
    return _parts(urn)[2]


def type_of(urn: str) -> str:
    """The resource's own type token."""
    return qualified_type_of(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    """The logical name, which may hold `::` itself."""
    return _parts(urn)[3]


def is_urn(text: str) -> bool:
    """Whether a text has the parts of a URN."""
    return text.startswith(_PREFIX) and text.count("::") >= _SEPARATORS


def package_of(token: str) -> str:
    """The package of a type or function token such as `aws:sqs/queue:Queue`."""
    return token.partition(":")[0]


def _parts(urn: str) -> list[str]:
    return urn.split("::", maxsplit=3)
