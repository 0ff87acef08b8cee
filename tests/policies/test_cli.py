"""The command line shows the rules, checks profiles and starts a new pack."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from aws_policy_pack.cli import main
from aws_policy_pack.registry import RULES


def test_list_shows_every_rule_once_and_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    *lines, count = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]
    assert count == f"{len(RULES)} rules"


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        pytest.param(["--area", "sqs"], lambda rule: rule.area == "sqs", id="area"),
        pytest.param(["--id", "*-scope"], lambda rule: rule.id.endswith("-scope"), id="id-glob"),
        pytest.param(
            ["--severity", "high"], lambda rule: rule.severity.value == "high", id="severity"
        ),
        pytest.param(
            ["--level", "advisory"], lambda rule: rule.level.value == "advisory", id="level"
        ),
        pytest.param(
            ["--control", "Security Hub SQS.*"],
            lambda rule: any(each.startswith("Security Hub SQS.") for each in rule.controls),
            id="control-glob",
        ),
        pytest.param(
            ["--area", "kms", "--area", "ecr"],
            lambda rule: rule.area in {"kms", "ecr"},
            id="any-of-two",
        ),
        pytest.param(
            ["--area", "waivers", "--severity", "medium"],
            lambda rule: rule.area == "waivers" and rule.severity.value == "medium",
            id="both-must-hold",
        ),
    ],
)
def test_list_filters(
    arguments: list[str], kept: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(kept)
    assert main(["list", "--format", "json", *arguments]) == 0
    shown = [rule["id"] for rule in json.loads(capsys.readouterr().out)]
    assert shown == [rule.id for rule in RULES if kept(rule)]


def test_one_rule_is_counted_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--id", "waivers-valid"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 rule"


def test_explain_shows_what_fails_and_what_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "sqs-fifo-throughput-scope"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("### sqs-fifo-throughput-scope\n")
    assert "\nFails:\n" in page
    assert "\nPasses:\n" in page


def test_path_is_a_folder_that_the_engine_can_boot(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path"]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert {"PulumiPolicy.yaml", "__main__.py"} <= {path.name for path in folder.iterdir()}


def test_check_config_finds_no_mistakes_in_a_right_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{"waivers-valid": "advisory"}', encoding="utf-8")
    assert main(["check-config", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: no mistakes\n"


def test_check_config_refuses_a_waiver_that_waives_nothing_for_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dev.json"
    waiver = {"resource": "jobs", "reason": " ", "owner": "", "expires": "2027-03-31"}
    file.write_text(json.dumps({"sqs-encryption": {"waivers": [waiver]}}), encoding="utf-8")
    assert main(["check-config", str(file)]) == 2
    place, wanted = f"{file}: sqs-encryption.waivers.0", "wanted a reason, an owner and a last day"
    assert capsys.readouterr().err.splitlines() == [
        f"error: {place}.reason: ' ' is blank; {wanted}",
        f"error: {place}.owner: is missing; {wanted}",
    ]


def test_check_config_tells_every_mistake_on_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{"waivers-vald": {}, "waivers-valid": "of"}', encoding="utf-8")
    assert main(["check-config", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"error: {file}: waivers-vald: unknown rule; did you mean `waivers-valid`?",
        (
            f"error: {file}: waivers-valid: 'of' is not a level; "
            "known are `advisory`, `disabled`, `mandatory`, `remediate`"
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["explain", "waivers-vald"],
            "error: waivers-vald: unknown rule; did you mean `waivers-valid`?\n",
            id="unknown-rule",
        ),
        pytest.param(
            ["explain", "nosuch"],
            "error: nosuch: unknown rule; `aws-policy-pack list` shows what is known\n",
            id="rule-like-no-other",
        ),
        pytest.param(
            ["list", "--area", "sqz"],
            "error: --area sqz: unknown area; did you mean `sqs`?",
            id="area",
        ),
        pytest.param(
            ["list", "--area", "sqs", "--id", "sqs-fifo-require"],
            "error: --id sqs-fifo-require: no id is like it; did you mean `sqs-fifo-required`?",
            id="id",
        ),
        pytest.param(
            ["list", "--control", "SecurityHub SQS.1"],
            "error: --control SecurityHub SQS.1: no control is like it; "
            "did you mean `Security Hub SQS.1`?",
            id="control",
        ),
        pytest.param(
            ["list", "--area", "kms", "--severity", "high"],
            "error: no rule has all of this; give fewer filters",
            id="together",
        ),
        pytest.param(
            ["cost", "state.json", "--region", "mars-north-1"],
            "error: --region mars-north-1: has no price table; there is one of ap-northeast-1, ",
            id="region",
        ),
    ],
)
def test_a_wrong_name_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"nosuch-rule": "mandatory"}', "nosuch-rule: unknown rule;"),
        ('{"iam-public-trust": "fatal"}', "iam-public-trust: 'fatal' is not a level;"),
        ('{"extends": "recommended", "tags-required": {"tag": {}}}', "tags-required.tag: unknown"),
        ('{"extends": null}', "extends: null is neither a profile that the pack ships"),
        (
            '{"iam-public-trust": {"waivers": [{"resource": "deploy"}]}}',
            "iam-public-trust.waivers.0",
        ),
    ],
    ids=["rule", "level", "setting", "base", "waiver"],
)
def test_a_profile_with_a_mistake_is_not_written_out(
    content: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.json"
    file.write_text(content, encoding="utf-8")
    assert main(["profile", str(file)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"error: {file}: {told}")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("recomended", "did you mean `recommended`?"),
        ("loose", "known are `minimal`, `recommended`, `strict`"),
    ],
)
def test_a_profile_that_is_not_shipped_is_told_with_those_that_are(
    name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", name]) == 2
    assert capsys.readouterr().err == (
        f"error: {name}: neither a profile that the pack ships nor a file; {told}\n"
    )


def test_init_writes_a_pack_with_a_right_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "policies"
    assert main(["init", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "PulumiPolicy.yaml",
        "__main__.py",
        "profile.json",
        "requirements.txt",
    ]
    assert f"--policy-pack {folder} " in capsys.readouterr().out
    assert main(["check-config", str(folder / "profile.json")]) == 0


@pytest.mark.parametrize(
    ("prefix", "named"),
    [
        pytest.param("venv", "../venv", id="beside-the-pack"),
        pytest.param("../elsewhere", "venv", id="elsewhere"),
    ],
)
def test_init_names_the_active_environment_where_it_lies_beside_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str, named: str
) -> None:
    monkeypatch.setattr(sys, "prefix", str((tmp_path / prefix).resolve()))
    assert main(["init", str(tmp_path / "policies")]) == 0
    project = (tmp_path / "policies" / "PulumiPolicy.yaml").read_text(encoding="utf-8")
    assert f"    virtualenv: {named}\n" in project


def test_init_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: {profile} is there already; name another folder, or remove it\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["profile.json"]


def test_init_tells_where_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert main(["init", str(file / "policies")]) == 2
    assert capsys.readouterr().err == (
        f"error: {file / 'policies'} cannot be written: Not a directory\n"
    )


@pytest.mark.parametrize(
    "arguments", [[], ["lst"], ["list", "--severity", "huge"]], ids=["none", "unknown", "choice"]
)
def test_wrong_arguments_end_in_exit_code_2(arguments: list[str]) -> None:
    program = "import sys; from aws_policy_pack.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "usage: aws-policy-pack" in run.stderr


def run(*arguments: str, stdout: Path | int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as a process, since the test is about the process's output streams."""
    program = "import sys; from aws_policy_pack.cli import main; sys.exit(main())"
    with stdout.open("w") if isinstance(stdout, Path) else nullcontext(stdout) as output:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, **variables},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    kind = "aws:ebs/volume:Volume"
    volume = {
        "urn": f"urn:pulumi:dev::shop::{kind}::disk-ä",
        "type": kind,
        "inputs": {"size": 100, "type": "gp3"},
    }
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [volume]}}))
    return file


