"""The sessions on a state: make it, list it, bring a copy of it back, delete it.

Each gives the exit code 0; what it cannot do is a `CommandError`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from pulumi_loopback.consent import Consent
from pulumi_loopback.errors import CommandError
from pulumi_loopback.state.copies import Copy, latest_in
from pulumi_loopback.state.store import BEFORE_DELETE, BEFORE_REPAIR, BEFORE_RESTORE, Store
from pulumi_preflight.urns import name_of, type_of

DONE = 0
_SHOWN = 10
# These hold what the user wanted to get rid of.
_ONLY_BY_NAME = {BEFORE_REPAIR, BEFORE_RESTORE}


def make(store: Store) -> int:
    """Makes the stack if there is none; its settings are left as they are."""
    stack = store.target.stack
    if store.exists:
        _say(f"Stack {stack} is there already.")
        return DONE
    store.make()
    _say(f"Stack {stack} was made.")
    return DONE


def show(store: Store) -> int:
    """Lists the resources of the state, and the operations that were never finished.

    Raises:
        CommandError: There is no state, or the engine does not take the state.
    """
    store.check_present()
    store.check_whole()
    resources = store.deployment().get("resources") or []
    width = max((len(name_of(each["urn"])) for each in resources), default=0)
    for each in resources:
        line = f"{name_of(each['urn']):<{width}}  {type_of(each['urn'])}  {each.get('id', '')}"
        _say(line.rstrip())
    _say(f"{len(resources)} resource{'' if len(resources) == 1 else 's'}")
    if pending := store.pending():
        settles = store.target.session("state:repair")
        _say(f"begun and never finished: {', '.join(pending)}; `{settles}` settles them")
    return DONE


def show_copies(store: Store) -> int:
    """Lists the copies of the state, newest first."""
    copies = store.copies()
    _list(store, copies)
    _say(f"{len(copies)} cop{'y' if len(copies) == 1 else 'ies'}")
    return DONE


def unlock(store: Store, *, anyway: bool = False) -> None:
    """Removes the locks of commands that are gone, and says so.

    Args:
        store: The state.
        anyway: The user says that no command works on the stack, whatever the locks tell.
    """
    if any(anyway or lock.stale for lock in store.locks()):
        store.unlock()
        _say("unlocked: the command that held the stack is gone")


def keep(store: Store, reason: str) -> None:
    """Keeps a copy of the state, if there is one, and says where the copy is."""
    if copy := store.save(reason):
        _say(f"The state as it was is kept in {copy}")


def restore(store: Store, copy: Path | None, consent: Consent) -> int:
    """Puts a copy in the state's place: the given one, or the newest good one.

    A copy is good if the engine takes it and its content differs from the state's. A copy without
    resources comes after all others. A copy from before a repair or a restore must be given.

    Raises:
        CommandError: There is no such copy, the given one is not good, or a command works on the
            stack.
    """
    unlock(store)
    store.check_unlocked()
    if copy is None:
        copies = store.copies()
        _list(store, copies[:_SHOWN], more=len(copies) - _SHOWN)
        copy = _newest_good(store, copies).file
    elif why := store.objection(copy):
        raise CommandError(f"this is not a state to bring back: {why}")
    consent.to_delete([f"its state is replaced by {copy}"])
    keep(store, BEFORE_RESTORE)
    store.restore(copy)
    refresh, up = store.target.session("refresh"), store.target.session("up")
    _say(
        f"The state is that of {copy}. No resource has come back with it: `{refresh}` takes out of "
        f"the state what is gone, and `{up}` makes that again."
    )
    return DONE


def _newest_good(store: Store, copies: Sequence[Copy]) -> Copy:
    file, stack = store.file, store.target.stack
    now = None
    if file and file.exists() and not store.problem:
        now = latest_in(file).get("resources") or []
    for copy in sorted(copies, key=lambda each: not (each.problem or each.resources)):
        if not copy.problem and copy.resources == now:
            _say(f"passed over: {copy.file}: the state holds the same now")
        elif copy.reason in _ONLY_BY_NAME:
            way = store.target.session("state:restore", str(copy.file))
            _say(f"passed over: {copy.file}: made {copy.reason}; `{way}` brings it back")
        elif why := copy.problem or store.objection(copy.file):
            _say(f"passed over: {copy.file}: {why}")
        else:
            return copy
    raise CommandError(f"there is no {'other good ' if copies else ''}copy of the state of {stack}")


def _list(store: Store, copies: Sequence[Copy], *, more: int = 0) -> None:
    stack = store.target.stack
    _say(
        f"Copies of the state of stack {stack}, newest first:" if copies else f"No copy of {stack}"
    )
    for copy in copies:
        _say(f"  {copy}\n    {copy.file}")
    if more > 0:
        _say(f"  and {more} older: `{store.target.session('state:list', '--copies')}`")


def delete(store: Store, consent: Consent) -> int:
    """Forgets the stack; what it made stays where it is."""
    unlock(store)
    store.check_unlocked()
    if not store.exists:
        _say(f"There is no stack {store.target.stack}.")
        return DONE
    consent.to_delete(["its state is deleted; the resources stay, and nothing knows them any more"])
    keep(store, BEFORE_DELETE)
    store.delete()
    _say(f"Stack {store.target.stack} was deleted; its settings stay.")
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
