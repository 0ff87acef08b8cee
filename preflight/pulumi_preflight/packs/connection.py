"""What is told and asked over the channel to a pack: its configuration, and which rule raised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar, cast

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerInfo, AnalyzerStackConfigureRequest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.commands import NO_ENGINE, PackCommand
from pulumi_preflight.packs.config_files import (
    ConfigFile,
    EnforcementLevel,
    Properties,
    Rules,
    RuleSettings,
    as_second_version,
    rules_in,
)
from pulumi_preflight.packs.process import PackProcess, cause_of
from pulumi_preflight.packs.socket_channel import Method, SocketChannel
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.stack_question import StackQuestion
from pulumi_preflight.wire import LOOPBACK_OPTIONS

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_PROFILES_KEY = "policy-profiles-bin"

Profiles = Mapping[str, Mapping[str, Any]]
"""What a pack's profiles say, as a `--policy-pack-config` file would, by name."""

_Answer = TypeVar("_Answer", bound=Message)


class PackConnection:
    """Speaks to one process of a pack, once it has booted."""

    def __init__(
        self, process: PackProcess, context: StackContext, *, answer_seconds: float
    ) -> None:
        """Takes a process that has just been started."""
        self.process = process
        self._context = context
        self._answer_seconds = answer_seconds
        self._channel: grpc.Channel | SocketChannel | None = None

    def connect(self) -> AnalyzerStub:
        """Waits for the pack and tells it of the stack.

        Raises:
            PackError: It did not boot.
            grpc.RpcError: It did not take the news.
        """
        port = self.process.port(self._answer_seconds)
        if port is None:
            self._channel = SocketChannel(self.process.socket)
        else:
            self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", LOOPBACK_OPTIONS)
        stub = AnalyzerStub(cast("grpc.Channel", self._channel))
        command = self.process.command
        if command.is_executable:
            # In front of other packs stands a host of their language, which greets nobody.
            self.ask_optional(stub.Handshake, _greeting(command), wait_for_ready=True)
            if self.ask_optional(stub.GetPluginInfo, Empty()) is None:
                raise PackError(
                    f"policy pack {command.path} does not implement GetPluginInfo, without which "
                    "the engine refuses it"
                )
        if not self._context.is_deployed:
            self.ask_optional(stub.ConfigureStack, _configure_stack(self._context))
        return stub

    def ask(
        self,
        method: Callable[..., _Answer],
        request: Message | StackQuestion,
        *,
        wait_for_ready: bool = False,
    ) -> _Answer:
        """Makes one call; raises `grpc.RpcError`."""
        if isinstance(request, StackQuestion) and not isinstance(method, Method):
            request = request.message()
        return method(request, timeout=self._answer_seconds, wait_for_ready=wait_for_ready)

    def ask_each(
        self, method: Callable[..., _Answer], requests: Sequence[Message]
    ) -> Iterable[_Answer | grpc.RpcError]:
        """The answers to several requests, or the errors; nothing where the pack takes one only."""
        if not isinstance(method, Method):
            return ()
        return method.each(requests, self._answer_seconds)

    def describe(self, stub: AnalyzerStub) -> tuple[AnalyzerInfo, Profiles]:
        """Asks the pack for its rules, and takes the profiles that it ships.

        A pack may send profiles, by name, as a JSON object in the metadata of its answer. The
        engine passes over them.

        Raises:
            PackError: Its profiles are not a JSON object.
            grpc.RpcError: It does not answer.
        """
        info, call = stub.GetAnalyzerInfo.with_call(Empty(), timeout=self._answer_seconds)
        sent = dict(call.trailing_metadata()).get(_PROFILES_KEY, b"{}")
        try:
            profiles = json.loads(sent)
        except ValueError as error:
            raise PackError(f"policy pack {info.name!r}: {_PROFILES_KEY}: {error}") from error
        if not (
            isinstance(profiles, dict) and all(isinstance(each, dict) for each in profiles.values())
        ):
            raise PackError(
                f"policy pack {info.name!r}: {_PROFILES_KEY} must be a JSON object of profiles"
            )
        return info, profiles

    def ask_optional(
        self,
        method: Callable[..., _Answer],
        request: Message | StackQuestion,
        *,
        wait_for_ready: bool = False,
    ) -> _Answer | None:
        """Makes a call that older packs do not implement, which the engine lets pass."""
        try:
            return self.ask(method, request, wait_for_ready=wait_for_ready)
        except grpc.RpcError as error:
            if call_of(error).code() is grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise

    def close(self) -> None:
        """Closes the channel; the process goes on."""
        if self._channel is not None:
            self._channel.close()


def call_of(error: grpc.RpcError) -> grpc.Call:
    """The call that failed: every error of a stub is it too, which its class does not say."""
    return cast("grpc.Call", error)


