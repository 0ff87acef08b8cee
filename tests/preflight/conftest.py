"""Runs Pulumi programs under preflight, for all tests of this folder."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_preflight.project import load_project
from tests.preflight import hosts, node
from tests.preflight.running import Ran, RunProgram, WriteProject, run_loaded, write_files


@pytest.fixture
def write_project(tmp_path: Path) -> WriteProject:
    """Gives what writes a project."""

    def write(
        program: str,
        *,
        project: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> Path:
        return write_files(tmp_path, program, project or {}, files or {})

    return write


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunProgram:
    """Gives what runs a program."""

    @cache
    def run_once(program: str, config: str, preflight: str, keep_unknowns: bool) -> Ran:  # noqa: FBT001 - a key of the cache
        folder = write_files(
            tmp_path_factory.mktemp("project"),
            program,
            {"config": yaml.safe_load(config) or {}},
            {"preflight.yaml": preflight} if preflight else {},
        )
        project = load_project(folder, stack="dev", environment={})
        return run_loaded(project, keep_unknowns=keep_unknowns)

    def call(
        program: str, *, config: str = "", preflight: str = "", keep_unknowns: bool = False
    ) -> Ran:
        return run_once(program, config, preflight, keep_unknowns)

    return call


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config) -> Path:
    """Pulumi's SDK for Node, and what it needs."""
    return node.installed(pytestconfig)


@pytest.fixture(scope="session")
def yaml_host() -> Path:
    """What runs programs in YAML."""
    return hosts.built("yaml")
