"""The engine's refusals, told with a way on; the texts are the engine's own."""

import pytest

from pulumi_loopback.engine.refusals import BrokenStateError, refusal

URN = "urn:pulumi:local::shop::aws:sqs/queue:Queue::orders"
LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or \
delete the lock file with `pulumi cancel`.
  file:///a/locks/organization/shop/local/0af45195.json: created by ann@laptop (pid 4711) at \
2026-11-28T10:10:31Z
"""
INTEGRITY = f"""\
error: The Pulumi CLI encountered a snapshot integrity error. This is a bug!
Error:             snapshot integrity failure; refusing to use it: duplicate resource {URN}
Stack Trace:
goroutine 1 [running]:
"""
WRITTEN = f"""\
error: The Pulumi CLI encountered a snapshot integrity error. This is a bug!
Error:             failed to save snapshot: {URN} refers to missing parent
"""
REPAIR = f"""\
error: Failed to repair the snapshot automatically: duplicate resource {URN}

Pulumi is unable to automatically repair the snapshot. This can happen if the
"""
NO_ID = f"""\
resource '{URN}' is marked as custom but has no ID; remove it with `pulumi state delete \
--disable-integrity-checking '{URN}'` before retrying
"""
CRASH = """\
================================================================================
The Pulumi CLI encountered a fatal error. This is a bug!
Pulumi Version:   v3.276.0
Panic:            fatal: An assertion has failed: a snapshot is needed

goroutine 1 [running]:
runtime/debug.Stack()
"""
PANIC = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation]

goroutine 7 [running]:
"""


class Asked:
    """A stack that the engine was asked about."""

    stack = "local"

    def session(self, name: str, *options: str) -> str:
        return " ".join(["nox", "-s", name, *(["--", *options] if options else [])])


@pytest.mark.parametrize(
    ("said", "told", "way"),
    [
        pytest.param(
            LOCKED,
            "stack local is locked: process 4711 on laptop works on it",
            "`nox -s state:repair -- --unlock`",
            id="locked",
        ),
        pytest.param(
            INTEGRITY,
            f"the state of stack local is broken: duplicate resource {URN}",
            "`nox -s state:restore`",
            id="broken state",
        ),
        pytest.param(
            WRITTEN,
            "the state of stack local is broken: failed to save snapshot: "
            f"{URN} refers to missing parent",
            "`nox -s state:restore`",
            id="broken while written",
        ),
        pytest.param(
            REPAIR,
            f"the state of stack local is broken, and cannot be repaired: duplicate resource {URN}",
            "`nox -s state:restore`",
            id="beyond repair",
        ),
        pytest.param(
            NO_ID,
            "the state of stack local is broken, and cannot be repaired: "
            f"resource {URN} is marked as custom but has no ID",
            "`nox -s state:restore`",
            id="without an id",
        ),
        pytest.param(
            CRASH,
            "the engine crashed on stack local: An assertion has failed: a snapshot is needed",
            "`nox -s state:restore`",
            id="crash",
        ),
        pytest.param(
            PANIC,
            "the engine crashed on stack local: "
            "runtime error: invalid memory address or nil pointer dereference",
            "`nox -s state:repair`",
            id="crash elsewhere",
        ),
        pytest.param(
            "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
            "there is no backend for stack local: nobody is logged in, and PULUMI_BACKEND_URL "
            "names none",
            "`pulumi login`",
            id="not logged in",
        ),
        pytest.param(
            'error: unable to open state directory "file:///a": stat /a: no such file or directory',
            "the backend of stack local cannot be opened: no such file or directory",
            "set PULUMI_BACKEND_URL",
            id="no backend",
        ),
        pytest.param(
            "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or "
            "PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
            "stack local has a passphrase, and none is given",
            "set PULUMI_CONFIG_PASSPHRASE",
            id="no passphrase",
        ),
        pytest.param(
            "error: write /a/b.tmp: no space left on device",
            "the engine cannot write: write /a/b.tmp: no space left on device",
            "make room",
            id="full disk",
        ),
        pytest.param(
            "pre-step event returned an error: failed to save snapshot: An IO error occurred "
            'while writing the new snapshot file: blob (key "b") (code=Unknown): write /a/b.tmp: '
            "no space left on device",
            "the engine cannot write: write /a/b.tmp: no space left on device",
            "make room",
            id="full disk during a step",
        ),
        pytest.param(
            "error: open /a/b.tmp: read-only file system",
            "the engine cannot write: open /a/b.tmp: read-only file system",
            "let the folder be written",
            id="read-only",
        ),
    ],
)
def test_a_refusal_is_told_with_a_way_on(said: str, told: str, way: str) -> None:
    error = refusal(said, Asked())
    assert error is not None
    assert str(error) == told
    assert way in (error.hint or "")
    assert isinstance(error, BrokenStateError) == ("broken" in told or "crashed" in told)


def test_what_nobody_knows_stays_the_engine_s_own() -> None:
    assert refusal("error: no stack named 'dev' found", Asked()) is None
