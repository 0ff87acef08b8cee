"""Runs a Pulumi program in the program's own interpreter, as the Python language host would.

Started by path with the numbers of two inherited sockets. Over the first it reads its settings and
what preflight asks of the SDK's classes, tells of callbacks, and reports how the program ended: one
JSON object a line. Over the second go the calls of the SDK.
"""

from __future__ import annotations

import sys

# Python put this file's folder first; its modules would hide some of the standard library's.
_FOLDER = sys.path.pop(0)

import asyncio  # noqa: E402 - the path had to be fixed first, here and below
import contextvars  # noqa: E402
import gc  # noqa: E402
import importlib.util  # noqa: E402
import inspect  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import queue  # noqa: E402
import runpy  # noqa: E402
import socket  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402
import typing  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402

_MAIN_THREAD = threading.get_ident()

# The language host gives its event loop this many threads for each parallel operation.
_THREADS_PER_OPERATION = 4


class Channel:
    """The socket to preflight: one JSON object a line, both ways, from any thread."""

    def __init__(self, number: int) -> None:
        """Takes over an inherited socket, and keeps it from the program's own children."""
        connection = socket.socket(fileno=number)
        connection.set_inheritable(False)
        self._lines = connection.makefile("rwb")
        self._writing = threading.Lock()
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def send(self, message: dict[str, object]) -> None:
        """Writes one message."""
        with self._writing:
            self._lines.write(json.dumps(message).encode() + b"\n")
            self._lines.flush()

    def ask(self, question: dict[str, object]) -> bool:
        """Asks preflight something that it answers at once, and waits for the answer."""
        with self._asking:
            self.send({"asks": question})
            return self._answers.get()

    def told(self, answer: bool) -> None:  # noqa: FBT001 - the answer itself
        """Hands the answer to the thread that asked."""
        self._answers.put(answer)

    def receive(self) -> dict[str, typing.Any]:
        """Waits for one message; ends the process where preflight is gone."""
        line = self._lines.readline()
        if not line:
            os._exit(1)
        message: dict[str, typing.Any] = json.loads(line)
        return message


class _Executor(ThreadPoolExecutor):
    """Runs each call in the context that it is made in, as newer SDKs do themselves."""

    def submit(self, fn: typing.Any, /, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:  # noqa: ANN401 - of a base class
        return super().submit(contextvars.copy_context().run, fn, *args, **kwargs)


def main() -> int:
    """Imports the SDK, takes the settings, runs the program, reports its end."""
    channel = Channel(int(sys.argv[1]))
    # A provider's SDK makes hundreds of thousands of objects that stay. Looking through them for
    # cycles again and again takes a fifth of the time of a preview.
    gc.set_threshold(100_000, 20, 50)
    try:
        # Takes most of the time before the program starts, so it comes before the settings, which
        # wait for preflight's own start.
        import pulumi.runtime  # noqa: PLC0415 - see above
    except ImportError as error:
        channel.send({"ended": "no SDK", "text": str(error)})
        return 1
    settings = channel.receive()
    calls = _module("calls").Calls(int(sys.argv[2]))
    settings["sdk"].update(_module("services").services_over(calls))
    threading.Thread(target=_answer, args=(channel,), daemon=True).start()
    config = pulumi.runtime.get_config_env()
    pulumi.runtime.set_all_config(config, pulumi.runtime.get_config_secret_keys_env())
    _module("services").send_no_debug_lines()
    pulumi.runtime.configure(pulumi.runtime.Settings(**_accepted(settings["sdk"])))
    sys.argv = [settings["program"]]
    _module("bytecode").keep_none_of_fresh_files()
    files = _module("files").Files() if settings["files"] else None
    end = _run(settings, channel, calls.tell)
    sys.stdout.flush()
    sys.stderr.flush()
    channel.send({**end, "files": files.told()} if files else end)
    return 0 if end["ended"] == "well" else 1


def _accepted(settings: dict[str, object]) -> dict[str, typing.Any]:
    """The settings that this version of the SDK knows."""
    import pulumi.runtime  # noqa: PLC0415 - it may be missing, which main tells

    known = inspect.signature(pulumi.runtime.Settings.__init__).parameters
    return {name: value for name, value in settings.items() if name in known}


def _run(
    settings: dict[str, typing.Any],
    channel: Channel,
    tell: typing.Callable[[dict[str, object]], None],
) -> dict[str, object]:
    import pulumi  # noqa: PLC0415 - it may be missing, which main tells

    callbacks = _module("callbacks")
    answers = _module("answers").GivenAnswers(channel.ask, tell, callbacks.is_inside)
    run_callback = callbacks.Callbacks(settings["callbacks"], channel.ask, answers).run
    _module("origins").follow(run_callback, answers.called, answers.handed_on)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = settings["sdk"]["parallel"] * _THREADS_PER_OPERATION
    executor = _Executor(max_workers=threads)
    loop.set_default_executor(executor)
    # A failure leaves tasks that nobody awaits; asyncio would complain of each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def execute() -> None:
        if settings["function"] is None:
            runpy.run_path(settings["program"], run_name="__main__")
        else:
            _function(settings["program"], settings["function"])()

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(execute))
    except SystemExit as exit_:
        if exit_.code in (None, 0):
            return {"ended": "well"}
        end = {"ended": "exit", "code": _text(exit_.code), "frames": _frames(exit_)}
        return {**end, "functions": answers.told(exit_)}
    except BaseException as error:  # noqa: BLE001 - whatever it is, preflight must be told
        return _failure(error, answers)
    finally:
        executor.shutdown(wait=False)
    return {"ended": "well"}


