# /// script
# dependencies = ["nox[uv]>=2025.5"]
# ///
"""Every command a user types. What a session does lives in `ops` and in the packages."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "none"
nox.options.error_on_external_run = False

ROOT = Path(__file__).parent
APPS = sorted(tests.parent.relative_to(ROOT).as_posix() for tests in ROOT.glob("apps/*/tests"))


def run(session: nox.Session, *command: str, app: str = ".") -> None:
    """Runs a command in the project's one environment, which uv makes from the lock file.

    Each application has an environment of its own, and its own folder as the working directory.
    """
    # Loading pulumi_aws from source takes three times as long as from compiled files, so these are
    # written even where the user's shell says not to.
    variables = {"PYTHONDONTWRITEBYTECODE": ""} | ({"MYPYPATH": "src"} if app != "." else {})
    with ending_by_itself():
        session.run(
            *("uv", "run", "--locked", "--quiet", "--directory", app, *command),
            env=variables,
            external=True,
        )


@contextmanager
def ending_by_itself() -> Iterator[None]:
    """Lets a command end as it must after Ctrl-C: the engine saves its state.

    Nox would kill it after half a second, and leave it alone with the prompt at the second Ctrl-C.
    The command gets each of them too; the third is for nox.
    """
    pressed = 0

    def press(*_: object) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 2:  # noqa: PLR2004 - see above
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            raise KeyboardInterrupt


@nox.session
def preview(session: nox.Session) -> None:
    """Judge the stack offline, with the policy pack; `-- --stack NAME`, default local."""
    run(session, "python", "-m", "ops.preview", *session.posargs)


@nox.session(default=False)
def engine(session: nox.Session) -> None:
    """Find the real Pulumi engine, or install it, or build it from Go modules."""
    run(session, "python", "-m", "ops.engine.install")


@nox.session(default=False)
def rehearse(session: nox.Session) -> None:
    """Take a stack through its life on the real engine, with no cloud; `-- --stack NAME`."""
    run(session, "python", "-m", "ops.rehearse", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, those of the applications too; `-- PATH ...` for some of them."""
    run(session, "pytest", *session.posargs)
    if not session.posargs:
        run_tests_of_apps(session)


@nox.session(default=False)
def nightly(session: nox.Session) -> None:
    """Run what takes an hour: rules on 150,000 generated inputs, commands that are struck."""
    options = ("--hypothesis-profile", "nightly", "-k", "nothing_that_an_engine_may_send")
    run(session, "pytest", *options, "tests/policies/test_every_rule.py")
    run(session, "pytest", "-m", "nightly")
    run(session, "python", "-m", "tests.versions")
    run(session, "python", "-m", "tools.versions")
    run(session, "python", "-m", "tests.chaos", *session.posargs)


@nox.session(name="apps:test", default=False)
def apps_test(session: nox.Session) -> None:
    """Run each application's own tests, then the applications themselves as processes."""
    run_tests_of_apps(session)
    run(session, "pytest", "tests/apps", *session.posargs)