def _greeting(command: PackCommand) -> protocol.AnalyzerHandshakeRequest:
    return protocol.AnalyzerHandshakeRequest(
        engine_address=NO_ENGINE,
        root_directory=str(command.directory),
        program_directory=str(command.directory),
    )


def _configure_stack(context: StackContext) -> AnalyzerStackConfigureRequest:
    return AnalyzerStackConfigureRequest(
        stack=context.stack,
        project=context.project,
        organization=context.organization,
        tags=context.tags,
        dry_run=True,
        config=context.config,
        config_secret_keys=context.secret_keys,
    )


_LEVEL_NUMBERS: Mapping[EnforcementLevel, protocol.EnforcementLevel.ValueType] = {
    "advisory": protocol.ADVISORY,
    "mandatory": protocol.MANDATORY,
    "remediate": protocol.REMEDIATE,
    "disabled": protocol.DISABLED,
}
LEVEL_NAMES: Mapping[int, EnforcementLevel] = {
    number: name for name, number in _LEVEL_NUMBERS.items()
}


def effective_settings(
    info: protocol.AnalyzerInfo, config: ConfigFile | None, profiles: Profiles
) -> dict[str, RuleSettings]:
    """Merges schema defaults, the pack's initial config and the files, later ones winning.

    Properties are replaced whole. The entry `all` sets levels, never properties.

    Args:
        info: What the pack says of its rules.
        config: The file, and those that it extends.
        profiles: The profiles that the pack ships.

    Raises:
        PackError: A rule's properties do not fit its schema, a level is missing, or the pack does
            not ship the profile that the file extends.
    """
    settings = {
        policy.name: RuleSettings(
            level=LEVEL_NAMES[policy.enforcementLevel], properties=_schema_defaults(policy)
        )
        for policy in info.policies
    }
    _apply(settings, _initial_config(info))
    where = f"policy pack {info.name!r}" + (f", config {config.path}" if config else "")
    if config is not None:
        if config.profile is not None:
            _apply(settings, _shipped(config.profile, profiles, where))
        for layer in config.layers:
            _apply(settings, layer)
    problems = sorted(
        f"{policy.name}: {problem}"
        for policy in info.policies
        for problem in _schema_problems(policy, settings[policy.name].properties)
    )
    if problems:
        raise PackError(f"{where}: {'; '.join(problems)}")
    for name, rule in settings.items():
        if rule.level is None:
            raise PackError(
                f"{where}: {name!r} has properties but no enforcement level, "
                "and the pack has no rule of that name",
                hint=as_second_version(name)
                or _nearest(name, [policy.name for policy in info.policies]),
            )
    return settings


def _shipped(name: str, profiles: Profiles, where: str) -> Rules:
    """The profile of the pack that a file extends."""
    if name not in profiles:
        raise PackError(
            f"{where}: the pack ships no profile {name!r} to extend",
            hint=_nearest(name, list(profiles))
            or (
                f"it ships {', '.join(profiles)}" if profiles else "name a file that ends in .json"
            ),
        )
    return rules_in(profiles[name], where=f"{where}, profile {name!r}")


def _nearest(name: str, rules: list[str]) -> str | None:
    close = get_close_matches(name, rules, n=1)
    return f"did you mean {close[0]!r}?" if close else None


def configure_request(settings: Mapping[str, RuleSettings]) -> protocol.ConfigureAnalyzerRequest:
    """The message that tells a pack its merged configuration."""
    request = protocol.ConfigureAnalyzerRequest()
    for name, rule in settings.items():
        config = request.policyConfig[name]
        config.enforcementLevel = _LEVEL_NUMBERS[rule.level or "advisory"]
        ParseDict(dict(rule.properties), config.properties)
    return request


def proposing(settings: Mapping[str, RuleSettings]) -> dict[str, RuleSettings]:
    """Settings under which exactly the rules that report, but mend nothing, run their fix."""
    levels: Mapping[EnforcementLevel | None, EnforcementLevel] = {
        "advisory": "remediate",
        "mandatory": "remediate",
    }
    return {
        name: replace(rule, level=levels.get(rule.level, "disabled"))
        for name, rule in settings.items()
    }


def _schema_defaults(policy: protocol.PolicyInfo) -> Properties:
    schema = MessageToDict(policy.configSchema.properties)
    return {
        name: rules["default"]
        for name, rules in schema.items()
        if isinstance(rules, dict) and "default" in rules
    }


def _initial_config(info: protocol.AnalyzerInfo) -> dict[str, RuleSettings]:
    # The wire has no "no level": an initial config that sets properties alone arrives, and
    # counts, as advisory. The engine does the same.
    return {
        name: RuleSettings(
            level=LEVEL_NAMES[config.enforcementLevel], properties=MessageToDict(config.properties)
        )
        for name, config in info.initialConfig.items()
    }


