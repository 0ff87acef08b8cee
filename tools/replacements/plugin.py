"""Terraform's provider as a process of its own, asked over its plugin protocol.

Source: hashicorp/terraform, docs/plugin-protocol/tfplugin5.proto, and hashicorp/go-plugin for the
handshake. The provider calls no API to answer what is asked here.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from pulumi_loopback.errors import CommandError
from tools.replacements.objects import Block, block_of
from tools.replacements.packing import packed, unpacked

# Terraform's handshake: a provider starts for nobody who does not know this.
_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
_PROTOCOL = 5
_ADDRESS_FIELD, _NETWORK_FIELD = 3, 2
_PATIENCE_SECONDS = 60.0
_START_SECONDS = 240.0
_ERROR = 1
# The port discard, where nothing listens.
_NOBODY = "http://127.0.0.1:9"
# What is asked needs no account; these keep the provider from looking for one.
_CONFIGURATION = {
    "access_key": "test",
    "secret_key": "test",
    "max_retries": 1,
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "skip_requesting_account_id": True,
}
_ANY_SIZE = (("grpc.max_receive_message_length", -1),)

_Field = FieldDescriptorProto
_SCALARS = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
    "int64": _Field.TYPE_INT64,
    "enum": _Field.TYPE_INT32,
}
# Message to its fields: number, name, and kind, `*` before that of a repeated one, `%` of a map's.
_MESSAGES: Mapping[str, Sequence[tuple[int, str, str]]] = {
    "Nothing": (),
    "Value": ((1, "msgpack", "bytes"),),
    "Step": ((1, "attribute_name", "string"), (2, "key", "string"), (3, "index", "int64")),
    "Path": ((1, "steps", "*Step"),),
    "Diagnostic": (
        (1, "severity", "enum"),
        (2, "summary", "string"),
        (3, "detail", "string"),
        (4, "attribute", "Path"),
    ),
    "Attribute": (
        (1, "name", "string"),
        (2, "type", "bytes"),
        (4, "required", "bool"),
        (5, "optional", "bool"),
        (6, "computed", "bool"),
        (11, "write_only", "bool"),
    ),
    "NestedBlock": (
        (1, "type_name", "string"),
        (2, "block", "Block"),
        (3, "nesting", "enum"),
        (4, "min_items", "int64"),
        (5, "max_items", "int64"),
    ),
    "Block": ((2, "attributes", "*Attribute"), (3, "block_types", "*NestedBlock")),
    "Schema": ((1, "version", "int64"), (2, "block", "Block")),
    "Schemas": (
        (1, "provider", "Schema"),
        (2, "resource_schemas", "%Schema"),
        (3, "data_source_schemas", "%Schema"),
        (4, "diagnostics", "*Diagnostic"),
    ),
    "Configuration": ((1, "terraform_version", "string"), (2, "config", "Value")),
    "Asked": ((1, "type_name", "string"), (2, "config", "Value")),
    "Checked": ((1, "diagnostics", "*Diagnostic"),),
    "Read": ((1, "state", "Value"), (2, "diagnostics", "*Diagnostic")),
    "Change": (
        (1, "type_name", "string"),
        (2, "prior_state", "Value"),
        (3, "proposed_new_state", "Value"),
        (4, "config", "Value"),
    ),
    "Plan": (
        (1, "planned_state", "Value"),
        (2, "requires_replace", "*Path"),
        (4, "diagnostics", "*Diagnostic"),
    ),
}


def _classes() -> Mapping[str, Any]:
    """The protocol's messages, as far as they are asked for here."""
    file = FileDescriptorProto(name="plugin.proto", package="plugin", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field, kind in fields:
            _add_field(message, number, field, kind)
    pool = DescriptorPool()
    pool.Add(file)
    return {
        name: GetMessageClass(pool.FindMessageTypeByName(f"plugin.{name}")) for name in _MESSAGES
    }


def _add_field(message: DescriptorProto, number: int, name: str, kind: str) -> None:
    field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
    if kind[0] in "*%":
        field.label = _Field.LABEL_REPEATED
    bare = kind.lstrip("*%")
    if bare in _SCALARS:
        field.type = _SCALARS[bare]
        return
    field.type = _Field.TYPE_MESSAGE
    field.type_name = f".plugin.{bare}"
    if kind[0] == "%":
        entry = message.nested_type.add(
            name="".join(map(str.capitalize, name.split("_"))) + "Entry"
        )
        entry.options.map_entry = True
        _add_field(entry, 1, "key", "string")
        _add_field(entry, 2, "value", bare)
        field.type_name = f".plugin.{message.name}.{entry.name}"


_CLASSES = _classes()


class PluginError(CommandError):
    """The provider does not start, or refuses its own configuration."""


class LostPluginError(Exception):
    """The provider's process ended, or gave no answer in time.

    Attributes:
        is_slow: Whether it gave no answer in time.
    """

    def __init__(self, code: grpc.StatusCode) -> None:
        """Takes why the call failed."""
        super().__init__(code.name)
        self.is_slow = code is grpc.StatusCode.DEADLINE_EXCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the provider refuses what it is asked.

    Attributes:
        summary: Its words in short.
        text: All its words.
        path: The attribute that it speaks of, empty where it names none.
    """

    summary: str
    text: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the provider plans for a change.

    Attributes:
        replaces: The paths that it says replace the resource, without indexes.
        refusals: Why it does not plan the change.
        planned: The whole object after it, with `UNTOLD` for what only AWS would tell.
    """

    replaces: frozenset[str]
    refusals: tuple[Refusal, ...]
    planned: Any = None


class Plugin:
    """A running provider, configured for a region.

    Attributes:
        types: Terraform's types of resources that it has.
    """

    def __init__(self, channel: grpc.Channel, region: str) -> None:
        """Takes the channel to its process, and configures it.

        Raises:
            PluginError: The provider refuses its configuration.
        """
        self._channel = channel
        nothing = _CLASSES["Nothing"]()
        self._schemas = self._call("GetSchema", nothing, "Schemas", _START_SECONDS)
        self.types: Sequence[str] = sorted(self._schemas.resource_schemas)
        own = block_of(self._schemas.provider.block).whole({**_CONFIGURATION, "region": region})
        request = _CLASSES["Configuration"](terraform_version="1.11.4", config=_value(own))
        answer = self._call("Configure", request, "Checked", _START_SECONDS)
        if refused := _refusals(answer.diagnostics):
            raise PluginError(f"the provider refuses its configuration: {refused[0].text}")

    def block(self, type_: str) -> Block:
        """The schema of a type of resources."""
        return block_of(self._schemas.resource_schemas[type_].block)

    def source_block(self, type_: str) -> Block:
        """The schema of a type of data sources."""
        return block_of(self._schemas.data_source_schemas[type_].block)

    def check(self, type_: str, config: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """What the provider says against a resource, before it plans anything.

        Args:
            type_: Terraform's type.
            config: The whole object as the program writes it.
        """
        request = _CLASSES["Asked"](type_name=type_, config=_value(config))
        answer = self._call("ValidateResourceTypeConfig", request, "Checked", _PATIENCE_SECONDS)
        return _refusals(answer.diagnostics)

    def read(self, type_: str, config: Mapping[str, Any]) -> tuple[Any, tuple[Refusal, ...]]:
        """The whole object that a data source answers with, and why it gives none.

        Args:
            type_: Terraform's type.
            config: The whole object as the program writes it.
        """
        request = _CLASSES["Asked"](type_name=type_, config=_value(config))
        answer = self._call("ReadDataSource", request, "Read", _START_SECONDS)
        return unpacked(answer.state.msgpack), _refusals(answer.diagnostics)

    def plan(
        self,
        type_: str,
        prior: Mapping[str, Any] | None,
        proposed: Mapping[str, Any],
        config: Mapping[str, Any],
    ) -> Plan:
        """Plans the change of a resource, or its creation where nothing is there before.

        Args:
            type_: Terraform's type.
            prior: The whole object as it is.
            proposed: The whole object as it is to be, with what stays of the computed attributes.
            config: The whole object as the program writes it.

        Raises:
            LostPluginError: The provider's process ended, or gave no answer in time.
        """
        request = _CLASSES["Change"](
            type_name=type_,
            prior_state=_value(prior),
            proposed_new_state=_value(proposed),
            config=_value(config),
        )
        answer = self._call("PlanResourceChange", request, "Plan", _PATIENCE_SECONDS)
        return Plan(
            replaces=frozenset(map(_dotted, answer.requires_replace)),
            refusals=_refusals(answer.diagnostics),
            planned=unpacked(answer.planned_state.msgpack) if prior is None else None,
        )

    def _call(self, method: str, request: Any, answer: str, seconds: float) -> Any:  # noqa: ANN401
        call: Any = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=_CLASSES[answer].FromString,
        )
        try:
            return call(request, timeout=seconds)
        except grpc.RpcError as error:
            raise LostPluginError(error.code()) from error
        except ValueError as error:
            # Another thread has closed the channel.
            raise LostPluginError(grpc.StatusCode.UNAVAILABLE) from error


@contextmanager
def plugin(binary: Path, region: str = "us-east-1") -> Iterator[Plugin]:
    """Starts a provider for a region, and ends it.

    Raises:
        PluginError: The file is no provider of the protocol's version 5.
    """
    environment = {
        **os.environ,
        "TF_PLUGIN_MAGIC_COOKIE": _COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": str(_PROTOCOL),
        "TF_LOG": "off",
        # Whatever the user has configured is no part of an answer.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A few plans look something up at AWS: their calls end on this machine.
        "HTTP_PROXY": _NOBODY,
        "HTTPS_PROXY": _NOBODY,
        "NO_PROXY": "",
    }
    with subprocess.Popen(
        [binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            with grpc.insecure_channel(_target(line, binary), options=_ANY_SIZE) as channel:
                yield Plugin(channel, region)
        finally:
            process.kill()


def _target(line: str, binary: Path) -> str:
    """The address out of the first line that a provider prints."""
    fields = line.strip().split("|")
    if len(fields) <= _ADDRESS_FIELD or fields[1] != str(_PROTOCOL):
        raise PluginError(f"{binary} is no provider of protocol {_PROTOCOL}: it printed {line!r}")
    address = fields[_ADDRESS_FIELD]
    return f"unix:{address}" if fields[_NETWORK_FIELD] == "unix" else address


def _value(content: Any) -> Any:  # noqa: ANN401 - JSON, and a message made at run time
    return _CLASSES["Value"](msgpack=packed(content))


def _dotted(path: Any) -> str:  # noqa: ANN401 - a message that is made at run time
    return ".".join(step.attribute_name for step in path.steps if step.attribute_name)


def _refusals(diagnostics: Any) -> tuple[Refusal, ...]:  # noqa: ANN401 - likewise
    return tuple(
        Refusal(
            summary=each.summary,
            text=f"{each.summary} {each.detail}".strip(),
            path=_dotted(each.attribute),
        )
        for each in diagnostics
        if each.severity == _ERROR
    )
