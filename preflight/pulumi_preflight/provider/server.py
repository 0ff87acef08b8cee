"""Serves the rehearsal provider on the loopback, as a process of its own."""

import importlib
import importlib.util
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server
from pulumi.runtime.rpc import get_resource_module

from pulumi_preflight.outputs import Outputs
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.provider.backend import Calls, RehearsalBackend, Store
from pulumi_preflight.provider.service import Provider
from pulumi_preflight.wire import LOOPBACK_OPTIONS

_LOADING = threading.Lock()


def ask(question: str, of: str) -> Any:  # noqa: ANN401 - JSON, as of a program's process
    """Answers what a program's own process would: all but `class` take tokens."""
    with _LOADING:
        if question != "class":
            with warnings.catch_warnings():
                # The SDKs warn of what is deprecated in them when they are loaded, used or not.
                warnings.simplefilter("ignore", DeprecationWarning)
                _load(of)
        return QUESTIONS[question](of)


def _load(token: str) -> None:
    """Imports the module of a token such as `aws:sqs/queue:Queue`, if its SDK is installed."""
    package, module, _ = token.split(":")
    name = f"pulumi_{package.replace('-', '_')}"
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return
    part = module.partition("/")[0]
    registered = get_resource_module(package, module, "")
    names = [f"{name}.{part}", f"{name}.{part}_"]
    if registered is not None:
        names = [vars(registered)["mod_info"]["fqn"]]
    for each in names:
        if importlib.util.find_spec(each):
            # The SDKs load a module when something in it is looked at.
            getattr(importlib.import_module(each), "__all__", None)


_THREADS = 32


def rehearsal(store: Path, calls: Path | None) -> Provider:
    """The rehearsal provider, on the SDKs of this interpreter.

    Raises:
        StoreError: The file is not a store.
    """
    shapes = Shapes(ask)
    outputs = Outputs(shapes, keep_unknowns=False)
    return Provider(shapes, RehearsalBackend(outputs, Store(store)), Calls(calls))


@contextmanager
def serving(provider: Provider) -> Iterator[int]:
    """Serves until it is left; gives the port."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="provider") as threads:
        server = grpc.server(threads, options=LOOPBACK_OPTIONS)
        add_ResourceProviderServicer_to_server(provider, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(None).wait()


_SECONDS_TO_END = 10


@contextmanager
def rehearsal_provider(store: Path, calls: Path | None = None) -> Iterator[int]:
    """Serves the provider in a process of its own; gives its port.

    Args:
        store: The file that holds what exists; made if missing.
        calls: The file to note the engine's calls in, a JSON object a line.

    Raises:
        RuntimeError: It did not start; it has said why on stderr.
    """
    command: list[str | Path] = [sys.executable, "-m", __package__, "--store", store]
    if calls is not None:
        command += ["--calls", calls]
    # A group of its own: Ctrl-C is for the engine, which needs the provider to end well.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("the rehearsal provider did not start")
            yield int(line)
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
