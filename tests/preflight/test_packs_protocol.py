"""Packs that speak the analyzer protocol without the SDK, or only a part of it."""

import json
from pathlib import Path

import pytest

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Reported
from pulumi_preflight.packs import PackChoice, Packs
from tests.preflight.builders import (
    CONTEXT,
    QUEUE,
    resource_request,
    stack_request,
    urn,
    write_pack,
)

PACK = """\
from concurrent import futures
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2_grpc import (
    AnalyzerServicer, add_AnalyzerServicer_to_server,
)

class Analyzer(AnalyzerServicer):
    def GetAnalyzerInfo(self, request, context):
        return protocol.AnalyzerInfo(name="bare", supportsConfig=SUPPORTS_CONFIG, policies=[
            protocol.PolicyInfo(name="rule", enforcementLevel=protocol.REMEDIATE),
        ])

    def Analyze(self, request, context):
        diagnostic = protocol.AnalyzeDiagnostic(policyName="rule", message="seen", urn="other")
        return protocol.AnalyzeResponse(diagnostics=[diagnostic])

    def Configure(self, request, context):
        problems = request.policyConfig["rule"].properties["problems"]
        if problems:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\\n".join(problems))
        return Empty()

server = grpc.server(futures.ThreadPoolExecutor(1))
add_AnalyzerServicer_to_server(Analyzer(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port)
server.wait_for_termination()
"""


def judged(folder: Path, *, supports_config: bool, config: str | None = None) -> Reported:
    source = f"SUPPORTS_CONFIG = {supports_config}\n{PACK}"
    path = folder / "config.json"
    if config is not None:
        path.write_text(config)
    choice = PackChoice(
        directory=write_pack(folder / "bare", source), config=path if config else None
    )
    jobs = resource_request(QUEUE, "jobs", {})
    with Packs([choice], CONTEXT) as packs:
        packs.check(jobs)
        packs.analyze_stack(stack_request(jobs))
    return packs.reported


@pytest.mark.parametrize("supports_config", [True, False])
def test_calls_that_a_pack_does_not_implement_are_let_pass(
    tmp_path: Path, *, supports_config: bool
) -> None:
    config = '{"rule": {"problems": []}}' if supports_config else None
    reported = judged(tmp_path, supports_config=supports_config, config=config)
    (finding,) = reported.findings
    assert (finding.pack, finding.urn, finding.message) == ("bare", urn(QUEUE, "jobs"), "seen")


def test_config_for_a_pack_that_takes_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        judged(tmp_path, supports_config=False, config='{"all": "advisory"}')
    assert str(raised.value) == (
        "policy pack 'bare' takes no configuration, "
        f"but --policy-pack-config gives it {tmp_path}/config.json"
    )


def test_exceptions_hold_for_a_pack_that_takes_no_config(tmp_path: Path) -> None:
    about = urn(QUEUE, "jobs")
    excuses = {"reason": "r", "match": [{"policies": ["rule"], "targets": [about]}]}
    config = json.dumps({"version": 2, "policies": {}, "exceptions": {"a": excuses}})
    reported = judged(tmp_path, supports_config=False, config=config)
    assert reported.findings == ()
    [waived] = reported.waived
    assert (waived.urn, waived.reason) == (about, "r")


@pytest.mark.parametrize("config", ["{}", '{"rule": {}}', '{"version": 2}'])
def test_a_config_that_sets_nothing_is_taken_for_any_pack(tmp_path: Path, config: str) -> None:
    assert len(judged(tmp_path, supports_config=False, config=config).findings) == 1


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        pytest.param('["no such key"]', " no such key", id="one-problem"),
        pytest.param('["a", "b"]', "\n  a\n  b", id="several-problems"),
    ],
)
def test_a_pack_that_refuses_its_config_is_told_with_the_file(
    tmp_path: Path, problems: str, told: str
) -> None:
    with pytest.raises(PackError) as raised:
        judged(tmp_path, supports_config=True, config=f'{{"rule": {{"problems": {problems}}}}}')
    assert (
        str(raised.value) == f"policy pack 'bare' refused its config {tmp_path}/config.json:{told}"
    )
