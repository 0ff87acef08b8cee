"""The check of a program in TypeScript is repeated where anything that it hangs on has changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_preflight import ProgramError, Verdict, run
from tests.preflight.running import TIMEOUT_SECONDS

INDEX = """\
import * as pulumi from "@pulumi/pulumi";
import { retention } from "./settings";

export const days: number = retention;
export const stack: string = pulumi.getStack();
"""
Judge = Callable[[], Verdict]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "pulumi-preflight" / "typescript"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "index.ts").write_text(INDEX)
    (folder / "settings.ts").write_text("export const retention = 7;\n")
    return folder


@pytest.fixture
def judge(program: Path, node_modules: Path, cache: Path) -> Judge:
    del cache
    (program / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": "nodejs"}))
    (program / "package.json").write_text("{}")
    (program / "node_modules").symlink_to(node_modules)
    return lambda: run(program, stack="dev", timeout_seconds=TIMEOUT_SECONDS)


def kept_in(cache: Path) -> dict[str, int]:
    return {
        str(file.relative_to(cache)): file.stat().st_mtime_ns
        for file in cache.rglob("*")
        if file.is_file()
    }


def test_a_right_program_is_checked_once(judge: Judge, cache: Path) -> None:
    judge()
    kept = kept_in(cache)
    judge()
    assert kept_in(cache) == kept
    assert any(name.endswith(".js") for name in kept)


def test_an_imported_file_of_another_type_is_an_error(judge: Judge, program: Path) -> None:
    judge()
    (program / "settings.ts").write_text('export const retention = "a week";\n')
    with pytest.raises(ProgramError, match=r"index\.ts\(4,14\): error TS2322"):
        judge()


def test_a_new_file_that_is_imported_instead_is_checked(judge: Judge, program: Path) -> None:
    (program / "settings.ts").rename(program / "settings.js")
    (program / "settings.js").write_text("exports.retention = 7;\n")
    (program / "settings.d.ts").write_text("export declare const retention: number;\n")
    judge()
    (program / "settings.ts").write_text('export const retention = "a week";\n')
    with pytest.raises(ProgramError, match=r"index\.ts\(4,14\): error TS2322"):
        judge()


def test_stricter_settings_of_the_compiler_are_heeded(judge: Judge, program: Path) -> None:
    (program / "index.ts").write_text(f"{INDEX}function unused(value) {{ return value; }}\n")
    judge()
    (program / "tsconfig.json").write_text(json.dumps({"compilerOptions": {"strict": True}}))
    with pytest.raises(ProgramError, match=r"index\.ts\(6,17\): error TS7006"):
        judge()


def test_a_check_that_was_cut_off_is_repeated(judge: Judge, program: Path, cache: Path) -> None:
    judge()
    (reasons,) = cache.rglob("read-*")
    reasons.rename(reasons.with_name("open-1"))
    (program / "settings.ts").write_text('export const retention = "a week";\n')
    with pytest.raises(ProgramError, match=r"index\.ts\(4,14\): error TS2322"):
        judge()


def test_a_program_in_javascript_leaves_nothing(judge: Judge, program: Path, cache: Path) -> None:
    (program / "index.ts").unlink()
    (program / "settings.ts").unlink()
    (program / "index.js").write_text('exports.stack = require("@pulumi/pulumi").getStack();\n')
    judge()
    assert list(cache.iterdir()) == []


def test_without_a_folder_for_it_each_run_checks(
    judge: Judge, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    judge()
    (program / "settings.ts").write_text('export const retention = "a week";\n')
    with pytest.raises(ProgramError, match=r"index\.ts\(4,14\): error TS2322"):
        judge()
