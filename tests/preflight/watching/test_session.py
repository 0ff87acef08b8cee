"""`preflight --watch` as a real process: edits, mistakes, many saves, editors, the end."""

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.preflight.builders import BAD, ENDLESS, PACKS, PROGRAM, write_pack, write_project
from tests.processes import resident, started_with
from tests.terminals import Terminal, screen
from tests.waiting import LONG, wait_until

PREFLIGHT = str(Path(sys.executable).with_name("preflight"))
VERDICT = re.compile(r"^(PASS: .*|FAIL: .*|NO VERDICT)$", re.MULTILINE)


def queues(*names: str) -> str:
    return PROGRAM + "".join(f"Queue({name!r}, redrivePolicy='', tags={{}})\n" for name in names)


class Watching:
    """A running `--watch`, and what it has written."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.program = folder / "shop" / "__main__.py"
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [PREFLIGHT, "shop", "--stack", "dev", "--watch", *arguments],
                cwd=folder,
                stdout=out,
                stderr=err,
            )

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def reports(self) -> list[str]:
        """The reports so far, each to the end of its verdict line."""
        ends = [found.end() for found in VERDICT.finditer(self.out)]
        return [self.out[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def next(self, act: Callable[[], object]) -> str:
        """Does something, and gives the report that comes of it."""
        count = len(self.reports)
        act()
        wait_until(lambda: len(self.reports) > count or self.process.poll() is not None, "a report")
        return self.reports[count]

    def until(self, wanted: str) -> str:
        """Waits until the last report is such a one."""
        wait_until(lambda: self.reports and re.search(wanted, self.reports[-1]), wanted)
        return self.reports[-1]

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(LONG)


Start = Callable[..., Watching]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Gives what starts to watch a project, under the demo pack, and waits for its first report."""
    running: list[Watching] = []

    def begin(program: str = queues("jobs"), *arguments: str) -> Watching:
        write_project(tmp_path / "shop", program)
        write_pack(tmp_path / "pack", (PACKS / "demo" / "__main__.py").read_text())
        watching = Watching(tmp_path, "--policy-pack", "pack", *arguments)
        running.append(watching)
        wait_until(lambda: watching.reports or watching.process.poll() is not None, "a report")
        return watching

    yield begin
    for watching in running:
        watching.process.kill()
        watching.process.wait()


def test_the_first_report_is_the_whole_one(start: Start) -> None:
    watching = start()
    assert watching.out.startswith("shop stack dev: 1 resource, ")
    assert "Mandatory: 1 finding\n" in watching.out
    wait_until(lambda: watching.err, "the hint how it ends")
    assert watching.err == "Watching; Ctrl-C ends it\n"


def test_a_save_tells_what_is_new_and_what_is_fixed(start: Start) -> None:
    watching = start(queues("jobs"))
    report = watching.next(lambda: watching.program.write_text(queues("news")))
    assert re.match(r"\n\n\d\d:\d\d:\d\d  __main__\.py  \(\d+\.\d s\)\n", report)
    assert "New, mandatory: 1 finding\n  queue-is-fifo\n    shop/__main__.py:14  news\n" in report
    assert re.search(r"\nFixed: \d findings\n(  .*\n)*  queue-is-fifo\[fifoQueue\]: jobs\n", report)


def test_a_finding_that_says_something_else_has_changed(start: Start) -> None:
    watching = start(BAD)
    report = watching.next(lambda: watching.program.write_text(BAD.replace("50", "60")))
    assert "Changed, mandatory: 1 finding\n  service-is-small (high)\n" in report
    assert "desiredCount is 60; wanted at most 10.\n" in report
    assert "New" not in report
    assert "Fixed" not in report


def test_a_save_that_changes_no_finding_is_nothing_new(start: Start) -> None:
    watching = start()
    report = watching.next(lambda: watching.program.write_text(queues("jobs") + "# done\n"))
    assert re.search(r"\(\d+\.\d s\)\n\nNothing new\nFAIL: ", report)


