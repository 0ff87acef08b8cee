"""What an editor is told of a program, at the open and at each save."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.preflight.builders import PROGRAM
from tests.preflight.language_server.editing import Editor, told, until

MAIN = "shop/__main__.py"
FIRST = PROGRAM.count("\n") + 1
pytestmark = pytest.mark.asyncio


def queues(*calls: str) -> str:
    return PROGRAM + "".join(f"Queue({each})\n" for each in calls)


async def test_a_finding_is_shown_at_its_line_with_severity_rule_and_page(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    editor.path(MAIN).write_text(queues("'jobs'"))
    mandatory, advisory = await editor.judged(lambda: editor.open(MAIN), MAIN)
    assert mandatory.severity == types.DiagnosticSeverity.Error
    assert mandatory.code == "queue-is-fifo"
    assert mandatory.code_description == types.CodeDescription("https://example.com/fifo")
    assert mandatory.source == "preflight"
    assert mandatory.message == "it keeps no order"
    assert mandatory.range == types.Range(
        types.Position(FIRST - 1, 0), types.Position(FIRST - 1, len("Queue('jobs')"))
    )
    assert advisory.severity == types.DiagnosticSeverity.Warning
    assert advisory.code_description is None


async def test_the_other_resources_of_a_finding_are_related_places(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    program = queues("'first', tags={}, fifoQueue=True", "'last', tags={}")
    found = await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    [alike] = [each for each in found if each.code == "queues-are-alike"]
    assert alike.range.start.line + 1 == FIRST
    assert alike.related_information
    [related] = alike.related_information
    assert (related.location.uri, related.message) == (editor.uri(MAIN), "last")
    assert related.location.range.start.line + 1 == FIRST + 1


async def test_an_editor_that_shows_no_pages_and_places_has_them_in_the_text(
    editor: Editor,
) -> None:
    def cannot(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.text_document
        assert capabilities.text_document.publish_diagnostics
        capabilities.text_document.publish_diagnostics.related_information = False

    await editor.begin(like="neovim", change=cannot, policyPack="pack")
    program = queues("'first', tags={}, fifoQueue=True", "'last', tags={}")
    found = await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    messages = {each.code: each.message for each in found}
    assert messages["queue-is-fifo"] == "it keeps no order\nhttps://example.com/fifo"
    assert messages["queues-are-alike"].endswith(f"\nSee __main__.py:{FIRST + 1}  last")


@pytest.mark.parametrize(
    ("encodings", "columns"),
    [
        pytest.param(["utf-8", "utf-16"], 16, id="utf-8"),
        pytest.param(None, 14, id="utf-16"),
        pytest.param(["utf-32"], 13, id="utf-32"),
    ],
)
async def test_columns_are_counted_as_the_editor_counts(
    editor: Editor, encodings: list[str] | None, columns: int
) -> None:
    def count(capabilities: types.ClientCapabilities) -> None:
        capabilities.general = types.GeneralClientCapabilities(position_encodings=encodings)

    await editor.begin(change=count, policyPack="pack")
    [finding, _] = await editor.judged(lambda: editor.save(MAIN, queues("'\U0001f4e6obs'")), MAIN)
    assert finding.range.end.character == columns


async def test_a_save_that_fixes_a_finding_takes_it_away(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    found = await editor.judged(lambda: editor.open(MAIN), MAIN)
    assert told(found) == [("queue-is-fifo", FIRST)]
    fixed = queues("'jobs', tags={}, fifoQueue=True")
    assert await editor.judged(lambda: editor.save(MAIN, fixed), MAIN) == []


async def test_a_file_that_has_no_finding_any_more_is_cleared(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    more = "shop/more.py"
    editor.path(more).write_text(queues("'more', tags={}"))
    found = await editor.judged(lambda: editor.save(MAIN, "import more\n"), more)
    assert told(found) == [("queue-is-fifo", FIRST)]
    good = queues("'jobs', tags={}, fifoQueue=True")
    assert await editor.judged(lambda: editor.save(MAIN, good), more) == []


async def test_a_save_of_a_module_outside_of_the_project_judges_who_loads_it(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "names.py").write_text("NAMES = ['a']\n")
    program = (
        f"import sys\nsys.path.insert(0, '../lib')\nimport names\n{PROGRAM}"
        "for name in names.NAMES: Queue(name, tags={})\n"
    )
    await editor.begin(policyPack="pack")
    assert len(await editor.judged(lambda: editor.save(MAIN, program), MAIN)) == 1
    found = await editor.judged(lambda: editor.save("lib/names.py", "NAMES = ['a', 'b']\n"), MAIN)
    assert len(found) == 2


async def test_a_save_of_the_pack_judges_who_uses_it(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    pack = "pack/__main__.py"
    text = editor.path(pack).read_text().replace("it keeps no order", "no order")
    [finding] = await editor.judged(lambda: editor.save(pack, text), MAIN)
    assert finding.message.startswith("no order")


@pytest.mark.parametrize(
    ("program", "line", "said"),
    [
        pytest.param("import pulumi\ndef\n", 2, "raised SyntaxError", id="does-not-parse"),
        pytest.param("import pulumi\n\n1 / 0\n", 3, "raised ZeroDivisionError", id="raises"),
        pytest.param("\n\nimport sys; sys.exit(3)\n", 3, "exited with 3", id="exits"),
    ],
)
async def test_a_program_that_does_not_run_is_one_diagnostic_at_its_line(
    editor: Editor, program: str, line: int, said: str
) -> None:
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    found = await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    assert told(found) == [("no-verdict", line)]
    assert said in found[0].message
    assert found[0].severity == types.DiagnosticSeverity.Error
    found = await editor.judged(lambda: editor.save(MAIN, queues("'jobs', tags={}")), MAIN)
    assert told(found) == [("queue-is-fifo", FIRST)]


async def test_a_module_that_does_not_parse_is_shown_in_the_module(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    editor.path("shop/more.py").write_text("x = 1\ndef\n")
    found = await editor.judged(lambda: editor.save(MAIN, "import more\n"), "shop/more.py")
    assert told(found) == [("no-verdict", 2)]


async def test_a_project_that_is_broken_is_shown_at_its_file(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    broken = "name: shop\nruntime: python\nconfig: [\n"
    found = await editor.judged(lambda: editor.save("shop/Pulumi.yaml", broken), "shop/Pulumi.yaml")
    assert told(found) == [("no-verdict", 1)]
    assert "is not YAML" in found[0].message


async def test_a_save_during_a_run_ends_it_and_starts_one_more(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.begin(policyPack="pack")
    begun = "import pathlib, time\npathlib.Path('../runs').open('a').write('x')\n"
    endless = f"{begun}time.sleep(9999)\n"
    runs = tmp_path / "runs"
    editor.save(MAIN, endless)
    await until(lambda: runs.exists() and runs.read_text() == "x", "the run")
    for name in "abc":
        editor.save(MAIN, endless + queues(f"'{name}'"))
    found = await editor.judged(lambda: editor.save(MAIN, begun + queues("'last', tags={}")), MAIN)
    assert told(found) == [("queue-is-fifo", FIRST + 2)]
    # Those that a save had ended before their program began have left no mark.
    assert len(runs.read_text()) <= 3
    assert len([each for each in editor.client.published if each.diagnostics]) == 1


async def test_an_open_during_a_run_waits_for_it(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(policyPack="pack")
    slow = (
        "import pathlib, time\npathlib.Path('../runs').open('a').write('x')\n"
        "while not pathlib.Path('../go').exists(): time.sleep(0.02)\n"
    )
    editor.save(MAIN, slow + queues("'jobs', tags={}"))
    await until((tmp_path / "runs").exists, "the run")
    editor.path("shop/more.py").write_text("")
    editor.open("shop/more.py")
    found = await editor.judged((tmp_path / "go").touch, MAIN)
    assert told(found) == [("queue-is-fifo", FIRST + 3)]
    assert (tmp_path / "runs").read_text() == "x"


async def test_findings_that_the_baseline_knows_are_not_shown(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "baseline.yaml").write_text(
        "version: 1\nproject: shop\nstack: dev\nfindings:\n  - pack: orders\n"
        "    id: queue-is-fifo\n    urn: urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs\n"
    )
    await editor.begin(policyPack="pack", baseline="baseline.yaml")
    assert await editor.judged(lambda: editor.open(MAIN), MAIN) == []


async def test_a_secret_is_in_no_diagnostic(editor: Editor) -> None:
    await editor.begin(policyPack="pack", config={"shop:password": "hunter2-hunter2"})
    editor.path("shop/Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig: {password: {type: string, secret: true}}\n"
    )
    raises = "import pulumi\nraise ValueError(pulumi.Config().require('password'))\n"
    [failure] = await editor.judged(lambda: editor.save(MAIN, raises), MAIN)
    assert "raised ValueError: [secret]" in failure.message
    named = "Queue(pulumi.Config().require('password') + '-queue', tags={})\n"
    [finding] = await editor.judged(lambda: editor.save(MAIN, PROGRAM + named), MAIN)
    assert "hunter2" not in finding.message


async def test_progress_is_told_where_the_editor_shows_it(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    slow = "import time, pathlib\nwhile not pathlib.Path('../go').exists(): time.sleep(0.02)\n"
    editor.save(MAIN, slow + queues("'jobs'"))
    await until(lambda: any(editor.client.progress_reports.values()), "the progress")
    await editor.judged(editor.path("go").touch, MAIN)
    [reports] = editor.client.progress_reports.values()
    kinds: list[Any] = reports
    await until(lambda: isinstance(kinds[-1], types.WorkDoneProgressEnd), "the end")
    assert isinstance(kinds[0], types.WorkDoneProgressBegin)
    assert kinds[0].title == "preflight"
