"""How a program runs and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorServicer

from pulumi_preflight.errors import PackError, ProgramError
from pulumi_preflight.model import Deployment, SourcePosition
from pulumi_preflight.program import run_program
from pulumi_preflight.program.serving import serving_grpc
from pulumi_preflight.project import load_project
from tests.ports import takes_a_second_server
from tests.preflight.running import TIMEOUT_SECONDS, RunProgram, WriteProject, run_loaded

ROOT = Path(__file__).resolve().parents[2]
FACTS = """
import json, os, sys
import pulumi
print(json.dumps({
    "arguments": sys.argv,
    "folder": os.getcwd(),
    "first": sys.path[0],
    "main": __name__,
    "dry": pulumi.runtime.is_dry_run(),
    "names": [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()],
    "path": sys.path,
}))
"""


def as_it_is(request: AnalyzeRequest, _taint: object) -> Struct:
    return request.properties


def test_a_program_runs_as_the_language_host_runs_it(write_project: WriteProject) -> None:
    folder = write_project("", project={"main": "app"}, files={"app/__main__.py": FACTS})
    seen = run_loaded(load_project(folder, stack="dev", environment={})).printed
    program = str(folder / "app")
    assert (seen["arguments"], seen["folder"], seen["first"]) == ([program], program, program)
    assert (seen["main"], seen["dry"]) == ("__main__", True)
    assert seen["names"] == ["shop", "dev", "organization"]


def test_preflights_own_modules_are_out_of_the_programs_reach(run: RunProgram) -> None:
    assert not [path for path in run(FACTS).printed["path"] if path.endswith("pulumi_preflight")]


@pytest.mark.parametrize("file", ["__main__.py", "parts.py"])
def test_a_file_saved_twice_within_a_second_runs_as_it_is_now(
    write_project: WriteProject, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    # A second that does not end while the test runs.
    second = time.time() + 3600
    for text in ("first", "other"):
        folder = write_project("import parts\n", files={file: f"print({text!r})\n"})
        os.utime(folder / file, (second, second))
        ran = run_loaded(load_project(folder, stack="dev", environment={}))
        assert ran.deployment.printed == f"{text}\n"


def test_a_file_that_stays_is_compiled_once(
    write_project: WriteProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    folder = write_project("import parts", files={"parts.py": ""})
    os.utime(folder / "parts.py", (0, 0))
    run_loaded(load_project(folder, stack="dev", environment={}))
    assert list((folder / "__pycache__").glob("parts.*.pyc"))


def test_a_program_imports_the_modules_beside_it(write_project: WriteProject) -> None:
    folder = write_project("import parts", files={"parts.py": "print('imported')"})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert ran.deployment.printed == "imported\n"


def test_what_a_program_prints_and_logs_is_kept_apart_from_the_report(
    run: RunProgram, capfd: pytest.CaptureFixture[str]
) -> None:
    program = "import sys, pulumi\nprint('out')\nprint('err', file=sys.stderr)\npulumi.warn('w')\n"
    assert run(program).deployment.printed == "out\nerr\nwarning: w\n"
    assert capfd.readouterr() == ("", "")


def test_a_program_reads_its_configuration_with_secrets_marked(run: RunProgram) -> None:
    program = """
