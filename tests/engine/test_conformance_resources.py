"""What preflight registers is what the engine registers: resource by resource, option by option."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from pulumi_preflight.wire import without_references
from tests.engine.cases import each_case
from tests.engine.conformance import Asked, Case, Observed

Observe = Callable[[Case], Observed]
Json = dict[str, Any]

# What a state says of a resource beside its values, ids and times.
DESCRIBED = (
    "type",
    "custom",
    "external",
    "parent",
    "dependencies",
    "protect",
    "retainOnDelete",
    "deletedWith",
    "ignoreChanges",
    "additionalSecretOutputs",
    "aliases",
    "customTimeouts",
)


@each_case()
def test_the_state_has_the_resources_that_up_makes(case: Case, observe: Observe) -> None:
    seen = observe(case)
    assert seen.states.keys() == seen.deployed.keys() - seen.built_by_plugins


@each_case()
def test_the_state_describes_each_resource_as_up_does(case: Case, observe: Observe) -> None:
    seen = observe(case)
    offline = {urn: described(state) for urn, state in seen.states.items()}
    hidden = seen.built_by_plugins
    assert offline == {urn: described(seen.deployed[urn], hidden) for urn in offline}


# `up` runs without a pack here, since findings would stop it: nothing is remediated. What a dynamic
# resource computes, its code in the program does, which preflight never runs; so for the plugin of
# a remote component. And what a provider leaves out of an exported resource, the SDK for Node
# leaves out as well, where the one for Python gives null, which preflight takes for both.
@each_case("dynamic", "remediation", "remote_component", "resource_references-nodejs")
def test_the_state_holds_the_values_that_up_leaves(case: Case, observe: Observe) -> None:
    seen = observe(case)
    offline = {urn: values(state) for urn, state in seen.states.items()}
    assert offline == {urn: values(seen.deployed[urn]) for urn in offline}


# Of what exists already the engine knows the outputs in a preview, since it reads it, but not the
# id: it answers a read without one, which the SDK takes for unknown (source_eval.go, ReadResource).
# And a plugin registers what is in a remote component.
@each_case("existing_resources", "remote_component")
def test_a_pack_is_asked_what_the_engine_asks_of_each_resource(
    case: Case, observe: Observe
) -> None:
    seen = observe(case)
    assert seen.asked_by_preflight.resources == seen.asked_by_engine.resources


# The same; and where a provider's own settings are unknown, the engine does not ask it at all.
@each_case("existing_resources", "remote_component", "providers")
def test_a_pack_is_asked_what_the_engine_asks_of_the_stack(case: Case, observe: Observe) -> None:
    seen = observe(case)
    asked = in_order(seen.asked_by_preflight.together)
    assert asked == in_order(seen.asked_by_engine.together)
    assert settings(seen.asked_by_preflight) == settings(seen.asked_by_engine)


def described(state: Json, hidden: AbstractSet[str] = frozenset()) -> Json:
    """What a state says of a resource, without dependencies on `hidden` ones."""
    told = {name: state[name] for name in DESCRIBED if state.get(name)}
    told["dependencies"] = sorted({*(state.get("dependencies") or ())} - hidden)
    told["properties"] = {
        name: sorted({*urns} - hidden)
        for name, urns in (state.get("propertyDependencies") or {}).items()
        if urns
    }
    # The last part is the provider's own id.
    told["provider"] = (state.get("provider") or "").rpartition("::")[0]
    return told


def values(state: Json) -> Json:
    """Inputs and outputs, without what provider and engine keep there for themselves.

    Where a resource is a value, the engine keeps a reference, and preflight what packs see of it.
    """
    return {
        part: {
            name: without_references(value)
            for name, value in state.get(part, {}).items()
            if not name.startswith("__")
        }
        for part in ("inputs", "outputs")
    }


def in_order(resources: dict[str, Json]) -> dict[str, Json]:
    """Resources with their dependencies in one order, which says nothing in either."""
    return {
        urn: {
            **each,
            "dependencies": sorted(each.get("dependencies", [])),
            "propertyDependencies": {
                name: sorted(entry["urns"])
                for name, entry in each.get("propertyDependencies", {}).items()
            },
        }
        for urn, each in resources.items()
    }


def settings(asked: Asked) -> list[Json]:
    """What a pack is told of the stack, with the names of the secret settings in one order."""
    return [
        {**each, "configSecretKeys": sorted(each.get("configSecretKeys", []))}
        for each in asked.stack_settings
    ]
