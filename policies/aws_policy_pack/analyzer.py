"""Serves a pack over the engine's analyzer protocol (`proto/pulumi/analyzer.proto`).

The stock `pulumi_policy.PolicyPack` reads the request again for every rule. Here each request is
read once, only the rules of the resource's type run, and all stack rules share one graph.
"""

import gc
import json
import sys
from collections.abc import Iterable, Mapping
from concurrent import futures
from dataclasses import asdict
from functools import cache
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from aws_policy_pack import __version__
from aws_policy_pack.changes import ToldChanges, told_changes
from aws_policy_pack.config import ConfigError, config_schema
from aws_policy_pack.evaluation import Outcome, reason_of
from aws_policy_pack.metadata import About, display_name_of, framework_of, remedy_of
from aws_policy_pack.pack import Pack
from aws_policy_pack.profiles import ALL, LEVEL_KEY, shipped_profiles
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import AnyRule, Level, Scope, Severity
from aws_policy_pack.wire import read_struct, with_marks

LEVELS = {
    Level.ADVISORY: proto.ADVISORY,
    Level.MANDATORY: proto.MANDATORY,
    Level.REMEDIATE: proto.REMEDIATE,
    Level.DISABLED: proto.DISABLED,
}
SEVERITIES = {
    Severity.LOW: proto.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: proto.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: proto.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: proto.POLICY_SEVERITY_CRITICAL,
}
PROFILES_KEY = "policy-profiles-bin"
"""The metadata under which the pack's own profiles travel; the engine passes over them."""
_SERVER_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # gRPC lets a second server listen on a server's port, and each gets calls of the other.
    ("grpc.so_reuseport", 0),
]


