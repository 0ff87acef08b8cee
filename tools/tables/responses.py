"""Where botocore's models have a type's properties: in the responses of the type's own operations.

A property is looked up in the responses of operations about the type (`DescribeDBInstances`), as
near to their top as there is one of its name. Where the type has no operation of its own, or these
do not know the name, the whole service is asked: its word counts only where all of its members of
that name agree, since otherwise another thing's property of that name would judge this one.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

from tools.tables.names import key, nouns, services

_SERVICES: dict[str, tuple[str, ...]] = {
    "alb": ("elbv2",),
    "appautoscaling": ("application-autoscaling",),
    "bcmdata": ("bcm-data-exports",),
    "cfg": ("config",),
    "cloudwatch": ("cloudwatch", "events", "logs", "synthetics", "internetmonitor"),
    "cognito": ("cognito-idp", "cognito-identity"),
    "costexplorer": ("ce",),
    "directoryservice": ("ds",),
    "directoryservicedata": ("ds-data",),
    "ebs": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "elasticsearch": ("es",),
    "kinesis": ("kinesis", "firehose", "kinesisanalytics", "kinesisvideo"),
    "lb": ("elbv2",),
    "lex": ("lexv2-models", "lex-models"),
    "macie": ("macie2",),
    "msk": ("kafka",),
    "mskconnect": ("kafkaconnect",),
    "opensearchingest": ("osis",),
    "serverlessrepository": ("serverlessrepo",),
    "servicecatalog": ("servicecatalog", "servicecatalog-appregistry"),
    "sfn": ("stepfunctions",),
    "verifiedaccess": ("ec2",),
    "vpc": ("ec2",),
    "vpn": ("ec2",),
}
_VERB = re.compile(r"^(?:BatchGet|[A-Z][a-z]+)(?=[A-Z])")
_DEPTH = 5
# Names that each thing of a service has in its own meaning.
_OF_ITS_OWN = frozenset(
    map(key, ("id", "arn", "name", "type", "status", "state", "path", "version"))
)

Members = Mapping[str, tuple[Shape, ...]]
"""A structure's members by the key of their name."""


@cache
def known_services() -> frozenset[str]:
    """All services that botocore has a model of."""
    return frozenset(_loader().list_available_services("service-2"))


@cache
def regions() -> frozenset[str]:
    """All regions of all partitions."""
    session = botocore.session.get_session()
    return frozenset(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    )


def shapes(module: str, type_: str, path: tuple[str, ...]) -> tuple[Shape, ...]:
    """What the models have of a property, or of a list's items; none where they do not know it.

    Args:
        module: The module in the type's token, `rds`.
        type_: The type, `Instance`.
        path: The property's names from the outermost on, without indexes.
    """
    found = _of_type(module, type_, path)
    if not found and (len(path) > 1 or key(path[0]) not in _OF_ITS_OWN):
        found = _of_service(module, path[-1])
    return tuple(map(_item, found))


@cache
def _loader() -> Any:  # noqa: ANN401 - botocore's stubs do not have it
    return botocore.session.get_session().get_component("data_loader")


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(_loader().load_service_model(service, "service-2"))


@cache
def _operations(service: str) -> Mapping[str, tuple[Shape, ...]]:
    """Key of what an operation is about to the responses of such operations."""
    found: dict[str, list[Shape]] = {}
    model = _model(service)
    for name in model.operation_names:
        output = model.operation_model(name).output_shape
        if output is not None:
            found.setdefault(key(_VERB.sub("", name)), []).append(output)
    return {noun: tuple(shapes) for noun, shapes in found.items()}


@cache
def _home(module: str, type_: str) -> tuple[str, str, tuple[Shape, ...]]:
    """The service and noun of a type, and the responses about it."""
    candidates = services(module, known_services(), _SERVICES)
    ranked = [
        (rank, place, service, noun)
        for place, service in enumerate(candidates)
        for rank, noun in enumerate(nouns(module, type_, service))
        if noun in _operations(service)
    ]
    if not ranked:
        return "", "", ()
    _, _, service, noun = min(ranked)
    return service, noun, _operations(service)[noun]


@cache
def _of_type(module: str, type_: str, path: tuple[str, ...]) -> tuple[Shape, ...]:
    service, noun, shapes = _home(module, type_)
    if not path:
        return shapes
    *above, name = path
    # A thing's own properties often bear its name: `DBInstanceStatus`.
    own = {key(name)} if above else {key(name), key(f"{noun}{name}"), key(f"{type_}{name}")}
    around = _of_type(module, type_, tuple(above))
    return tuple(hit for shape in around for hit in _nearest(service, _item(shape).name, own))


def _nearest(service: str, structure: str, names: set[str]) -> list[Shape]:
    """The members of these names that are nearest to a structure's top."""
    level, seen = [structure], {structure}
    for _ in range(_DEPTH):
        members = [_members(service, each) for each in level]
        hits = [hit for each in members for name in names for hit in each.get(name, ())]
        if hits:
            return hits
        inner = {_item(one).name for each in members for many in each.values() for one in many}
        level = sorted(inner - seen)
        seen |= inner
    return []


@cache
def _members(service: str, structure: str) -> Members:
    """A structure's members; none of a shape that is not a structure."""
    shape = _model(service).shape_for(structure)
    found: dict[str, list[Shape]] = {}
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            found.setdefault(key(name), []).append(member)
    return {name: tuple(members) for name, members in found.items()}


def _item(shape: Shape) -> Shape:
    while isinstance(shape, ListShape):
        shape = shape.member
    return shape


@cache
def _of_service(module: str, name: str) -> tuple[Shape, ...]:
    for service in services(module, known_services(), _SERVICES)[:1]:
        found = _all_members(service).get(key(name), ())
        if len({_form(each) for each in found}) == 1:
            return found[:1]
    return ()


def _form(shape: Shape) -> tuple[object, ...]:
    item = _item(shape)
    told = (item.metadata.get(name) for name in ("pattern", "min", "max"))
    return (item.type_name, *getattr(item, "enum", ()), *told)


@cache
def _all_members(service: str) -> Members:
    """All members of all responses of a service."""
    level = {each.name for shapes in _operations(service).values() for each in shapes}
    seen: set[str] = set()
    found: dict[str, dict[str, Shape]] = {}
    while level:
        seen |= level
        inner: set[str] = set()
        for structure in level:
            for name, members in _members(service, structure).items():
                items = {item.name: item for item in map(_item, members)}
                found.setdefault(name, {}).update(items)
                inner |= items.keys()
        level = inner - seen
    return {name: tuple(shapes.values()) for name, shapes in found.items()}