def test_a_cost_that_differs_is_told(start: Start) -> None:
    gateways = PROGRAM + (
        "class Gateway(pulumi.CustomResource):\n"
        "    def __init__(self, name):\n"
        "        inputs = {'subnetId': 'subnet-1'}\n"
        "        super().__init__('aws:ec2/natGateway:NatGateway', name, inputs)\n"
        "Gateway('a')\n"
    )
    watching = start(gateways)
    report = watching.next(lambda: watching.program.write_text(f"{gateways}Gateway('b')\n"))
    told = re.search(r"^Cost a month in USD: (.*), at worst (.*)$", report, re.MULTILINE)
    assert told
    assert re.fullmatch(r"32\.85 -> 65\.70 \(\+32\.85\)", told[1])


def test_a_program_that_does_not_parse_is_told_and_the_next_one_is_judged(start: Start) -> None:
    watching = start(queues("jobs"))
    broken = watching.next(lambda: watching.program.write_text("def\n"))
    assert "error: the program raised SyntaxError" in broken
    assert broken.endswith("\nNO VERDICT")
    # Beside the last verdict that there was.
    mended = watching.next(lambda: watching.program.write_text(queues("jobs", "news")))
    assert "New, mandatory: 1 finding\n" in mended
    assert "  queue-is-fifo\n    shop/__main__.py:15  news\n" in mended


def test_a_project_that_is_broken_from_the_start_is_reported_once_it_works(start: Start) -> None:
    watching = start("def\n")
    assert watching.reports[0].endswith("NO VERDICT")
    report = watching.next(lambda: watching.program.write_text(queues("jobs")))
    assert "\nshop stack dev: 1 resource, " in report


@pytest.mark.parametrize(
    ("name", "broken", "told"),
    [
        pytest.param("shop/Pulumi.yaml", "name: [\n", "Pulumi.yaml", id="project-file"),
        pytest.param("shop/Pulumi.dev.yaml", "config: 3\n", "Pulumi.dev.yaml", id="stack-file"),
        pytest.param("pack/__main__.py", "raise OSError\n", "policy pack", id="pack"),
    ],
)
def test_another_file_that_breaks_is_told_and_its_repair_is_judged(
    start: Start, tmp_path: Path, name: str, broken: str, told: str
) -> None:
    watching = start()
    file = tmp_path / name
    text = file.read_text()
    assert told in watching.next(lambda: file.write_text(broken))
    assert watching.reports[-1].endswith("NO VERDICT")
    assert watching.next(lambda: file.write_text(text)).endswith("1 waived, 0 not evaluated")


def test_a_rule_that_is_saved_judges_anew(start: Start, tmp_path: Path) -> None:
    watching = start()
    pack = tmp_path / "pack" / "__main__.py"
    text = pack.read_text().replace("wanted true", "wanted yes").replace('"true"', '"yes"')
    report = watching.next(lambda: pack.write_text(text))
    assert "Changed, mandatory: 1 finding\n" in report
    assert "wanted yes" in report


