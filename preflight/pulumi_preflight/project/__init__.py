"""Loads a Pulumi project for one stack: files, configuration, and the program's interpreter."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.autonaming import Autonaming, read_autonaming
from pulumi_preflight.project.config_values import ConfigValue
from pulumi_preflight.project.keys import PROJECT_KEYS, check_keys
from pulumi_preflight.project.stack_config import Files, read_config, stack_tags
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.runtimes import Launch, ProgramSource, finder

# Slow to import and not always needed.
if TYPE_CHECKING:
    from pulumi_preflight.project.overrides import Overrides

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
_OVERRIDES_FILE = "preflight.yaml"
_BACKEND = "PULUMI_BACKEND_URL"
# In a path of `preflight.yaml`.
_STACK = "{stack}"
# In the order of the provider.
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")
# What the engine says where no Pulumi Cloud is used.
_ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that is the program.

    Attributes:
        name: Its qualified name.
        module: The name of its module.
        path: Where Python looks for modules that it imports.
    """

    name: str
    module: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPack:
    """A policy pack that `preflight.yaml` names.

    Attributes:
        path: The pack's folder, or an executable; it exists.
        config: Its config file, `None` where it has none.
        named_by: The file and the key that name it, for messages.
    """

    path: Path
    config: Path | None
    named_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project and one of its stacks, ready to run.

    Attributes:
        root: The folder of the project file, absolute.
        file: The project file.
        name: The project's name.
        stack: The stack's name, without organization and project.
        organization: The stack's organization.
        runtime: The runtime's name, such as `python`.
        launch: How the program starts.
        function: The function in the program's file that is the program, `None` where all of it is.
        config: Full key, such as `aws:region`, to value.
        autonaming: The way in which resources without a name get one.
        overrides: The content of `preflight.yaml`, `None` where there is none.
        tags: The stack's tags.
        environment: Variables of the stack's ESC environments, as `preflight.yaml` gives them.
        environment_secrets: The secret texts in these variables.
        notes: The notes for the user on the reading of the project.
        packs: The policy packs that `preflight.yaml` names.
        region_variable: The variable that tells AWS's region where the stack does not, and the
            region; `None` where there is none.
    """

    root: Path
    file: Path
    name: str
    stack: str
    organization: str
    runtime: str
    launch: Launch
    function: Function | None = None
    config: Mapping[str, ConfigValue]
    autonaming: Autonaming
    overrides: "Overrides | None"
    tags: Mapping[str, str]
    environment: Mapping[str, str]
    environment_secrets: tuple[str, ...]
    notes: tuple[str, ...]
    packs: tuple[ProjectPack, ...] = ()
    region_variable: tuple[str, str] | None = None

    @property
    def region(self) -> str | None:
        """The AWS region that the stack is configured for."""
        value = self.config.get("aws:region")
        return value.text if value and value.text else None


def load_project(
    directory: Path,
    *,
    stack: str | None,
    config_overrides: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Project:
    """Loads the project in a folder.

    Args:
        directory: The folder that holds the project file.
        stack: A stack's name, or `organization/project/name`. `None` stands for that of
            `preflight.yaml`, or for the only one that has a file.
        config_overrides: Values that win over the stack's own, as `pulumi preview --config`.
        tags: Tags of the stack, over those of `preflight.yaml` and the backend.
        environment: Holds the passphrase, and may name an interpreter and a backend.

    Raises:
        ProjectError: Something in the project, stack or config files is missing or wrong.
    """
    try:
        root = Path(os.path.normpath(Path.cwd() / directory))
    except FileNotFoundError:
        raise ProjectError(
            "the folder that preflight was started in is gone",
            hint="change to one that exists",
        ) from None
    file = _project_file(root)
    content = read_mapping(file)
    name = _name(content, file)
    noted = [f"{file.name}: {text}" for text in check_keys(content, PROJECT_KEYS, str(file))]
    runtime, options = _runtime(content, file)
    find = finder(runtime, file)
    overrides = _overrides(root)
    if stack is None:
        stack, named_by = _stack_of(root, content, file, overrides)
    else:
        named_by = "--stack"
    organization, stack = stack_name(stack, named_by)
    declared = content.get("config")
    config = read_config(
        Files(
            project=file,
            declared=declared if isinstance(declared, dict) else {},
            name=name,
            stack=stack,
            found=_stack_file(root, content, file, stack),
        ),
        config_overrides or {},
        overrides.environments if overrides else {},
        environment,
    )
    return Project(
        root=root,
        file=file,
        name=name,
        stack=stack,
        organization=organization,
        runtime=runtime,
        launch=find(
            ProgramSource(file=file, main=str(content.get("main") or ""), options=options),
            environment,
        ),
        config=config.values,
        autonaming=read_autonaming(
            config.values,
            project=name,
            stack=stack,
            organization=organization,
            source=str(config.source),
        ),
        overrides=overrides,
        tags=stack_tags(
            name,
            stack,
            root=root,
            backend=environment.get(_BACKEND) or (content.get("backend") or {}).get("url", ""),
            given={**(overrides.tags if overrides else {}), **(tags or {})},
        ),
        environment=config.environment,
        environment_secrets=config.environment_secrets,
        notes=(*noted, *config.notes),
        packs=tuple(_packs(root, overrides, stack)) if overrides else (),
        region_variable=region_variable({**environment, **config.environment}),
    )


def named_packs(root: Path, stack: str) -> tuple[ProjectPack, ...]:
    """The packs that a project's `preflight.yaml` names for a stack.

    Raises:
        ProjectError: The file has a mistake, or a pack or config that it names is not there.
    """
    overrides = _overrides(root)
    return tuple(_packs(root, overrides, stack)) if overrides else ()


def region_variable(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that the provider of AWS takes its region from, with the region."""
    found = ((name, environment.get(name)) for name in _REGION_VARIABLES)
    return next(((name, region) for name, region in found if region), None)


