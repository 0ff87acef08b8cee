"""The operations on a stack, each behind the checks that it needs."""

import json
import sys

from pulumi_loopback.embedded.provider import check_still_there, check_types, provided
from pulumi_loopback.endpoint import Endpoint, url_in
from pulumi_loopback.engine.display import Places
from pulumi_loopback.engine.operation import Outcome, operate, run
from pulumi_loopback.errors import CommandError, Consent
from pulumi_loopback.project import Verdict
from pulumi_loopback.state import commands
from pulumi_loopback.state.commands import keep
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target
from pulumi_preflight.progress import waiting

PASSED, FAILED = 0, 1


def preview(stack: Target, places: Places) -> int:
    """The engine's preview of a stack that is ready, with no preflight before it."""
    with provided(stack) as found:
        return _status(_preview(found, places))


def validate(stack: Target) -> int:
    """All that `up` checks, and nothing changed: preflight, the state, the engine's preview."""
    verdict = _judged(stack)
    return verdict.status or _status(_preview(_prepared(stack, verdict.places), verdict.places))


def up(stack: Target, consent: Consent) -> int:
    """Deploys, once preflight and the engine's preview have agreed.

    The engine runs stack rules after everything has been made, too late to stop anything: so a
    preview comes first, whatever the rules.
    """
    verdict = _judged(stack)
    if verdict.status:
        return verdict.status
    previewed = _preview(_prepared(stack, verdict.places), verdict.places)
    if not previewed.succeeded:
        return FAILED
    consent.to_deploy()
    gate = stack.project.gate
    return _status(operate("up", stack, enforced=gate, places=verdict.places))


def destroy(stack: Target, consent: Consent) -> int:
    """Deletes all that the stack has made; its settings and its empty state stay."""
    store = Store(target=stack)
    store.check_present()
    store.check_whole()
    store.check_room()
    consent.to_delete(["every resource of the stack is deleted"])
    keep(store, "before destroy")
    return _status(operate("destroy", stack))


def refresh(stack: Target) -> int:
    """Brings the state up to what there really is; changes nothing else."""
    store = Store(target=ready(stack))
    keep(store, "before refresh")
    return _status(operate("refresh", stack))


def outputs(stack: Target, name: str | None, *, as_json: bool, secrets: bool) -> int:
    """Prints the stack's outputs, or one of them.

    Raises:
        CommandError: There is no such stack or output, or the state cannot be read.
    """
    Store(target=stack).check_present()
    if name is not None:
        known = json.loads(stack.ask("stack", "output", "--json"))
        if name not in known:
            raise CommandError(
                f"stack {stack.stack} has no output {name}",
                hint=f"its outputs: {', '.join(sorted(known))}"
                if known
                else f"the stack has no outputs; `{stack.session('up')}` deploys it",
            )
    options = [*([name] if name else []), *(["--json"] if as_json else [])]
    options += ["--show-secrets"] if secrets else []
    command = stack.command("stack", "output", *options)
    return run(command, cwd=stack.folder, environment=stack.variables)


def ready(stack: Target) -> Target:
    """Gives the stack back when the engine can work on it; makes it if it is the local one.

    Raises:
        CommandError: There is no such stack, its state cannot be read, the engine does not take it,
            it is locked, or there is no room to save it.
    """
    store = Store(target=stack)
    store.check()
    if stack.project.local and not (store.exists or store.forgotten):
        store.make()
    store.check_present()
    store.check_whole()
    store.check_room()
    return stack


def _judged(stack: Target) -> Verdict:
    """Preflight's verdict, which prints nothing for some seconds."""
    sys.stdout.write(f"Preflight of {stack.name} stack {stack.stack}: runs the program and packs\n")
    sys.stdout.flush()
    with waiting(lambda: "waits for preflight: the program and the packs run", has_own_line=True):
        return stack.project.gate.judge(stack.folder, stack.stack)


def _prepared(stack: Target, places: Places) -> Target:
    """See `ready`; nothing may be half done, and the embedded provider says what it cannot do."""
    if stack.embedded:
        check_types(places)
    with waiting(lambda: "waits for the engine: the state is read and checked"):
        store = Store(target=ready(stack))
        store.check_settled()
        if stack.embedded:
            check_still_there(store, url_in(stack.project))
    return stack


def _preview(stack: Target, places: Places) -> Outcome:
    return operate("preview", stack, enforced=stack.project.gate, places=places)


def _status(outcome: Outcome) -> int:
    return PASSED if outcome.succeeded else FAILED


def reset_softly(stack: Target, endpoint: Endpoint, consent: Consent) -> int:
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


def reset_hard(stack: Target, endpoint: Endpoint, consent: Consent) -> int:
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
