"""Mends a state as far as that is safe, and says what it changed."""

import sys
from collections.abc import Mapping
from typing import Any

from pulumi_loopback.engine.operation import operate
from pulumi_loopback.engine.refusals import BrokenStateError, beyond_repair
from pulumi_loopback.errors import CommandError
from pulumi_loopback.state import commands
from pulumi_loopback.state.store import BEFORE_REPAIR, Store
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.wire import PropertyValue, rewrite

Resources = Mapping[str, Any]


def repair(store: Store, *, unlock: bool = False) -> int:
    """Unlocks the stack, puts its resources in order, and asks the providers what there is.

    The repair first keeps a copy of the state. A lock goes only where its process is gone. An
    unfinished creation is dropped and named: without an id no provider can say whether the resource
    was made after all. The refresh settles every other unfinished operation.

    Args:
        store: The state.
        unlock: The user says that no process works on the stack, whatever the locks tell.

    Returns:
        0 if the state is whole now, 1 if the refresh failed.

    Raises:
        CommandError: The state cannot be read or repaired, or another command holds it.
    """
    commands.unlock(store, anyway=unlock)
    store.check_present()
    store.check_room()
    commands.keep(store, BEFORE_REPAIR)
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


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
