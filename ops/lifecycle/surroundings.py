"""What an operation on the local stack needs around it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ops.embedded.provider import provided
from ops.endpoint import endpoint, url_in
from ops.engine.variables import LOCAL, LOCAL_BACKEND
from ops.private import make_private
from ops.target import Target


@contextmanager
def surrounded(stack: Target) -> Iterator[Target]:
    """The stack, its endpoint started where it has one, with a provider while the block runs.

    Raises:
        CommandError: The endpoint cannot be started.
    """
    if stack.variables.get("PULUMI_BACKEND_URL") == LOCAL_BACKEND.as_uri():
        make_private(LOCAL_BACKEND / ".pulumi")
    if stack.stack == LOCAL and url_in(stack.project) is not None:
        behind = endpoint(stack.project)
        behind.start()
        sys.stdout.write(f"{behind.status()}\n")
    with provided(stack) as found:
        yield found
