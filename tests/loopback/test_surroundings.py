"""The endpoint and provider around an operation on the local stack, and their fate meanwhile."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_loopback.credentials import free_port
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from pulumi_loopback.endpoint import endpoint
from pulumi_loopback.errors import CommandError
from pulumi_loopback.lifecycle.commands import surrounded
from pulumi_loopback.target import Target
from tests.loopback.projects import ENGINE, project_in


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """A stack with an endpoint, and a provider that somebody else has attached."""
    monkeypatch.delenv("LOCALSTACK_AUTH_TOKEN", raising=False)
    settings = f"config: {{shop:aws: {{endpoint: 'http://127.0.0.1:{free_port()}'}}}}\n"
    (tmp_path / "Pulumi.local.yaml").write_text(settings)
    variables = {"PULUMI_DEBUG_PROVIDERS": "aws:1", "PATH": os.defpath}
    project = project_in(tmp_path)
    yield Target(project=project, name="shop", engine=ENGINE, variables=variables)
    endpoint(project).clean()


def work_and_kill(stack: Target, behind: EmbeddedEndpoint) -> None:
    with surrounded(stack):
        os.kill(int((behind.folder / "pid").read_text().split()[0]), signal.SIGKILL)
        while behind.runs():
            pass


def test_an_endpoint_that_ends_in_the_middle_is_told_with_the_way_back(
    stack: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = endpoint(stack.project)
    assert isinstance(behind, EmbeddedEndpoint)
    with pytest.raises(CommandError, match="has ended in the middle") as told:
        work_and_kill(stack, behind)
    assert "`pulumi-loopback state:repair`" in (told.value.hint or "")
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"Starts the endpoint at {behind.url}"
    assert second.startswith(f"moto answers at {behind.url}")
