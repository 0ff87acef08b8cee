"""A host as the engine meets it: a process that prints a port and serves."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

ROOT = Path(__file__).resolve().parents[2]
HOST = [sys.executable, str(ROOT / "engine"), "python", "9.8.7", "127.0.0.1:1"]

Plugin = Callable[[Path, str], language_pb2.RunPluginRequest]


@contextmanager
def serving(process: subprocess.Popen[str]) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        yield language_pb2_grpc.LanguageRuntimeStub(channel)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(HOST, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.terminate()


@pytest.fixture
def host(
    process: subprocess.Popen[str],
) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    with serving(process) as stub:
        yield stub


@pytest.fixture(scope="module")
def shared_host() -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    """One host for tests that leave it as it was."""
    with subprocess.Popen(HOST, stdout=subprocess.PIPE, text=True) as started:
        with serving(started) as stub:
            yield stub
        started.terminate()
