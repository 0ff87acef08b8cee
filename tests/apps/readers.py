"""The applications behind the containers of the stack."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """The app behind a container, and where it reads variables.

    Attributes:
        app: Its folder.
        models: Models of settings.
        files: YAML files of the image; `env: NAME` in them is a variable.
        others: What a library reads by itself.
    """

    app: str
    models: tuple[str, ...]
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def dagster_reader(models: tuple[str, ...], *files: str) -> Reader:
    """A container of Dagster, which loads its instance from `dagster.yaml` in its home."""
    return Reader(
        "dagster_app",
        tuple(f"dagster_app.settings:{model}" for model in ("InstanceSettings", *models)),
        ("dagster.yaml", *files),
        ("DAGSTER_HOME",),
    )


READERS = {
    "auto-scaler/auto-scaler": Reader("auto_scaler", ("auto_scaler.settings:Settings",)),
    "dagster-daemon/code-server": dagster_reader(("StepSettings",)),
    "dagster-daemon/daemon": dagster_reader((), "workspace.yaml"),
    "dagster-webserver/webserver": dagster_reader((), "workspace.yaml"),
    "taskiq-worker/worker": dagster_reader(("StepSettings", "WorkerSettings")),
    "taskiq-demo-api/api": Reader("taskiq_demo", ("taskiq_demo.settings:Settings",)),
    "taskiq-demo-worker/worker": Reader(
        "taskiq_demo",
        ("taskiq_demo.settings:Settings", "taskiq_demo.settings:WorkerSettings"),
    ),
}
