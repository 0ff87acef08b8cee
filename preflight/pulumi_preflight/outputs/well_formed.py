"""Well-formed values for computed properties: by name, by type, the same in every run.

Each value comes from the resource's URN and the property's path, so two resources never share
one.
"""

import re
from functools import lru_cache
from typing import Final

from pulumi_preflight.outputs.endpoints import engine_version
from pulumi_preflight.outputs.facts import words_of
from pulumi_preflight.outputs.forms import BY_ENDING, BY_NAME, BY_TYPE
from pulumi_preflight.outputs.hosts import (
    address,
    host,
    name_server,
    public_address,
    zone,
)
from pulumi_preflight.outputs.ids import Maker, arn_for, id_for, in_form, shown_id
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import NUMBERS, input_text
from pulumi_preflight.wire import PropertyValue

_PATHS: Final = 4_096
_INDEX = re.compile(r"\.\d+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def text_for(subject: Subject, path: str) -> str:
    """A value for a text property.

    Args:
        subject: What it belongs to.
        path: The property's path, `masterUserSecrets.0.secretArn`; the last name decides.
    """
    keys = (f"{subject.kind}.{path}", f"{subject.kind}.{_last_name(path)}")
    make = next((_BY_TYPE[key] for key in keys if key in _BY_TYPE), None)
    if make is not None:
        return make(subject, path)
    if own := shown_id(subject, path):
        return own
    form = _word(subject, path)
    return in_form(form, subject, path) if isinstance(form, str) else by_name(subject, path)


def by_name(subject: Subject, path: str) -> str:
    """A value for a text property of which nothing but the name is known."""
    name = _last_name(path)
    if name in _BY_NAME:
        return _BY_NAME[name](subject, path)
    words = [word.lower() for word in _WORD.findall(name)]
    stem, ending = "".join(words[:-1]), words[-1]
    if ending in ("arn", "arns"):
        return arn_for(subject, path, tuple(words[:-1]))
    if ending in ("id", "ids"):
        return id_for(stem, subject, path)
    both = "".join(words[-2:])
    make = _BY_ENDING.get(both) or _BY_ENDING.get(ending, _anything)
    return (public_address if make is address and "public" in words else make)(subject, path)


@lru_cache(_PATHS)
def _last_name(path: str) -> str:
    return next(part for part in reversed(path.split(".")) if not part.isdigit())


def _word(subject: Subject, path: str) -> str | float | None:
    """What AWS's models list for a property, where they list something."""
    if subject.package != "aws":
        return None
    words = words_of(subject.kind)
    return words.get(_INDEX.sub("", path)) if words else None


def _anything(subject: Subject, path: str) -> str:
    return f"{subject.name}-{subject.digits(path, 8)}"


def _in(form: str) -> Maker:
    return lambda subject, path: in_form(form, subject, path)


def _url(subject: Subject, path: str) -> str:
    return f"https://{host(subject, path)}"


def _target_key(subject: Subject, path: str) -> str:
    """The ARN of an alias's key, which the program may name by its id or by its ARN."""
    key = input_text(subject, "targetKeyId")
    if key.startswith("arn:"):
        return key
    return in_form(
        f"arn:{{partition}}:kms:{{region}}:{{account}}:key/{key or '{uuid@targetKeyId}'}",
        subject,
        path,
    )


# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport}"
    " ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
_BY_TYPE: dict[str, Maker] = {property_: _in(form) for property_, form in BY_TYPE.items()} | {
    "ec2/vpnconnection.tunnel1Address": public_address,
    "ec2/vpnconnection.tunnel2Address": public_address,
    "globalaccelerator/accelerator.ipAddresses": public_address,
    "kms/alias.targetKeyArn": _target_key,
    "lightsail/staticip.ipAddress": public_address,
    "ec2/flowlog.logFormat": lambda subject, path: subject.made_up(path, _LOG_FORMAT),
    "route53/zone.nameServers": name_server,
    "route53/zone.primaryNameServer": lambda subject, _: name_server(subject, "nameServers.0"),
}
_BY_NAME: dict[str, Maker] = {name: _in(form) for name, form in BY_NAME.items()} | {
    "address": host,
    "availabilityZoneName": zone,
    "dnsName": host,
    "domainName": host,
    "engineVersion": engine_version,
    "engineVersionActual": engine_version,
    "privateIp": address,
    "publicIp": public_address,
}
_BY_ENDING: dict[str, Maker] = {ending: _in(form) for ending, form in BY_ENDING.items()} | {
    "address": address,
    "addresses": address,
    "dnsname": host,
    "domainname": host,
    "endpoint": _url,
    "endpointaddress": host,
    "hostname": host,
    "ip": address,
    "ips": address,
    "url": _url,
    "zone": zone,
    "zones": zone,
}


def value_for(subject: Subject, path: str, kind: str) -> PropertyValue:
    """A value of a plain kind: `string`, `integer`, `number`, `boolean`; `None` for any other."""
    match kind:
        case "string":
            return text_for(subject, path)
        case "integer" | "number":
            return _number(subject, path)
        case "boolean":
            return subject.made_up(path, False)  # noqa: FBT003 - a value, no switch
        case _:
            return None


def _number(subject: Subject, path: str) -> PropertyValue:
    if path.rsplit(".", 1)[-1] in _REVISIONS:
        return subject.generation + 1.0
    if f"{subject.kind}.{path}" in _FREE_NUMBERS:
        return float(_OFTEN_GIVEN + subject.number(path, _HIGHEST - _OFTEN_GIVEN))
    word = _word(subject, path)
    # A provider fills in resources, and the engine takes that for what AWS says.
    if subject.is_answer and word is None and _WORD.findall(path)[-1].lower() in _AMOUNTS:
        return NUMBERS[0] + 2.0 * subject.number(path, len(NUMBERS) // 2) + 1
    return subject.made_up(path, word or 0.0)


_REVISIONS = frozenset({"revision", "latestVersion", "defaultVersion"})
# AWS takes one that no other rule of the listener has; a program gives low ones.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
_FREE_NUMBERS = frozenset({"lb/listenerrule.priority", "alb/listenerrule.priority"})
_OFTEN_GIVEN, _HIGHEST = 10_000, 50_000
# Numbers that no program makes as many resources of, as it does of a count.
_AMOUNTS = frozenset({"port", "asn", "iops", "storage", "bytes"})
