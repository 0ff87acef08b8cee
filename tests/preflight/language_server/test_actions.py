"""What an editor may do about a finding."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from lsprotocol import types

from pulumi_preflight import clock
from tests.preflight.builders import PROGRAM
from tests.preflight.language_server.editing import Editor, told, until

MAIN = "shop/__main__.py"
FIRST = PROGRAM.count("\n") + 1
QUEUE = "Queue('jobs', tags={})\n"
pytestmark = pytest.mark.asyncio


def until_day() -> str:
    return (clock.current_day() + dt.timedelta(days=30)).isoformat()


def waive(rule: str = "queue-is-fifo") -> str:
    return f"Waive {rule} until {until_day()}"


@pytest.fixture
def user(tmp_path: Path) -> str:
    """Who commits in the folder."""
    for command in (["init", "-q"], ["config", "user.name", "Ada Lovelace"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)  # noqa: S607 - git of this machine
    return "Ada Lovelace"


async def test_a_waiver_stands_above_the_resource_with_the_reason_to_be_filled_in(
    editor: Editor, user: str
) -> None:
    program = f"{PROGRAM}if True:\n    queue = Queue(\n        'jobs', tags={{}}\n    )\n"
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    action = (await editor.actions(MAIN, FIRST + 1))[waive()]
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.diagnostics
    after = editor.after(MAIN, action, program)
    comment = f'    # preflight: waive queue-is-fifo until={until_day()} owner="{user}" reason=""\n'
    assert after == program.replace("    queue =", f"{comment}    queue =")
    # Without a reason it waives nothing, and that is told.
    found = await editor.judged(lambda: editor.save(MAIN, after), MAIN)
    assert sorted(map(str, (each.code for each in found))) == ["queue-is-fifo", "waiver-broken"]
    [broken] = [each for each in found if each.code == "waiver-broken"]
    assert "waives nothing: it lacks reason" in broken.message
    reasoned = after.replace('reason=""', 'reason="public"')
    assert await editor.judged(lambda: editor.save(MAIN, reasoned), MAIN) == []


async def test_an_editor_that_takes_snippets_gets_the_cursor_into_the_reason(
    editor: Editor, user: str
) -> None:
    def takes(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace
        assert capabilities.workspace.workspace_edit
        capabilities.workspace.workspace_edit.snippet_edit_support = True

    await editor.begin(change=takes, policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    action = (await editor.actions(MAIN, FIRST))[waive()]
    assert action.edit
    assert action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    [edit] = change.edits
    assert isinstance(edit, types.SnippetTextEdit)
    assert edit.snippet.value.endswith(f'owner="{user}" reason="$0"\n')


async def test_a_waiver_is_placed_where_the_resource_has_moved_to(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, PROGRAM + QUEUE), MAIN)
    moved = f"# \U0001f4e6\n{PROGRAM}{QUEUE}"
    editor.open(MAIN)
    editor.edit(MAIN, moved)
    action = (await editor.actions(MAIN, FIRST + 1))[waive()]
    lines = editor.after(MAIN, action, moved).split("\n")
    assert lines[FIRST].startswith("# preflight: waive queue-is-fifo")
    assert lines[FIRST + 1] == QUEUE.strip()


async def test_a_finding_of_the_waivers_themselves_cannot_be_waived(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    program = f"{PROGRAM}# preflight: waive queue-is-fifo\n{QUEUE}"
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    assert not [each for each in await editor.actions(MAIN, FIRST) if "waiver-broken" in each]


async def test_a_fix_that_is_one_literal_is_written_into_the_program(editor: Editor) -> None:
    program = f"{PROGRAM}Queue('jobs', fifoQueue=False, tags={{}})\n"
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    action = (await editor.actions(MAIN, FIRST))["Set fifoQueue to True (queue-is-fifo)"]
    assert action.diagnostics
    fixed = editor.after(MAIN, action, program)
    assert fixed == program.replace("fifoQueue=False", "fifoQueue=True")
    assert await editor.judged(lambda: editor.save(MAIN, fixed), MAIN) == []


async def test_a_fix_whose_place_is_not_certain_is_not_offered(editor: Editor) -> None:
    program = f"{PROGRAM}for name in 'ab': Queue(name, fifoQueue=False, tags={{}})\n"
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    titles = await editor.actions(MAIN, FIRST)
    assert waive() in titles
    assert not [each for each in titles if each.startswith("Set ")]


async def test_the_page_of_a_rule_is_opened_outside_of_the_editor(editor: Editor) -> None:
    await editor.begin(like="neovim", policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    action = (await editor.actions(MAIN, FIRST))["Open the page of queue-is-fifo"]
    assert action.command
    await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams(action.command.command, action.command.arguments)
    )
    await until(lambda: editor.client.shown_documents, "the page")
    [shown] = editor.client.shown_documents
    assert (shown.uri, shown.external) == ("https://example.com/fifo", True)


async def test_what_is_no_page_is_not_opened(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("preflight.openRulePage", ["file:///etc/passwd"])
    )
    await until(lambda: editor.messages, "the message")
    assert editor.messages == ["'file:///etc/passwd' is not the page of a rule"]
    assert editor.client.shown_documents == []


async def test_a_program_in_typescript_is_waived_with_its_own_comment(
    editor: Editor, node_modules: Path
) -> None:
    editor.path("shop/node_modules").symlink_to(node_modules)
    editor.path("shop/Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    program = (
        'import * as pulumi from "@pulumi/pulumi";\n'
        "class Queue extends pulumi.CustomResource {\n"
        "  constructor(name: string, args: pulumi.Inputs) {\n"
        '    super("aws:sqs/queue:Queue", name, args);\n  }\n}\n'
        'export const jobs =\n  new Queue("jobs", { tags: {} });\n'
    )
    main = "shop/index.ts"
    await editor.begin(policyPack="pack")
    found = await editor.judged(lambda: editor.save(main, program), main)
    assert told(found) == [("queue-is-fifo", 8)]
    action = (await editor.actions(main, 8))[waive()]
    after = editor.after(main, action, program)
    assert after.split("\n")[6].startswith("// preflight: waive queue-is-fifo until=")
    reasoned = after.replace('reason=""', 'reason="public"').replace('owner=""', "owner=ada")
    assert await editor.judged(lambda: editor.save(main, reasoned), main) == []


async def test_a_program_in_yaml_is_waived_and_fixed(editor: Editor, yaml_host: Path) -> None:
    assert yaml_host.name
    program = (
        "name: shop\nruntime: yaml\nresources:\n  jobs:\n    type: aws:sqs:Queue\n"
        "    properties:\n      tags: {}\n"
    )
    main = "shop/Pulumi.yaml"
    await editor.begin(policyPack="pack", config={"aws:region": "eu-west-1"})
    found = await editor.judged(lambda: editor.save(main, program), main)
    assert told(found) == [("queue-is-fifo", 4)]
    actions = await editor.actions(main, 4)
    waived = editor.after(main, actions[waive()], program)
    assert waived.split("\n")[3].startswith("  # preflight: waive queue-is-fifo until=")
    fixed = editor.after(main, actions["Set fifoQueue to true (queue-is-fifo)"], program)
    assert "    properties:\n      fifoQueue: true\n      tags: {}\n" in fixed
    assert await editor.judged(lambda: editor.save(main, fixed), main) == []
