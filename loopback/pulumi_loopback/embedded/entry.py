"""How a type of resource is made at AWS's API: the words that the table is written in.

Expressions are JMESPath (https://jmespath.org/specification.html). They are evaluated over what is
known of the resource: its properties under Pulumi's names, `id`, and `result`, the answer to the
call before; `made` is the first of them. A creation knows its region, too, as `place`. What comes
out as null is left out of a request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service.

    Attributes:
        operation: Its name, such as `CreateVpc`.
        arguments: An expression for the arguments; where it gives null or an empty value, there
            is nothing to call for.
        by_name: Whether properties also become the arguments that have the same name.
        when: The properties that it is about: it is made where one is given, and in an update
            where one changed. None: it is about all.
        result: An expression for what is wanted of the answer. `$name` stands for a property.
    """

    operation: str
    arguments: str = "`{}`"
    by_name: bool = field(default=False, kw_only=True)
    when: tuple[str, ...] = field(default=(), kw_only=True)
    result: str = field(default="@", kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """How resources are tagged, where their creation does not do it.

    Attributes:
        put: Sets `tags`.
        remove: Removes `keys`.
        read: Reads them, where reading the resource does not; its result is a map or a list of
            keys and values.
    """

    put: Call
    remove: Call
    read: Call | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One type of resource.

    Attributes:
        service: The service, under boto3's name.
        create: The calls that create it, each sees the answer to the one before.
        id: An expression for the provider's id; `result` is the answer to the last of them.
        settings: Calls that create and update share.
        update: Calls that only an update makes. A type with neither these nor `settings` can only
            be replaced.
        read: What it is like; a first call without result says that it is gone. The results are
            merged.
        delete: The calls that delete it.
        names: Properties whose name at AWS is another; `None` for those that are not read, since
            other resources of the stack decide on them.
        tagging: How it is tagged.
    """

    service: str
    create: tuple[Call, ...]
    id: str
    settings: tuple[Call, ...] = ()
    update: tuple[Call, ...] = ()
    read: tuple[Call, ...]
    delete: tuple[Call, ...] = ()
    names: Mapping[str, str | None] = field(default_factory=dict)
    tagging: Tagging | None = None
