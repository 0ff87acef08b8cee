"""The processes that the host runs for the engine, and how it starts them."""

import os
import subprocess
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Literal

from pulumi_preflight.runtimes.python import Interpreter

Stream = Literal["stdout", "stderr"]
_CHUNK = 65536
_GRACE_SECONDS = 2.0


class Children:
    """Starts processes and ends them."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    @contextmanager
    def start(
        self,
        command: Sequence[str | Path],
        *,
        cwd: str,
        variables: Mapping[str, str],
        captured: bool,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Starts a process, which has ended when the context is left.

        Args:
            command: Program and arguments.
            cwd: The working directory.
            variables: Its environment.
            captured: Whether its output is read here; otherwise it goes where the host's goes,
                which the engine reads.

        Raises:
            RuntimeError: All have been ended already.
        """
        output = subprocess.PIPE if captured else None
        with self._lock:
            if self._ended:
                raise RuntimeError("this language host is ending, and starts nothing more")
            process = subprocess.Popen(
                command,
                cwd=cwd or None,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            self._running.add(process)
        # Leaving the process's context waits until the process has ended.
        with process:
            try:
                yield process
            finally:
                end(process)
                with self._lock:
                    self._running.discard(process)

    def end_all(self) -> None:
        """Ends every process that is still running; none is started after that."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            process.terminate()
        for process in running:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end, and kills it if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def output_of(process: subprocess.Popen[bytes]) -> Iterator[tuple[Stream, bytes]]:
    """What the process prints, as it prints it, until it has closed both streams."""
    chunks: SimpleQueue[tuple[Stream, bytes]] = SimpleQueue()

    def pump(stream: IO[bytes], name: Stream) -> None:
        while chunk := os.read(stream.fileno(), _CHUNK):
            chunks.put((name, chunk))
        chunks.put((name, b""))

    streams: list[tuple[IO[bytes] | None, Stream]] = [
        (process.stdout, "stdout"),
        (process.stderr, "stderr"),
    ]
    open_ = 0
    for stream, name in streams:
        if stream is not None:
            threading.Thread(target=pump, args=(stream, name), daemon=True).start()
            open_ += 1
    while open_:
        name, chunk = chunks.get()
        if chunk:
            yield name, chunk
        else:
            open_ -= 1


class NotRunnableError(Exception):
    """A folder holds nothing that can be started; the text says what the folder should hold."""


def plugin_command(folder: Path, arguments: Iterable[str], *, is_pack: bool) -> list[str]:
    """The arguments after the interpreter: for a folder with `__main__.py`, or for a package.

    Raises:
        NotRunnableError: The folder is neither of them.
    """
    if not (folder / "__main__.py").exists():
        return ["-m", "pulumi.run.plugin", _package(folder), *arguments]
    if is_pack:
        return ["-m", "pulumi.policy", *arguments, str(folder)]
    return [str(folder), *arguments]


def _package(folder: Path) -> str:
    """The name of the package that the folder builds."""
    file = folder / "pyproject.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except tomllib.TOMLDecodeError as error:
        raise NotRunnableError(f"{file} cannot be read: {error}") from error
    match content:
        case {"project": {"name": str(name)}, "build-system": {"build-backend": str()}}:
            return name
        case _:
            raise NotRunnableError(
                f"{folder} has nothing to run: neither __main__.py nor a pyproject.toml with a "
                "project.name and a build-system.build-backend"
            )


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