@pytest.mark.parametrize(
    "levels",
    [
        pytest.param(
            900, marks=pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 reads these")
        ),
        990,
        3000,
    ],
)
def test_a_state_that_nests_too_deep_is_one_error(
    levels: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    kind = "aws:ebs/volume:Volume"
    entry = f'{{"urn": "urn:pulumi:d::p::{kind}::disk", "type": "{kind}", "inputs": {{"size": 8, '
    deep = "[" * levels + "]" * levels
    resources = f'[{entry}"tags": {deep}}}}}]'
    file.write_text(f'{{"version": 3, "deployment": {{"resources": {resources}}}}}')
    assert main(["cost", str(file)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {file}: ")


def test_an_output_that_has_no_sign_for_a_bar_gets_another(state: Path) -> None:
    shown = run("cost", str(state), stdout=subprocess.PIPE, PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "#" * 20 in shown.stdout
    assert r"disk-\xe4" in shown.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_is_one_error(state: Path) -> None:
    shown = run("cost", str(state), stdout=Path("/dev/full"))
    assert (shown.returncode, shown.stderr) == (
        2,
        "error: the output: No space left on device\n",
    )


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    shown = run("list", stdout=writing)
    os.close(writing)
    assert (shown.returncode, shown.stderr) == (0, "")
