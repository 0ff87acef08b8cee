"""Where botocore's models have a type's properties: in the responses of the type's own operations.

A property is looked up in the responses of operations about the type (`DescribeDBInstances`), as
near to their top as there is one of its name. Where the type has no operation of its own, or these
do not know the name, the whole service is asked: its word counts only where all of its members of
that name agree, since otherwise another thing's property of that name would judge this one.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ALIASES = {
    "auditmanager/framework": "assessmentframework",
    "cfg/aggregateauthorization": "aggregationauthorization",
    "cfg/organizationcustompolicyrule": "organizationconfigrule",
    "cfg/organizationcustomrule": "organizationconfigrule",
    "cfg/organizationmanagedrule": "organizationconfigrule",
    "cfg/rule": "configrule",
    "cloud9/environmentec2": "environment",
    "directconnect/connection": "dxcon",
    "directconnect/hostedprivatevirtualinterfaceaccepter": "dxvif",
    "directconnect/hostedpublicvirtualinterfaceaccepter": "dxvif",
    "directconnect/hostedtransitvirtualinterfaceacceptor": "dxvif",
    "directconnect/linkaggregationgroup": "dxlag",
    "docdb/clusterinstance": "dbinstance",
    "ebs/snapshotcopy": "snapshot",
    "ebs/snapshotimport": "snapshot",
    "ebs/volume": "volume",
    "ebs/volumecopy": "volume",
    "ec2/ami": "image",
    "ec2/amicopy": "image",
    "ec2/amifrominstance": "image",
    "ec2/eip": "address",
    "ec2clientvpn/endpoint": "clientvpnendpoint",
    "ec2transitgateway/attachment": "transitgatewayattachment",
    "ec2transitgateway/peeringattachment": "transitgatewayattachment",
    "ec2transitgateway/vpcattachment": "transitgatewayattachment",
    "neptune/clusterinstance": "dbinstance",
    "rds/clusterinstance": "dbinstance",
    "rds/reservedinstance": "ri",
    "s3/bucketobject": "object",
    "s3/bucketobjectv2": "object",
}
# What a service puts before the names of its things.
_PREFIXES = (
    "db",
    "cache",
    "autoscaling",
    "account",
    "replication",
    "app",
    "list",
    "user",
    "transitgateway",
)


def key(name: str) -> str:
    """A name without case, dashes and plural, so that two spellings of it are equal."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub(r"[es]+$", "", re.sub(r"ies$", "y", bare)) or bare


def words(name: str) -> list[str]:
    """The words of a name in camel case, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def services(
    module: str, known: Collection[str], further: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """The services that a module's types may belong to, the likeliest first.

    Args:
        module: The module in a token, `rds`.
        known: All services of a source.
        further: Modules whose services the source calls otherwise.
    """
    exact = [each for each in sorted(known) if each.replace("-", "") == module]
    like = [each for each in sorted(known) if each.replace("-", "").startswith(module)]
    return [each for each in further.get(module, exact or like) if each in known]


def nouns(module: str, type_: str, service: str) -> Iterator[str]:
    """What AWS may call a type in a service, as keys, the likeliest first."""
    kind = f"{module}/{type_}".lower()
    if kind in _ALIASES:
        yield key(_ALIASES[kind])
    parts = words(type_.removesuffix("V2"))
    bare = service.replace("-", "")
    for start in range(len(parts)):
        if all(part.rstrip("s") in bare for part in parts[:start]):
            noun = "".join(parts[start:])
            yield key(noun)
            yield from (key(f"{prefix}{noun}") for prefix in (module, *_PREFIXES))
    yield from (key("".join(parts[start:])) for start in range(1, len(parts)))


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