import json, pulumi
config = pulumi.Config()
print(json.dumps([config.require_int("size"), config.require_object("zones")]))
"""
    assert run(program, config="{size: 3, zones: [b, a]}").printed == [3, ["b", "a"]]


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        pytest.param(
            "def f():\n    raise KeyError('x')\nf()",
            "the program raised KeyError: 'x'"
            "\n  __main__.py:3 in <module>: f()\n  __main__.py:2 in f: raise KeyError('x')",
            id="exception-with-the-users-frames",
        ),
        pytest.param(
            "import pulumi\npulumi.Output.from_input(1).apply(\n    lambda value: value.size)",
            "the program raised AttributeError: 'int' object has no attribute 'size'"
            "\n  __main__.py:3 in <lambda>: lambda value: value.size)",
            id="exception-in-an-apply",
        ),
        pytest.param(
            "import pulumi\nraise pulumi.RunError('set the size')",
            "set the size",
            id="error-for-the-user",
        ),
        pytest.param(
            "import pulumi\nclass Wrong(pulumi.RunError): ...\nraise Wrong('set the size')",
            "set the size",
            id="own-error-for-the-user",
        ),
        pytest.param(
            "import sys\nsys.exit(3)",
            "the program exited with 3\n  __main__.py:2 in <module>: sys.exit(3)",
            id="exit-code",
        ),
        pytest.param(
            "import sys\nsys.exit('no way')",
            "the program exited with no way\n  __main__.py:2 in <module>: sys.exit('no way')",
            id="exit-text",
        ),
        pytest.param(
            "import pulumi\npulumi.log.error('it is broken')",
            "the program logged an error: it is broken",
            id="logged-error",
        ),
        pytest.param(
            "import os\nprint('last words')\nos._exit(7)",
            "the program's process died (exit code 7) before the program ended",
            id="process-that-dies",
        ),
    ],
)
def test_an_error_of_the_program_is_one_message(run: RunProgram, program: str, wanted: str) -> None:
    with pytest.raises(ProgramError) as raised:
        run(program)
    assert str(raised.value) == wanted


SECURE = """
encryptionsalt: v1:4ZLI7rDGPpw=:v1:PjW4GkOie2h+sNxw:UANz8LuSoiuuI4eHVUXHIVE7ox37ZA==
config:
  shop:database:
    password: {secure: "v1:WC7WexHp/yU2q4iO:aKuEgJfP9BihTvBQ59UxgBdxug=="}
"""


@pytest.mark.parametrize(
    "failure", ["raise ValueError(password)", "print(password); import os; os._exit(7)"]
)
def test_a_secret_of_the_configuration_is_in_no_message(
    write_project: WriteProject, failure: str
) -> None:
    program = f"""
import pulumi
password = pulumi.Config().require_object("database")["password"]
{failure}
"""
    folder = write_project(program, files={"Pulumi.dev.yaml": SECURE})
    environment = {"PULUMI_CONFIG_PASSPHRASE": "x"}
    project = load_project(folder, stack="dev", environment=environment)
    with pytest.raises(ProgramError) as raised:
        run_loaded(project)
    told = f"{raised.value} {raised.value.hint}"
    assert "[secret]" in told
    assert '"x"' not in told


def test_a_syntax_error_is_told_with_its_line(run: RunProgram) -> None:
    with pytest.raises(ProgramError, match=r"IndentationError: .*\n  __main__\.py:2") as raised:
        run("size = 1\nif size:\n")
    assert "Traceback" not in str(raised.value)


def test_a_process_that_died_shows_its_last_words(run: RunProgram) -> None:
    with pytest.raises(ProgramError) as raised:
        run("import os\nprint('last words', flush=True)\nos._exit(7)")
    assert raised.value.hint == "it printed:\n  last words"


def test_a_missing_module_says_how_to_install_it(run: RunProgram) -> None:
    with pytest.raises(ProgramError, match="No module named 'nowhere_to_be_found'") as raised:
        run("import nowhere_to_be_found")
    assert "install the program's requirements" in str(raised.value.hint)


def test_an_environment_without_the_sdk_is_told(write_project: WriteProject) -> None:
    runtime = {"name": "python", "options": {"virtualenv": "venv"}}
    folder = write_project("", project={"runtime": runtime})
    venv.create(folder / "venv")
    project = load_project(folder, stack="dev", environment={})
    with pytest.raises(ProgramError, match="cannot import Pulumi's SDK"):
        run_program(project, check=as_it_is, environment={})


def test_a_program_that_does_not_end_is_stopped_and_located(write_project: WriteProject) -> None:
    program = "import time\nprint('x')\ntime.sleep(3600)\n"
    project = load_project(write_project(program), stack="dev", environment={})
    wanted = r"did not end within 15 s; it was at __main__\.py:3"
    with pytest.raises(ProgramError, match=wanted) as raised:
        run_program(project, check=as_it_is, timeout_seconds=15)
    assert "--timeout" in str(raised.value.hint)


@pytest.mark.parametrize("error", [PackError("the pack failed"), ZeroDivisionError("a bug")])
def test_what_a_check_raises_ends_the_run(write_project: WriteProject, error: Exception) -> None:
    def refuse(_request: AnalyzeRequest, _taint: object) -> Struct:
        raise error

    project = load_project(write_project(""), stack="dev", environment={})
    with pytest.raises(type(error)):
        run_program(project, check=refuse, timeout_seconds=TIMEOUT_SECONDS)


CHILDREN = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
with open("pids", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename("pids", "ready")
time.sleep(3600)
"""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie answers too, where nobody waits for it.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


