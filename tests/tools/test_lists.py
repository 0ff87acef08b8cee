"""The pack's lists beside newer data of packages."""

import json
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

import botocore
import pytest

from aws_policy_pack.lists import names
from tools.lists.__main__ import main
from tools.lists.newer import SOURCES, Dated, compared, dated

INSTALLED = Path(botocore.__file__).parents[1]
HERE = {distribution.metadata["Name"] for distribution in distributions()}
TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    "name", [name for name, (package, _) in SOURCES.items() if package in HERE]
)
def test_a_list_has_all_that_the_installed_package_has(name: str) -> None:
    found = compared(name, INSTALLED)
    assert (found.new, found.gone) == ((), ())


def test_every_list_that_is_compared_is_there() -> None:
    assert SOURCES.keys() <= set(names())


def written(folder: Path, file: str, text: str) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_new_size_is_said(tmp_path: Path) -> None:
    file = "cfnlint/data/schemas/extensions/aws_ecs_taskdefinition/fargate_cpu_memory.json"
    page = json.loads((INSTALLED / file).read_text(encoding="utf-8"))
    [cpu, memory] = [{"then": {"enum": ["65536"]}}, {"then": {"enum": [499712]}}]
    page["then"]["anyOf"][0] = {"properties": {"Cpu": cpu, "Memory": memory}}
    found = compared("fargate_sizes", written(tmp_path, file, json.dumps(page)))
    assert found.new == ("65536: 499712",)
    assert found.gone == ("256: 512, 1024, 2048",)


def test_a_new_condition_key_is_said(tmp_path: Path) -> None:
    file = "node/package/dist/esm/globalConditionKeys.js"
    text = "export const keys = [{ key: 'aws:SourceArn' }, { key: 'aws:SourcePlanet' }];"
    found = compared("caller_keys", written(tmp_path, file, text))
    assert found.new == ("aws:sourceplanet",)
    assert "aws:sourcevpce" in found.gone


def test_a_new_word_for_secrets_is_said(tmp_path: Path) -> None:
    file = "detect_secrets/plugins/keyword.py"
    text = "DENYLIST = (\n    'db_?pass',\n    'hush_?hush',\n)\n"
    assert compared("secret_names", written(tmp_path, file, text)).new == ("MY_HUSH_HUSH",)


def test_a_new_kind_of_credential_is_said(tmp_path: Path) -> None:
    written(tmp_path, "detect_secrets/plugins/base.py", "")
    written(tmp_path, "detect_secrets/plugins/stripe.py", "")
    folder = written(tmp_path, "detect_secrets/plugins/acme.py", "")
    assert compared("credential_forms", folder).new == ("acme",)


def test_a_file_without_a_day_is_old_and_one_of_today_is_not(tmp_path: Path) -> None:
    written(tmp_path, "a.json", '{"date": "2026-11-28"}')
    written(tmp_path, "b.json", '{"dated": "2026-06-01"}')
    written(tmp_path, "c.json", "{}")
    written(tmp_path, "d.txt", "# After 2026-06-02, the newest.\naws:a/b:C\n")
    written(tmp_path, "e.txt", "2026-11-28\n")
    found = dated(tmp_path)
    assert [(file.path.name, file.day) for file in found] == [
        ("a.json", date(2026, 11, 28)),
        ("b.json", date(2026, 6, 1)),
        ("c.json", None),
        ("d.txt", date(2026, 6, 2)),
        ("e.txt", None),
    ]
    assert [file.path.name for file in found if file.is_old(TODAY)] == ["c.json", "e.txt"]


@pytest.mark.parametrize(
    ("day", "is_old"),
    [
        pytest.param(date(2026, 6, 1), False, id="180 days"),
        pytest.param(date(2026, 5, 31), True, id="181 days"),
    ],
)
def test_a_list_is_old_after_180_days(day: date, is_old: bool) -> None:  # noqa: FBT001 - a case
    assert Dated(path=Path("a.json"), day=day).is_old(TODAY) is is_old


def test_an_old_list_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert f"{len(dated())} lists, " in capsys.readouterr().out


@pytest.mark.nightly
def test_every_list_is_compared_with_the_newest_packages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {line.partition(":")[0] for line in said if not line.startswith(" ")} == set(names())
