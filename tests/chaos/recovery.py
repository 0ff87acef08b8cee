"""The way back to a good stack, as a user takes it who follows the messages."""

import re

from tests.engine.embedded import Deployment

_HINT = re.compile(
    r"^hint: .*?`nox -s (?P<session>[a-z:]+)(?: -- (?P<options>[^`]+))?", re.MULTILINE
)
_MOST = 9
_ASKING = {"destroy", "state:restore", "reset:soft", "reset:hard"}


class LostError(Exception):
    """The messages lead nowhere."""


def recovered(deployed: Deployment, session: str) -> list[str]:
    """Runs a session until it succeeds, and before that each hint's session; gives all that ran.

    Raises:
        LostError: A session fails without a hint, or the hints go round in circles.
    """
    ran = [session]
    while (output := _failure(deployed, session)) is not None:
        hint = _HINT.search(output)
        if hint is None or len(ran) > _MOST:
            raise LostError(f"no way back after {', '.join(ran)}: {output[-1500:]}")
        ran += [hint["session"], session]
        _failure(deployed, hint["session"], *(hint["options"] or "").split())
    return ran


def _failure(deployed: Deployment, session: str, *named: str) -> str | None:
    """The output of a session that has failed, `None` where it has not."""
    of_endpoint = session.startswith("endpoint:")
    module = "ops.endpoint" if of_endpoint else "ops.lifecycle"
    options = ["--yes"] if session in _ASKING else []
    ran = deployed.run(module, session.removeprefix("endpoint:"), *named, *options)
    return ran.stdout + ran.stderr if ran.returncode else None