def test_a_module_outside_of_the_project_that_the_program_loads_is_watched(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    shared = tmp_path / "lib" / "shared.py"
    shared.write_text("NAMES = ['jobs']\n")
    program = (
        "import sys\nsys.path.insert(0, '../lib')\nimport shared\n"
        f"{PROGRAM}\nfor name in shared.NAMES:\n    Queue(name, redrivePolicy='', tags={{}})\n"
    )
    watching = start(program)
    report = watching.next(lambda: shared.write_text("NAMES = ['jobs', 'news']\n"))
    assert report.startswith("\n\n")
    assert "../lib/shared.py" in report
    assert "  news\n" in report
    # Broken, it is watched still.
    assert watching.next(lambda: shared.write_text("NAMES = [\n")).endswith("NO VERDICT")
    watching.next(lambda: shared.write_text("NAMES = ['jobs']\n"))
    assert "Fixed: " in watching.reports[-1]


def test_a_file_outside_that_the_program_reads_is_watched(start: Start, tmp_path: Path) -> None:
    names = tmp_path / "names.json"
    names.write_text('["jobs"]')
    program = (
        "import json, pathlib\n"
        f"{PROGRAM}\nfor name in json.loads(pathlib.Path('../names.json').read_text()):\n"
        "    Queue(name, redrivePolicy='', tags={})\n"
    )
    watching = start(program)
    report = watching.next(lambda: names.write_text('["jobs", "news"]'))
    assert "  news\n" in report


def test_many_saves_in_a_row_end_with_the_verdict_on_the_last(start: Start) -> None:
    watching = start()
    for number in range(30):
        watching.program.write_text(queues(*(f"q{each}" for each in range(number % 4)), "last"))
    last = watching.program.read_text()
    expected = last.count("Queue('")
    watching.until(rf"FAIL: {expected} mandatory")
    assert len(watching.reports) < 15


def test_a_save_during_a_run_starts_one_more_run_after_it(start: Start, tmp_path: Path) -> None:
    slow = "import pathlib, time\npathlib.Path('../runs').open('a').write('x')\ntime.sleep(1)\n"
    watching = start(slow + queues("jobs"))
    runs = tmp_path / "runs"
    watching.program.write_text(slow + queues("a"))
    wait_until(lambda: runs.read_text() == "xx", "the second run")
    for name in "bcd":
        watching.program.write_text(slow + queues(name))
    watching.until(r"  queue-is-fifo\n    shop/__main__\.py:\d+  d\n")
    assert runs.read_text() == "xxx"


def test_a_save_that_replaces_the_file_is_judged_once(start: Start, tmp_path: Path) -> None:
    watching = start()
    part = tmp_path / "shop" / ".__main__.py.tmp"

    def replace() -> None:
        part.write_text(queues("news"))
        part.rename(watching.program)

    report = watching.next(replace)
    assert "  news\n" in report
    watching.next(lambda: watching.program.write_text(queues("jobs")))
    assert len(watching.reports) == 3


def test_a_save_of_the_same_text_is_not_judged(start: Start, tmp_path: Path) -> None:
    watching = start()
    watching.next(lambda: watching.program.write_text(queues("news")))
    watching.program.write_text(queues("news"))
    (tmp_path / "shop" / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "shop" / "__pycache__" / "x.pyc").write_text("x")
    watching.next(lambda: watching.program.write_text(queues("jobs")))
    assert len(watching.reports) == 3


def test_reports_in_files_are_written_at_each_save_and_start_no_run(
    start: Start, tmp_path: Path
) -> None:
    report = tmp_path / "shop" / "verdict.json"
    watching = start(queues("jobs"), "--format", "terminal", "--format", f"json={report}")
    watching.next(lambda: watching.program.write_text(queues("jobs", "news")))
    wait_until(lambda: "::news" in report.read_text(), "the report")
    watching.next(lambda: watching.program.write_text(queues("news")))
    wait_until(lambda: "::jobs" not in report.read_text(), "the report")
    assert json.loads(report.read_text())["verdict"] == "fail"
    assert len(watching.reports) == 3


def test_what_the_program_writes_in_its_folder_starts_no_run(start: Start) -> None:
    writes = "import pathlib, time\npathlib.Path('built.json').write_text(str(time.time()))\n"
    watching = start(writes + queues("jobs"))
    watching.next(lambda: watching.program.write_text(writes + queues("news")))
    watching.next(lambda: watching.program.write_text(writes + queues("jobs")))
    assert len(watching.reports) == 3


def test_the_baseline_is_watched(start: Start, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.yaml"
    head = "version: 1\nproject: shop\nstack: dev\n"
    baseline.write_text(f"{head}findings: []\n")
    watching = start(queues("jobs"), "--baseline", str(baseline))
    known = (
        f"{head}findings:\n  - pack: demo\n    id: queue-is-fifo[fifoQueue]\n"
        "    urn: urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs\n"
    )
    report = watching.next(lambda: baseline.write_text(known))
    assert "Waived or known: 1 finding\n  queue-is-fifo[fifoQueue]: jobs\n" in report


def test_a_secret_is_shown_by_no_error(start: Start, tmp_path: Path) -> None:
    raises = "import pulumi\nraise ValueError(pulumi.Config().require('password'))\n"
    watching = start(queues("jobs"), "--config", "shop:password=hunter2-hunter2")
    (tmp_path / "shop" / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig: {password: {type: string, secret: true}}\n"
    )
    watching.next(lambda: watching.program.write_text(raises))
    watching.until("NO VERDICT")
    assert "raised ValueError: [secret]" in watching.out
    assert "hunter2" not in watching.out + watching.err


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="ctrl-c"),
        pytest.param(signal.SIGTERM, 143, id="terminated"),
        pytest.param(signal.SIGKILL, -9, id="killed"),
    ],
)
@pytest.mark.parametrize("busy", [False, True], ids=["waiting", "during-a-run"])
def test_a_signal_ends_it_and_leaves_no_process(
    start: Start, tmp_path: Path, number: int, code: int, *, busy: bool
) -> None:
    watching = start()
    if busy:
        watching.program.write_text(ENDLESS)
        wait_until((tmp_path / "shop" / "started").exists, "the program runs")
    assert watching.end(number) == code
    assert "Traceback" not in watching.err
    if number == signal.SIGINT:
        assert watching.err == "Watching; Ctrl-C ends it\n"
    wait_until(lambda: not started_with(tmp_path / "shop"), "the program ends")
    wait_until(lambda: not started_with(tmp_path / "pack"), "the pack ends")