def run_tests_of_apps(session: nox.Session) -> None:
    """Runs the tests of every application in its own environment."""
    for app in APPS:
        run(session, "pytest", app=app)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and which room imports which; `-- --fix` fixes what can be fixed."""
    run(session, "ruff", "check", *session.posargs, ".")
    run(session, "ruff", "format", *([] if "--fix" in session.posargs else ["--check"]), ".")
    run(session, "lint-imports", "--no-logo", "--no-cache")


@nox.session(default=False)
def workflows(session: nox.Session) -> None:
    """Check workflows and action for mistakes (actionlint, which needs Go), for risks (zizmor)."""
    workflows = sorted((ROOT / ".github" / "workflows").iterdir())
    files = [str(file) for file in (*workflows, ROOT / "ci" / "github.yml")]
    run(session, "zizmor", "--offline", "--no-progress", *files, str(ROOT / "action.yml"))
    run(session, "go", "run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12", *files)
    run(session, "check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    run(
        session,
        "mypy",
        "noxfile.py",
        "ops",
        "tools",
        "action/preflight_action",
        "engine",
        "loopback",
        "policies/aws_policy_pack",
        "preflight",
        "tests",
    )
    for program in (
        "stack",
        "examples/broken",
        "examples/orders",
        "examples/orders/policies",
        "examples/unknowns",
    ):
        run(session, "mypy", program)
    for app in APPS:
        settings = (
            "--config-file",
            "../../pyproject.toml",
            "--cache-dir",
            "../../.mypy_cache/apps",
            # What tests import of packages is checked above, with the libraries that it needs.
            "--follow-imports=silent",
        )
        run(session, "mypy", *settings, *folders_of(app), app=app)


def folders_of(app: str) -> list[str]:
    """The folders of an application that hold code."""
    return [name for name in ("src", "tests", "bench") if (ROOT / app / name).is_dir()]


@nox.session
def docs(session: nox.Session) -> None:
    """Write the generated pages; `-- --check` fails where one is stale."""
    run(session, "python", "-m", "tools.docs", *session.posargs)


@nox.session(default=False)
def pictures(session: nox.Session) -> None:
    """Take the pictures of the HTML report for the docs, in Chromium; takes minutes."""
    run(session, "python", "-m", "tools.html_pictures")


@nox.session(default=False)
def lists(session: nox.Session) -> None:
    """Compare the pack's lists with newer data of package registries; `-- --check` for ages."""
    run(session, "python", "-m", "tools.lists", *session.posargs)


@nox.session(default=False)
def dist(session: nox.Session) -> None:
    """Build the packages into dist/ and check them as an index would; `-- --tag v1.2.3`."""
    run(session, "python", "-m", "tools.dist", *session.posargs)


