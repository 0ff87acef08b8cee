"""What all parts of one run of a program share."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.changes.comparing import Comparison
from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.monitor.providers import Packages
from pulumi_preflight.monitor.registration import CallbackServer
from pulumi_preflight.monitor.registry import Registry
from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs, with_secrets
from pulumi_preflight.outputs.inventions import Filling, Invented
from pulumi_preflight.outputs.memory import Inventions, Taint
from pulumi_preflight.outputs.shapes import Ask, Shapes
from pulumi_preflight.project import Project
from pulumi_preflight.project.config_values import PLACEHOLDER
from pulumi_preflight.stack_context import type_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue

ResourceCheck = Callable[[AnalyzeRequest, Taint | None], Struct]
"""Judges a resource, of which some inputs may be made up; gives its inputs, changed or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a program.

    Attributes:
        project: What runs.
        check: Judges each resource that is registered, components and providers too.
        keep_unknowns: Whether computed outputs stay unknown.
        shapes: What the program's types and functions hold.
        outputs: Fills in outputs.
        inventions: What was made up so far.
        registry: What was registered so far.
        callbacks: The program's transforms and hooks.
        packages: The packages that the program registered by itself.
        made_up_answers: The functions whose answer was made up, each with what is known of it.
        unknown_answers: The functions whose answer only a plugin knows.
        unknown_stacks: The other stacks that the program asked for and nobody knows.
        calls: The functions that the program called, each with its arguments.
        deployed: What is deployed, beside what was registered so far; `None` where that is not
            known.
    """

    project: Project
    check: ResourceCheck
    keep_unknowns: bool
    shapes: Shapes
    outputs: Outputs
    inventions: Inventions
    registry: Registry
    callbacks: CallbackServer
    packages: Packages
    made_up_answers: dict[str, Properties] = field(default_factory=dict)
    unknown_answers: set[str] = field(default_factory=set)
    unknown_stacks: set[str] = field(default_factory=set)
    calls: list[tuple[str, Properties]] = field(default_factory=list)
    deployed: Comparison | None = None

    @classmethod
    def of(
        cls,
        project: Project,
        check: ResourceCheck,
        ask: Ask,
        *,
        keep_unknowns: bool,
        deployed: Comparison | None = None,
    ) -> "Run":
        """Begins a run; `ask` reaches the program's process."""
        registry = Registry()
        shapes = Shapes(ask, registry.note)
        inventions = Inventions()
        if any(PLACEHOLDER in value.secret_texts for value in project.config.values()):
            inventions.learn_placeholders()
        return cls(
            project=project,
            check=check,
            keep_unknowns=keep_unknowns,
            shapes=shapes,
            outputs=Outputs(shapes, keep_unknowns=keep_unknowns),
            inventions=inventions,
            registry=registry,
            callbacks=CallbackServer(),
            packages=Packages(),
            deployed=deployed,
        )

    def fill(self, wanted: WantedOutputs) -> Filled:
        """Fills in a resource's outputs, keeps what was made up, and marks what is secret."""
        filled = self.outputs.of_resource(wanted)
        if not self.keep_unknowns:
            empty = {name for name, each in filled.fillings.items() if each is Filling.EMPTY}
            self.inventions.learn(
                Invented(
                    urn=wanted.urn,
                    id="" if wanted.id or "id" in wanted.known else filled.id,
                    outputs=filled.outputs,
                    fillings=filled.fillings,
                    completions=filled.completions,
                    empty=partial(self.outputs.possible, wanted, empty),
                    given=wanted.inputs
                    | wanted.known
                    | {"id": wanted.id, "account": wanted.place.known_account},
                )
            )
        secrets = self.shapes.secrets(type_of(wanted.urn), wanted.version)
        return replace(filled, outputs=with_secrets(filled.outputs, secrets))

    def stack_reference(self, name: str, position: SourcePosition | None) -> PropertyValue:
        """The outputs of another stack: those that the user knows, else unknown, with a note."""
        overrides = self.project.overrides
        if overrides and name in overrides.stack_references:
            return dict(overrides.stack_references[name])
        self.unknown_stacks.add(name)
        self.registry.note(
            f"the outputs of the stack {name} are not known offline, so what depends on them was "
            "not judged; preflight.yaml can give them under stackReferences",
            position,
        )
        return UNKNOWN

    def note_remote(self, resource: RegisteredResource) -> None:
        """Says that what a remote component creates was not seen."""
        self.registry.note(
            f"{resource.name} ({resource.type}) is a component that its provider's plugin builds: "
            "its resources are not known offline and were not judged, and its outputs are unknown",
            resource.position,
        )
