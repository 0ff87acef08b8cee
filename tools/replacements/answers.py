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
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import Any

from pulumi_loopback.errors import CommandError
from tools.replacements.asking import Asking, Setting
from tools.replacements.objects import Attribute, Block, Nested
from tools.replacements.plugin import LostPluginError, Plan, Plugin, plugin

ANSWERS = Path(__file__).parent / "answers.json.gz"
SETTINGS = Path(__file__).parent / "settings.toml"
# How many blocks deep paths are asked for: all, except where so many make a plan take seconds.
_DEPTH, _DEPTH_OF_MANY = 99, 1
_MANY_PATHS = 1000
# Each has a provider of its own, which takes some 600 MB.
_THREADS = 4


class _EndedError(Exception):
    """Whoever asks has ended; what still runs goes no further."""


class Restarted:
    """A provider that is started anew where its process is lost."""

    def __init__(self, binary: Path) -> None:
        """Takes the provider's file."""
        self._binary = binary
        self._is_ended = False
        self._stack = ExitStack()
        self._plugin = self._start()

    @property
    def types(self) -> Sequence[str]:
        """Terraform's types that it has."""
        return self._plugin.types

    def block(self, type_: str) -> Block:
        """The schema of a type."""
        return self._plugin.block(type_)

    def plan(self, type_: str, prior: Any, proposed: Any, config: Any) -> Plan:  # noqa: ANN401
        """Plans the change of a resource.

        Raises:
            LostPluginError: The provider's process ended over it, or gives no answer.
        """
        try:
            return self._plugin.plan(type_, prior, proposed, config)
        except LostPluginError as error:
            if self._is_ended:
                raise _EndedError from error
            self._stack.close()
            self._plugin = self._start()
            raise

    def close(self) -> None:
        """Ends the process, and whatever is asked of it in another thread."""
        self._is_ended = True
        self._stack.close()

    def _start(self) -> Plugin:
        return self._stack.enter_context(plugin(self._binary))


class _Providers:
    """A provider for each thread: a plan that ends its process takes no other plan with it."""

    def __init__(self, binary: Path) -> None:
        """Takes the provider's file."""
        self._binary = binary
        self._own = local()
        self._started: list[Restarted] = []

    @property
    def own(self) -> Restarted:
        """The provider of the thread that asks."""
        if not hasattr(self._own, "provider"):
            self._own.provider = Restarted(self._binary)
            self._started.append(self._own.provider)
        provider: Restarted = self._own.provider
        return provider

    def close(self) -> None:
        """Ends all of them."""
        for each in self._started:
            each.close()


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
    providers = _Providers(binary)

    def entry(name: str) -> tuple[str, Mapping[str, Any]]:
        provider = providers.own
        return name, _entry(provider, name, provider.block(name), settings.get(name, ()))

    with closing(providers), closing(Restarted(binary)) as first:
        names = first.types
        if strange := sorted({*types, *settings} - {*names}):
            raise CommandError(f"{binary.name} has no type {strange[0]}; there is aws_sqs_queue")

        # By the names of all types each type's token is found, asked or not.
        for name in names:
            if name not in found:
                found[name] = {"names": _names(first.block(name))}
        # Those with a configuration of their own hold data, most of them.
        todo = [name for name in names if "changes" not in found[name]]
        todo = list(types) or sorted(todo, key=lambda name: name not in settings)
        threads = ThreadPoolExecutor(_THREADS)
        try:
            for each in as_completed([threads.submit(entry, name) for name in todo]):
                name, told = each.result()
                found[name] = told
                save(found)
        finally:
            # Whoever ends the command waits for nothing that is not answered.
            providers.close()
            threads.shutdown(cancel_futures=True)


def _entry(
    provider: Restarted, type_: str, block: Block, settings: Sequence[Setting]
) -> Mapping[str, Any]:
    parts = dict(block.paths(_DEPTH))
    depth = _DEPTH if len(parts) <= _MANY_PATHS else _DEPTH_OF_MANY
    changes: dict[str, Any] = {}
    untold: dict[str, str] = {}
    kept = 0
    for path, answers in Asking(provider, type_, block).answers(settings, depth):
        name = ".".join(path)
        refusal = "" if any(not each.refusal for each in answers) else answers[0].refusal
        if refusal:
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