# Another thread gets the signals, so none wakes the main thread, which carries them out: just as
# with one that arrives in the moment before the main thread begins to wait.
UNWOKEN = """
import signal, threading
threading.Thread(target=signal.pause, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
"""


@pytest.mark.parametrize("first", ["", UNWOKEN], ids=["woken", "unwoken"])
def test_ctrl_c_leaves_no_process_behind(
    first: str, write_project: WriteProject, tmp_path: Path
) -> None:
    folder = write_project(CHILDREN)
    code = first + textwrap.dedent(
        f"""
        from pathlib import Path
        from pulumi_preflight.program import run_program
        from pulumi_preflight.project import load_project
        project = load_project(Path({str(folder)!r}), stack="dev")
        run_program(project, check=lambda request, _: request.properties, timeout_seconds=3600)
        """
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as preflight:
        while not (tmp_path / "ready").exists():
            assert preflight.poll() is None
        pids = [int(pid) for pid in (tmp_path / "ready").read_text().split()]
        preflight.send_signal(signal.SIGINT)
        _, printed = preflight.communicate(timeout=TIMEOUT_SECONDS)
    assert b"KeyboardInterrupt" in printed
    assert not [pid for pid in pids if is_running(pid)]


def test_the_port_of_preflights_own_services_is_theirs_alone() -> None:
    with serving_grpc(ResourceMonitorServicer(), EngineServicer(), None) as address:
        assert takes_a_second_server(int(address.rpartition(":")[2])) is False


NEVER = """
import asyncio
import pulumi

async def never():
    await asyncio.Event().wait()

pulumi.Output.from_input(never())
"""
LATER = """
async def later():
    await asyncio.sleep(0.2)
    {ends}

pulumi.Output.from_input(later())
"""


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        pytest.param('raise ValueError("a mistake")', "ValueError: a mistake", id="fails"),
        pytest.param("raise asyncio.CancelledError", "CancelledError", id="is cancelled"),
    ],
)
def test_an_output_ends_the_program_though_another_one_never_ends(
    run: RunProgram, ends: str, said: str
) -> None:
    with pytest.raises(ProgramError, match=said):
        run(NEVER + LATER.format(ends=ends))


def test_a_program_of_many_outputs_waits_for_all(run: RunProgram) -> None:
    waited = """
import asyncio, json
import pulumi

ended = []

async def late(number):
    await asyncio.sleep(number / 1000)
    ended.append(number)
    if len(ended) == 300:
        print(json.dumps(sorted(ended)))

for number in range(300):
    pulumi.Output.from_input(late(number))
"""
    assert run(waited).printed == list(range(300))


@pytest.mark.parametrize("said", ["'a line'", "'a line', ephemeral=True"], ids=["plain", "options"])
def test_a_line_for_debugging_is_of_no_interest(run: RunProgram, said: str) -> None:
    assert run(f"import pulumi\npulumi.log.debug({said})\nprint(1)").printed == 1