def _apply(settings: dict[str, RuleSettings], given: Mapping[str, RuleSettings]) -> None:
    for_all = given.get("all")
    if for_all is not None and for_all.level is not None:
        for name, rule in settings.items():
            settings[name] = RuleSettings(level=for_all.level, properties=rule.properties)
    for name, rule in given.items():
        before = settings.get(name, RuleSettings(level=None))
        settings[name] = RuleSettings(
            level=rule.level or before.level, properties={**before.properties, **rule.properties}
        )


def _schema_problems(policy: protocol.PolicyInfo, properties: Properties) -> Iterator[str]:
    # Most packs of others configure nothing, and the import takes its time.
    if not properties and not policy.configSchema.required:
        return
    from jsonschema_rs import (  # noqa: PLC0415 - see above
        Draft7Validator,
        RegexOptions,
        ValidationError,
    )

    schema = {
        "type": "object",
        "properties": MessageToDict(policy.configSchema.properties),
        "required": list(policy.configSchema.required),
    }
    document = MessageToDict(ParseDict(dict(properties), Struct()))
    try:
        # The engine's patterns have no look-around and no back references either.
        validator = Draft7Validator(schema, pattern_options=RegexOptions())
    except ValidationError as invalid:
        yield f"the schema of its configuration is not valid: {invalid.message}"
        return
    for error in validator.iter_errors(document):
        place = ".".join(str(part) for part in error.instance_path)
        for text in _engine_texts(error, schema):
            yield f"{place}: {text}" if place else text


_ENGINE_TEXTS: Mapping[str, str] = {
    "minimum": "Must be greater than or equal to {}",
    "maximum": "Must be less than or equal to {}",
    "exclusiveMinimum": "Must be greater than {}",
    "exclusiveMaximum": "Must be less than {}",
    "multipleOf": "Must be a multiple of {}",
    "minLength": "String length must be greater than or equal to {}",
    "maxLength": "String length must be less than or equal to {}",
    "minItems": "Array must have at least {} items",
    "maxItems": "Array must have at most {} items",
    "pattern": "Does not match pattern '{}'",
}


def _engine_texts(error: ValidationError, schema: Properties) -> Iterator[str]:
    """Says a schema error as the engine's validator does, for the keywords that packs use."""
    keyword = error.kind.name
    # The error sorts what the schema wants; the engine says it in the schema's order.
    wanted: Any = schema
    for part in error.schema_path:
        wanted = wanted[part]
    match keyword:
        case "type":
            expected = f"[{','.join(wanted)}]" if isinstance(wanted, list) else wanted
            yield f"Invalid type. Expected: {expected}, given: {_json_type(error.instance)}"
        case "enum":
            allowed = ", ".join(json.dumps(value) for value in wanted)
            yield f"{error.instance_path[-1]} must be one of the following: {allowed}"
        case "required":
            yield f"{error.kind.value} is required"
        case "additionalProperties":
            yield from (f"Additional property {name} is not allowed" for name in error.kind.value)
        case _ if text := _ENGINE_TEXTS.get(keyword):
            whole = isinstance(wanted, float) and wanted.is_integer()
            yield text.format(int(wanted) if whole else wanted)
        case _:
            yield error.message


def _json_type(value: object) -> str:
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    names = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


# A rule's traceback is written before the answer is; the pipe may be a little later.
_TRACEBACK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Which rule raised, and what, with its place in the pack."""

    rule: str
    cause: str


def diagnose(
    connection: PackConnection,
    settings: Mapping[str, RuleSettings],
    question: Callable[[AnalyzerStub], Callable[..., Message]],
    request: Message | StackQuestion,
) -> Diagnosis | None:
    """Asks a second process of the pack, one rule at a time; `None` if every rule answers.

    Args:
        connection: To the second process, just started.
        settings: The rules' settings.
        question: The call that failed.
        request: What was asked.
    """
    try:
        stub = connection.connect()
        for rule in settings:
            alone = {
                name: setting if name == rule else RuleSettings(level="disabled")
                for name, setting in settings.items()
            }
            connection.ask(stub.Configure, configure_request(alone))
            try:
                connection.ask(question(stub), request)
            except grpc.RpcError as error:
                return Diagnosis(rule=rule, cause=cause_in(error, connection))
    except (grpc.RpcError, PackError):
        # The first failure is the one to report; this was only to say more of it.
        return None
    return None


def cause_in(error: grpc.RpcError, connection: PackConnection) -> str:
    """The pack's own words: in its answer, or on stderr where the answer has no place."""
    code, details = call_of(error).code(), call_of(error).details() or ""
    if code not in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE):
        return details or code.name
    if "\n" in details:
        return cause_of(details, connection.process.command.directory)
    written = connection.process.error_text(timeout_seconds=_TRACEBACK_SECONDS)
    return cause_of(written, connection.process.command.directory) or details
