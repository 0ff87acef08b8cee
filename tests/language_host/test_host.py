"""The host as the engine meets it: a process that prints a port and serves."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(ROOT / "engine"), "9.8.7", "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.terminate()


@pytest.fixture
def host(
    process: subprocess.Popen[str],
) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        yield language_pb2_grpc.LanguageRuntimeStub(channel)


def plugin(folder: Path, program: str) -> language_pb2.RunPluginRequest:
    (folder / "__main__.py").write_text(program)
    info = language_pb2.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point="."
    )
    info.options.update({"virtualenv": sys.prefix})
    return language_pb2.RunPluginRequest(
        pwd=str(folder), info=info, kind="resource", env=["GREETING=hello", "PATH=/usr/bin"]
    )


def test_it_has_the_version_of_its_engine(host: language_pb2_grpc.LanguageRuntimeStub) -> None:
    assert host.GetPluginInfo(empty_pb2.Empty()).version == "9.8.7"


def test_a_plugin_is_run_in_its_variables_and_its_output_and_exit_code_are_passed_on(
    host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    program = (
        "import os, sys; print(os.environ['GREETING']); print('oh', file=sys.stderr); sys.exit(3)"
    )
    answers = list(host.RunPlugin(plugin(tmp_path, program)))
    assert b"".join(each.stdout for each in answers) == b"hello\n"
    assert b"".join(each.stderr for each in answers) == b"oh\n"
    assert answers[-1].exitcode == 3


@pytest.mark.parametrize("ending", ["cancel", "signal"])
def test_no_plugin_outlives_its_call_or_the_host(
    ending: str,
    host: language_pb2_grpc.LanguageRuntimeStub,
    process: subprocess.Popen[str],
    tmp_path: Path,
) -> None:
    program = "import os, time; print(os.getpid()); time.sleep(60)"
    call = host.RunPlugin(plugin(tmp_path, program))
    pid = int(next(call).stdout)
    if ending == "cancel":
        call.cancel()
        process.send_signal(signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    process.wait(timeout=10)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_dependencies_of_a_program_are_those_that_nothing_else_needs(
    host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    info = plugin(tmp_path, "").info
    listed = {
        transitive: {
            each.name
            for each in host.GetProgramDependencies(
                language_pb2.GetProgramDependenciesRequest(
                    info=info, transitiveDependencies=transitive
                )
            ).dependencies
        }
        for transitive in (True, False)
    }
    assert listed[False] < listed[True]
    assert "pulumi" in listed[True] - listed[False]


def test_a_missing_environment_is_told_as_a_failed_precondition(
    host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    info = language_pb2.ProgramInfo(root_directory=str(tmp_path))
    info.options.update({"virtualenv": "gone"})
    with pytest.raises(grpc.RpcError) as raised:
        host.About(language_pb2.AboutRequest(info=info))
    assert "gone has no bin/python" in str(raised.value)


def test_it_says_that_it_installs_nothing(
    host: language_pb2_grpc.LanguageRuntimeStub,
) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        list(host.InstallDependencies(language_pb2.InstallDependenciesRequest()))
    assert "installs nothing" in str(raised.value)
