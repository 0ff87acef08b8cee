"""Runs a program by a language host: a process that serves Pulumi's protocol `LanguageRuntime`.

Started by path in preflight's own interpreter with the program's `runtime.options` as JSON, the
host's program, and the number of an inherited socket. Over that the process reads its settings and
reports how the program ended: one JSON object a line, as docs/runtimes.md tells. What the host says
of mistakes goes to stderr, or to preflight's service `Engine`.
"""

import sys

# Python put this file's folder first; nothing is imported from there.
sys.path.pop(0)

import json
import os
import subprocess
from typing import Any

from pulumi_preflight.startup import defer_sdk

defer_sdk()

import grpc  # noqa: E402
from pulumi.runtime.proto.language_pb2 import (  # noqa: E402
    ProgramInfo,
    RunRequest,
    RunResponse,
)

from pulumi_preflight.program.inside_host.channel import Channel  # noqa: E402
from pulumi_preflight.wire import LOOPBACK_OPTIONS  # noqa: E402

_RUN = "/pulumirpc.LanguageRuntime/Run"


def main() -> int:
    """Starts the host, has it run the program, and reports the end."""
    options, program, number = sys.argv[1:]
    channel = Channel(int(number))
    settings = channel.settings("a language host tells no types and no places")
    with subprocess.Popen([program, settings["sdk"]["engine"]], stdout=subprocess.PIPE) as host:
        try:
            end = _run(host, _request(settings, json.loads(options)))
        finally:
            host.kill()
    channel.send(end)
    return 0


def _run(host: "subprocess.Popen[bytes]", request: RunRequest) -> dict[str, object]:
    assert host.stdout is not None  # noqa: S101 - it was started with a pipe
    port = host.stdout.readline().decode(errors="replace").strip()
    if not port.isdecimal():
        return _refused(f"the language host said {port!r}; wanted its port")
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=LOOPBACK_OPTIONS) as connection:
        run = connection.unary_unary(
            _RUN,
            request_serializer=RunRequest.SerializeToString,
            response_deserializer=RunResponse.FromString,
        )
        try:
            response = run(request)
        except grpc.RpcError as error:
            details = getattr(error, "details", None)
            return _refused(str(details() if details else error))
    if response.error or response.bail:
        return _refused(response.error)
    return {"ended": "well"}


def _refused(text: str) -> dict[str, object]:
    return {"ended": "refused", "text": text}


def _request(settings: dict[str, Any], options: dict[str, Any]) -> RunRequest:
    sdk, program = settings["sdk"], settings["program"]
    info = ProgramInfo(
        root_directory=sdk["root_directory"], program_directory=program, entry_point="."
    )
    info.options.update(options)
    return RunRequest(
        project=sdk["project"],
        stack=sdk["stack"],
        organization=sdk["organization"],
        pwd=program,
        program=".",
        dryRun=sdk["dry_run"],
        parallel=sdk["parallel"],
        monitor_address=sdk["monitor"],
        # Preflight serves all that it has at one address.
        loader_target=sdk["monitor"],
        config=json.loads(os.environ["PULUMI_CONFIG"]),
        configSecretKeys=json.loads(os.environ["PULUMI_CONFIG_SECRET_KEYS"]),
        info=info,
    )


if __name__ == "__main__":
    sys.exit(main())
