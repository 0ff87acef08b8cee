"""Makes what completes the command `preflight` in bash and zsh, from the command's own parser."""

import shtab

from ops.paths import PREFLIGHT
from pulumi_preflight.command_line import command_parser
from pulumi_preflight.completion import FILES
from pulumi_preflight.reports import OWN

_PATHS = ("DIR", "DIR|FILE", "FILE", "FILE|URL")
FOLDER = PREFLIGHT / "pulumi_preflight" / "completion"
# Bash takes what a function with `_dir` in its name gives for paths.
FUNCTIONS = {
    "project": "_preflight_project_dirs",
    "stack": "_preflight_stack_names",
    "format": "_preflight_formats",
}
"""What completes an argument that is more than a path, by the argument's name in the parser."""

# The stacks of a project are the files beside its project file; the folder stands in the line.
_STACKS = """\
_preflight_stacks() {{
  local word folder=. file
  for word in "$@"; do
    word="${{word//[\\\\\\"\\']/}}"
    [ -f "$word/Pulumi.yaml" ] && folder="$word"
  done
  {glob}for file in "$folder"/Pulumi.*.yaml; do
    file="${{file##*/Pulumi.}}"
    [ "$file" != "*.yaml" ] && echo "${{file%.yaml}}"
  done
}}
"""
_PREAMBLES = {
    "bash": f"""\
{_STACKS.format(glob="")}_preflight_project_dirs() {{
  compgen -d -- "$1"
  [ "$COMP_CWORD" = 1 ] && compgen -W "hook install lsp mcp" -- "$1"
}}
_preflight_stack_names() {{
  compgen -W "$(_preflight_stacks "${{COMP_WORDS[@]:1}}")" -- "$1"
}}
_preflight_formats() {{
  compgen -W "{" ".join(OWN)}" -- "$1"
}}
""",
    "zsh": f"""\
{_STACKS.format(glob="setopt local_options null_glob; ")}_preflight_project_dirs() {{
  (( CURRENT == 2 )) && compadd hook install lsp mcp
  _files -/
}}
_preflight_stack_names() {{
  compadd -- ${{(f)"$(_preflight_stacks "${{(@)words[2,-1]}}")"}}
}}
_preflight_formats() {{
  compadd -- {" ".join(OWN)}
}}
""",
}


def script(shell: str) -> str:
    """The text that a shell evaluates to complete the command."""
    parser = command_parser()
    for action in parser._actions:  # noqa: SLF001 - shtab reads the same list
        if action.dest in FUNCTIONS:
            name = FUNCTIONS[action.dest]
            action.complete = dict.fromkeys(FILES, name)  # type: ignore[attr-defined]
        elif action.metavar in _PATHS:
            kind = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
            action.complete = kind  # type: ignore[attr-defined]
        elif action.nargs != 0 and not action.choices:
            # Nothing can be told of the value: no file either.
            action.complete = dict.fromkeys(FILES, ":")  # type: ignore[attr-defined]
    text: str = shtab.complete(parser, shell, preamble=_PREAMBLES[shell])
    # Between double quotes zsh would show the backslash.
    return text.replace(r"\'", "'") if shell == "zsh" else f"{text}\n"
