"""Serves the protocol on a port of its own until the engine ends it, or is gone itself."""

import os
import select
import signal
import sys
import threading
from concurrent import futures
from contextlib import suppress
from pathlib import Path

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from language_host import CHANNEL_OPTIONS
from language_host.host import LanguageHost

# The engine talks to one host for the program, each pack and each plugin, all at once.
_WORKERS = 32
_SECONDS_BETWEEN_LOOKS = 1

_ENGINE = Path(__file__).resolve().parent.parent
_SHIM = _ENGINE / "bin" / "pulumi-language-python-exec"


def main(version: str) -> int:
    """Prints the port, as the engine expects of a plugin, and serves until a signal arrives.

    Args:
        version: The version of the engine that the host belongs to.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=CHANNEL_OPTIONS)
    host = LanguageHost(_SHIM, version)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
    while not (alone := _nobody_reads()) and not ended.wait(_SECONDS_BETWEEN_LOOKS):
        pass
    host.end_all()
    server.stop(grace=1).wait()
    if alone:
        _kill_group()
    return 0


def _nobody_reads() -> bool:
    """Whether nobody reads what this process prints: the engine is gone, and has ended nothing.

    The parent's number would not tell that: an engine that dies early leaves another parent before
    this one is asked for.
    """
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return bool(output.poll(0))


def _kill_group() -> None:
    """Kills all that the programs have started and left, as the engine does when it ends a host.

    The engine gives each host a process group of its own.
    """
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
