"""The real AWS provider, asked over its plugin protocol whether it takes a resource's inputs.

No API is called: the provider validates the inputs and plans a creation. Its binary is that of a
mirror of Terraform's plugins; tests are left out where there is none. The protocol has version 5:
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
"""

import os
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

MIRRORS: Final = (
    Path("/opt/tf-plugins"),
    Path("/usr/share/terraform/plugins"),
    Path("/usr/local/share/terraform/plugins"),
    Path.home() / ".terraform.d" / "plugins",
)
BINARY: Final = "registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"
COOKIE: Final = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""What a provider wants to find in its environment; every client of the protocol sends it."""
SETTINGS: Final = {
    "region": "us-east-1",
    "access_key": "test",
    "secret_key": "test",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
}
ERROR: Final = 1
LISTS: Final = (2, 3)
"""How blocks are nested as lists and as sets."""
TIMEOUT_SECONDS: Final = 60

MESSAGES: Final = {
    "DynamicValue": {"msgpack": (1, "bytes")},
    "Diagnostic": {"severity": (1, "int32"), "summary": (2, "string")},
    "Attribute": {"name": (1, "string")},
    "NestedBlock": {"type_name": (1, "string"), "block": (2, "Block"), "nesting": (3, "int32")},
    "Block": {"attributes": (2, "Attribute*"), "block_types": (3, "NestedBlock*")},
    "Schema": {"block": (2, "Block")},
    "Named": {"key": (1, "string"), "value": (2, "Schema")},
    "Schemas": {"provider": (1, "Schema"), "resource_schemas": (2, "Named*")},
    "Asked": {"type_name": (1, "string"), "config": (2, "DynamicValue")},
    "Validated": {"diagnostics": (1, "Diagnostic*")},
    "Proposed": {
        "type_name": (1, "string"),
        "prior_state": (2, "DynamicValue"),
        "proposed_new_state": (3, "DynamicValue"),
        "config": (4, "DynamicValue"),
    },
    "Planned": {"diagnostics": (4, "Diagnostic*")},
}
"""The fields of the protocol's messages that are needed here: number, and kind or message."""


def binary() -> Path | None:
    """The provider's binary, the last version of the first mirror; `None` if there is none."""
    found = (max(mirror.glob(BINARY), default=None) for mirror in MIRRORS)
    return next((path for path in found if path), None)


class Provider:
    """A provider that runs."""

    def __init__(self, channel: grpc.Channel) -> None:
        """Takes the connection, and configures the provider."""
        self._channel = channel
        schemas = self._call("GetSchema", "Asked", "Schemas")
        self._blocks = {named.key: named.value.block for named in schemas.resource_schemas}
        settings = _packed(_complete(schemas.provider.block, SETTINGS))
        self._call("Configure", "Asked", "Validated", config=settings)

    def has(self, kind: str, argument: str) -> bool:
        """Whether the provider has a type with such an argument."""
        return kind in self._blocks and argument in {
            each.name for each in self._blocks[kind].attributes
        }

    def refusals(self, kind: str, given: Mapping[str, Any]) -> list[str]:
        """What the provider says against a resource.

        Args:
            kind: Terraform's type, such as `aws_sqs_queue`.
            given: Its arguments by Terraform's names.
        """
        config = _packed(_complete(self._blocks[kind], given))
        answers = [
            self._call(
                "ValidateResourceTypeConfig", "Asked", "Validated", type_name=kind, config=config
            ),
            self._call(
                "PlanResourceChange",
                "Proposed",
                "Planned",
                type_name=kind,
                prior_state=_packed(None),
                proposed_new_state=config,
                config=config,
            ),
        ]
        said = [each for answer in answers for each in answer.diagnostics]
        return [each.summary for each in said if each.severity == ERROR]

    def _call(self, method: str, request: str, response: str, **fields: Any) -> Any:  # noqa: ANN401 - messages of the protocol
        call = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=_CLASSES[request].SerializeToString,
            response_deserializer=_CLASSES[response].FromString,
        )
        return call(_CLASSES[request](**fields), timeout=TIMEOUT_SECONDS)


@contextmanager
def running(path: Path) -> Iterator[Provider]:
    """Starts a provider, and ends it."""
    variables = {
        **os.environ,
        "TF_PLUGIN_MAGIC_COOKIE": COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": "5",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    with subprocess.Popen(
        [path], env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            network, address = process.stdout.readline().split("|")[2:4]
            target = f"unix:{address}" if network == "unix" else address
            options = [("grpc.max_receive_message_length", -1)]
            with grpc.insecure_channel(target, options=options) as channel:
                yield Provider(channel)
        finally:
            process.kill()


def _complete(block: Any, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a message
    """The whole object of a block: what is not given is null, or no block."""
    unknown = given.keys() - {each.name for each in block.attributes}
    blocks = {each.type_name: each for each in block.block_types}
    if stray := sorted(unknown - blocks.keys()):
        raise KeyError(f"the provider does not know {', '.join(stray)}")
    whole = {each.name: given.get(each.name) for each in block.attributes}
    for name, nested in blocks.items():
        items = [_complete(nested.block, item) for item in given.get(name, ())]
        whole[name] = items if nested.nesting in LISTS else next(iter(items), None)
    return whole


def _packed(value: object) -> Any:  # noqa: ANN401 - a message
    return _CLASSES["DynamicValue"](msgpack=_bytes(value))


def _bytes(value: object) -> bytes:
    """MessagePack with lengths of 32 bits.

    https://github.com/msgpack/msgpack/blob/master/spec.md
    """
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int() | float():
            return struct.pack(">Bd", 0xCB, value)
        case str():
            text = value.encode()
            return struct.pack(">BI", 0xDB, len(text)) + text
        case list():
            return struct.pack(">BI", 0xDD, len(value)) + b"".join(map(_bytes, value))
        case dict():
            items = (_bytes(part) for item in value.items() for part in item)
            return struct.pack(">BI", 0xDF, len(value)) + b"".join(items)
        case _:
            raise TypeError(f"not a value of a configuration: {value!r}")


def _classes() -> dict[str, Any]:
    """The classes of the messages."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="witness.proto", package="witness", syntax="proto3"
    )
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for key, (number, kind) in fields.items():
            plain = kind.removesuffix("*")
            is_message = plain in MESSAGES
            message.field.add(
                name=key,
                number=number,
                label=field.LABEL_REPEATED if kind != plain else field.LABEL_OPTIONAL,
                type=field.TYPE_MESSAGE if is_message else f"TYPE_{plain.upper()}",
                type_name=f".witness.{plain}" if is_message else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"witness.{name}"))
        for name in MESSAGES
    }


_CLASSES: Final = _classes()