def serve(
    name: str,
    rules: Iterable[AnyRule],
    *,
    version: str = __version__,
    about: About | None = None,
) -> None:
    """Serves a pack of these rules until the engine goes away.

    To be called in a pack's `__main__.py`. The first line printed is the port: the engine reads it,
    so nothing may be printed before.

    Args:
        name: The pack's name.
        rules: Its rules, in the order in which they report.
        version: Its version.
        about: What else it says of itself.
    """
    pack = Pack(name, version, rules)
    # The process lives for one preview or update, and looking for cycles to free takes the longer
    # the larger the stack is.
    gc.disable()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=_SERVER_OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(pack, about), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """The protocol's calls, each a few lines over the pack."""

    def __init__(
        self, pack: Pack, about: About | None = None, changes: ToldChanges = told_changes
    ) -> None:
        self._pack = pack
        self._changes = changes
        self._about = about or About()
        self._config_secrets: frozenset[str] | None = None

    def Handshake(  # noqa: N802 - the protocol's name
        self, request: proto.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzerHandshakeResponse:
        """Greets the engine."""
        del request, context
        return proto.AnalyzerHandshakeResponse()

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Gives the pack's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def GetAnalyzerInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> proto.AnalyzerInfo:
        """Says what there is to say of each rule."""
        del request
        context.set_trailing_metadata(((PROFILES_KEY, json.dumps(shipped_profiles()).encode()),))
        return proto.AnalyzerInfo(
            name=self._pack.name,
            displayName=self._about.display_name,
            version=self._pack.version,
            description=self._about.description,
            readme=self._about.readme,
            provider=self._about.provider,
            tags=self._about.tags,
            repository=self._about.repository,
            supportsConfig=True,
            policies=[_info(rule) for rule in self._pack.rules],
            # The engine refuses settings without a level under a name that it does not know.
            initialConfig={
                former: proto.PolicyConfig(enforcementLevel=LEVELS[rule.level])
                for rule in self._pack.rules
                for former in rule.formerly
            },
        )

    def ConfigureStack(  # noqa: N802
        self, request: proto.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzerStackConfigureResponse:
        """Takes the secrets of the stack's configuration; no rule needs its name and tags."""
        del context
        self._config_secrets = frozenset(
            request.config[key] for key in request.config_secret_keys if key in request.config
        )
        return proto.AnalyzerStackConfigureResponse()

    def Configure(  # noqa: N802
        self, request: proto.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Takes the profile as the engine has merged it, and refuses one with mistakes."""
        names = {number: level.value for level, number in LEVELS.items()}
        raw = {
            name: {
                LEVEL_KEY: names[config.enforcementLevel],
                **json_format.MessageToDict(config.properties),
            }
            for name, config in request.policyConfig.items()
        }
        try:
            self._pack.configure(_without_unused_names(raw, self._pack.rules))
        except ConfigError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return empty_pb2.Empty()

    def Cancel(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Nothing runs long enough to be cancelled."""
        del request, context
        return empty_pb2.Empty()

    def Analyze(  # noqa: N802
        self, request: proto.AnalyzeRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzeResponse:
        """Runs the resource rules on one resource's inputs."""
        del context
        if not self._pack.knows(request.type):
            return proto.AnalyzeResponse()
        resource = _resource(request, request.properties, cache(self._changes))
        return self._response(self._pack.analyze(resource))

    def AnalyzeStack(  # noqa: N802
        self, request: proto.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzeResponse:
        """Runs the stack rules on all resources' outputs."""
        del context
        providers: dict[str, Resource] = {}
        changes = cache(self._changes)
        graph = Graph(
            (_stack_resource(resource, providers, changes) for resource in request.resources),
            config_secrets=self._config_secrets,
            changes=changes,
        )
        response = self._response(self._pack.analyze_stack(graph))
        response.not_applicable.extend(
            proto.PolicyNotApplicable(policy_name=rule.id, reason=why)
            for rule, why in self._pack.idle(graph)
        )
        return response

    def Remediate(  # noqa: N802
        self, request: proto.AnalyzeRequest, context: grpc.ServicerContext
    ) -> proto.RemediateResponse:
        """Runs the fixes one after the other, each on what the one before has left."""
        del context
        response = proto.RemediateResponse()
        properties = request.properties
        for rule in self._pack.remedies(request.type):
            remedy = self._pack.remedy(rule, _resource(request, properties))
            if not (remedy.changes or remedy.problem):
                continue
            properties = _changed(properties, dict(remedy.changes))
            response.remediations.append(
                proto.Remediation(
                    policyName=rule.id,
                    policyPackName=self._pack.name,
                    policyPackVersion=self._pack.version,
                    description=rule.summary,
                    properties=properties if remedy.changes else None,
                    diagnostic=remedy.problem,
                )
            )
        return response

    def _response(self, outcomes: Iterable[tuple[AnyRule, Outcome]]) -> proto.AnalyzeResponse:
        response = proto.AnalyzeResponse()
        for rule, outcome in outcomes:
            for violation in outcome.violations:
                response.diagnostics.append(
                    proto.AnalyzeDiagnostic(
                        policyName=rule.id,
                        policyPackName=self._pack.name,
                        policyPackVersion=self._pack.version,
                        # The stock SDK puts the description before the message, too.
                        message=f"{rule.summary}\n{violation.message}",
                        description=rule.summary,
                        urn=violation.urn,
                        enforcementLevel=LEVELS[violation.level],
                        severity=SEVERITIES[rule.severity],
                    )
                )
            if reason := reason_of(outcome):
                response.not_applicable.append(
                    proto.PolicyNotApplicable(policy_name=rule.id, reason=reason)
                )
        return response


def _without_unused_names(
    raw: Mapping[str, Mapping[str, object]], rules: Iterable[AnyRule]
) -> Mapping[str, Mapping[str, object]]:
    """A merged profile without the former names that no profile used.

    The engine adds every former name, with the level of `all` where there is one, or of the rule.
    """
    everywhere = raw.get(ALL, {}).get(LEVEL_KEY)
    unused = {
        former
        for rule in rules
        for former in rule.formerly
        if raw.get(former) == {LEVEL_KEY: everywhere or rule.level.value}
    }
    return {name: settings for name, settings in raw.items() if name not in unused}


def _info(rule: AnyRule) -> proto.PolicyInfo:
    properties, required = config_schema(rule.config)
    schema = proto.PolicyConfigSchema(required=required)
    schema.properties.update(dict(properties))
    framework = framework_of(rule)
    return proto.PolicyInfo(
        name=rule.id,
        displayName=display_name_of(rule),
        description=rule.summary,
        enforcementLevel=LEVELS[rule.level],
        configSchema=schema,
        policy_type=(
            proto.POLICY_TYPE_RESOURCE if rule.scope is Scope.RESOURCE else proto.POLICY_TYPE_STACK
        ),
        severity=SEVERITIES[rule.severity],
        tags=[rule.area, *rule.controls],
        framework=proto.PolicyComplianceFramework(**asdict(framework)) if framework else None,
        remediation_steps=remedy_of(rule),
        url=rule.url,
    )


def _resource(
    request: proto.AnalyzeRequest, properties: Struct, changes: ToldChanges = dict
) -> Resource:
    secrets: set[str] = set()
    return Resource(
        lambda: read_struct(properties, secrets),
        urn=request.urn,
        type=request.type,
        name=request.name,
        parent=request.options.parent,
        ignore_changes=request.options.ignoreChanges,
        secrets=secrets,
        changes=changes,
    )


def _stack_resource(
    resource: proto.AnalyzerResource, providers: dict[str, Resource], changes: ToldChanges
) -> Resource:
    """A resource of the stack; `providers` keeps its provider for the others that it makes."""
    secrets: set[str] = set()
    told = resource.provider
    if told.urn and told.urn not in providers:
        providers[told.urn] = Resource(
            lambda: read_struct(told.properties, set()),
            urn=told.urn,
            type=told.type,
            name=told.name,
        )
    return Resource(
        lambda: read_struct(resource.properties, secrets),
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=resource.parent,
        ignore_changes=resource.options.ignoreChanges,
        dependencies=resource.dependencies,
        references={key: value.urns for key, value in resource.propertyDependencies.items()},
        secrets=secrets,
        provider=providers.get(told.urn),
        changes=changes,
    )


def _changed(properties: Struct, changes: dict[str, Any]) -> Struct:
    """The properties with some replaced; others stay as they were sent, and secrets stay secret."""
    changed = Struct()
    changed.CopyFrom(properties)
    for key, value in changes.items():
        old = properties.fields.get(key)
        changed[key] = with_marks(old and json_format.MessageToDict(old), value)
    return changed
