"""Profiles: the `--policy-pack-config` files in which the levels, caps and waivers of a stack live.

A profile is a JSON object: rule id to a level, or to an object of `enforcementLevel` and the
rule's settings. The key `all` gives the level of all rules that do not name one, and `extends` a
profile that the file changes: one that the pack ships, or another file. The engine takes misspelt
rules and keys in silence, so everything is checked here, strictly.

With the number 2 under `version` all of this stands under `policies`, and `exceptions` has the
engine's own waivers.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from aws_policy_pack.config import (
    ConfigError,
    Problem,
    RuleConfig,
    nearest,
    problems_in,
    too_long,
)
from aws_policy_pack.exceptions import (
    EXCEPTIONS,
    Exceptions,
    PolicyException,
    read_exceptions,
)
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Level, Setting
from aws_policy_pack.wire import read_json

ALL = "all"
LEVEL_KEY = "enforcementLevel"
EXTENDS: Final = "extends"
SHIPPED: Final = Path(__file__).parent / "shipped_profiles"
"""The profiles that `extends` may name, a file of JSON each."""
ENVIRONMENTS: Final = "environments"
"""The key under which a file imports environments of Pulumi ESC; the engine keeps it to itself."""

VERSION: Final = "version"
NEWEST: Final = 2
POLICIES: Final = "policies"

Config = TypeVar("Config", bound=RuleConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A checked profile.

    Attributes:
        source: The file it was read from, for messages.
        settings: Rule id to its setting; every rule of the pack has one.
        exceptions: The engine's own waivers, which the pack knows nothing of.
    """

    source: str
    settings: Mapping[str, Setting]
    exceptions: Exceptions = field(default_factory=dict)

    def config(self, model: type[Config]) -> Config:
        """The config of the one rule whose settings have this model.

        Raises:
            LookupError: No rule, or more than one, has this model.
        """
        found = [
            setting.config for setting in self.settings.values() if type(setting.config) is model
        ]
        match found:
            case [config] if isinstance(config, model):
                return config
            case _:
                raise LookupError(f"{len(found)} rules are configured by {model.__name__}, not one")


def load_profile(path: Path, rules: Iterable[AnyRule] = RULES) -> Profile:
    """Reads and checks a profile, and those that it extends.

    Raises:
        ConfigError: A file cannot be read, is not a JSON object, has mistakes, or extends itself.
    """
    rules = tuple(rules)
    layers = _layers(path)
    exceptions: dict[str, PolicyException] = {}
    for layer in layers:
        read_settings(layer.raw, rules, source=layer.source)
        exceptions |= read_exceptions(layer.exceptions, rules, source=layer.source)
    settings = read_settings(_merged(layers), rules, source=str(path))
    return Profile(source=str(path), settings=settings, exceptions=exceptions)


def resolved(path: Path) -> Mapping[str, object]:
    """A profile with those that it extends written out, as the engine takes it.

    One with exceptions is of version 2.

    Raises:
        ConfigError: A file cannot be read, is not JSON, or extends itself.
    """
    layers = _layers(path)
    each = [layer.exceptions for layer in layers if isinstance(layer.exceptions, Mapping)]
    exceptions = {name: value for given in each for name, value in given.items()}
    return of_version_2(_merged(layers), exceptions) if exceptions else _merged(layers)


def written_rules(path: Path) -> Mapping[str, object]:
    """What a profile and those that it extends say of rules, without exceptions.

    Raises:
        ConfigError: A file cannot be read, is not JSON, or extends itself.
    """
    return _merged(_layers(path))


def of_version_2(
    rules: Mapping[str, object], exceptions: Mapping[str, object]
) -> Mapping[str, object]:
    """What a file of rules alone says, and exceptions, as one of version 2."""
    own = {name: value for name, value in rules.items() if name != ENVIRONMENTS}
    environments = {ENVIRONMENTS: rules[ENVIRONMENTS]} if ENVIRONMENTS in rules else {}
    return {VERSION: NEWEST, **environments, POLICIES: own, EXCEPTIONS: exceptions}


def shipped_profiles() -> Mapping[str, Mapping[str, object]]:
    """The profiles that `extends` may name, by name."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(SHIPPED.iterdir())}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A profile without what it extends, and the file that it stands in."""

    source: str
    raw: object
    exceptions: object = None