def _project_file(root: Path) -> Path:
    for name in PROJECT_FILES:
        if (root / name).is_file():
            return root / name
    raise ProjectError(
        f"there is no Pulumi.yaml in {root}",
        hint="name the folder that holds it as PROJECT, the command's first argument",
    )


def _name(content: Mapping[str, Any], file: Path) -> str:
    name = content.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise ProjectError(
            f"{file}: name is {name!r}; wanted letters, digits, dots, dashes and underscores"
        )
    return name


def stack_name(given: str, named_by: str = "--stack") -> tuple[str, str]:
    """Organization and name of a stack; `named_by` says who names it.

    Raises:
        ProjectError: A part of the name has a character that it may not have.
    """
    parts = given.split("/")
    if not all(_NAME.match(part) for part in parts) or len(parts) not in (1, 2, 3):
        raise ProjectError(
            f"{named_by} is {given!r}; wanted NAME or ORGANIZATION/PROJECT/NAME, each of letters, "
            "digits, dots, dashes and underscores"
        )
    return (parts[0] if len(parts) > 1 else _ORGANIZATION), parts[-1]


def repository_of(folder: Path) -> Path | None:
    """The top folder of the work tree of git that a folder is in, `None` where there is none."""
    tops = (above for above in (folder, *folder.parents) if (above / ".git").exists())
    return next(tops, None)


def holds_project(folder: Path) -> bool:
    """Whether a project file stands in a folder."""
    return any((folder / name).is_file() for name in PROJECT_FILES)


def stacks_in(root: Path) -> tuple[str, tuple[str, ...]]:
    """The name of the project in a folder, and its stacks that have a file, in order.

    Raises:
        ProjectError: The project file is missing or wrong.
    """
    file = _project_file(root)
    content = read_mapping(file)
    name = _name(content, file)
    check_keys(content, PROJECT_KEYS, str(file))
    return name, tuple(sorted(_stack_files(_stack_folder(root, content))))


