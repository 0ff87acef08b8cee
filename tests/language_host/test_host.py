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

from language_host.children import Children
from tests.language_host.conftest import HOST
from tests.ports import takes_a_second_server
from tests.waiting import LONG, wait_until

# A plugin that has started a process, and one that does not end when it is asked to.
WITH_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def host_of_an_engine() -> Iterator[subprocess.Popen[str]]:
    """A host in a process group of its own, as the engine starts it."""
    with subprocess.Popen(HOST, stdout=subprocess.PIPE, text=True, process_group=0) as started:
        yield started
        started.kill()


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


def test_its_port_is_its_own(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert not takes_a_second_server(int(process.stdout.readline()))


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
    process.wait(timeout=LONG)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("program", [WITH_A_CHILD, STUBBORN], ids=["with-a-child", "stubborn"])
def test_nothing_outlives_an_engine_that_was_killed(
    program: str, host_of_an_engine: subprocess.Popen[str], tmp_path: Path
) -> None:
    output = host_of_an_engine.stdout
    assert output is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(output.readline())}") as channel:
        call = language_pb2_grpc.LanguageRuntimeStub(channel).RunPlugin(plugin(tmp_path, program))
        pid = int(next(call).stdout)
        # What is left of a killed engine is a pipe that nobody reads.
        output.close()
        host_of_an_engine.wait(timeout=LONG)
    wait_until(lambda: not is_running(pid))


def test_it_ends_where_the_engine_was_killed_before_it_served(
    host_of_an_engine: subprocess.Popen[str],
) -> None:
    assert host_of_an_engine.stdout is not None
    host_of_an_engine.stdout.close()
    host_of_an_engine.wait(timeout=LONG)


def test_nothing_is_started_once_all_was_ended(tmp_path: Path) -> None:
    children = Children()
    children.end_all()
    start = children.start([sys.executable], cwd=str(tmp_path), variables={}, captured=True)
    with pytest.raises(RuntimeError, match="is ending"), start:
        pass


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; one that nobody waits for stays as a name."""
    try:
        return " Z " not in Path("/proc", str(pid), "stat").read_text()
    except FileNotFoundError:
        return False


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
    assert f"virtualenv 'gone': there is no Python environment in {tmp_path}/gone" in str(
        raised.value
    )


def test_it_names_its_interpreter_and_what_the_project_says_of_it(
    shared_host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    info = plugin(tmp_path, "").info
    info.options.update({"toolchain": "uv", "typechecker": "mypy"})
    about = shared_host.About(language_pb2.AboutRequest(info=info))
    assert about.executable == f"{sys.prefix}/bin/python"
    assert about.metadata == {"toolchain": "Uv", "typechecker": "Mypy"}


def test_an_option_that_cannot_be_is_told(
    shared_host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    info = plugin(tmp_path, "").info
    info.options.update({"toolchain": "conda"})
    with pytest.raises(grpc.RpcError) as raised:
        shared_host.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info))
    assert "runtime.options.toolchain is 'conda'" in str(raised.value)


def test_a_cancelled_operation_ends_what_runs(
    host: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
) -> None:
    program = "import os, time; print(os.getpid()); time.sleep(600)"
    call = host.RunPlugin(plugin(tmp_path, program))
    pid = int(next(call).stdout)
    host.Cancel(empty_pb2.Empty())
    assert list(call)[-1].exitcode != 0
    assert not is_running(pid)
