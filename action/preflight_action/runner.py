"""What a runner gives a step and takes from it: inputs, files, workflow commands."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class StepError(Exception):
    """The step cannot do its work; the text says why, and what to change."""


def given(name: str) -> str:
    """The input of a name as in action.yml, without space around it."""
    return os.environ.get(_variable(name), "").strip()


def lines(name: str) -> list[str]:
    """The lines of an input that has one value a line."""
    return [line.strip() for line in given(name).splitlines() if line.strip()]


def switched_on(name: str) -> bool:
    """Whether an input is `true`.

    Raises:
        StepError: It is neither `true` nor `false`.
    """
    value = given(name).lower()
    if value not in {"true", "false"}:
        raise StepError(f"the input {name} is {value!r}; wanted true or false")
    return value == "true"


def _variable(name: str) -> str:
    return f"INPUT_{name.upper().replace('-', '_')}"


def variable(name: str) -> str:
    """A variable that every runner sets.

    Raises:
        StepError: It is not set.
    """
    value = os.environ.get(name)
    if not value:
        raise StepError(f"{name} is not set; these are the steps of a GitHub action")
    return value


def folder() -> Path:
    """Where the steps of one job keep what the next one needs."""
    path = Path(variable("RUNNER_TEMP")) / "preflight-action"
    path.mkdir(exist_ok=True)
    return path


def command() -> Path:
    """The command that the first step installs."""
    return folder() / "venv" / "bin" / "preflight"


def set_output(name: str, value: str) -> None:
    """Sets an output of the step, a value of one line."""
    with Path(variable("GITHUB_OUTPUT")).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def tell_notice(text: str) -> None:
    """Shows a notice with the job."""
    print(f"::notice title=preflight::{_escaped(text)}", flush=True)  # noqa: T201 - a runner reads it


def tell_error(text: str) -> None:
    """Shows an error with the job."""
    print(f"::error title=preflight::{_escaped(text)}", flush=True)  # noqa: T201 - the same


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the workflow runs for.

    Attributes:
        name: The event's name.
        pull_request: The number of the pull request, `None` where it runs for none.
        base: The commit that the pull request is compared with, `None` likewise.
        writable: Whether the job's token may write, which it may not for a pull request from a fork
            or from Dependabot.
    """

    name: str
    pull_request: int | None
    base: str | None
    writable: bool


def event() -> Event:
    """Reads the event of this run.

    Raises:
        StepError: The event hands a write token to what a stranger wrote.
    """
    name = variable("GITHUB_EVENT_NAME")
    if name == "pull_request_target":
        raise StepError(
            "preflight runs the program of the pull request, and pull_request_target would let it "
            "use the repository's secrets and write token; use `on: pull_request`"
        )
    payload: dict[str, Any] = json.loads(Path(variable("GITHUB_EVENT_PATH")).read_text("utf-8"))
    request = payload.get("pull_request")
    if request is None:
        return Event(name=name, pull_request=None, base=None, writable=True)
    # The repository of a fork may be gone.
    head = (request["head"].get("repo") or {}).get("full_name")
    own = head == request["base"]["repo"]["full_name"]
    return Event(
        name=name,
        pull_request=request["number"],
        base=request["base"]["sha"],
        writable=own and os.environ.get("GITHUB_ACTOR") != "dependabot[bot]",
    )
