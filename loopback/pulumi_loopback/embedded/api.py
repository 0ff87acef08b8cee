"""Calls of AWS's services at one endpoint on the loopback."""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped] # botocore's, and it has none
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, StructureShape

from pulumi_loopback.addresses import is_loopback
from pulumi_loopback.credentials import Key
from pulumi_loopback.embedded.entry import Call
from pulumi_loopback.embedded.values import same_name, to_request
from pulumi_preflight.provider.backend import BackendError
from pulumi_preflight.wire import Properties, without_secret

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
