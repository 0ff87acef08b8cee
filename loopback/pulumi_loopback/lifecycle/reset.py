"""Starting over: gracefully (soft), or without asking the state (hard)."""

import sys

from pulumi_loopback.consent import Consent
from pulumi_loopback.endpoint import Endpoint
from pulumi_loopback.engine.operation import operate
from pulumi_loopback.lifecycle.deploy import FAILED, PASSED
from pulumi_loopback.state import commands
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target


def soft(stack: Target, endpoint: Endpoint, consent: Consent) -> int:
    """Destroys what the stack has made, empties the endpoint and brings both up again."""
    consent.to_delete(["every resource of the stack is deleted", "the endpoint's data is deleted"])
    store = Store(target=stack)
    store.check()
    if store.exists:
        commands.keep(store, "before reset")
        if not operate("destroy", stack).succeeded:
            hard_one = stack.project.spelling.of("reset:hard")
            _say(f"The endpoint was left as it is. `{hard_one}` asks no state.")
            return FAILED
    endpoint.clean()
    endpoint.start()
    commands.make(store)
    return PASSED if operate("refresh", stack).succeeded else FAILED


def hard(stack: Target, endpoint: Endpoint, consent: Consent) -> int:
    """Deletes the endpoint's data and the stack's state, whatever they hold, and makes new ones."""
    consent.to_delete(
        [
            "the stack's state is deleted, without asking the endpoint",
            "the endpoint's data is deleted",
        ]
    )
    store = Store(target=stack)
    commands.unlock(store)
    store.check_unlocked()
    endpoint.clean()
    if store.exists:
        commands.keep(store, "before reset")
        store.delete()
    endpoint.start()
    commands.make(store)
    _say(f"`{stack.project.spelling.of('up')}` deploys everything anew.")
    return PASSED


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
