"""Fills in what a provider would have computed, so that nothing stays unknown.

What the program gave is echoed in the kind that the SDK's class says. A property that only the
provider knows gets a well-formed value. A property that the program could have given but did not
gets one too where its name says what it looks like (an ARN, an id, a region); otherwise it is
empty of its kind, as AWS shows what is not set. Optional properties that nobody gave stay absent.
"""

from dataclasses import dataclass

from pulumi_preflight.arns import Place
from pulumi_preflight.shapes import Kind, PropertyShape, Shape, Shapes
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.well_formed import Subject, is_identity, resource_id, subject_kind, value_for
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    json_text,
    mark_of,
    secret,
    without_secret,
)

_DEPTH = 5
_DEFAULT_PORTS = {
    "postgres": 5432.0,
    "aurora-postgresql": 5432.0,
    "mysql": 3306.0,
    "aurora-mysql": 3306.0,
    "mariadb": 3306.0,
    "oracle": 1521.0,
    "sqlserver": 1433.0,
    "redis": 6379.0,
    "valkey": 6379.0,
    "memcached": 11211.0,
}
_NAME_SUFFIX_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A resource as a deployment would leave it; `id` is empty where it is not known."""

    id: str
    outputs: Properties


class Outputs:
    """Fills in the outputs of one program's resources."""

    def __init__(self, shapes: Shapes, *, keep_unknowns: bool) -> None:
        """Takes the classes of the program's SDKs, and whether to leave computed outputs unknown."""
        self._shapes = shapes
        self._keep_unknowns = keep_unknowns

    def of_resource(
        self,
        urn: str,
        inputs: Properties,
        *,
        place: Place,
        given_id: str = "",
        known: Properties | None = None,
        default_tags: Properties | None = None,
    ) -> Filled:
        """Fills in a resource that a provider would create or read.

        Args:
            urn: The resource.
            inputs: What the program gave.
            place: Where the resource's provider puts it.
            given_id: The id of a resource that exists already.
            known: Outputs that the user knows, from `preflight.yaml`.
            default_tags: The tags that the resource's provider adds to its own.
        """
        known = known or {}
        shape = self._shapes.resource(type_of(urn)) or ()
        subject = Subject(
            seed=urn,
            token=type_of(urn),
            name=given_id or _physical_name(urn, inputs, shape),
            place=place,
        )
        identity = str(known.get("id") or given_id)
        if not identity and not self._keep_unknowns:
            identity = resource_id(subject)
        outputs = self._echoed(shape, inputs)
        for property_ in shape:
            if property_.name in outputs or property_.optional:
                continue
            if not property_.settable or given_id or property_.kind.name != "object":
                outputs[property_.name] = self._missing(subject, property_, inputs, given_id)
        tags = outputs.get("tagsAll")
        if default_tags and isinstance(tags, dict):
            outputs["tagsAll"] = default_tags | tags
        outputs |= {name: value for name, value in known.items() if name != "id"}
        return Filled(id=identity, outputs=outputs)

    def of_shape(self, subject: Subject, shape: Shape, given: Properties) -> Properties:
        """Fills in a record, such as a data source's answer; what is given stays."""
        return {
            property_.name: _in_kind(given[property_.name], property_.kind)
            if property_.name in given
            else self._computed(subject, property_.name, property_.kind)
            for property_ in shape
            if property_.name in given or not property_.optional
        }

    def _echoed(self, shape: Shape, inputs: Properties) -> Properties:
        kinds = {property_.name: property_.kind for property_ in shape}
        echoed: Properties = {}
        for name, value in inputs.items():
            if name.startswith("__") or (shape and name not in kinds):
                continue
            echoed[name] = _in_kind(value, kinds[name]) if name in kinds else value
        return echoed

    def _missing(
        self, subject: Subject, property_: PropertyShape, inputs: Properties, given_id: str
    ) -> PropertyValue:
        name, kind = property_.name, property_.kind
        if self._keep_unknowns:
            return UNKNOWN
        if name in _BY_NAME:
            return _BY_NAME[name](subject, inputs)
        if name in _name_properties(subject.kind) and kind.name == "string":
            return subject.name
        if (default := _DEFAULTS.get(f"{subject.kind}.{name}")) is not None:
            return default
        if property_.settable and not given_id and not _is_told_by_name(name, kind):
            return _empty(kind)
        return self._computed(subject, name, kind)

    def _computed(self, subject: Subject, path: str, kind: Kind, depth: int = 0) -> PropertyValue:
        if kind.choices:
            return kind.choices[0]
        match kind.name:
            case "list" if kind.item is not None:
                count = _COUNTS.get(path.rsplit(".", 1)[-1], 1) if depth < _DEPTH else 0
                return [
                    self._computed(subject, f"{path}.{index}", kind.item, depth + 1)
                    for index in range(count)
                ]
            case "object":
                shape = self._shapes.nested(kind.reference) or ()
                return {
                    property_.name: self._computed(
                        subject, f"{path}.{property_.name}", property_.kind, depth + 1
                    )
                    for property_ in shape
                    if not property_.optional
                }
            case "map":
                return {}
            case "any":
                return value_for(subject, path, "string")
            case plain:
                return value_for(subject, path, plain)


