"""A long session of random edits: nothing stale, no process left, no growing memory."""

import asyncio
import json
import random
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.preflight.builders import PROGRAM
from tests.preflight.language_server.editing import PREFLIGHT, Editor, until
from tests.processes import resident, started_with

MAIN, MORE = "shop/__main__.py", "shop/more.py"
pytestmark = [pytest.mark.asyncio, pytest.mark.nightly]


def module(*names: str) -> str:
    return PROGRAM + "".join(f"Queue({name!r}, tags={{}})\n" for name in names)


async def test_random_edits_leave_no_stale_finding_no_process_and_no_growing_memory(
    editor: Editor, tmp_path: Path
) -> None:
    chance = random.Random(18)  # noqa: S311 - the same edits each time
    editor.path(MORE).write_text(module("more"))
    await editor.begin(policyPack="pack")
    editor.open(MAIN)
    editor.open(MORE)
    sizes = []
    for number in range(200):
        names = [f"q{each}" for each in range(chance.randint(0, 4))]
        broken = chance.random() < 0.2
        loads = chance.random() < 0.5
        main = f"{'import more' if loads else ''}\n{module(*names, f'edit-{number}')}"
        editor.save(MAIN, "def\n" if broken else main)
        if chance.random() < 0.3:
            editor.save(MORE, module(*(f"more{each}" for each in range(chance.randint(0, 3)))))
        if chance.random() < 0.5:
            # While nothing happens, and during a run.
            await asyncio.sleep(chance.random() * 1.5)
        if number % 20 == 19:
            last = f"{'import more' if loads else ''}\n{module(*names, f'last-{number}')}"
            editor.save(MAIN, last)
            expected = await asyncio.to_thread(cold, tmp_path)
            await until(partial(shows, editor, expected), "judged")
            # Nothing that comes later may take its place.
            assert shown(editor) == expected
            sizes.append(resident(editor.process))
    assert max(sizes[-3:]) < sizes[1] * 1.1, sizes
    assert not [each for each in started_with(tmp_path) if "preflight lsp" not in each]
    await editor.client.shutdown_session()
    editor.is_begun = False
    assert started_with(tmp_path) == []


def shows(editor: Editor, expected: object) -> bool:
    return shown(editor) == expected


def shown(editor: Editor) -> list[tuple[str, object, int]]:
    return sorted(
        (name, str(each.code), each.range.start.line + 1)
        for name in (MAIN, MORE)
        for each in editor.shown(name)
    )


def cold(folder: Path) -> list[tuple[str, object, int]]:
    """What a run of the command finds, in the same form."""
    ran = subprocess.run(
        [PREFLIGHT, "shop", "--stack", "dev", "--policy-pack", "pack", "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = json.loads(ran.stdout)
    return sorted(
        (f"shop/{each['file']}", each["rule"], each["line"]) for each in verdict["findings"]
    )