def _layers(path: Path) -> list[_Layer]:
    """A profile behind all that it extends."""
    layers: list[_Layer] = []
    files: list[Path] = []
    following: Path | None = path
    while following is not None:
        if following.resolve() in [file.resolve() for file in files]:
            chain = " -> ".join(map(str, [*files, following]))
            raise ConfigError(
                [Problem(path=EXTENDS, text=f"the profile extends itself: {chain}")],
                str(path),
            )
        files.append(following)
        raw, exceptions = _parts(_read(following), str(following))
        bases = [raw.pop(EXTENDS)] if isinstance(raw, dict) and EXTENDS in raw else []
        layers.insert(0, _Layer(source=str(following), raw=raw, exceptions=exceptions))
        following = next((_extended(base, following) for base in bases), None)
    return layers


def _parts(raw: object, source: str) -> tuple[object, object]:
    """What a file says of rules, as one of rules alone does, and its exceptions.

    A number under `version` marks the other form, as for the engine; otherwise that is a rule.
    """
    version = raw.get(VERSION) if isinstance(raw, dict) else None
    if (
        not isinstance(raw, dict)
        or isinstance(version, bool)
        or not isinstance(version, int | float)
    ):
        return raw, None
    known = (VERSION, ENVIRONMENTS, POLICIES, EXCEPTIONS)
    problems = [
        Problem(path=key, text=f"unknown key beside `{POLICIES}`; {_place_of(key, known)}")
        for key in raw
        if key not in known
    ]
    if version != NEWEST:
        problems.append(Problem(path=VERSION, text=f"is {version:g}; wanted {NEWEST}"))
    rules = raw.get(POLICIES)
    if not isinstance(rules, dict | None):
        problems.append(Problem(path=POLICIES, text="is not a JSON object"))
    if problems:
        raise ConfigError(problems, source)
    environments = {ENVIRONMENTS: raw[ENVIRONMENTS]} if raw.get(ENVIRONMENTS) else {}
    return {**environments, **(rules or {})}, raw.get(EXCEPTIONS)


def _place_of(key: str, known: Iterable[str]) -> str:
    """Where a key belongs that a file of version 2 does not have."""
    return f"write it inside `{POLICIES}`" if key == EXTENDS else nearest(key, known)


def _extended(base: object, path: Path) -> Path:
    """The file of a profile that another one extends."""
    if isinstance(base, str) and base.endswith(".json"):
        return path.parent / base
    names = [file.stem for file in SHIPPED.iterdir()]
    if base in names:
        return SHIPPED / f"{base}.json"
    given = repr(base) if isinstance(base, str) else json.dumps(base)
    text = f"{given} is neither a profile that the pack ships nor a file that ends in .json"
    problem = Problem(path=EXTENDS, text=f"{text}; {nearest(str(base), names)}")
    raise ConfigError([problem], str(path))


def _merged(layers: Iterable[_Layer]) -> dict[str, object]:
    """What layers come to, later ones winning: a level, or one setting of a rule."""
    merged: dict[str, object] = {}
    for layer in layers:
        raw = layer.raw if isinstance(layer.raw, Mapping) else {}
        if ALL in raw:
            merged = {
                name: value if name == ENVIRONMENTS else _settings_of(value)
                for name, value in merged.items()
            }
        for name, value in raw.items():
            merged[name] = _over(merged.get(name), value, joined=name == ENVIRONMENTS)
    return {name: value for name, value in merged.items() if value != {}}


def _settings_of(value: object) -> object:
    """What a profile says of a rule, without its level."""
    if not isinstance(value, Mapping):
        return {}
    return {key: setting for key, setting in value.items() if key != LEVEL_KEY}


def _over(before: object, value: object, *, joined: bool = False) -> object:
    """What one profile says of a rule, over what the one that it extends says.

    Two lists are joined if that is asked for; otherwise the later one stands.
    """
    if joined and isinstance(before, list) and isinstance(value, list):
        return [*before, *value]
    if before is None or isinstance(value, list):
        return value
    objects = [
        {LEVEL_KEY: each} if isinstance(each, str) else dict(each)
        for each in (before, value)
        if isinstance(each, str | Mapping)
    ]
    merged = {key: setting for each in objects for key, setting in each.items()}
    return merged[LEVEL_KEY] if merged.keys() == {LEVEL_KEY} else merged


def _read(path: Path) -> object:
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Problem(path="", text=f"cannot be read: {error.strerror}")
        raise ConfigError([problem], str(path)) from error
    except ValueError as error:
        problem = Problem(path="", text=f"is not valid JSON: {error}")
        raise ConfigError([problem], str(path)) from error