def with_secrets(outputs: Properties, names: list[str]) -> Properties:
    """Marks the named outputs as secret."""
    return outputs | {name: secret(outputs[name]) for name in names if name in outputs}


def _physical_name(urn: str, inputs: Properties, shape: Shape) -> str:
    names = _name_properties(subject_kind(type_of(urn)))
    for name in names:
        given = without_secret(inputs.get(name))
        if isinstance(given, str) and given and given != UNKNOWN:
            return given
    digits = Subject(seed=urn, token="", name="", place=Place(region="")).digits("name", 32)
    for name in names:
        prefix = without_secret(inputs.get(f"{name}Prefix"))
        if isinstance(prefix, str) and prefix and prefix != UNKNOWN:
            return prefix + digits[:_NAME_SUFFIX_DIGITS]
    logical = name_of(urn)
    # Providers name a resource after its logical name and some random digits, where it has a name.
    named = any(property_.settable and property_.name in names for property_ in shape)
    name = f"{logical}-{digits[:_NAME_SUFFIX_DIGITS]}" if named else logical
    return f"{name}.fifo" if inputs.get("fifoQueue") or inputs.get("fifoTopic") else name


def _name_properties(kind: str) -> tuple[str, ...]:
    """The properties that hold the physical name of a type, in the order to look at them."""
    return _OWN_NAMES.get(kind, ("name", "identifier"))


def _is_told_by_name(name: str, kind: Kind) -> bool:
    # A key that encrypts is set by the user or not there at all.
    return kind.name == "string" and is_identity(name) and not name.lower().startswith("kms")


def _empty(kind: Kind) -> PropertyValue:
    match kind.name:
        case "list":
            return []
        case "map":
            return {}
        case "boolean":
            return False
        case "integer" | "number":
            return 0.0
        case _:
            return ""


def _in_kind(value: PropertyValue, kind: Kind) -> PropertyValue:
    """Gives a value in the kind that the SDK reads; a provider would have turned it into that."""
    mark = mark_of(value)
    if mark == SECRET and isinstance(value, dict):
        return {MARK: SECRET, "value": _in_kind(value.get("value"), kind)}
    if mark is not None or value == UNKNOWN:
        return value
    match kind.name, value:
        case "string", dict() | list():
            return json_text(value)
        case "string", bool():
            return "true" if value else "false"
        case "string", float():
            return str(int(value)) if value.is_integer() else str(value)
        case "boolean", str():
            return value.lower() == "true"
        case (("integer" | "number"), str()):
            return _number(value)
        case "list", list() if kind.item is not None:
            return [_in_kind(item, kind.item) for item in value]
        case "list", (str() | float() | bool() | dict()) if kind.item is not None:
            return [_in_kind(value, kind.item)]
        case "map", dict() if kind.item is not None:
            return {name: _in_kind(item, kind.item) for name, item in value.items()}
        case _:
            return value


