"""AWS's API: the words of the table of types, values on their way, calls at one endpoint."""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from string import Template
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped] # botocore's, and it has none
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from pulumi_loopback.credentials import Key, is_loopback
from pulumi_preflight.outputs.shapes import Kind, PropertyShape, Shapes, in_kind
from pulumi_preflight.provider.backend import BackendError
from pulumi_preflight.wire import Properties, PropertyValue, rewrite, whole_numbers, without_secret


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


_WHOLE = ("integer", "long")
# Tags are a map to Pulumi, and to most services a list of pairs.
_PAIRS = ({"key", "value"}, {"tagkey", "tagvalue"})


def same_name(name: str) -> str:
    """What two names of one thing have in common."""
    return name.replace("_", "").replace("-", "").lower()


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON, of any shape
    """A value without its marks, whole numbers as such: what an API takes."""
    return whole_numbers(rewrite(value, lambda marked: marked.get("value")))


def to_request(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - JSON, of any shape
    """A value as a request wants it; what is null is left out.

    Raises:
        ValueError: An object has a member that the request does not know.
    """
    if isinstance(value, str) and shape.type_name in ("structure", "list"):
        value = json.loads(value)
    match shape:
        case StructureShape():
            members = {same_name(name): name for name in shape.members}
            given = {name: each for name, each in value.items() if each is not None}
            if unknown := [name for name in given if same_name(name) not in members]:
                raise ValueError(f"{shape.name} has no {', '.join(unknown)}")
            return {
                members[same_name(name)]: to_request(each, shape.members[members[same_name(name)]])
                for name, each in given.items()
            }
        case ListShape():
            pair = _pair(shape.member)
            if pair and isinstance(value, dict):
                return [dict(zip(pair, item, strict=True)) for item in sorted(value.items())]
            items = value if isinstance(value, list) else [value]
            return [to_request(each, shape.member) for each in items if each is not None]
        case MapShape():
            return {
                name: to_request(each, shape.value)
                for name, each in value.items()
                if each is not None
            }
        case _:
            return _scalar(value, shape.type_name)


def to_property(value: Any, kind: Kind, shapes: Shapes) -> PropertyValue:  # noqa: ANN401
    """A value of an answer as the SDK's class has it."""
    if isinstance(value, datetime):
        value = value.isoformat()
    match kind.name, value:
        case "map", list():
            return dict(sorted(tuple(each.values()) for each in value))
        case "list", list() if kind.item is not None:
            return [to_property(each, kind.item, shapes) for each in value]
        case "object", list():
            return to_property(value[0], kind, shapes) if value else None
        case "object", dict():
            return to_properties(value, shapes.nested(kind.reference) or (), shapes)
        case _:
            return in_kind(value, kind)


def to_properties(
    answer: Mapping[str, Any],
    shape: tuple[PropertyShape, ...],
    shapes: Shapes,
    names: Mapping[str, str | None] | None = None,
) -> dict[str, PropertyValue]:
    """The properties that an answer tells of.

    Args:
        answer: Members under AWS's names, or under the properties'.
        shape: The properties of the class.
        shapes: For the classes of the objects inside.
        names: Properties whose name at AWS is another, or `None` for those to leave alone.
    """
    members = {same_name(name): each for name, each in answer.items() if each is not None}
    told: dict[str, PropertyValue] = {}
    for property_ in shape:
        name = (names or {}).get(property_.name, property_.name)
        for each in (property_.name, name):
            if name is not None and each is not None and same_name(each) in members:
                shown = to_property(members[same_name(each)], property_.kind, shapes)
                told[property_.name] = shown
                break
    return {name: value for name, value in told.items() if value is not None}


def agrees(given: Any, seen: Any) -> bool:  # noqa: ANN401 - JSON, of any shape
    """Whether what an API shows is what was given.

    It may write JSON in another form, show lists in another order, and add its defaults to objects.
    """
    match given, seen:
        case dict(), dict():
            return all(
                name in seen and agrees(each, seen[name])
                for name, each in given.items()
                if each not in (None, [], {}) or name in seen
            )
        case list(), list():
            left = list(seen)
            for each in given:
                found = next((other for other in left if agrees(each, other)), None)
                if found is None:
                    return False
                left.remove(found)
            return not left
        case str(), str() if given != seen:
            return _is_same_json(given, seen)
        case _:
            return bool(given == seen)


def _is_same_json(given: str, seen: str) -> bool:
    try:
        one, other = json.loads(given), json.loads(seen)
    except ValueError:
        return False
    return isinstance(one, dict | list) and agrees(one, other)


def _pair(shape: Shape) -> list[str] | None:
    """The names of key and value, in this order, where a list's items are pairs of those."""
    if not isinstance(shape, StructureShape):
        return None
    names = sorted(shape.members)
    return names if {same_name(name) for name in names} in _PAIRS else None


def _scalar(value: Any, type_name: str) -> Any:  # noqa: ANN401
    match type_name, value:
        case "string", bool():
            return "true" if value else "false"
        case "string", int() | float():
            return str(value)
        case "string", dict() | list():
            return json.dumps(value)
        case "boolean", str():
            return value == "true"
        case _ if type_name in _WHOLE:
            return int(value)
        case _:
            return value


Known = Mapping[str, Any]
_GONE = re.compile(r"NotFound|NotExist|NonExist|NoSuch|NotAttached|^404:")
# What ECS says of a task definition that is not there; the code is that of any mistake.
_NO_TASK_DEFINITION = "Unable to describe task definition"
_CONNECTIONS = 32
# One after the other: loading a service's model is work for the processor alone.
_LOADING = threading.Lock()


class GoneError(Exception):
    """What the call is about does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A service at an endpoint.

    Attributes:
        service: Its name, in boto3's words.
        url: The endpoint.
        region: The region.
        key: The key that signs requests.
    """

    service: str
    url: str
    region: str
    key: Key

    def call(
        self,
        call: Call,
        known: Known,
        *,
        names: Mapping[str, str | None],
        given: Known | None = None,
    ) -> Any:  # noqa: ANN401
        """Makes a call; gives its answer, whole, or `None` where there was nothing to call for.

        Args:
            call: The call.
            known: What its expressions see.
            names: Properties whose name at AWS is another.
            given: What can become an argument by its name; all that is known where not given.

        Raises:
            GoneError: What it is about does not exist.
            BackendError: The service refuses, or cannot be reached.
        """
        arguments = evaluate(call.arguments, known)
        if arguments is None or (not arguments and not call.by_name):
            return None
        client = self._client()
        model = client.meta.service_model.operation_model(call.operation)
        own = _by_name(model, known if given is None else given, names) if call.by_name else {}
        try:
            request = to_request(own | arguments, input_of(model))
        except ValueError as error:
            raise BackendError(f"{call.operation}: {error}") from error
        try:
            return getattr(client, xform_name(call.operation))(**request)
        except ClientError as error:
            told = error.response.get("Error", {})
            code, message = told.get("Code", ""), told.get("Message", "")
            if _GONE.search(f"{code}:") or _NO_TASK_DEFINITION in message:
                raise GoneError from error
            raise BackendError(f"{call.operation}: {code}: {message}") from error
        except BotoCoreError as error:
            raise BackendError(f"{call.operation}: {error}") from error

    def takes(self, operation: str, name: str) -> bool:
        """Whether an operation has an argument."""
        members = input_of(self._client().meta.service_model.operation_model(operation)).members
        return same_name(name) in map(same_name, members)

    def _client(self) -> BaseClient:
        with _LOADING:
            return _made(self)


def evaluate(expression: str, known: Known) -> Any:  # noqa: ANN401 - JSON
    """The value of an expression over what is known."""
    return _compiled(expression).search(known)


def picked(expression: str, answer: Any, known: Known) -> Any:  # noqa: ANN401 - JSON
    """What an expression picks from an answer; `$name` in it is what is known under that name."""
    if "$" in expression:
        expression = Template(expression).substitute(known)
    return _compiled(expression).search(answer)


def input_of(model: OperationModel) -> StructureShape:
    """The shape of an operation's arguments."""
    return model.input_shape or StructureShape("Nothing", {"type": "structure", "members": {}})


def endpoint_in(settings: Properties, service: str, default: str | None = None) -> str:
    """The endpoint of a service in a provider's settings, or the default where they name none.

    Raises:
        BackendError: There is none, or it is not on the loopback.
    """
    text = without_secret(settings.get("endpoints"))
    given = json.loads(text) if isinstance(text, str) else []
    url = next((each[service] for each in given if each.get(service)), default)
    if url is None:
        raise BackendError(
            f"the provider names no endpoint for {service}; the embedded one works on the loopback "
            "alone, so give it `endpoints`, or install the plugin of AWS"
        )
    if not is_loopback(url):
        raise BackendError(f"the endpoint of {service} is {url}; wanted one on the loopback")
    return str(url)


def _by_name(
    model: OperationModel, known: Known, names: Mapping[str, str | None]
) -> dict[str, Any]:
    members = {same_name(name): name for name in input_of(model).members}
    given = {}
    for name, value in known.items():
        own, other = same_name(name), same_name(names.get(name) or name)
        member = members.get(other) or members.get(own)
        if member and value is not None:
            given[member] = value
    return given


@cache
def _compiled(expression: str) -> Any:  # noqa: ANN401 - JMESPath has no types
    return jmespath.compile(expression)


@cache
def _made(api: Api) -> BaseClient:
    return _session().create_client(
        api.service,
        endpoint_url=api.url,
        region_name=api.region,
        aws_access_key_id=api.key.id,
        aws_secret_access_key=api.key.secret,
        config=Config(
            max_pool_connections=_CONNECTIONS,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "path"},
        ),
    )


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()
