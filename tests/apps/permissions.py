"""What containers ask AWS for, and whether the roles of their tasks allow it.

moto allows everything; it only writes down who asked for what. Each container has an access key of
its own, which is its name.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.moto_api import recorder

S3_ACTIONS = {"DELETE": "DeleteObject", "GET": "GetObject", "HEAD": "GetObject"}
"""For objects, by the method of the request; all others write."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to AWS.

    Attributes:
        who: Access key.
        action: As policies name it.
        resource: Name of queue, service or bucket, or `<bucket>/<key>`.
    """

    who: str
    action: str
    resource: str


@contextmanager
def recorded(file: Path) -> Iterator[None]:
    """Writes down all requests to the moto of this process while the block runs."""
    recorder._location = str(file)  # noqa: SLF001 - it has no other way
    file.touch()
    recorder.start_recording()
    yield
    recorder.stop_recording()


def asked(recording: Path) -> set[Asked]:
    """All requests that were signed."""
    found = (_read(json.loads(line)) for line in recording.read_text().splitlines())
    return {one for one in found if one is not None}


def _read(entry: Mapping[str, Any]) -> Asked | None:
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    signed = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
    if signed is None:
        return None
    who = signed[1]
    if target := headers.get("x-amz-target"):
        body = json.loads(base64.b64decode(entry["body"]))
        service, _, operation = target.partition(".")
        if service == "AmazonSQS":
            queue = body.get("QueueName") or body["QueueUrl"].rpartition("/")[2]
            return Asked(who, f"sqs:{operation}", queue)
        (name,) = body.get("services") or [body.get("service", "")]
        return Asked(who, f"ecs:{operation}", name)
    bucket, _, key = unquote(urlsplit(entry["url"]).path).lstrip("/").partition("/")
    if not key:
        return Asked(who, "s3:ListBucket", bucket)
    return Asked(who, f"s3:{S3_ACTIONS.get(entry['method'], 'PutObject')}", f"{bucket}/{key}")


def refused(
    requests: set[Asked], statements: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> set[Asked]:
    """The requests that a role's statements do not allow.

    Args:
        requests: Of one container.
        statements: Of its role's policy.
        names: Names of queues, services and buckets here to those of the stack.
    """
    return {one for one in requests if not any(_allows(two, one, names) for two in statements)}


def _allows(statement: Mapping[str, Any], one: Asked, names: Mapping[str, str]) -> bool:
    name, slash, key = one.resource.partition("/")
    wanted = names.get(name, name) + slash + key
    # The last part of an ARN, and for a service only what is behind its cluster.
    allowed = [re.split(r":::|:(?=[^:]*$)", arn)[-1] for arn in statement["Resource"]]
    if one.action.startswith("ecs:"):
        allowed = [part.rpartition("/")[2] for part in allowed]
    return one.action in statement["Action"] and any(
        fnmatchcase(wanted, pattern) for pattern in allowed
    )