def test_a_line_for_debugging_that_is_no_text_is_a_mistake(run: RunProgram) -> None:
    with pytest.raises(ProgramError, match="TypeError"):
        run("import pulumi\npulumi.log.debug(3)")


def test_a_package_that_needs_an_older_setuptools_says_so(run: RunProgram) -> None:
    with pytest.raises(ProgramError, match="pkg_resources") as raised:
        run("raise ModuleNotFoundError(\"No module named 'pkg_resources'\")")
    assert "install 'setuptools<82'" in str(raised.value.hint)


def test_a_proxy_is_not_asked_for_preflights_own_services(write_project: WriteProject) -> None:
    project = load_project(write_project("print('ran')"), stack="dev", environment={})
    outer = {"PATH": os.environ["PATH"], "http_proxy": "http://127.0.0.1:9"}
    deployment = run_program(
        project, check=as_it_is, environment=outer, timeout_seconds=TIMEOUT_SECONDS
    )
    assert deployment.printed == "ran\n"


# The SDK got these after 3.52, the oldest one that programs may have.
OLDER_SDK = """\
import pulumi, pulumi.runtime
from pulumi.runtime import invoke, resource
del pulumi.runtime.invoke_async
for name in ("format", "json_dumps"):
    delattr(pulumi.Output, name)
resource._get_stack_trace = lambda: None
resource._get_source_position = lambda trace: None
for module in (invoke, resource):
    module.wrap_with_context = lambda function: function
"""


@pytest.fixture
def run_older(write_project: WriteProject, tmp_path: Path) -> Callable[[str], Deployment]:
    """Runs a program on an SDK that lacks what newer ones have."""
    older = tmp_path / "older"
    older.mkdir()
    (older / "sitecustomize.py").write_text(OLDER_SDK)

    def run(program: str) -> Deployment:
        project = load_project(write_project(program), stack="dev", environment={})
        outer = {"PATH": os.environ["PATH"], "PYTHONPATH": str(older)}
        return run_program(
            project, check=as_it_is, environment=outer, timeout_seconds=TIMEOUT_SECONDS
        )

    return run


def test_a_program_on_an_older_sdk_runs(run_older: Callable[[str], Deployment]) -> None:
    deployment = run_older("import pulumi\npulumi.export('two', pulumi.Output.from_input(2))")
    assert deployment.stack_outputs["two"] == 2


MADE_IN_PLACES = """\
import pulumi
thing = "demo:index:Thing"
made = pulumi.CustomResource(thing, "made", {})
pulumi.ComponentResource(thing, "component")
pulumi.CustomResource(thing, "read", {}, pulumi.ResourceOptions(id="i-1"))
made.urn.apply(lambda urn:
    pulumi.CustomResource(thing, "late", {}))
"""


@pytest.mark.parametrize(
    ("name", "line"), [("made", 3), ("component", 4), ("read", 5), ("late", 7)]
)
def test_a_resource_of_an_older_sdk_has_the_line_that_makes_it(
    run_older: Callable[[str], Deployment], name: str, line: int
) -> None:
    [found] = [each for each in run_older(MADE_IN_PLACES).resources if each.name == name]
    assert found.position == SourcePosition(file="__main__.py", line=line)


def test_a_note_on_a_call_of_an_older_sdk_has_the_line_that_calls(
    run_older: Callable[[str], Deployment],
) -> None:
    program = "import pulumi\n\npulumi.StackReference('organization/network/dev')"
    [note] = run_older(program).notes
    assert note.position == SourcePosition(file="__main__.py", line=3)


