"""The engine's refusals, recognised by their words, and told in ours with a way on."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from pulumi_loopback.errors import CommandError

_LOCK = re.compile(r"created by .*@(?P<host>\S+) \(pid (?P<pid>\d+)\)")
_REASON = re.compile(
    r"(?:^Error: +(?:snapshot integrity failure; refusing to use it: )?"
    r"|snapshot integrity failure; refusing to use it: "
    r"|Failed to repair the snapshot automatically: )(?P<why>.+)",
    re.MULTILINE,
)
_NO_ID = re.compile(r"resource '(?P<urn>[^']+)' is marked as custom but has no ID")
# Source: pulumi/pulumi, pkg/cmd/pulumi/main.go (panicHandler), sdk/go/common/util/contract.
_PANIC = re.compile(r"^[Pp]anic: +(?:fatal: )?(?P<why>.+)$", re.MULTILINE)


class BrokenStateError(CommandError):
    """The engine does not take a state.

    Attributes:
        why: The fault of the state, in the engine's words.
    """

    def __init__(self, message: str, why: str, *, hint: str) -> None:
        super().__init__(f"{message}: {why}", hint=hint)
        self.why = why


class Asked(Protocol):
    """The stack that the engine was asked about."""

    @property
    def stack(self) -> str:
        """Its name."""

    def session(self, name: str, *options: str) -> str:
        """The text that the user types for a session on this stack."""


def refusal(said: str, target: Asked) -> CommandError | None:
    """The meaning of an engine's text, `None` where nothing here knows the text."""
    return next((tell(said, target) for words, tell in _KNOWN.items() if words in said), None)


def is_refusal(said: str) -> bool:
    """Whether `refusal` knows a text."""
    return any(words in said for words in _KNOWN)


def lacks_room(said: str) -> bool:
    """Whether a text says that a file cannot be written."""
    return any(each in said for each in _NO_ROOM)


def locked(target: Asked, pid: str | int, host: str) -> CommandError:
    """Another command works on the stack."""
    return CommandError(
        f"stack {target.stack} is locked: process {pid} on {host} works on it",
        hint="wait for it to end; where you know that it has, "
        f"`{target.session('state:repair', '--unlock')}`",
    )


def broken(target: Asked, why: str) -> BrokenStateError:
    """The engine does not take the stack's state."""
    return BrokenStateError(
        f"the state of stack {target.stack} is broken",
        why,
        hint=f"`{target.session('state:repair')}` puts in order what can be; "
        f"`{target.session('state:restore')}` brings the newest good copy back",
    )


def _locked(said: str, target: Asked) -> CommandError:
    found = _LOCK.search(said)
    return locked(target, *(found["pid"], found["host"]) if found else (0, "an unknown machine"))


def _broken(said: str, target: Asked) -> CommandError:
    return broken(target, _why(said))


def beyond_repair(target: Asked, why: str) -> BrokenStateError:
    """The engine cannot put the stack's state in order."""
    return BrokenStateError(
        f"the state of stack {target.stack} is broken, and cannot be repaired",
        why,
        hint=f"`{target.session('state:restore')}` brings the newest good copy back",
    )


def _beyond_repair(said: str, target: Asked) -> CommandError:
    return beyond_repair(target, _why(said))


def _without_id(said: str, target: Asked) -> CommandError:
    found = _NO_ID.search(" ".join(said.split()))
    return beyond_repair(target, no_id(found["urn"] if found else "of the state"))


def no_id(urn: str) -> str:
    """The fault of a state that holds a resource of a provider without an id."""
    return f"resource {urn} is marked as custom but has no ID"


def _crashed(said: str, target: Asked) -> CommandError:
    found = _PANIC.search(said)
    return BrokenStateError(
        f"the engine crashed on stack {target.stack}",
        found["why"].strip() if found else "the engine does not say why",
        hint=f"`{target.session('state:repair')}` settles what was under way; where the engine "
        f"crashes again, `{target.session('state:restore')}` brings the newest good copy back",
    )


def _why(said: str) -> str:
    found = _REASON.search(said)
    return found["why"].strip() if found else "the engine does not say why"


def _wrong_passphrase(_: str, target: Asked) -> CommandError:
    return CommandError(
        f"PULUMI_CONFIG_PASSPHRASE is not the passphrase that stack {target.stack} was made with",
        hint="set it to that one; where it is lost, the secrets are, and "
        f"`{target.session('state:delete')}` forgets the stack",
    )


def _no_passphrase(_: str, target: Asked) -> CommandError:
    return CommandError(
        f"stack {target.stack} has a passphrase, and none is given",
        hint="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    )


def _not_logged_in(_: str, target: Asked) -> CommandError:
    return CommandError(
        f"there is no backend for stack {target.stack}: nobody is logged in, and "
        "PULUMI_BACKEND_URL names none",
        hint="`pulumi login`, or set PULUMI_BACKEND_URL to where the stack's state is",
    )


def _no_backend(said: str, target: Asked) -> CommandError:
    return CommandError(
        f"the backend of stack {target.stack} cannot be opened: {said.rpartition(': ')[2].strip()}",
        hint="make its folder, or set PULUMI_BACKEND_URL to where the stack's state is",
    )


def _no_room(said: str, _: Asked) -> CommandError:
    line = next(line for line in said.splitlines() if lacks_room(line))
    said_last = line.rpartition(_BUCKET_SAYS)[2]
    return CommandError(
        f"the engine cannot write: {said_last.strip().removeprefix('error: ')}",
        hint="make room, or let the folder be written, and try again",
    )


_BUCKET_SAYS = "(code=Unknown): "
_NO_ROOM = ("no space left on device", "read-only file system", "disk quota exceeded")
# Source: pulumi/pulumi, sdk and pkg: secrets/passphrase/manager.go, backend/diy/lock.go,
# cmd/pulumi/state/state_repair.go, cmd/pulumi/cmd (DisplayErrorMessage), backend/httpstate.
_KNOWN: Mapping[str, Callable[[str, Asked], CommandError]] = {
    "incorrect passphrase": _wrong_passphrase,
    "passphrase must be set": _no_passphrase,
    "the stack is currently locked by": _locked,
    "Failed to repair the snapshot automatically": _beyond_repair,
    "snapshot integrity error": _broken,
    "snapshot integrity failure": _broken,
    "is marked as custom but has no ID": _without_id,
    "The Pulumi CLI encountered a fatal error": _crashed,
    "panic: fatal: ": _crashed,
    "panic: runtime error: ": _crashed,
    "PULUMI_ACCESS_TOKEN must be set": _not_logged_in,
    "unable to open state directory": _no_backend,
    **dict.fromkeys(_NO_ROOM, _no_room),
}