@nox.session(default=False)
def wheels(session: nox.Session) -> None:
    """Ask whether all requirements have wheels for Pythons to come; `-- --python 3.16`."""
    run(session, "python", "-m", "tools.versions", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure what preflight and the pack cost against the least that is possible."""
    run(session, "python", "-m", "tools.bench", *session.posargs)


@nox.session(name="apps:bench", default=False)
def apps_bench(session: nox.Session) -> None:
    """Measure what a step costs on a worker against Dagster's own executor."""
    run(session, "python", "-m", "tools.bench_apps", *session.posargs)


@nox.session(name="build:images", default=False)
def build_images(session: nox.Session) -> None:
    """Build the images with Docker; `-- IMAGE ...` for some, `-- --dry-run` for the plan."""
    session.run("scripts/build-and-push.sh", "--no-push", *session.posargs, external=True)


@nox.session(name="push:taskiq-demo", default=False)
def push_taskiq_demo(session: nox.Session) -> None:
    """Build the demo's image and push it to the stack's repository; `-- --stack NAME`."""
    session.run("scripts/build-and-push.sh", *session.posargs, "taskiq-demo", external=True)


@nox.session(name="demo:taskiq", default=False)
def demo_taskiq(session: nox.Session) -> None:
    """Build, push and deploy the TaskIQ demo; `-- --stack NAME`."""
    run(session, "python", "-m", "ops.demo", *session.posargs)


@nox.session(name="prices:update", default=False)
def prices_update(session: nox.Session) -> None:
    """Refresh the pack's price tables from AWS's public price list; `-- --region REGION`."""
    folder = "policies/aws_policy_pack/cost/prices"
    run(session, "aws-policy-pack", "prices", "--to", folder, *session.posargs)


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change the pack's code in small ways and count what its tests notice; `-- PATTERN`."""
    run(session, "python", "-m", "tools.mutation", *session.posargs)


@nox.session(default=False)
def rule(session: nox.Session) -> None:
    """Explain the rules of an area, write their page and run their tests, in seconds; `-- sqs`."""
    run(session, "python", "-m", "tools.rule", *session.posargs)


@nox.session(name="types:update", default=False)
def types_update(session: nox.Session) -> None:
    """Write what EC2 says of each instance type into preflight's table; `-- --check` compares."""
    run(session, "python", "-m", "tools.instance_types", *session.posargs)


@nox.session(default=False)
def ecosystem(session: nox.Session) -> None:
    """Compare findings over a folder of programs: `-- FOLDER --against REF`; prints Markdown."""
    run(session, "python", "-m", "tools.ecosystem", *session.posargs)


def on_the_stack(name: str, what: str) -> None:
    """Makes a session of one of the commands on a deployed stack."""

    def command(session: nox.Session) -> None:
        run(session, "python", "-m", "ops.lifecycle", name, *session.posargs)

    command.__doc__ = what
    nox.session(name=name, default=False)(command)


for name, what in {
    "validate": "Check all that `up` checks, and change nothing; `-- --stack NAME`.",
    "up": "Deploy, once preflight and the engine's preview agree; `-- --stack NAME`.",
    "refresh": "Bring the state up to what there really is.",
    "destroy": "Delete all that the stack has made; asks first.",
    "outputs": "Print the stack's outputs; `-- NAME` for one, `-- --json`.",
    "reset": "The same as reset:soft.",
    "reset:soft": "Destroy the stack, empty the endpoint, and bring both up again; asks first.",
    "reset:hard": "Delete the state and the endpoint's data, and make new ones; asks first.",
    "state:init": "Make the stack if there is none.",
    "state:list": "List the resources in the state, and operations that were not finished.",
    "state:repair": "Unlock and mend the state as far as that is safe; says what it changed.",
    "state:restore": "Bring the newest copy of the state back, or `-- FILE`; asks first.",
    "state:delete": "Forget the stack; what it made stays; asks first.",
}.items():
    on_the_stack(name, what)


def on_the_endpoint(name: str, what: str) -> None:
    """Makes a session of one of the commands on the local stack's AWS endpoint."""

    def command(session: nox.Session) -> None:
        run(session, "python", "-m", "ops.endpoint", name, *session.posargs)

    command.__doc__ = what
    nox.session(name=f"endpoint:{name}", default=False)(command)


for name, what in {
    "start": "Start the local stack's endpoint: LocalStack with Docker and a token, else moto.",
    "stop": "Stop the endpoint; what it holds is kept for the next start.",
    "status": "Say what the endpoint is, whether it runs and where.",
    "logs": "Print what the endpoint has printed.",
    "env": "Write an AWS profile for other clients of the endpoint, and say how to use it.",
}.items():
    on_the_endpoint(name, what)


@nox.session(default=False)
def dev(session: nox.Session) -> None:
    """Run the local stack's applications as processes of this machine; Ctrl-C ends them."""
    run(session, "python", "-m", "ops.dev", *session.posargs)


def looking(name: str, what: str) -> None:
    """Makes a session of one of the commands that look at what a deployed stack does."""

    def command(session: nox.Session) -> None:
        run(session, "python", "-m", "ops.lifecycle", name, *session.posargs)

    command.__doc__ = what
    nox.session(name=name, default=False)(command)


for name, what in {
    "logs:dagster-daemon": "Print the daemon's logs; `-- --follow --since 10m --filter TEXT`.",
    "logs:dagster-webserver": "Print the web server's logs; the same options.",
    "logs:taskiq-worker": "Print the workers' logs; the same options.",
    "logs:auto-scaler": "Print the auto-scaler's logs; the same options.",
    "logs:taskiq-demo-api": "Print the logs of the demo's API; the same options.",
    "logs:taskiq-demo-worker": "Print the logs of the demo's workers; the same options.",
    "aws:services": "List the services of the stack's cluster; `-- --format json`.",
    "aws:tasks": "List the tasks that run.",
    "ecs:status": "Show one service, its tasks and its last events; `-- NAME`.",
    "queue:depth": "Count the messages in the stack's queues; `-- --watch SECONDS`.",
}.items():
    looking(name, what)


if __name__ == "__main__":
    nox.main()
