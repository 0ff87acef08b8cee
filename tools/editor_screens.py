"""Captures the screens of docs/editor.md: Neovim in tmux, on `examples/broken`.

`--check` says whether the page shows what Neovim shows now. Neovim 0.7 or newer and tmux have to be
on PATH.
"""

import argparse
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi_loopback.guard import temporary_folder

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "editor.md"
PREFLIGHT = Path(sys.executable).with_name("preflight")
FILE = ROOT / "examples" / "broken" / "__main__.py"
_BLOCK = re.compile(
    r"(?P<head><!-- screen: (?P<name>[^\n]+) -->\n```text\n)(?P<screen>.*?)(?P<tail>```\n)",
    re.DOTALL,
)
_COLUMNS, _ROWS = 100, 18
_SECONDS = 300
# A waiver has the day of the capture, and the page that of its own.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# As the user of the screens has it; the plugins of others would be on the screen.
_INIT = """\
dofile({lua!r}).setup({{
  cmd = {{ {command!r}, "lsp" }},
  trusted = {{ {root!r} }},
  stack = "local",
  policyPack = {{ {{ path = "policies", config = "examples/broken/policies/profile.json" }} }},
}})
vim.o.swapfile, vim.o.ruler, vim.o.showcmd, vim.o.number = false, false, false, true
vim.o.laststatus, vim.o.shortmess = 0, "aoOtTIcF"
vim.diagnostic.config({{ virtual_text = true, signs = true, severity_sort = true }})
vim.api.nvim_create_user_command("Hover", vim.lsp.buf.hover, {{}})
vim.api.nvim_create_user_command("Action", function() vim.lsp.buf.code_action() end, {{}})
vim.api.nvim_create_user_command("Finding", function() vim.diagnostic.open_float() end, {{}})
"""


@dataclass(frozen=True, slots=True)
class Tmux:
    """A window of its own server."""

    socket: str

    def run(self, *arguments: str) -> str:
        """Runs a command of tmux."""
        ran = subprocess.run(
            ["tmux", "-L", self.socket, *arguments],  # noqa: S607 - from PATH
            check=True,
            capture_output=True,
            text=True,
        )
        return ran.stdout

    def screen(self) -> str:
        """What is shown, without the empty ends of lines."""
        lines = [line.rstrip() for line in self.run("capture-pane", "-p").split("\n")]
        return "\n".join(lines).rstrip("\n~ ") + "\n"

    def press(self, *keys: str) -> None:
        """Presses keys."""
        self.run("send-keys", *keys)

    def until(self, condition: Callable[[str], object], what: str) -> str:
        """Waits until the screen is such a one, and no more changes."""
        deadline, before = time.monotonic() + _SECONDS, ""
        while time.monotonic() < deadline:
            screen = self.screen()
            if condition(screen) and screen == before:
                return screen
            before = screen
            time.sleep(0.2)
        raise SystemExit(f"Neovim does not show {what}:\n{self.screen()}")


@contextmanager
def neovim() -> Iterator[Tmux]:
    """Neovim at the file of the screens."""
    tmux = Tmux(f"screens-{secrets.token_hex(4)}")
    with temporary_folder("preflight-screens-") as folder:
        init = folder / "init.lua"
        lua = ROOT / "editors" / "neovim" / "preflight.lua"
        init.write_text(_INIT.format(lua=str(lua), command=str(PREFLIGHT), root=str(ROOT)), "utf-8")
        variables = {
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "XDG_CACHE_HOME": str(folder),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "user.name",
            "GIT_CONFIG_VALUE_0": "ada",
            "LC_ALL": "C.UTF-8",
        }
        told = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        size = ("-x", str(_COLUMNS), "-y", str(_ROWS))
        command = ("nvim", "--clean", "-n", "-u", str(init), str(FILE))
        try:
            tmux.run(
                *("-f", os.devnull, "new-session", "-d", *size, "-c", str(ROOT), *told, *command)
            )
            yield tmux
        finally:
            subprocess.run(
                ["tmux", "-L", tmux.socket, "kill-server"],  # noqa: S607 - from PATH
                check=False,
                capture_output=True,
            )


def captured() -> dict[str, str]:
    """The screens, by name."""
    screens = {}
    lines = FILE.read_text("utf-8").split("\n")
    # The call that creates it begins a line above its name.
    line = next(number for number, text in enumerate(lines) if text.strip() == '"returns",')
    with neovim() as tmux:
        tmux.press(f":{line - 3}", "Enter", "zt", f":{line}", "Enter", "^")
        screens["diagnostics"] = tmux.until(lambda screen: "■" in screen, "a diagnostic")
        tmux.press(":Finding", "Enter")
        screens["finding"] = tmux.until(lambda screen: "Diagnostics:" in screen, "the finding")
        tmux.press("j", "k", ":Hover", "Enter")
        screens["hover"] = tmux.until(lambda screen: "physical name" in screen, "the hover")
        tmux.press("j", "k", ":Action", "Enter")
        screens["actions"] = tmux.until(lambda screen: "Code actions" in screen, "the actions")
        number = re.search(r"(\d+): Waive", screens["actions"])
        tmux.press(number[1] if number else "1", "Enter")
        screens["waiver"] = tmux.until(lambda screen: 'reason=""' in screen, "the waiver")
    return screens


def with_screens(page: str, screens: dict[str, str]) -> str:
    """The page with the screens in it."""
    return _BLOCK.sub(lambda block: f"{block['head']}{screens[block['name']]}{block['tail']}", page)


def shown(page: str) -> dict[str, str]:
    """The screens of the page, by name."""
    return {block["name"]: block["screen"] for block in _BLOCK.finditer(page)}


def without_days(screens: dict[str, str]) -> dict[str, str]:
    """The screens with one day in place of each."""
    return {name: _DAY.sub("2026-01-01", screen) for name, screen in screens.items()}


def main(arguments: Sequence[str]) -> int:
    """Writes the screens into the page, or compares them."""
    parser = argparse.ArgumentParser(prog="tools.editor_screens", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args(arguments)
    page, screens = PAGE.read_text("utf-8"), captured()
    if given.check:
        seen = with_screens(page, screens)
        return 0 if without_days(shown(page)) == without_days(shown(seen)) else 1
    PAGE.write_text(with_screens(page, screens), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
