"""Which plugins the host asks the engine for."""

import base64

import pytest

from language_host.inspection import required_packages

AWS = {"resource": True, "name": "aws", "version": "7.51.1"}


def test_an_installed_provider_is_required_in_its_version() -> None:
    (package,) = required_packages([AWS], attached="")
    assert (package.kind, package.name, package.version) == ("resource", "aws", "v7.51.1")


def test_a_package_without_a_plugin_is_not_required() -> None:
    assert required_packages([{"resource": False, "name": "policy"}], attached="") == []


@pytest.mark.parametrize("attached", ["aws:1234", "random:1,aws:1234"])
def test_a_provider_that_runs_already_is_not_required(attached: str) -> None:
    assert required_packages([AWS], attached=attached) == []


def test_a_parameterized_package_is_required_with_its_parameters() -> None:
    value = base64.b64encode(b"{}").decode()
    parameters = {"name": "thing", "version": "1.2.3", "value": value}
    (package,) = required_packages([{**AWS, "parameterization": parameters}], attached="")
    parameterization = package.parameterization
    assert (parameterization.name, parameterization.version) == ("thing", "1.2.3")
    assert parameterization.value == b"{}"
