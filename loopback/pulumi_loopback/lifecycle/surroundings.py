"""What an operation on the local stack needs around it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from pulumi_loopback.embedded.provider import provided
from pulumi_loopback.endpoint import endpoint, url_in
from pulumi_loopback.errors import CommandError
from pulumi_loopback.private import make_private
from pulumi_loopback.target import Target


@contextmanager
def surrounded(stack: Target) -> Iterator[Target]:
    """The stack with its endpoint, if it has one, and a provider while the block runs.

    Raises:
        CommandError: The endpoint cannot be started, or has ended in the middle.
    """
    project = stack.project
    if stack.variables.get("PULUMI_BACKEND_URL") == project.home.as_uri():
        make_private(project.home / ".pulumi")
    behind = endpoint(project) if project.local and url_in(project) else None
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