def _parsed(text: str) -> object:
    """The JSON of a profile; an empty file sets nothing, as under the engine."""
    if not text.strip():
        return {}
    content: object = read_json(text, pairs=_object)
    return content


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object, of which JSON itself would drop all but the last of two equal keys."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"{', '.join(map(repr, twice))} stands there more than once")
    return found


def read_settings(
    raw: object, rules: Iterable[AnyRule] = RULES, *, source: str = ""
) -> Mapping[str, Setting]:
    """Checks a whole configuration and gives the setting of every rule.

    Raises:
        ConfigError: Names every mistake: unknown rules, keys and levels, wrong types and values.
    """
    by_id = {rule.id: rule for rule in rules}
    if not isinstance(raw, Mapping):
        raise ConfigError([Problem(path="profile", text="is not a JSON object")], source)
    if long := list(too_long(raw, "")):
        raise ConfigError(long, source)
    raw, called = _by_present_names(raw, by_id.values())
    problems = [
        Problem(path=str(key), text=f"unknown rule; {nearest(str(key), by_id)}")
        for key in raw
        if key not in (ALL, ENVIRONMENTS, *by_id)
    ]
    everywhere = _level_of_all(raw[ALL], problems) if ALL in raw else None
    settings = {
        rule.id: replace(
            _setting(rule, raw.get(rule.id, {}), everywhere, problems),
            called=called.get(rule.id, ""),
        )
        for rule in by_id.values()
    }
    if problems:
        raise ConfigError(problems, source)
    return settings


def _by_present_names(
    raw: Mapping[str, object], rules: Iterable[AnyRule]
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """A configuration without former names, and by rule the former name that it used.

    A profile may use one name, and the profile that it extends the other: what is said under the
    former name wins, since no shipped profile uses it.
    """
    present = dict(raw)
    called: dict[str, str] = {}
    for rule in rules:
        for former in rule.formerly:
            if former in present:
                called[rule.id] = former
                present[rule.id] = _over(present.get(rule.id), present.pop(former))
    return present, called


def _setting(
    rule: AnyRule, raw: object, everywhere: Level | None, problems: list[Problem]
) -> Setting:
    default = everywhere or rule.level
    if isinstance(raw, str):
        return Setting(level=_level(rule.id, raw, problems) or default, config=rule.config())
    if not isinstance(raw, Mapping):
        problems.append(Problem(path=rule.id, text=f"{raw!r} is neither a level nor an object"))
        return Setting(level=default, config=rule.config())
    properties = {key: value for key, value in raw.items() if key != LEVEL_KEY}
    level = default
    if LEVEL_KEY in raw:
        level = _level(f"{rule.id}.{LEVEL_KEY}", raw[LEVEL_KEY], problems) or default
    return Setting(level=level, config=_config(rule, properties, problems))


def _config(rule: AnyRule, properties: Mapping[str, object], problems: list[Problem]) -> RuleConfig:
    """Reads the settings of a rule twice: a model alone takes "1" and true for the number 1."""
    config = rule.config()
    found: dict[str, Problem] = {}
    try:
        config = rule.config.model_validate(properties)
    except ValidationError as error:
        found = {each.path: each for each in problems_in(error, rule.config, rule.id)}
    document = json.dumps(properties, ensure_ascii=False)
    try:
        rule.config.model_validate_json(document.encode(errors="replace"), strict=True)
    except ValidationError as error:
        for each in problems_in(error, rule.config, rule.id):
            found.setdefault(each.path, each)
    problems.extend(found.values())
    return config


def _level_of_all(raw: object, problems: list[Problem]) -> Level | None:
    """The level under `all`; the engine hands it on as an object."""
    if not isinstance(raw, Mapping):
        return _level(ALL, raw, problems)
    for key in raw:
        if key != LEVEL_KEY:
            text = f"unknown key; `{ALL}` takes `{LEVEL_KEY}` alone"
            problems.append(Problem(path=f"{ALL}.{key}", text=text))
    return _level(f"{ALL}.{LEVEL_KEY}", raw.get(LEVEL_KEY), problems)


def _level(path: str, raw: object, problems: list[Problem]) -> Level | None:
    try:
        return Level(str(raw))
    except ValueError:
        text = f"{raw!r} is not a level; {nearest(str(raw), [level.value for level in Level])}"
        problems.append(Problem(path=path, text=text))
        return None
