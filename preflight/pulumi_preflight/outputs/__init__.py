"""Fills in what a provider would have computed, so that nothing stays unknown.

What the program gave is echoed in the kind that the SDK's class says. A property that only the
provider knows gets a well-formed value. A property that the program could have given but did not
gets one where the table of facts says that the provider or AWS always fills it, and else it is left
empty: absent, or a list or map without items.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from pulumi_preflight.outputs.derived import DERIVED, DERIVED_OF, random_outputs
from pulumi_preflight.outputs.facts import Facts, facts_of, lists_blocks_of
from pulumi_preflight.outputs.forms import FORMED
from pulumi_preflight.outputs.ids import resource_id
from pulumi_preflight.outputs.inventions import (
    Blocks,
    Completion,
    Filling,
    WatchedSubject,
    completed,
    is_given,
)
from pulumi_preflight.outputs.names import (
    Proposal,
    is_named_by_check,
    name_properties,
    physical_name,
    with_proposed_name,
)
from pulumi_preflight.outputs.regions import with_default_tags
from pulumi_preflight.outputs.shapes import (
    Kind,
    PropertyShape,
    Shape,
    Shapes,
    empty,
    in_kind,
    with_documents_as_text,
)
from pulumi_preflight.outputs.subject import Place, Subject
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, secret, without_unknown

_DEPTH = 5
# A hosted zone has four name servers, a directory two, and SES gives three tokens.
# Sources: https://docs.aws.amazon.com/ses/latest/APIReference/API_VerifyDomainDkim.html and
# https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_view_directory_info.html
_COUNTS = {"nameServers": 4, "dnsIpAddresses": 2, "availabilityZones": 3, "dkimTokens": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A resource as a deployment would leave it.

    Attributes:
        id: The provider's id, empty where it is not known.
        outputs: What the resource shows.
        fillings: How each property came about that the program did not give.
        completions: What was added to blocks that the program gave.
    """

    id: str
    outputs: Properties
    fillings: Mapping[str, Filling] = field(default_factory=dict)
    completions: tuple[Completion, ...] = ()

    @property
    def for_program(self) -> Properties:
        """What the program sees: what was left empty is unknown, as in a preview.

        Code that goes on with an empty value would hand on nothing, and nobody could tell that
        from what the program left out.
        """
        empty = (name for name, each in self.fillings.items() if each is Filling.EMPTY)
        return completed(self.outputs | dict.fromkeys(empty, UNKNOWN), self.completions)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedOutputs:
    """A resource whose outputs are wanted.

    Attributes:
        urn: The resource.
        inputs: What the program gave.
        place: Where the resource's provider puts it.
        id: The id of a resource that exists already.
        is_read: Whether the program only reads it, so that the inputs do not say what it has.
        known: Outputs that the user knows, from `preflight.yaml`.
        version: The version of the provider's plugin, empty where nothing asks for one.
        generation: How many resources of this URN were there before it and still are, as while one
            replaces another; each has values of its own.
    """

    urn: str
    inputs: Properties
    place: Place
    id: str = ""
    is_read: bool = False
    known: Properties = field(default_factory=dict)
    version: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What decides whether a resource's output is filled.

    Attributes:
        facts: What is known of the type.
        given: The inputs, and the defaults of what was not given.
        is_there: Whether the resource exists already, so that no default tells what it has.
        is_read: Whether the program only reads it, and so may have said nothing of what it has.
        needed: What every resource of the type has of what a program may give.
    """

    facts: Facts
    given: Properties
    is_there: bool
    is_read: bool
    needed: frozenset[str]


class Outputs:
    """Fills in the outputs of one program's resources."""

    def __init__(self, shapes: Shapes, *, keep_unknowns: bool) -> None:
        """Takes the SDKs' classes, and how to fill in.

        Args:
            shapes: The SDKs' classes.
            keep_unknowns: Whether to leave computed outputs unknown.
        """
        self._shapes = shapes
        self._keep_unknowns = keep_unknowns
        # An output may follow from another resource, as an address does from its subnet.
        self._others: dict[tuple[str, str], Properties] = {}

    def checked(
        self,
        urn: str,
        inputs: Properties,
        *,
        default_tags: Properties,
        proposal: Proposal | None,
        version: str = "",
    ) -> Properties:
        """The inputs as the provider's Check hands them on to packs.

        Args:
            urn: The resource.
            inputs: The program's inputs.
            default_tags: The tags that the provider adds to every resource.
            proposal: The engine's proposed name, `None` where it proposes none.
            version: The version of the provider's plugin, empty where nothing asks for one.

        Raises:
            UnnamedError: The resource needs a name and gets none.
        """
        shape = self._shapes.resource(type_of(urn), version) or ()
        inputs = with_documents_as_text(inputs, shape)
        if proposal is not None:
            inputs = with_proposed_name(type_of(urn), name_of(urn), inputs, shape, proposal)
        return with_default_tags(inputs, default_tags, shape)

    def of_resource(self, wanted: WantedOutputs) -> Filled:
        """Fills in a resource that a provider would create or read."""
        inputs = wanted.inputs
        shape = self._shapes.resource(type_of(wanted.urn), wanted.version) or ()
        subject = self._subject(wanted, shape)
        made = {} if self._keep_unknowns else random_outputs(subject, inputs)
        identity = str(wanted.known.get("id") or wanted.id or made.get("id", ""))
        fillings = dict.fromkeys(made.keys() - inputs.keys(), Filling.MADE_UP)
        if identity:
            subject = replace(subject, id=identity, id_made_up="id" in made)
        elif not self._keep_unknowns:
            identity = resource_id(subject)
            is_made_up = subject.filling_of(identity) is Filling.MADE_UP
            subject = replace(subject, id=identity, id_made_up=is_made_up)
        is_whole = self._shapes.is_whole(type_of(wanted.urn), wanted.version)
        outputs = made | _echoed(shape, inputs, is_whole=is_whole)
        facts = facts_of(subject.token, wanted.version)
        is_there = bool(wanted.id)
        around = _Circumstances(
            facts=facts,
            given=inputs if is_there else facts.defaults | inputs,
            is_there=is_there,
            is_read=wanted.is_read,
            needed=self._shapes.required(subject.token, wanted.version)
            if is_there
            else frozenset(),
        )
        for property_ in shape:
            if property_.name in outputs:
                continue
            filling = self._fill(subject, property_, around, outputs)
            if filling is not None:
                fillings[property_.name] = filling
        told = {name: value for name, value in wanted.known.items() if name != "id"}
        completions = self._completions(subject, shape, around, outputs, told)
        shown = (each for each in completions if each.is_sure or self._keep_unknowns)
        outputs = completed(outputs, shown)
        fillings |= dict.fromkeys(told, Filling.TOLD)
        outputs |= told
        if identity:
            self._others[subject.kind, identity] = outputs
        return Filled(
            id=identity,
            outputs=outputs,
            fillings={} if self._keep_unknowns else fillings,
            completions=() if self._keep_unknowns else completions,
        )

    def _completions(
        self,
        subject: WatchedSubject,
        shape: Shape,
        around: _Circumstances,
        outputs: Properties,
        told: Collection[str],
    ) -> tuple[Completion, ...]:
        """What the provider adds to blocks that the program gave."""

        def make(path: str, kind: Kind) -> PropertyValue:
            return UNKNOWN if self._keep_unknowns else self._computed(subject, path, kind)

        given = {
            name: value
            for name, value in outputs.items()
            if name in subject.inputs and name not in told
        }
        are_open = not lists_blocks_of(subject.token)
        blocks = Blocks(around.facts, self._shapes.nested, make, are_open=are_open)
        return tuple(blocks.completions(given, shape))

    def possible(self, wanted: WantedOutputs, names: Collection[str]) -> Properties:
        """What outputs of a resource that were left empty might be."""
        shape = self._shapes.resource(type_of(wanted.urn), wanted.version) or ()
        subject = self._subject(wanted, shape)
        return {
            property_.name: self._computed(subject, property_.name, property_.kind, whole=True)
            for property_ in shape
            if property_.name in names
        }

    def _fill(
        self,
        subject: WatchedSubject,
        property_: PropertyShape,
        around: _Circumstances,
        outputs: Properties,
    ) -> Filling | None:
        """Fills in one output where it is to be; `None` where it is known to be empty."""
        name, kind, facts = property_.name, property_.kind, around.facts
        if not around.is_there and facts.has_default(name, around.given):
            outputs[name] = in_kind(facts.defaults[name], kind)
            return Filling.FOLLOWS
        surely_empty = not around.is_there and facts.is_empty(name, around.given)
        if property_.optional:
            is_open = around.is_read or (name in facts.defaults and not surely_empty)
            if around.is_read and self._keep_unknowns:
                outputs[name] = UNKNOWN
            return Filling.EMPTY if is_open else None
        if self._keep_unknowns:
            named = is_named_by_check(subject.token, subject.inputs, property_)
            outputs[name] = subject.name if named and not around.is_there else UNKNOWN
            return None
        if surely_empty or not _is_filled(subject, property_, around):
            if kind.name in ("list", "map"):
                outputs[name] = empty(kind)
            return None if surely_empty else Filling.EMPTY
        value = self._missing(subject, property_, subject.inputs)
        filling = subject.filling_of(value)
        if around.is_read and filling is Filling.FOLLOWS and not isinstance(value, str):
            # From inputs that nobody gave.
            filling = Filling.EMPTY
        # AWS fills these, but nobody knows with what.
        if value == {} and kind.name == "object":
            return Filling.EMPTY
        outputs[name] = value
        return Filling.EMPTY if isinstance(value, list) and _is_hollow(value) else filling

    def _subject(self, wanted: WantedOutputs, shape: Shape) -> WatchedSubject:
        urn = wanted.urn
        seed = f"{urn}#{wanted.generation}" if wanted.generation else urn
        name = _name_in(wanted.id) or physical_name(urn, wanted.inputs, shape, seed=seed)
        return WatchedSubject(
            seed=seed,
            token=type_of(urn),
            name=name,
            place=wanted.place,
            id=wanted.id,
            generation=wanted.generation,
            inputs=wanted.inputs,
            others=self._others,
            name_given=bool(wanted.id) or is_given(name, wanted.inputs),
        )

    def of_shape(self, subject: Subject, shape: Shape, given: Properties) -> Properties:
        """Fills in a record, such as a data source's answer; what is given stays."""
        return {
            property_.name: in_kind(given[property_.name], property_.kind)
            if property_.name in given
            else self._answered(subject, property_.name, property_.kind)
            for property_ in shape
            if property_.name in given or not property_.optional
        }

    def _answered(self, subject: Subject, path: str, kind: Kind) -> PropertyValue:
        if kind.name == "string" and (make := DERIVED_OF.get(f"{subject.kind}.{path}")):
            made = make(subject, subject.inputs)
            if isinstance(made, str) and made:
                return made
        # The SDK takes no unknown values in an answer.
        if kind.name == "map":
            return {}
        if kind.name == "any":
            return value_for(subject, path, "string")
        return without_unknown(self._computed(subject, path, kind))

    def _missing(
        self, subject: Subject, property_: PropertyShape, inputs: Properties
    ) -> PropertyValue:
        name, kind = property_.name, property_.kind
        if make := DERIVED_OF.get(f"{subject.kind}.{name}") or DERIVED.get(name):
            derived = make(subject, inputs)
            # A type may have another thing of that name, such as a list of regions.
            if not isinstance(derived, str) or kind.name == "string":
                return derived
        if name in name_properties(subject.kind) and kind.name == "string":
            return subject.name
        return self._computed(subject, name, kind)

    def _computed(
        self, subject: Subject, path: str, kind: Kind, depth: int = 0, *, whole: bool = False
    ) -> PropertyValue:
        """Makes a value up; what a record may lack is there where it has a form, or for `whole`."""
        if kind.choices:
            return subject.made_up(path, kind.choices[0])
        match kind.name:
            case "list" if kind.item is not None:
                count = _COUNTS.get(path.rsplit(".", 1)[-1], 1) if depth < _DEPTH else 0
                return [
                    self._computed(subject, f"{path}.{index}", kind.item, depth + 1, whole=whole)
                    for index in range(count)
                ]
            case "object":
                shape = self._shapes.nested(kind.reference) or ()
                return {
                    property_.name: self._computed(
                        subject,
                        f"{path}.{property_.name}",
                        property_.kind,
                        depth + 1,
                        whole=whole,
                    )
                    for property_ in shape
                    if not property_.optional
                    or (whole and depth < _DEPTH)
                    or f"{subject.kind}.{path}.{property_.name}" in FORMED
                }
            case "map" | "any" | "asset" | "archive" | "resource":
                # Nobody knows the keys; a made-up value would break a program that reads one.
                return UNKNOWN
            case "boolean" if whole:
                # Off is as good as absent to most who read it.
                return True
            case plain:
                return value_for(subject, path, plain)


