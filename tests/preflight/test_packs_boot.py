"""Packs that do not boot, and what is left of packs when a run ends."""

import os
import time
from pathlib import Path

import pytest

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs import PackChoice, Packs
from tests.preflight.builders import CONTEXT, QUEUE, resource_request, stack_request, write_pack
from tests.processes import started_with

ENDLESS = "import time\nwhile True:\n    time.sleep(60)\n"


def boot(directory: Path, *, boot_seconds: float = 60) -> None:
    choices = [PackChoice(directory=directory)]
    with Packs(choices, CONTEXT, boot_seconds=boot_seconds) as packs:
        packs.check(resource_request(QUEUE, "jobs", {}))


def test_a_pack_saved_twice_within_a_second_runs_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    # A second that does not end while the test runs.
    second = time.time() + 3600
    for name in ("first", "other"):
        pack = write_pack(tmp_path / "pack", f"raise SystemExit({name!r})\n")
        os.utime(pack / "__main__.py", (second, second))
        with pytest.raises(PackError, match=f"did not boot: {name}"):
            boot(pack)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        pytest.param(
            "print('loading rules')\n",
            "printed 'loading rules' before it booted; the first line on stdout must be its port",
            id="prints-before-its-port",
        ),
        pytest.param(
            "def rule(:\n    pass\n",
            "did not boot: SyntaxError: invalid syntax (__main__.py:1)",
            id="syntax-error",
        ),
        pytest.param(
            "from rules import strict\n",
            "did not boot: ModuleNotFoundError: No module named 'rules' (__main__.py:1)",
            id="missing-module",
        ),
        pytest.param(
            "class Odd(Exception): pass\ndef load():\n    raise Odd\nload()\n",
            "did not boot: Odd (__main__.py:3)",
            id="raises-an-exception-of-its-own-without-text",
        ),
        pytest.param(
            "import sys\nsys.exit('no licence')\n", "did not boot: no licence", id="exits-with-text"
        ),
        pytest.param("rules = []\n", "ended (exit code 0) before it booted", id="serves-no-pack"),
        pytest.param(
            "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
            "ended (signal 11, SIGSEGV) before it booted",
            id="is-killed",
        ),
        pytest.param(
            "import os, time\nos.close(1)\ntime.sleep(600)\n",
            "closed its stdout before it booted",
            id="closes-its-stdout",
        ),
    ],
)
def test_a_pack_that_does_not_boot_is_named_with_its_own_error(
    tmp_path: Path, source: str, complaint: str
) -> None:
    pack = write_pack(tmp_path / "strict", source)
    with pytest.raises(PackError) as raised:
        boot(pack)
    assert str(raised.value) == f"policy pack {pack} {complaint}"


def test_a_print_before_the_port_comes_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        boot(write_pack(tmp_path, "print()\n"))
    assert raised.value.hint == "print to stderr, or only inside rules"


def test_a_pack_that_never_boots_is_given_up_after_the_timeout(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, ENDLESS)
    with pytest.raises(PackError, match=r"did not boot within 0\.5 s"):
        boot(pack, boot_seconds=0.5)


def test_the_first_pack_that_failed_is_the_one_that_is_told(tmp_path: Path) -> None:
    choices = [
        PackChoice(directory=write_pack(tmp_path / name, f"raise ValueError({name!r})\n"))
        for name in ("first", "second")
    ]
    with (
        pytest.raises(PackError, match="ValueError: first"),
        Packs(choices, CONTEXT) as packs,
    ):
        packs.check(resource_request(QUEUE, "jobs", {}))


def test_a_failed_pack_fails_every_later_check(tmp_path: Path) -> None:
    choices = [PackChoice(directory=write_pack(tmp_path, "raise ValueError\n"))]
    with Packs(choices, CONTEXT) as packs:
        with pytest.raises(PackError) as first:
            packs.check(resource_request(QUEUE, "jobs", {}))
        with pytest.raises(PackError) as second:
            packs.check(resource_request(QUEUE, "other", {}))
        with pytest.raises(PackError) as last:
            packs.raise_failure()
        assert first.value is second.value is last.value


@pytest.mark.parametrize(
    "prelude",
    [
        pytest.param("", id="while-it-boots"),
        pytest.param(
            "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n",
            id="that-ignores-the-first-signal",
        ),
        pytest.param(
            "import subprocess, sys\n"
            f"subprocess.Popen([sys.executable, '-c', {ENDLESS!r}, __file__])\n",
            id="with-processes-of-its-own",
        ),
    ],
)
def test_nothing_is_left_of_a_pack(tmp_path: Path, prelude: str) -> None:
    ready = tmp_path / "ready"
    started = f"import pathlib\npathlib.Path({str(ready)!r}).touch()\n"
    pack = write_pack(tmp_path, f"{prelude}{started}{ENDLESS}")
    with Packs([PackChoice(directory=pack)], CONTEXT):
        deadline = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert started_with(tmp_path)
    assert started_with(tmp_path) == []


