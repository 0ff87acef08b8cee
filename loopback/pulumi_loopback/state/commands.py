"""The sessions on a state: make, list, repair, bring back, delete."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_loopback.engine.operation import operate
from pulumi_loopback.engine.refusals import BrokenStateError, beyond_repair
from pulumi_loopback.errors import CommandError, Consent
from pulumi_loopback.state.copies import Copy, latest_in
from pulumi_loopback.state.store import BEFORE_DELETE, BEFORE_REPAIR, BEFORE_RESTORE, Store
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import PropertyValue, rewrite

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


Resources = Mapping[str, Any]


def repair(store: Store, *, anyway: bool = False) -> int:
    """Unlocks the stack, puts its resources in order, and asks the providers what there is.

    The repair first keeps a copy of the state. A lock goes only where its process is gone. An
    unfinished creation is dropped and named: without an id no provider can say whether the resource
    was made after all. The refresh settles every other unfinished operation.

    Args:
        store: The state.
        anyway: The user says that no process works on the stack, whatever the locks tell.

    Returns:
        0 if the state is whole now, 1 if the refresh failed.

    Raises:
        CommandError: The state cannot be read or repaired, or another command holds it.
    """
    unlock(store, anyway=anyway)
    store.check_present()
    store.check_room()
    keep(store, BEFORE_REPAIR)
    kept = store.deployment()
    _put_in_order(store)
    succeeded = operate("refresh", store.target, "--clear-pending-creates").succeeded
    found = changes(kept, store.deployment())
    for change in found:
        _say(change)
    if not succeeded:
        again, back = store.target.session("state:repair"), store.target.session("state:restore")
        _say(
            f"the refresh failed, so the state is not settled: fix what it names and run `{again}` "
            f"once more, or `{back}` brings the newest good copy back"
        )
        return 1
    if not found:
        _say("nothing had to be changed")
    return 0


def _put_in_order(store: Store) -> None:
    stack = store.target
    try:
        stack.ask("state", "repair", "--yes")
        store.check_whole()
    except BrokenStateError as error:
        raise beyond_repair(stack, error.why) from error
    except CommandError as error:
        if error.hint:
            raise
        # The engine gives no way on for a state that it cannot even read.
        raise beyond_repair(stack, str(error)) from error


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two exports of a state, a line each."""
    found = [_settled(each) for each in before.get("pending_operations") or []]
    old, new = _by_urn(before), _by_urn(after)
    found += [f"removed: {_told(urn)}" for urn in old if urn not in new]
    found += [
        f"updated: {_told(urn)}" for urn in old if urn in new and _real(old[urn]) != _real(new[urn])
    ]
    if [urn for urn in old if urn in new] != [urn for urn in new if urn in old]:
        found.append("reordered: every resource stands after those that it depends on")
    return found


def _settled(pending: Mapping[str, Any]) -> str:
    told = _told(pending["resource"]["urn"])
    if pending["type"] == "creating":
        return f"dropped: the unfinished creation of {told}; if it was made, it is not in the state"
    return f"settled: the unfinished {pending['type']} of {told}"


def _by_urn(deployment: Mapping[str, Any]) -> Resources:
    return {each["urn"]: each for each in deployment.get("resources") or []}


def _real(resource: Mapping[str, Any]) -> PropertyValue:
    """A resource without what every refresh writes anew: times, forms of secrets, empty fields."""
    depends = resource.get("propertyDependencies") or {}
    told = {
        **{name: value for name, value in resource.items() if name not in ("created", "modified")},
        "propertyDependencies": {name: urns for name, urns in depends.items() if urns},
    }
    filled = {name: value for name, value in told.items() if value}
    return rewrite(filled, lambda marked: marked.get("value"))


def _told(urn: str) -> str:
    return f"{name_of(urn)} ({type_of(urn)})"