def _is_filled(subject: Subject, property_: PropertyShape, around: _Circumstances) -> bool:
    name = property_.name
    return (
        not property_.settable
        or name in around.needed
        or around.facts.is_filled(name, around.given)
        or name in DERIVED
        or (property_.kind.name == "string" and name in name_properties(subject.kind))
    )


def _is_hollow(value: PropertyValue) -> bool:
    """Whether a value has places, and nothing in any of them."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_hollow, value))
    return value == {}


def _echoed(shape: Shape, inputs: Properties, *, is_whole: bool) -> Properties:
    """The inputs as outputs; a whole shape names all that a resource shows."""
    kinds = {property_.name: property_.kind for property_ in shape}
    echoed: Properties = {}
    for name, value in inputs.items():
        if name.startswith("__") or (is_whole and shape and name not in kinds):
            continue
        echoed[name] = in_kind(value, kinds[name]) if name in kinds else value
    return echoed


def _name_in(id_: str) -> str:
    """The name at the end of an id, which may be an ARN or a URL."""
    if id_.startswith(("arn:", "https://")):
        return id_.rpartition("/")[2].rpartition(":")[2]
    return id_


def with_secrets(outputs: Properties, names: Iterable[str]) -> Properties:
    """Marks the named outputs as secret."""
    return outputs | {name: secret(outputs[name]) for name in names if name in outputs}