def test_what_a_pack_prints_after_its_port_is_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = (
        "import sys\n"
        "from pulumi_policy import PolicyPack, ResourceValidationPolicy\n"
        "def talk(args, report):\n"
        "    print('looking at', args.name)\n"
        "    print('and warning', file=sys.stderr)\n"
        "PolicyPack('talkative', [ResourceValidationPolicy('talk', 'Talks.', talk)])\n"
    )
    choices = [PackChoice(directory=write_pack(tmp_path / "talkative", source))]
    with Packs(choices, CONTEXT) as packs:
        packs.check(resource_request(QUEUE, "jobs", {}))
        packs.analyze_stack(stack_request())
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
    assert packs.printed == "[talkative] looking at jobs\n[talkative] and warning\n"


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        pytest.param("os._exit(137)", "exit code 137", id="exits"),
        pytest.param("os._exit(0)", "exit code 0", id="exits-as-if-all-were-well"),
        pytest.param("signal.raise_signal(11)", "signal 11, SIGSEGV", id="is-killed"),
    ],
)
def test_a_pack_that_dies_while_it_judges_is_told_with_rule_end_and_last_words(
    tmp_path: Path, end: str, ended: str
) -> None:
    source = (
        "import os, signal, sys\n"
        "from pulumi_policy import PolicyPack, ResourceValidationPolicy\n"
        "def die(args, report):\n"
        "    print('opening the index\\nout of memory', file=sys.stderr, flush=True)\n"
        f"    {end}\n"
        "rules = [ResourceValidationPolicy('live', 'Lives.', lambda args, report: None),\n"
        "         ResourceValidationPolicy('die', 'Dies.', die)]\n"
        "PolicyPack('mortal', rules)\n"
    )
    choices = [PackChoice(directory=write_pack(tmp_path, source))]
    with Packs(choices, CONTEXT) as packs:
        packs.check(resource_request(QUEUE, "jobs", {}))
        with pytest.raises(PackError) as raised:
            packs.analyze_stack(stack_request())
    assert str(raised.value) == (
        f"rule 'die' of policy pack 'mortal' ended the pack's process ({ended}) "
        "for 'jobs' (aws:sqs/queue:Queue)"
    )
    assert raised.value.hint == ("its last lines on stderr:\n  opening the index\n  out of memory")


@pytest.mark.parametrize("text", ["z" * 20, "z\\n" * 20], ids=["one-line", "lines"])
def test_a_rule_that_raises_with_megabytes_is_named_all_the_same(tmp_path: Path, text: str) -> None:
    source = (
        "from pulumi_policy import PolicyPack, ResourceValidationPolicy\n"
        "def rage(args, report):\n"
        f"    raise ValueError('{text}' * 100_000)\n"
        "PolicyPack('long', [ResourceValidationPolicy('rage', 'Rages.', rage)])\n"
    )
    choices = [PackChoice(directory=write_pack(tmp_path, source))]
    with Packs(choices, CONTEXT) as packs:
        packs.check(resource_request(QUEUE, "jobs", {}))
        with pytest.raises(PackError) as raised:
            packs.analyze_stack(stack_request())
    told = "rule 'rage' of policy pack 'long' raised for 'jobs' (aws:sqs/queue:Queue): "
    assert str(raised.value).startswith(told)


def test_a_rule_that_never_ends_is_given_up_after_the_timeout(tmp_path: Path) -> None:
    source = (
        "import time\n"
        "from pulumi_policy import PolicyPack, ResourceValidationPolicy\n"
        "def wait(args, report):\n"
        "    time.sleep(600)\n"
        "PolicyPack('patient', [ResourceValidationPolicy('wait', 'Waits.', wait)])\n"
    )
    choices = [PackChoice(directory=write_pack(tmp_path, source))]
    with Packs(choices, CONTEXT, answer_seconds=3) as packs:
        packs.check(resource_request(QUEUE, "jobs", {}))
        with pytest.raises(PackError) as raised:
            packs.analyze_stack(stack_request())
    assert str(raised.value) == (
        "policy pack 'patient' did not answer within 3 s for 'jobs' (aws:sqs/queue:Queue)"
    )
