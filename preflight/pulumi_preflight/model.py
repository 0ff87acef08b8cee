"""What a program registered, as plain values: the hand-over from the monitor to everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions

from pulumi_preflight.outputs.memory import Inventions


def _no_options() -> AnalyzerResourceOptions:
    """The engine sends timeouts always, empty ones too."""
    return AnalyzerResourceOptions(customTimeouts=AnalyzerResourceOptions.CustomTimeouts())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePosition:
    """Where the program created a resource: a file, relative to the project, and a line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredResource:
    """One resource of the program.

    Attributes:
        urn: The name that the engine would give it.
        type: The type token, such as `aws:sqs/queue:Queue`.
        name: The logical name.
        parent: The parent's URN, empty for the stack itself.
        custom: Whether a provider manages it; components are not custom.
        external: Whether it was read (`Resource.get`), not created.
        remote: Whether it is a component that a plugin would construct; its children are not known.
        id: The provider's id, filled in; empty for components and where it is left unknown.
        provider: The provider reference `<urn>::<id>`, empty for components.
        inputs: The properties after remediation, as the engine sends them to a pack.
        outputs: The inputs with the computed outputs filled in.
        dependencies: URNs of all that it depends on.
        property_dependencies: Property name to the URNs that its value comes from.
        made_up: The properties that hold something that preflight made up, or that preflight left
            empty though the provider may fill them in.
        options: Resource options in the form that a pack receives.
        retain_on_delete: Whether it outlives its removal from the program.
        deleted_with: The URN of the resource that it goes away with, empty for none.
        position: Where the program created it, `None` where the SDK did not say.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    external: bool = False
    remote: bool = False
    id: str = ""
    provider: str = ""
    inputs: Struct
    outputs: Struct
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made_up: tuple[str, ...] = ()
    options: AnalyzerResourceOptions = field(default_factory=_no_options)
    retain_on_delete: bool = False
    deleted_with: str = ""
    position: SourcePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateUrn:
    """A URN that the program registered more than once; the engine would stop at the second.

    Attributes:
        urn: The URN.
        positions: The place of each registration.
        parents: The URNs of the parents, each once: a URN holds their types, not their names.
    """

    urn: str
    positions: tuple[SourcePosition | None, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyCall:
    """A plain call of a function on a value that only a deployment makes; the engine stops there.

    Attributes:
        function: The function's token.
        urn: The resource that the value comes from.
        property: The property that it comes from.
        position: Where the program calls.
    """

    function: str
    urn: str
    property: str
    position: SourcePosition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the user must know about the verdict: an assumption, or what was not looked at."""

    text: str
    position: SourcePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """All that one run of the program registered, in the order of registration.

    Attributes:
        resources: Each resource once.
        duplicates: URNs that were registered again; the engine stops there.
        early_calls: Functions that were called too early; the engine stops there, too.
        stack_outputs: What the stack exports.
        notes: What the user must know about the run.
        printed: What the program printed and logged.
        inventions: What preflight made up.
    """

    resources: tuple[RegisteredResource, ...]
    duplicates: tuple[DuplicateUrn, ...]
    stack_outputs: Struct
    notes: tuple[Note, ...]
    printed: str = ""
    early_calls: tuple[EarlyCall, ...] = ()
    inventions: Inventions = field(default_factory=Inventions)