EDITING = """
import pathlib, signal, subprocess, sys, time

out = open("out.txt", "w")
process = subprocess.Popen(sys.argv[1:], stdout=out)

def reports(count):
    while pathlib.Path("out.txt").read_text().count("waived, ") < count:
        time.sleep(0.05)

reports(1)
program = pathlib.Path("shop/__main__.py")
program.write_text(program.read_text() + "# saved\\n")
reports(2)
process.send_signal(signal.SIGINT)
sys.exit(process.wait())
"""


def test_on_a_terminal_nothing_is_cleared_and_no_line_is_left(tmp_path: Path) -> None:
    # A run that is over at once shows no line.
    write_project(tmp_path / "shop", queues("jobs") + "import time\ntime.sleep(1)\n")
    with closing(Terminal()) as terminal:
        command = (sys.executable, "-c", EDITING, PREFLIGHT, "shop", "--stack", "dev", "--watch")
        status, _ = terminal.run(*command, cwd=tmp_path)
        written = terminal.written
    assert status == 130
    assert "shop stack dev: " in written
    assert "\x1b" not in written
    assert screen(written) == ["Watching; Ctrl-C ends it", ""]


@pytest.mark.nightly
def test_random_edits_leave_no_stale_finding_no_process_and_no_growing_memory(
    start: Start, tmp_path: Path
) -> None:
    chance = random.Random(18)  # noqa: S311 - the same edits each time
    report = tmp_path / "verdict.json"
    watching = start(queues("jobs"), "--format", "terminal", "--format", f"json={report}")
    sizes = []
    for number in range(200):
        names = [f"q{each}" for each in range(chance.randint(0, 4))]
        watching.program.write_text(
            "def\n" if chance.random() < 0.2 else queues(*names, f"edit-{number}")
        )
        if chance.random() < 0.7:
            # While nothing happens, and during a run.
            wait_until(lambda: watching.process.poll() is None)
            subprocess.run(["/bin/sleep", str(chance.random() * 1.5)], check=True)
        if number in (20, 199):
            watching.program.write_text(queues(*names, f"edit-{number}-last"))
            wait_until(partial(_holds, report, f"edit-{number}-last"), "judged")
            sizes.append(resident(watching.process.pid))
            cold = subprocess.run(
                [PREFLIGHT, "shop", "--stack", "dev", "--policy-pack", "pack", "--format", "json"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert _timeless(report.read_text()) == _timeless(cold.stdout)
    assert sizes[1] < sizes[0] * 1.1
    assert watching.end() == 130
    assert started_with(tmp_path / "shop") == []


def _holds(file: Path, text: str) -> bool:
    return text in file.read_text()


def _timeless(report: str) -> object:
    return {**json.loads(report), "seconds": 0}
