"""Checks a program's types before the program runs, where its project asks for the check.

Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python/main.go, Run.
"""

import os
import subprocess
from collections.abc import Mapping

from pulumi_preflight.interpreter import Interpreter


class TypesError(Exception):
    """The type checker found a mistake, or is not installed; the text is the checker's output."""


def check_types(
    checker: str, interpreter: Interpreter, program: str, variables: Mapping[str, str]
) -> None:
    """Runs the type checker over the program's folder.

    Args:
        checker: `mypy` or `pyright`.
        interpreter: The program's own, which has the checker.
        program: The program's folder.
        variables: The program's environment.

    Raises:
        TypesError: The types have a mistake, or the checker is not installed.
    """
    command = [str(interpreter.python), "-m", checker]
    if checker == "mypy" and interpreter.environment:
        command += ["--exclude", os.path.relpath(interpreter.environment, program)]
    told = subprocess.run(
        [*command, program],
        cwd=program,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not told.returncode:
        return
    if f"No module named {checker}" in told.stdout:
        raise TypesError(
            f"runtime.options.typechecker is {checker!r}, but {checker} is not installed in "
            f"{interpreter.python}; install it there, or remove the option"
        )
    raise TypesError(f"{checker} failed: exit status {told.returncode}\n{told.stdout}")
