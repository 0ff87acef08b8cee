"""The endpoints that a stack may have: a local one on the loopback, other stacks none."""

from pathlib import Path

import pytest

from pulumi_loopback.endpoint import url_in
from pulumi_loopback.errors import CommandError
from tests.loopback.projects import project_in


def settings(folder: Path, stack: str, text: str) -> Path:
    (folder / f"Pulumi.{stack}.yaml").write_text(f"config:\n{text}")
    return folder


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("  shop:aws: {endpoint: 'http://127.0.0.1:4566'}", id="member"),
        pytest.param("  shop:aws.endpoint: http://127.0.0.1:4566", id="leaf"),
    ],
)
def test_the_local_stack_has_the_one_in_its_settings(text: str, tmp_path: Path) -> None:
    assert url_in(project_in(settings(tmp_path, "local", text))) == "http://127.0.0.1:4566"


@pytest.mark.parametrize("text", ["", "  shop:aws: {region: us-east-1}", "  shop:aws: text"])
def test_without_one_it_is_aws(text: str, tmp_path: Path) -> None:
    assert url_in(project_in(settings(tmp_path, "dev", text), "dev")) is None
    assert url_in(project_in(tmp_path, "prod")) is None


def test_another_stack_with_an_endpoint_is_refused(tmp_path: Path) -> None:
    settings(tmp_path, "dev", "  shop:aws: {endpoint: 'http://127.0.0.1:4566'}")
    with pytest.raises(CommandError, match=r"Pulumi\.dev\.yaml: aws\.endpoint is .*; local alone"):
        url_in(project_in(tmp_path, "dev"))
