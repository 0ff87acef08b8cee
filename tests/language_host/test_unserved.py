"""Every call of the protocol is served, or refused with the name of what is missing."""

from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from language_host.host import Host, Unserved
from language_host.nodejs import NodeHost
from language_host.python import PythonHost

CALLS = list(language_pb2.DESCRIPTOR.services_by_name["LanguageRuntime"].methods)
# The text that each refusal names, by call.
REFUSED = {
    "GetRequiredPlugins": "GetRequiredPackages",
    "InstallDependencies": "installs nothing; make the project's environment",
    "RuntimeOptionsPrompts": "asks nothing about a new project",
    "Template": "changes nothing in a new project",
    "GenerateProgram": "writes no code",
    "GenerateProject": "writes no code",
    "GeneratePackage": "writes no code",
    "Pack": "builds no package",
    "Link": "changes no requirements",
}


def by_name(call: MethodDescriptor) -> str:
    return call.name


@pytest.mark.parametrize("call", CALLS, ids=by_name)
@pytest.mark.parametrize("host", [PythonHost, NodeHost])
def test_each_call_is_served_or_known_as_refused(call: MethodDescriptor, host: type[Host]) -> None:
    served = call.name in {**vars(Host), **vars(host)}
    assert served != (call.name in REFUSED)
    assert served != (call.name in vars(Unserved))


@pytest.mark.parametrize("call", [each for each in CALLS if each.name in REFUSED], ids=by_name)
def test_what_is_not_served_is_refused_by_name(
    shared_host: language_pb2_grpc.LanguageRuntimeStub, call: MethodDescriptor
) -> None:
    asked = message_factory.GetMessageClass(call.input_type)()
    with pytest.raises(grpc.RpcError) as raised:
        answer_of(getattr(shared_host, call.name)(asked))
    assert "UNIMPLEMENTED" in str(raised.value)
    assert "this language host" in str(raised.value)
    assert REFUSED[call.name] in str(raised.value)


def answer_of(answer: object) -> object:
    """The answer to a call; a streaming call fails only when its answer is read."""
    return list(answer) if isinstance(answer, Iterator) else answer


def test_no_debugger_is_attached_to_a_program(
    shared_host: language_pb2_grpc.LanguageRuntimeStub,
) -> None:
    with pytest.raises(grpc.RpcError, match="attaches no debugger"):
        shared_host.Run(language_pb2.RunRequest(attach_debugger=True))


def test_no_debugger_is_attached_to_a_plugin(
    shared_host: language_pb2_grpc.LanguageRuntimeStub,
) -> None:
    with pytest.raises(grpc.RpcError, match="attaches no debugger"):
        list(shared_host.RunPlugin(language_pb2.RunPluginRequest(attach_debugger=True)))
