"""`nox -s dev`: the applications of the local stack as processes of this machine.

What ECS would run is run here: the task definitions and the counts are those that `nox -s up` has
deployed, and the auto-scaler changes the count of workers as it does in AWS. The database is a
PostgreSQL of its own. Ctrl-C ends it all.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from ops.credentials import own_key
from ops.dev.cluster import Cluster
from ops.dev.launch import Launcher
from ops.dev.machine import CODE_PORT, Machine
from ops.dev.output import Output
from ops.dev.ports import own_or_free
from ops.dev.postgres import running_postgres
from ops.dev.programs import APPS_OF_IMAGES, programs_of
from ops.dev.supervision import ME, supervise
from ops.engine.variables import LOCAL
from ops.errors import CommandError, exit_with, tell
from ops.observe.deployment import deployment
from ops.paths import STACK
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
    cluster = Cluster(stack, stack.endpoint)
    database = cluster.database()
    output = Output(Console(highlight=False, markup=False, emoji=False))
    output.say(ME, "the environments of the applications are made, where need be")
    urls = stack.outputs["repositoryUrls"]
    programs = {url: programs_of(APPS_OF_IMAGES[image]) for image, url in urls.items()}
    with (
        TemporaryDirectory(prefix="dev-") as name,
        running_postgres(
            _open_to_all(Path(name)) / "database", user=database.user, password=database.password
        ) as postgres,
    ):
        output.say(ME, f"PostgreSQL listens on 127.0.0.1:{postgres.port}; its data end with this")
        launcher = Launcher(
            machine=Machine(
                postgres=postgres,
                endpoint=stack.endpoint,
                key=own_key(found.project),
                code_port=own_or_free(CODE_PORT),
            ),
            programs=programs,
            folder=Path(name),
            output=output,
            logs=stack.session.client("logs", **stack.client_options),
        )
        supervise(cluster, launcher, output)


def _open_to_all(folder: Path) -> Path:
    """PostgreSQL does not run as root, and must get through."""
    folder.chmod(0o755)
    return folder


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
