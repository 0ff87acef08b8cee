"""The sessions on a state: make it, list it, bring a copy of it back, delete it.

Each gives the exit code 0; what it cannot do is a `CommandError`.
"""

import sys
from pathlib import Path

from ops.consent import Consent
from ops.errors import CommandError
from ops.state.store import Store
from pulumi_preflight.urns import name_of, type_of

DONE = 0


def make(store: Store) -> int:
    """Makes the stack if there is none; its settings are left as they are."""
    stack = store.target.stack
    if store.exists:
        _say(f"Stack {stack} is there already.")
        return DONE
    store.target.ask("stack", "init", "--no-select")
    _say(f"Stack {stack} was made.")
    return DONE


def show(store: Store) -> int:
    """Lists the resources of the state, and the operations that were never finished."""
    store.check_present()
    resources = store.deployment().get("resources", [])
    width = max((len(name_of(each["urn"])) for each in resources), default=0)
    for each in resources:
        line = f"{name_of(each['urn']):<{width}}  {type_of(each['urn'])}  {each.get('id', '')}"
        _say(line.rstrip())
    _say(f"{len(resources)} resource{'' if len(resources) == 1 else 's'}")
    if pending := store.pending():
        settles = store.target.session("state:repair")
        _say(f"begun and never finished: {', '.join(pending)}; `{settles}` settles them")
    return DONE


def restore(store: Store, copy: Path | None, consent: Consent) -> int:
    """Puts a copy of the state in its place: the given one, or the newest that can be read.

    Raises:
        CommandError: There is no copy, or the given one is no state.
    """
    store.check_unlocked()
    chosen = copy or next(iter(store.copies()), None)
    if chosen is None:
        raise CommandError(f"there is no copy of the state of stack {store.target.stack}")
    consent.to_delete([f"its state is replaced by {chosen}"])
    if kept := store.save():
        _say(f"The state as it was is kept in {kept}")
    store.restore(chosen)
    _say(f"The state is that of {chosen}; `nox -s refresh` brings it up to date.")
    return DONE


def delete(store: Store, consent: Consent) -> int:
    """Forgets the stack; what it made stays where it is."""
    store.check_unlocked()
    if not store.exists:
        _say(f"There is no stack {store.target.stack}.")
        return DONE
    consent.to_delete(["its state is deleted; the resources stay, and nothing knows them any more"])
    _say(f"The state as it was is kept in {store.save()}")
    store.delete()
    _say(f"Stack {store.target.stack} was deleted; its settings stay.")
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
