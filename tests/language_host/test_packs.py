"""A policy pack under the host: the engine's view before, during and after the start."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, language_pb2, language_pb2_grpc

from tests.ports import takes_a_second_server

Host = language_pb2_grpc.LanguageRuntimeStub
NONE = empty_pb2.Empty()
STACK = analyzer_pb2.AnalyzerStackConfigureRequest(
    stack="dev",
    project="shop",
    organization="acme",
    dry_run=True,
    config={"shop:size": "3", "shop:password": "of-the-stack"},
    config_secret_keys=["shop:password"],
    tags={"team": "payments"},
)
# Serves the protocol with Python's own means, and gives its variables and arguments.
PACK = """\
import json, os, sys
from concurrent import futures
import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    configured = None

    def ConfigureStack(self, request, context):
        self.configured = [request.stack, [*request.config_secret_keys], dict(request.tags)]
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request, context):
        told = {name: os.environ[name] for name in os.environ if name.startswith("PULUMI_")}
        seen = {"variables": told, "folder": os.getcwd(), "configured": self.configured}
        return analyzer_pb2.AnalyzerInfo(name=json.dumps(seen))

    def Analyze(self, request, context):
        if request.urn == "raise":
            context.abort(grpc.StatusCode.UNKNOWN, "the rule raised")
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=[analyzer_pb2.AnalyzeDiagnostic(message="x" * len(request.name))]
        )

server = grpc.server(futures.ThreadPoolExecutor(4), options=[
    ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
print("after the port", flush=True)
server.wait_for_termination()
"""
REFUSING = """\
def refuse(self, request, context):
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no such stack")

Pack.ConfigureStack = refuse
"""


def request(folder: Path, program: str, env: tuple[str, ...] = ()) -> language_pb2.RunPluginRequest:
    (folder / "pack").mkdir()
    (folder / "pack" / "__main__.py").write_text(program)
    info = language_pb2.ProgramInfo(
        root_directory=str(folder / "pack"), program_directory=str(folder / "pack")
    )
    info.options.update({"virtualenv": sys.prefix})
    return language_pb2.RunPluginRequest(
        pwd=str(folder),
        info=info,
        kind="analyzer",
        args=["127.0.0.1:1"],
        env=[f"PATH={os.environ['PATH']}", *env],
    )


@contextmanager
def starting(
    host: Host, asked: language_pb2.RunPluginRequest
) -> Iterator[tuple[analyzer_pb2_grpc.AnalyzerStub, Iterator[language_pb2.RunPluginResponse]]]:
    """A pack that the engine has asked for: its stub, and the lines printed meanwhile."""
    call = host.RunPlugin(asked)
    port = int(next(call).stdout)
    options = [("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel), call
    call.cancel()


def seen_by(pack: analyzer_pb2_grpc.AnalyzerStub) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(pack.GetAnalyzerInfo(NONE).name)
    return seen


def test_a_pack_starts_in_its_folder_with_the_variables_of_the_stack(
    shared_host: Host, tmp_path: Path
) -> None:
    with starting(shared_host, request(tmp_path, PACK)) as (pack, _):
        pack.Handshake(analyzer_pb2.AnalyzerHandshakeRequest())
        pack.ConfigureStack(STACK)
        seen = seen_by(pack)
    config = json.loads(seen["variables"].pop("PULUMI_CONFIG"))
    assert config == dict(STACK.config)
    assert seen == {
        "folder": str(tmp_path / "pack"),
        "variables": {
            "PULUMI_ORGANIZATION": "acme",
            "PULUMI_PROJECT": "shop",
            "PULUMI_STACK": "dev",
            "PULUMI_DRY_RUN": "true",
        },
        "configured": ["dev", ["shop:password"], {"team": "payments"}],
    }


def test_the_port_that_the_engine_speaks_to_a_pack_on_is_its_own(
    shared_host: Host, tmp_path: Path
) -> None:
    call = shared_host.RunPlugin(request(tmp_path, PACK))
    assert not takes_a_second_server(int(next(call).stdout))
    call.cancel()


def test_an_update_is_no_dry_run_and_what_the_stack_lacks_is_not_set(
    shared_host: Host, tmp_path: Path
) -> None:
    with starting(shared_host, request(tmp_path, PACK)) as (pack, _):
        pack.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(stack="prod", project="shop")
        )
        variables = seen_by(pack)["variables"]
    assert variables == {
        "PULUMI_PROJECT": "shop",
        "PULUMI_STACK": "prod",
        "PULUMI_DRY_RUN": "false",
    }


def test_a_pack_of_no_stack_is_started_by_the_first_question(
    shared_host: Host, tmp_path: Path
) -> None:
    with starting(shared_host, request(tmp_path, PACK)) as (pack, _):
        seen = seen_by(pack)
    assert (seen["variables"], seen["configured"]) == ({}, None)


def test_the_variables_that_the_engine_gives_a_pack_come_last(
    shared_host: Host, tmp_path: Path
) -> None:
    given = request(tmp_path, PACK, env=("PULUMI_CONFIG={}", "PULUMI_OTHER=1"))
    with starting(shared_host, given) as (pack, _):
        pack.ConfigureStack(STACK)
        variables = seen_by(pack)["variables"]
    assert (variables["PULUMI_CONFIG"], variables["PULUMI_OTHER"]) == ("{}", "1")


def test_answers_errors_and_output_of_the_pack_reach_the_engine(
    shared_host: Host, tmp_path: Path
) -> None:
    large = 5 * 1024 * 1024
    with starting(shared_host, request(tmp_path, PACK)) as (pack, printed):
        answer = pack.Analyze(analyzer_pb2.AnalyzeRequest(name="n" * large))
        with pytest.raises(grpc.RpcError) as raised:
            pack.Analyze(analyzer_pb2.AnalyzeRequest(urn="raise"))
        with pytest.raises(grpc.RpcError) as unknown:
            pack.Remediate(analyzer_pb2.AnalyzeRequest())
        assert next(printed).stdout.startswith(b"after the port")
    assert len(answer.diagnostics[0].message) == large
    assert (code(raised), "the rule raised" in str(raised.value)) == ("UNKNOWN", True)
    assert code(unknown) == "UNIMPLEMENTED"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        pytest.param("raise SystemExit(3)", "it ended before it printed its port", id="ends"),
        pytest.param("print('hello')", "it printed 'hello'; its first line", id="prints"),
        pytest.param(
            PACK.replace("server = ", REFUSING + "server = "),
            "its configuration failed: no such stack",
            id="refuses-the-stack",
        ),
    ],
)
def test_a_pack_that_does_not_start_is_one_error(
    shared_host: Host, tmp_path: Path, program: str, reason: str
) -> None:
    with starting(shared_host, request(tmp_path, program)) as (pack, printed):
        pack.ConfigureStack(STACK)
        with pytest.raises(grpc.RpcError) as raised:
            pack.GetAnalyzerInfo(NONE)
        with pytest.raises(grpc.RpcError) as ended:
            list(printed)
    assert f"policy pack not started: {reason}" in str(raised.value)
    assert f"policy pack not started: {reason}" in str(ended.value)


def code(raised: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    """The code of a failed call: a stub's every error is the call, which its class hides."""
    return cast("grpc.Call", raised.value).code().name