def _number(text: str) -> PropertyValue:
    try:
        return float(text)
    except ValueError:
        return text


def _tags_all(_subject: Subject, inputs: Properties) -> PropertyValue:
    return inputs.get("tags", {})


def _port(_subject: Subject, inputs: Properties) -> PropertyValue:
    engine = without_secret(inputs.get("engine"))
    text = engine if isinstance(engine, str) else ""
    return next((port for name, port in _DEFAULT_PORTS.items() if text.startswith(name)), 0.0)


def _user_secrets(subject: Subject, inputs: Properties) -> PropertyValue:
    if not without_secret(inputs.get("manageMasterUserPassword")):
        return []
    # RDS names the secret `rds!db-<id>` or `rds!cluster-<id>`.
    kind = "cluster" if subject.kind.endswith("cluster") else "db"
    name = f"secret:rds!{kind}-{subject.digits('masterUserSecret', 32)}"
    return [
        {
            "kmsKeyId": subject.place.arn("kms", f"key/{subject.digits('masterUserKey', 32)}"),
            "secretArn": subject.place.arn(
                "secretsmanager", f"{name}-{subject.capitals('masterUserSecret', 6)}"
            ),
            "secretStatus": "active",
        }
    ]


def _validation_options(subject: Subject, inputs: Properties) -> PropertyValue:
    domains = [inputs.get("domainName"), *_items(inputs.get("subjectAlternativeNames"))]
    return [
        {
            "domainName": domain,
            "resourceRecordName": f"_{subject.digits(f'{domain}/name', 32)}.{domain}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": (
                f"_{subject.digits(f'{domain}/value', 32)}.acm-validations.aws."
            ),
        }
        for domain in dict.fromkeys(str(without_secret(domain)) for domain in domains if domain)
    ]


def _items(value: PropertyValue) -> list[PropertyValue]:
    return value if isinstance(value, list) else []


def _instance_endpoint(subject: Subject, inputs: Properties) -> PropertyValue:
    address = value_for(
        subject, "address" if subject.kind == "rds/instance" else "endpoint", "string"
    )
    if subject.kind != "rds/instance":
        return address
    return f"{address}:{int(_as_port(inputs.get('port')) or _as_port(_port(subject, inputs)))}"


def _as_port(value: PropertyValue) -> float:
    return value if isinstance(value, float) else 0.0


def _region(subject: Subject, _inputs: Properties) -> PropertyValue:
    return subject.place.region


# Computed outputs that follow from the inputs.
_BY_NAME = {
    "domainValidationOptions": _validation_options,
    "endpoint": _instance_endpoint,
    "masterUserSecrets": _user_secrets,
    "port": _port,
    "region": _region,
    "tagsAll": _tags_all,
}
_COUNTS = {"nameServers": 4, "availabilityZones": 3}

_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "docdb/cluster": ("clusterIdentifier",),
    "ecs/taskdefinition": ("family",),
    "elasticache/cluster": ("clusterId",),
    "elasticache/replicationgroup": ("replicationGroupId",),
    "neptune/cluster": ("clusterIdentifier",),
    "rds/cluster": ("clusterIdentifier",),
    "redshift/cluster": ("clusterIdentifier",),
    "s3/bucket": ("bucket",),
    "s3/bucketobject": ("key",),
    "s3/bucketobjectv2": ("key",),
    "s3/bucketv2": ("bucket",),
}
# What AWS does where nothing is said, as far as it is neither empty, 0 nor off.
# Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEFAULTS: dict[str, PropertyValue] = {
    "sqs/queue.kmsDataKeyReusePeriodSeconds": 300.0,
    "sqs/queue.sqsManagedSseEnabled": True,
}
