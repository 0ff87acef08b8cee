"""What a hover over a resource tells."""

import pytest

from tests.preflight.builders import PROGRAM
from tests.preflight.language_server.editing import Editor

MAIN = "shop/__main__.py"
FIRST = PROGRAM.count("\n") + 1
pytestmark = pytest.mark.asyncio
GATEWAY = """\
class Gateway(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("aws:ec2/natGateway:NatGateway", name, {"subnetId": "subnet-1"})


Gateway("way")
"""


async def test_a_hover_tells_type_names_and_outputs_with_their_origin(editor: Editor) -> None:
    program = f"{PROGRAM}Queue(\n    'jobs',\n    tags={{}},\n)\n"
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    text = await editor.hover(MAIN, FIRST + 2)
    lines = text.split("\n")
    assert lines[0] == "`aws:sqs/queue:Queue` **jobs**"
    assert lines[2].startswith("physical name `jobs-")
    assert lines[2].endswith("(made up)")
    assert "| output | value | origin |" in lines
    assert any(each.startswith("| `arn` | `arn:aws:sqs:") for each in lines)
    assert "| `delaySeconds` | `0` | follows from what is given |" in lines
    assert await editor.hover(MAIN, FIRST - 2) == ""


async def test_a_hover_tells_what_a_month_costs(editor: Editor) -> None:
    await editor.begin(policyPack="pack", config={"aws:region": "us-east-1"})
    await editor.judged(lambda: editor.save(MAIN, f"{PROGRAM}{GATEWAY}Queue('jobs')\n"), MAIN)
    text = await editor.hover(MAIN, FIRST + 5)
    assert "USD 32.85 a month" in text


async def test_an_editor_without_markdown_gets_plain_text(editor: Editor) -> None:
    from lsprotocol import types  # noqa: PLC0415 - for this one

    def plain(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.text_document
        capabilities.text_document.hover = None

    await editor.begin(change=plain, policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    text = await editor.hover(MAIN, FIRST)
    assert text.startswith("aws:sqs/queue:Queue  jobs\nphysical name: jobs-")


async def test_a_hover_shows_no_secret(editor: Editor) -> None:
    editor.path("shop/Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig: {password: {type: string, secret: true}}\n"
    )
    program = (
        f"{PROGRAM}secret = pulumi.Config().require_secret('password')\n"
        "Queue('jobs', policy=secret, tags={'a': secret}, url=secret)\n"
    )
    await editor.begin(policyPack="pack", config={"shop:password": "hunter2-hunter2"})
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    text = await editor.hover(MAIN, FIRST + 1)
    assert "[secret]" in text
    assert "hunter2" not in text


async def test_a_hover_follows_lines_that_were_moved_and_not_saved(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.open(MAIN), MAIN)
    text = editor.path(MAIN).read_text()
    editor.edit(MAIN, f"# new\n{text}")
    assert await editor.hover(MAIN, FIRST) == ""
    assert "**jobs**" in await editor.hover(MAIN, FIRST + 1)
    # What was edited itself is not known yet.
    editor.edit(MAIN, text.replace("'jobs'", "'others'"))
    assert await editor.hover(MAIN, FIRST) == ""


async def test_several_resources_of_one_line_are_all_told(editor: Editor) -> None:
    program = f"{PROGRAM}for name in 'ab': Queue(name, tags={{}})\n"
    await editor.begin(policyPack="pack")
    await editor.judged(lambda: editor.save(MAIN, program), MAIN)
    text = await editor.hover(MAIN, FIRST)
    assert "**a**" in text
    assert "**b**" in text
