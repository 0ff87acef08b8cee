"""What an operation on the local stack needs around it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ops.embedded.endpoint import EmbeddedEndpoint
from ops.embedded.provider import provided
from ops.endpoint import endpoint, url_in
from ops.engine.variables import LOCAL, LOCAL_BACKEND
from ops.errors import CommandError
from ops.private import make_private
from ops.target import Target


@contextmanager
def surrounded(stack: Target) -> Iterator[Target]:
    """The stack with its endpoint, if it has one, and a provider while the block runs.

    Raises:
        CommandError: The endpoint cannot be started, or has ended in the middle.
    """
    if stack.variables.get("PULUMI_BACKEND_URL") == LOCAL_BACKEND.as_uri():
        make_private(LOCAL_BACKEND / ".pulumi")
    behind = endpoint(stack.project) if stack.stack == LOCAL and url_in(stack.project) else None
    if behind is not None:
        if isinstance(behind, EmbeddedEndpoint) and not behind.runs():
            sys.stdout.write(f"Starts the endpoint at {behind.url}\n")
        behind.start()
        sys.stdout.write(f"{behind.status()}\n")
    with provided(stack) as found:
        yield found
    if isinstance(behind, EmbeddedEndpoint) and not behind.runs():
        raise CommandError(
            "the endpoint has ended in the middle, and what it held is lost",
            hint=f"`{stack.session('state:repair')}` takes out of the state what is gone, and "
            f"`{stack.session('up')}` makes it again",
        )