def _stack_folder(root: Path, content: Mapping[str, Any]) -> Path:
    # An older spelling keeps the folder of the stack files under `config:`.
    config = content.get("config")
    return root / (content.get("stackConfigDir") or (config if isinstance(config, str) else ""))


def _stack_file(root: Path, content: Mapping[str, Any], file: Path, stack: str) -> Path | None:
    config = content.get("config")
    if isinstance(config, str) and "stackConfigDir" in content:
        raise ProjectError(
            f"{file}: config and stackConfigDir both name the folder of the stack files",
            hint="leave config out; as text it is the older spelling",
        )
    folder = _stack_folder(root, content)
    known = _stack_files(folder)
    if known and stack not in known:
        raise ProjectError(
            f"there is no stack {stack!r}: {folder} holds {', '.join(sorted(known))}",
            hint=f"choose one with --stack, or write {folder / f'Pulumi.{stack}.yaml'}",
        )
    if not folder.is_dir():
        raise ProjectError(f"{file}: stackConfigDir is {folder}, which is not a folder")
    return known.get(stack)


def _stack_files(folder: Path) -> Mapping[str, Path]:
    return {
        path.name.removeprefix("Pulumi.").removesuffix(path.suffix): path
        for suffix in ("yml", "yaml")
        for path in sorted(folder.glob(f"Pulumi.*.{suffix}"))
    }


def _stack_of(
    root: Path, content: Mapping[str, Any], file: Path, overrides: "Overrides | None"
) -> tuple[str, str]:
    """The stack that is meant where the command names none, and who names it."""
    if overrides and overrides.stack is not None:
        return overrides.stack, f"{root / _OVERRIDES_FILE}: stack"
    folder = _stack_folder(root, content)
    known = sorted(_stack_files(folder))
    if len(known) == 1:
        return known[0], str(folder / f"Pulumi.{known[0]}.yaml")
    told = f"there are {', '.join(known)}" if known else f"{file.parent} has no file of a stack"
    raise ProjectError(
        f"no --stack is given, and {told}",
        hint=f"choose one with --stack, or with `stack:` in {root / _OVERRIDES_FILE}",
    )


def _packs(root: Path, overrides: "Overrides", stack: str) -> Iterator[ProjectPack]:
    """The packs that the file names, which must be there."""
    file = root / _OVERRIDES_FILE
    for index, named in enumerate(overrides.packs):
        where = f"{file}: packs.{index}"
        path = _beside(root, named.path, stack)
        if not path.exists():
            raise ProjectError(
                f"{where}.path is {named.path!r}, and there is no {path}",
                hint="name a pack's folder, or an executable, relative to the file",
            )
        config = None if named.config is None else _beside(root, named.config, stack)
        if config is not None and not config.is_file():
            raise ProjectError(
                f"{where}.config is {named.config!r}, and there is no {config}",
                hint="name a JSON file, relative to the file",
            )
        yield ProjectPack(path=path, config=config, named_by=where)


def _beside(root: Path, named: str, stack: str) -> Path:
    return Path(os.path.normpath(root / named.replace(_STACK, stack)))


def _runtime(content: Mapping[str, Any], file: Path) -> tuple[str, Mapping[str, Any]]:
    """The runtime's name and options."""
    runtime = content.get("runtime")
    options: Any = {}
    if isinstance(runtime, dict):
        options, runtime = runtime.get("options") or {}, runtime.get("name")
    if runtime is None:
        raise ProjectError(
            f"{file}: runtime is missing; the engine runs no program there",
            hint="add `runtime: python`",
        )
    return runtime, dict(options)


def _overrides(root: Path) -> "Overrides | None":
    path = root / _OVERRIDES_FILE
    if not path.is_file():
        return None
    from pulumi_preflight.project.overrides import read_overrides  # noqa: PLC0415 - see the top

    return read_overrides(path)
