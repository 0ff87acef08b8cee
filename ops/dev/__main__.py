"""`nox -s dev`: the applications of the local stack as processes of this machine.

What ECS would run is run here: the task definitions and the counts are those that `nox -s up` has
deployed, and the auto-scaler changes the count of workers as it does in AWS. The database is a
PostgreSQL of its own. Ctrl-C ends it all.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ops.credentials import own_key
from ops.dev.admission import Admission, read_state
from ops.dev.cluster import Cluster
from ops.dev.launch import Launcher
from ops.dev.machine import Machine
from ops.dev.output import Output
from ops.dev.postgres import running_postgres
from ops.dev.programs import APPS_OF_IMAGES, programs_of
from ops.dev.supervision import ME, Orders, supervise
from ops.engine.variables import LOCAL
from ops.errors import CommandError, exit_with, tell
from ops.guard import temporary_folder
from ops.observe.deployment import deployment
from ops.paths import STACK
from ops.running import alone
from ops.target import Target, target

_INTERRUPTED = 130


def main(given: Sequence[str]) -> int:
    """Runs the applications until Ctrl-C.

    Returns:
        0 when they have ended after Ctrl-C, 130 where that came before they ran, 2 for a stack or a
        machine that they cannot run on.
    """
    parser = argparse.ArgumentParser(
        prog="nox -s dev --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", default=LOCAL, help="the stack; local alone can be run here")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    try:
        _run(target(options.project.resolve(), options.stack))
    except CommandError as error:
        tell(error)
        return 2
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _run(found: Target) -> None:
    stack = deployment(found)
    if stack.endpoint is None:
        raise CommandError(
            f"the applications of stack {stack.stack} run at AWS",
            hint="`nox -s dev` runs those of the local stack, whose endpoint is on this machine",
        )
    output = Output(Console(highlight=False, markup=False, emoji=False))
    cluster = Cluster(stack, stack.endpoint)
    with alone(found.project) as notes:
        admission = Admission(lambda: read_state(found, stack), cluster.containers, output.say)
        orders = Orders(cluster=cluster, admission=admission)
        database = cluster.database(orders.services())
        output.say(ME, "the environments of the applications are made, where need be")
        for image in stack.outputs["repositoryUrls"]:
            programs_of(APPS_OF_IMAGES[image])
        with (
            temporary_folder("dev-") as folder,
            # The socket lies beside it: PostgreSQL does not run as root, and must get there.
            temporary_folder("dev-database-") as data,
            running_postgres(data, user=database.user, password=database.password) as postgres,
        ):
            output.say(
                ME, f"PostgreSQL listens on 127.0.0.1:{postgres.port}; its data end with this"
            )
            launcher = Launcher(
                machine=Machine(
                    postgres=postgres,
                    endpoint=stack.endpoint,
                    key=own_key(found.project),
                    code=str(folder / "code-server"),
                ),
                programs=admission.programs,
                folder=folder,
                output=output,
                logs=stack.session.client("logs", **stack.client_options),
            )
            supervise(orders, launcher, output, notes)


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
