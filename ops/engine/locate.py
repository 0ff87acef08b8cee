"""Finds an engine: the user's own on PATH, else the project's in `engine/bin`.

The user's comes first, so that `nox` and a plain `pulumi` on the same machine are one engine. One
that is older than what the pack and preflight are tested with is passed over.
"""

from collections.abc import Iterator

from ops.engine.launcher import renew_launcher
from ops.engine.pinned import BIN, current_stamp, read_stamp
from pulumi_loopback.engine.locate import Engine, Missing, on_path
from pulumi_loopback.errors import CommandError


def find() -> Engine | None:
    """The engine that the sessions run on, `None` where there is none."""
    return next((found for found in look() if isinstance(found, Engine)), None)


def needed() -> Engine:
    """The engine that the sessions run on.

    Raises:
        CommandError: There is none.
    """
    engine = find()
    if engine is None:
        raise CommandError("there is no Pulumi engine here", hint="`nox -s engine` gets one")
    return engine


def look() -> Iterator[Engine | Missing]:
    """What is found in each place, best place first."""
    yield on_path()
    yield _in_project()


def _in_project() -> Engine | Missing:
    stamp = read_stamp()
    if stamp is None:
        return Missing(reason="the project's engine/bin has none")
    if stamp != current_stamp(stamp.origin):
        return Missing(reason="the one in engine/bin was made from other sources than today's")
    if stamp.origin == "built":
        renew_launcher()
    origin = f"engine/bin, {stamp.origin}"
    return Engine(pulumi=BIN / "pulumi", version=stamp.version, origin=origin)
