"""The provider's answers of all its types, kept in `answers.json.gz`, and how they are got.

The file has `provider`, `asked` (the day), and `types`: Terraform's type to

- `names`: its attributes and blocks, by which its token in Pulumi is found;
- `changes`: path to its kind (see `KINDS`) and to the letters asked and replacing, once for each
  setting; paths that never replace are left out, and `kept` counts them;
- `untold`: path to the provider's words on why it plans no change of it.

A type that was not asked yet has its `names` alone.
"""

import gzip
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Self

from pulumi_loopback.errors import CommandError
from tools.replacements.asking import Asking, Setting
from tools.replacements.objects import Attribute, Block, Nested, block_of
from tools.replacements.plugin import LostPluginError, Plan, Plugin, plugin

ANSWERS = Path(__file__).parent / "answers.json.gz"
SETTINGS = Path(__file__).parent / "settings.toml"
# How many blocks deep paths are asked for, and how deep a schema can be.
_DEPTH, _ALL = 2, 99
# Of a type with more paths than these, a plan takes seconds.
# A plan waits longer than it works.
_THREADS = 6
_MANY_PATHS, _DEPTH_OF_MANY = 1000, 1
# A plan needs no account; these keep the provider from looking for one.
_CONFIGURATION = {
    "region": "us-east-1",
    "access_key": "test",
    "secret_key": "test",
    "max_retries": 1,
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "skip_requesting_account_id": True,
}


class Restarted:
    """A provider for several threads that is started anew where its process is lost."""

    def __init__(self, binary: Path) -> None:
        """Takes the provider's file."""
        self._binary = binary
        self._lock = Lock()
        self._stack = ExitStack()
        self._plugin, self.blocks = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def plan(self, type_: str, prior: Any, proposed: Any, config: Any) -> Plan:  # noqa: ANN401
        """Plans the change of a resource.

        Raises:
            LostPluginError: The provider's process ended over it, or gives no answer.
        """
        running = self._plugin
        try:
            return running.plan(type_, prior, proposed, config)
        except LostPluginError as error:
            with self._lock:
                if running is self._plugin:
                    self._restart()
                if error.is_slow:
                    raise
                # Another thread's plan may have ended the process.
                try:
                    return self._plugin.plan(type_, prior, proposed, config)
                except LostPluginError:
                    self._restart()
                    raise

    def _restart(self) -> None:
        self._stack.close()
        self._stack = ExitStack()
        self._plugin, self.blocks = self._start()

    def _start(self) -> tuple[Plugin, Mapping[str, Any]]:
        started = self._stack.enter_context(plugin(self._binary))
        schemas = started.schemas()
        started.configure(block_of(schemas.provider.block).whole(_CONFIGURATION))
        return started, schemas.resource_schemas


def ask(
    binary: Path, types: Sequence[str], kept: Mapping[str, Any], save: Callable[[Any], None]
) -> None:
    """Asks the provider of types, and saves what is known after each of them.

    Args:
        binary: The provider's file.
        types: Terraform's types; none stands for all that are not known yet.
        kept: What is known, by type.
        save: Takes all that is known.

    Raises:
        PluginError: The file is no provider.
        CommandError: The provider has no such type.
    """
    settings = read_settings(SETTINGS)
    found = dict(kept)
    with Restarted(binary) as provider:
        names = sorted(provider.blocks)
        if strange := sorted({*types, *settings} - {*names}):
            raise CommandError(f"{binary.name} has no type {strange[0]}; there is aws_sqs_queue")

        # By the names of all types each type's token is found, asked or not.
        for name in names:
            found.setdefault(name, {"names": _names(block_of(provider.blocks[name].block))})

        def entry(name: str) -> tuple[str, Mapping[str, Any]]:
            block = block_of(provider.blocks[name].block)
            return name, _entry(provider, name, block, settings.get(name, ()))

        with ThreadPoolExecutor(_THREADS) as threads:
            # Those with a configuration of their own hold data, most of them.
            todo = [name for name in names if "changes" not in found[name]]
            todo = list(types) or sorted(todo, key=lambda name: name not in settings)
            for each in as_completed([threads.submit(entry, name) for name in todo]):
                name, told = each.result()
                found[name] = told
                save(found)


def _entry(
    provider: Restarted, type_: str, block: Block, settings: Sequence[Setting]
) -> Mapping[str, Any]:
    parts = dict(block.paths(_ALL))
    depth = _DEPTH if len(parts) <= _MANY_PATHS else _DEPTH_OF_MANY
    changes: dict[str, Any] = {}
    untold: dict[str, str] = {}
    kept = 0
    for path, answers in Asking(provider, type_, block).answers(settings, depth):
        name = ".".join(path)
        if refusal := next((each.refusal for each in answers if each.refusal), ""):
            untold[name] = refusal.partition("\n")[0][:100]
        if any(each.replacing for each in answers):
            letters = [f"{each.asked}/{each.replacing}" for each in answers]
            changes[name] = [kind(parts[path]), *dict.fromkeys(letters)]
        elif not refusal:
            kept += 1
    entry = {"names": _names(block), "changes": changes, "untold": untold, "kept": kept}
    if unasked := sum(1 for path in parts if len(path) > depth + 1):
        entry["unasked"] = unasked
    return entry


def _names(block: Block) -> list[str]:
    return [name for name in (*block.attributes, *block.nested) if name != "timeouts"]


_KINDS = {"bool": "switch", "list": "list", "number": "number", "set": "set"}
KINDS = ("block", "blocks", "blockset", "list", "map", "number", "set", "switch", "text", "version")


def kind(part: Attribute | Nested) -> str:
    """What a path holds, as far as a change of it is judged by that."""
    if isinstance(part, Nested):
        if not part.repeated:
            return "block"
        return "blockset" if part.is_set else "blocks"
    if part.type == "string":
        return "version" if part.name.endswith("version") else "text"
    outer = part.type if isinstance(part.type, str) else part.type[0]
    return _KINDS.get(outer, "map")


def read_settings(path: Path) -> Mapping[str, Sequence[Setting]]:
    """The whole configurations that types are asked with.

    The file has a list of tables for a type: `config` is the configuration, `values` path to two
    values, the lesser first.
    """
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        type_: [
            Setting(
                config=each.get("config", {}),
                values={
                    tuple(name.split(".")): (pair[0], pair[1])
                    for name, pair in each.get("values", {}).items()
                },
            )
            for each in settings
        ]
        for type_, settings in rows.items()
    }


def read(path: Path = ANSWERS) -> Mapping[str, Any]:
    """All that is known."""
    page: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return page


def write(provider: str, types: Mapping[str, Any], path: Path = ANSWERS) -> None:
    """Keeps all that is known."""
    page = {"provider": provider, "asked": datetime.now(UTC).date().isoformat(), "types": types}
    text = json.dumps(page, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
