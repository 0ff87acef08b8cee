"""The real AWS provider, asked over its plugin protocol whether it takes a resource's inputs.

No API is called: the provider validates the inputs and plans a creation, and a data source that
would call one fails, since all that leaves the machine goes to a closed port. Its binary is that of
a mirror of Terraform's plugins; tests are left out where there is none. The protocol has version 5:
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
"""

import os
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
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
CLOSED: Final = "http://127.0.0.1:9"
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
    "Schemas": {
        "provider": (1, "Schema"),
        "resource_schemas": (2, "Named*"),
        "data_source_schemas": (3, "Named*"),
    },
    "Asked": {"type_name": (1, "string"), "config": (2, "DynamicValue")},
    "Validated": {"diagnostics": (1, "Diagnostic*")},
    "Proposed": {
        "type_name": (1, "string"),
        "prior_state": (2, "DynamicValue"),
        "proposed_new_state": (3, "DynamicValue"),
        "config": (4, "DynamicValue"),
    },
    "Planned": {"diagnostics": (4, "Diagnostic*")},
    "Read": {"state": (1, "DynamicValue"), "diagnostics": (2, "Diagnostic*")},
}
"""The fields of the protocol's messages that are needed here: number, and kind or message."""


def binary() -> Path | None:
    """The provider's binary, the last version of the first mirror; `None` if there is none."""
    found = (max(mirror.glob(BINARY), default=None) for mirror in MIRRORS)
    return next((path for path in found if path), None)


class RefusedError(Exception):
    """The provider refuses what it is asked; the text says why."""


class Provider:
    """A provider that runs."""

    def __init__(self, channel: grpc.Channel, region: str) -> None:
        """Takes the connection, and configures the provider for a region."""
        self._channel = channel
        schemas = self._call("GetSchema", "Asked", "Schemas")
        self._blocks = {named.key: named.value.block for named in schemas.resource_schemas}
        self._data_blocks = {named.key: named.value.block for named in schemas.data_source_schemas}
        own = {**SETTINGS, "region": region, "max_retries": 1}
        settings = _packed(_complete(schemas.provider.block, own))
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

    def read(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a data source answers, by Terraform's names.

        Args:
            kind: Terraform's type, such as `aws_partition`.
            given: Its arguments by Terraform's names.

        Raises:
            RefusedError: It refuses the arguments, or cannot answer without calling AWS.
        """
        config = _packed(_complete(self._data_blocks[kind], given))
        answer = self._call("ReadDataSource", "Asked", "Read", type_name=kind, config=config)
        refusals = [each.summary for each in answer.diagnostics if each.severity == ERROR]
        if refusals:
            raise RefusedError("; ".join(refusals))
        state: dict[str, Any] = _unpacked(BytesIO(answer.state.msgpack))
        return state

    def _call(self, method: str, request: str, response: str, **fields: Any) -> Any:  # noqa: ANN401 - messages of the protocol
        call = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=_CLASSES[request].SerializeToString,
            response_deserializer=_CLASSES[response].FromString,
        )
        return call(_CLASSES[request](**fields), timeout=TIMEOUT_SECONDS)


@contextmanager
def running(path: Path, region: str = "us-east-1") -> Iterator[Provider]:
    """Starts a provider, and ends it."""
    variables = {
        **os.environ,
        "TF_PLUGIN_MAGIC_COOKIE": COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": "5",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HTTP_PROXY": CLOSED,
        "HTTPS_PROXY": CLOSED,
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
                yield Provider(channel, region)
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


# The first byte of a value to how `struct` reads what follows.
_NUMBERS: Final = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
# Likewise to how many bytes tell the length.
_TEXTS: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS: Final = {0xDC: 2, 0xDD: 4}
_MAPS: Final = {0xDE: 2, 0xDF: 4}


def _unpacked(packed: BytesIO) -> Any:  # noqa: ANN401 - a value of an answer
    """The next value of MessagePack."""
    first = packed.read(1)[0]
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first]
    if first < 0x80 or first >= 0xE0:
        return first if first < 0x80 else first - 0x100
    if first in _NUMBERS:
        form = _NUMBERS[first]
        return struct.unpack(form, packed.read(struct.calcsize(form)))[0]
    if first in _TEXTS or 0xA0 <= first <= 0xBF:
        return packed.read(_length(first, _TEXTS, 0x1F, packed)).decode()
    if first in _ARRAYS or 0x90 <= first <= 0x9F:
        return [_unpacked(packed) for _ in range(_length(first, _ARRAYS, 0x0F, packed))]
    if first in _MAPS or 0x80 <= first <= 0x8F:
        pairs = range(_length(first, _MAPS, 0x0F, packed))
        return {_unpacked(packed): _unpacked(packed) for _ in pairs}
    raise ValueError(f"not a value of an answer: {first:#x}")


def _length(first: int, sizes: Mapping[int, int], mask: int, packed: BytesIO) -> int:
    size = sizes.get(first)
    return first & mask if size is None else int.from_bytes(packed.read(size))


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