def _function(file: str, function: dict[str, typing.Any]) -> typing.Callable[[], object]:
    """Loads the function that is the program."""
    sys.path[:] = [*function["path"], *(each for each in sys.path if each not in function["path"])]
    # What a module does when it is run as a script is not the program.
    name = "_program" if function["module"] == "__main__" else function["module"]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None  # noqa: S101 - the file is one of Python
    assert spec.loader is not None  # noqa: S101 - as above
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    found: typing.Any = module
    for part in function["name"].split("."):
        found = getattr(found, part)
    return typing.cast("typing.Callable[[], object]", found)


def _failure(error: BaseException, answers: typing.Any) -> dict[str, object]:  # noqa: ANN401 - of another file
    """Tells of an exception and of those behind it, the outermost first."""
    import pulumi  # noqa: PLC0415 - it may be missing, which main tells

    errors: list[dict[str, object]] = []
    functions = answers.told(error)
    seen: typing.Optional[BaseException] = error  # noqa: UP045 - Python 3.9 reads this
    while seen is not None and len(errors) < 5:  # noqa: PLR2004 - enough to find the user's frame
        errors.append(
            {
                "type": _type_name(seen),
                "text": _text(seen),
                # An error that is meant for the user; the engine shows its text alone.
                "deliberate": isinstance(seen, pulumi.RunError),
                "frames": _frames(seen),
                "file": getattr(seen, "filename", None) if isinstance(seen, SyntaxError) else None,
                "line": getattr(seen, "lineno", None) if isinstance(seen, SyntaxError) else None,
            }
        )
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return {
        "ended": "raised",
        "errors": errors,
        "functions": functions,
        "ownMistake": _module("answers").is_own_mistake(error),
    }


def _text(value: object) -> str:
    """A value's own text; a class of the program may fail to give one."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - whatever the class raises
        return f"(its text cannot be had: {type(error).__name__})"


def _type_name(error: BaseException) -> str:
    cls = type(error)
    return cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__name__}"


def _frames(error: BaseException) -> object:
    return _module("frames").of_error(error)


def _answer(channel: Channel) -> None:
    """Answers what preflight asks, until it is gone."""
    while True:
        question = channel.receive()
        if "told" in question:
            channel.told(question["told"])
            continue
        try:
            answer = _QUESTIONS[question["ask"]](question["of"])
        except Exception as error:  # noqa: BLE001 - the program must not suffer from a question
            answer = {"failed": f"{type(error).__name__}: {error}"}
        channel.send({"answer": answer})


def _position(_of: str) -> object:
    """Where the program is, the innermost frame last."""
    frame = sys._current_frames().get(_MAIN_THREAD)  # noqa: SLF001 - there is no other way
    return [
        {"file": entry.filename, "line": entry.lineno} for entry in traceback.extract_stack(frame)
    ]


def _module(name: str) -> typing.Any:  # noqa: ANN401 - a module
    return importlib.import_module(f"{_PACKAGE}.{name}")


def _package() -> types.ModuleType:
    """The files beside this one, as a package that the program does not know."""
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, f"{_FOLDER}/__init__.py", submodule_search_locations=[_FOLDER]
    )
    assert spec is not None  # noqa: S101 - the file is there
    return importlib.util.module_from_spec(spec)


_PACKAGE = "_preflight"
sys.modules[_PACKAGE] = _package()
_QUESTIONS: dict[str, typing.Callable[[str], object]] = {
    **_module("classes").QUESTIONS,
    "position": _position,
}


if __name__ == "__main__":
    # Threads that the program left behind must not keep the process; the output is flushed.
    os._exit(main())
