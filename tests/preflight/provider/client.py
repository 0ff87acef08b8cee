"""The engine's side of the provider protocol, as far as these tests need it."""

from dataclasses import dataclass

from pulumi.runtime.proto.provider_pb2 import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from pulumi_preflight.wire import Properties, from_struct, to_struct

QUEUE = "aws:sqs/queue:Queue"


def urn(name: str, type_: str = QUEUE) -> str:
    """The URN of a resource of these tests."""
    return f"urn:pulumi:dev::shop::{type_}::{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the engine keeps of a resource in its state."""

    urn: str
    id: str
    inputs: Properties
    outputs: Properties


class Client:
    """One connection to a provider."""

    def __init__(self, stub: ResourceProviderStub, port: int) -> None:
        self._stub = stub
        self.port = port

    def configure(self, settings: Properties) -> None:
        self._stub.Configure(ConfigureRequest(args=to_struct(settings)))

    def check(self, resource: str, inputs: Properties) -> Properties:
        return from_struct(
            self._stub.Check(CheckRequest(urn=resource, news=to_struct(inputs))).inputs
        )

    def create(self, resource: str, inputs: Properties, *, preview: bool = False) -> Made:
        checked = self.check(resource, inputs)
        answer = self._stub.Create(
            CreateRequest(urn=resource, properties=to_struct(checked), preview=preview)
        )
        return Made(
            urn=resource, id=answer.id, inputs=checked, outputs=from_struct(answer.properties)
        )

    def read(self, made: Made) -> Made | None:
        answer = self._stub.Read(
            ReadRequest(
                id=made.id,
                urn=made.urn,
                inputs=to_struct(made.inputs),
                properties=to_struct(made.outputs),
            )
        )
        if not answer.id:
            return None
        return Made(
            urn=made.urn,
            id=answer.id,
            inputs=from_struct(answer.inputs),
            outputs=from_struct(answer.properties),
        )

    def diff(self, type_: str, old: Properties, new: Properties) -> DiffResponse:
        resource = urn("it", type_)
        answer: DiffResponse = self._stub.Diff(
            DiffRequest(
                urn=resource,
                old_inputs=to_struct(self.check(resource, old)),
                news=to_struct(self.check(resource, new)),
            )
        )
        return answer

    def diff_of_imported(self, new: Properties) -> DiffResponse:
        answer: DiffResponse = self._stub.Diff(DiffRequest(urn=urn("it"), news=to_struct(new)))
        return answer

    def update(self, made: Made, inputs: Properties, *, preview: bool = False) -> Properties:
        answer = self._stub.Update(
            UpdateRequest(
                id=made.id,
                urn=made.urn,
                olds=to_struct(made.outputs),
                old_inputs=to_struct(made.inputs),
                news=to_struct(self.check(made.urn, inputs)),
                preview=preview,
            )
        )
        return from_struct(answer.properties)

    def delete(self, made: Made) -> None:
        self._stub.Delete(
            DeleteRequest(
                id=made.id,
                urn=made.urn,
                properties=to_struct(made.outputs),
                old_inputs=to_struct(made.inputs),
            )
        )

    def invoke(self, token: str, arguments: Properties) -> Properties:
        answer = self._stub.Invoke(InvokeRequest(tok=token, args=to_struct(arguments)))
        return from_struct(getattr(answer, "return"))
