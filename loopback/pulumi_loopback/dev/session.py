"""`dev`: the applications of the local stack as processes of this machine.

What ECS would run is run here: the task definitions and the counts are those that `up` has
deployed, and the auto-scaler changes the count of workers as it does in AWS. The database is a
PostgreSQL of its own. Ctrl-C ends it all.
"""

from rich.console import Console

from pulumi_loopback.credentials import own_key
from pulumi_loopback.dev.admission import Admission, read_state
from pulumi_loopback.dev.cluster import Cluster
from pulumi_loopback.dev.launch import Launcher
from pulumi_loopback.dev.machine import Machine
from pulumi_loopback.dev.output import Output
from pulumi_loopback.dev.postgres import running_postgres
from pulumi_loopback.dev.programs import Apps
from pulumi_loopback.dev.supervision import ME, Orders, supervise
from pulumi_loopback.errors import FAILED, INTERRUPTED, CommandError, tell
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.observe.deployment import Names, deployment
from pulumi_loopback.project import Project
from pulumi_loopback.running import alone
from pulumi_loopback.target import Target, target


def run(project: Project, names: Names, apps: Apps) -> int:
    """Runs the applications until Ctrl-C.

    Args:
        project: The stack, which must be a local one.
        names: The outputs that hold the names of what it has made.
        apps: The applications in the images.

    Returns:
        0 when they have ended after Ctrl-C, 130 where that came before they ran, 2 for a stack or a
        machine that they cannot run on.
    """
    try:
        _run(target(project), names, apps)
    except CommandError as error:
        tell(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _run(found: Target, names: Names, apps: Apps) -> None:
    project = found.project
    stack = deployment(found, names)
    if stack.endpoint is None:
        raise CommandError(
            f"the applications of stack {stack.stack} run at AWS",
            hint=f"`{project.spelling.of('dev')}` runs those of the local stack, whose endpoint "
            "is on this machine",
        )
    output = Output(Console(highlight=False, markup=False, emoji=False))
    cluster = Cluster(stack, stack.endpoint)
    with alone(project.folder, project.spelling) as notes:
        admission = Admission(
            lambda: read_state(found, stack),
            cluster.containers,
            output.say,
            apps=apps,
            spelling=project.spelling,
        )
        orders = Orders(cluster=cluster, admission=admission)
        database = cluster.database(orders.services())
        output.say(ME, "the environments of the applications are made, where need be")
        for image in stack.outputs["repositoryUrls"]:
            apps.programs_of(image)
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
                    key=own_key(project.folder, project.spelling),
                    code=str(folder / "code-server"),
                    dagster=apps.dagster,
                ),
                programs=admission.programs,
                folder=folder,
                output=output,
                logs=stack.session.client("logs", **stack.client_options),
            )
            supervise(orders, launcher, output, notes)
