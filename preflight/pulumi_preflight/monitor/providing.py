"""Which provider serves a resource or call, and what its settings mean for what it serves."""

import threading
from dataclasses import replace

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.monitor.analysis import analyze_request
from pulumi_preflight.monitor.providers import (
    Package,
    default_provider_inputs,
    is_default_denied,
    provider_type,
)
from pulumi_preflight.monitor.registry import Inherited
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs import Filled
from pulumi_preflight.outputs.ids import resource_id
from pulumi_preflight.outputs.names import proposal_for
from pulumi_preflight.outputs.regions import (
    DEFAULT_REGION,
    account_in,
    default_tags_in,
    has_unknown_role,
    region_in,
)
from pulumi_preflight.outputs.subject import Place, Subject
from pulumi_preflight.stack_context import (
    create_urn,
    is_default_provider,
    name_of,
    type_of,
    urn_of_reference,
)
from pulumi_preflight.wire import UNKNOWN, Properties, from_struct, to_struct


class Providing:
    """The providers of one run of a program; default ones are made when they are first needed."""

    def __init__(self, run: Run) -> None:
        """Takes the run that they belong to."""
        self._run = run
        self._lock = threading.Lock()

    def reference(self, package: Package, given: str, position: SourcePosition | None) -> str:
        """The reference of the provider that was given, else of the package's default one.

        Raises:
            ProgramError: The stack's configuration forbids the default one.
        """
        if given:
            return given
        project = self._run.project
        if is_default_denied(package.name, project.config):
            where = f"{position.file}:{position.line}: " if position else ""
            raise ProgramError(
                f"{where}the default provider of {package.name} is disabled by "
                "pulumi:disable-default-providers, and the resource names no other",
                hint="give it one: ResourceOptions(provider=...)",
            )
        urn = create_urn(
            stack=project.stack,
            project=project.name,
            parent="",
            type_=provider_type(package.name),
            name=package.default_name,
        )
        with self._lock:
            known = self._run.registry.find(urn)
            if known is None:
                self._run.registry.claim(urn, None)
                known = self._add_default(urn, package)
        return f"{urn}::{known.id or UNKNOWN}"

    def of_parent(self, parent: str, package: str) -> str:
        """The provider that a call in a resource or component uses; empty for the default one."""
        inherited = self._run.registry.inherited(parent)
        urn = urn_of_reference(inherited.provider)
        if urn and type_of(urn) == provider_type(package) and not is_default_provider(name_of(urn)):
            return inherited.provider
        return inherited.providers.get(package, "")

    def _add_default(self, urn: str, package: Package) -> RegisteredResource:
        # The engine counts providers as resources that get a name, but providers take none.
        proposal = proposal_for(urn, self._run.project.autonaming.of(type_of(urn)))
        fixed = proposal is not None and proposal.fixed
        resource = RegisteredResource(
            urn=urn,
            type=provider_type(package.name),
            name=package.default_name,
            parent="",
            custom=True,
            inputs=to_struct(self._default_inputs(package)),
            outputs=Struct(),
            options=AnalyzerResourceOptions(
                deleteBeforeReplace=fixed,
                deleteBeforeReplaceDefined=fixed,
                customTimeouts=AnalyzerResourceOptions.CustomTimeouts(),
            ),
        )
        judged = self._run.check(analyze_request(resource, None), None)
        filled = self.state(urn, resource.type, from_struct(judged))
        resource = replace(resource, id=filled.id, inputs=judged, outputs=to_struct(filled.outputs))
        self._run.registry.add(resource, Inherited())
        return resource

    def _default_inputs(self, package: Package) -> Properties:
        inputs = default_provider_inputs(package, self._run.project.config)
        # The provider of AWS reads its region from these variables itself.
        if package.name == "aws" and not region_in(inputs) and self._run.project.region_variable:
            return inputs | {"region": self._region_of_nothing_configured()}
        return inputs

    def _region_of_nothing_configured(self) -> str:
        name, region = self._run.project.region_variable or ("", DEFAULT_REGION)
        told = f"{name} says {region}" if name else f"{region} was assumed"
        self._run.registry.note(f"no region is configured (aws:region): {told}")
        return region

    def state(self, urn: str, type_: str, inputs: Properties) -> Filled:
        """A provider as a deployment would leave it."""
        outputs = {name: value for name, value in inputs.items() if not name.startswith("__")}
        subject = Subject(seed=urn, token=type_, name="", place=Place(region=""))
        return Filled(id="" if self._run.keep_unknowns else resource_id(subject), outputs=outputs)

    def place_of(self, token: str, provider: str, inputs: Properties) -> Place:
        """Where a resource is, or a function looks: its own region, its provider's, the stack's."""
        manager = self._run.registry.find(urn_of_reference(provider))
        settings = from_struct(manager.inputs) if manager else {}
        overrides = self._run.project.overrides
        account = account_in(settings, told=overrides.own_account if overrides else None)
        place = Place(region=region_in(inputs, settings) or "", known_account=account)
        if manager is not None and account is None and has_unknown_role(settings):
            own = Subject(seed=manager.urn, token="", name="", place=place)
            place = replace(place, made_up_account=own.account("account"))
        if place.region:
            return place
        if self._run.project.region is None and token.startswith("aws:"):
            return replace(place, region=self._region_of_nothing_configured())
        return replace(place, region=self._run.project.region or DEFAULT_REGION)

    def version_of(self, provider: str) -> str:
        """The version of a provider's plugin, empty where nothing asks for one."""
        manager = self._run.registry.find(urn_of_reference(provider))
        # Only what is in it: a message makes a field that it is asked for.
        fields = manager.inputs.fields if manager else {}
        return fields["version"].string_value if "version" in fields else ""

    def default_tags(self, provider: str) -> Properties:
        """The tags that a provider adds to what it makes."""
        manager = self._run.registry.find(urn_of_reference(provider))
        return default_tags_in(from_struct(manager.inputs)) if manager else {}