AWS = """
import configparser, json, os
names = ("AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_ACCESS_KEY_ID",
         "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
found = {name: os.environ.get(name) for name in names}
if found["AWS_CONFIG_FILE"]:
    parser = configparser.ConfigParser()
    parser.read(found["AWS_CONFIG_FILE"])
    found["profiles"] = {name: dict(parser[name]) for name in parser.sections()}
print(json.dumps(found))
"""


def aws_of(write_project: WriteProject, **variables: str) -> dict[str, object]:
    folder = write_project(AWS, project={"config": {"aws:region": "eu-west-1"}})
    project = load_project(folder, stack="dev", environment={})
    # The folder has no configuration of AWS.
    outer = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    deployment = run_program(project, check=as_it_is, environment=outer)
    found: dict[str, object] = json.loads(deployment.printed)
    return found


def test_calls_to_aws_go_nowhere(write_project: WriteProject) -> None:
    found = aws_of(write_project, AWS_ACCESS_KEY_ID="AKIAREAL", AWS_PROFILE="work")
    assert found["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert found["AWS_EC2_METADATA_DISABLED"] == "true"
    assert found["AWS_ACCESS_KEY_ID"] == "preflight"
    # A program may choose its provider's endpoint by this variable.
    assert found["AWS_ENDPOINT_URL"] is None
    profiles = found["profiles"]
    assert isinstance(profiles, dict)
    assert {name: profile["endpoint_url"] for name, profile in profiles.items()} == {
        "default": "http://127.0.0.1:9",
        "profile work": "http://127.0.0.1:9",
    }


def test_profiles_of_the_users_own_keep_their_region(
    write_project: WriteProject, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[default]\nregion = eu-west-3\n[profile shop]\nregion=ca-central-1\nrole_arn = arn:x\n"
        "[sso-session work]\nsso_region = us-east-1\n"
    )
    profiles = aws_of(write_project, AWS_CONFIG_FILE=str(config), AWS_PROFILE="new")["profiles"]
    assert isinstance(profiles, dict)
    assert {name: profile.get("region") for name, profile in profiles.items()} == {
        "default": "eu-west-3",
        "profile new": None,
        "profile shop": "ca-central-1",
    }
    assert "role_arn" not in profiles["profile shop"]
    assert profiles["profile shop"]["endpoint_url"] == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "text", ["region = x\n", "[default\n", "\x00"], ids=["no-section", "open-section", "no-text"]
)
def test_a_broken_configuration_of_aws_is_as_none(
    write_project: WriteProject, tmp_path: Path, text: str
) -> None:
    config = tmp_path / "config"
    config.write_text(text)
    profiles = aws_of(write_project, AWS_CONFIG_FILE=str(config))["profiles"]
    assert isinstance(profiles, dict)
    assert list(profiles) == ["default"]


def test_an_endpoint_of_the_users_own_is_left_alone(write_project: WriteProject) -> None:
    found = aws_of(
        write_project, AWS_ENDPOINT_URL="http://127.0.0.1:4566", AWS_ACCESS_KEY_ID="test"
    )
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_CONFIG_FILE"]) == ("test", None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param("NoRegionError", "AWS_DEFAULT_REGION", id="region"),
        pytest.param("NoCredentialsError", "AWS_ACCESS_KEY_ID", id="credentials"),
    ],
)
def test_a_client_of_aws_that_lacks_something_says_what_to_set(
    run: RunProgram, error: str, said: str
) -> None:
    program = f"class {error}(Exception): __module__ = 'botocore.exceptions'\nraise {error}('no')"
    with pytest.raises(ProgramError, match=error) as raised:
        run(program)
    assert said in str(raised.value.hint)


def test_a_call_to_aws_that_failed_says_what_to_do(run: RunProgram) -> None:
    text = 'Could not connect to the endpoint URL: "http://127.0.0.1:9/"'
    with pytest.raises(ProgramError, match=re.escape(text)) as raised:
        run(f"raise ConnectionError({text!r})")
    assert "set AWS_ENDPOINT_URL" in str(raised.value.hint)
