"""The features of the protocol that preflight's monitor has, as SDKs ask for them.

Source: pulumi/pulumi, proto/pulumi/resource.proto (ResourceMonitorFeature) and
pkg/resource/deploy/source_eval.go (supportedMonitorFeatures, supportsFeatureID).
"""

from pulumi.runtime.proto import resource_pb2

_PREFIX = "RESOURCE_MONITOR_FEATURE_"

# The protocol's names, without their prefix.
SERVED = frozenset(
    {
        "SECRETS",
        "RESOURCE_REFERENCES",
        "OUTPUT_VALUES",
        "ALIAS_SPECS",
        "REPLACEMENT_TRIGGER",
        "DELETED_WITH",
        "REPLACE_WITH",
        "TRANSFORMS",
        "INVOKE_TRANSFORMS",
        "PARAMETERIZATION",
        "RESOURCE_HOOKS",
        "ERROR_HOOKS",
        "SENDS_OPTIONS_TO_HOOKS",
        "BYTE_STRING",
        "INVOKE_DEPENDS_ON",
        "INVOKE_PARENT",
        # Migrations change an older state, and a first preview has none: none is called.
        "STATE_MIGRATIONS",
        "INVOKE_OUTPUT_VALUES",
        "CALL_OUTPUT_VALUES",
    }
)
# The features that are not announced, and why.
REFUSED = {
    "REGISTER_RESOURCE_OUTPUT_VALUES": "no SDK for Python has it; those that have it do without",
}

# Older SDKs ask for these by names of their own; newer features have no such name.
_OLDER_NAMES = {
    "secrets",
    "resourceReferences",
    "outputValues",
    "aliasSpecs",
    "replacementTrigger",
    "deletedWith",
    "replaceWith",
    "transforms",
    "invokeTransforms",
    "parameterization",
    "resourceHooks",
    "errorHooks",
    "sendsOptionsToHooks",
}


def served_features() -> list[resource_pb2.ResourceMonitorFeature.ValueType]:
    """The announced features: those served that the installed SDK has."""
    return [
        number
        for name, number in resource_pb2.ResourceMonitorFeature.items()
        if name.removeprefix(_PREFIX) in SERVED
    ]


def serves(name: str) -> bool:
    """Whether preflight serves a feature that an older SDK asks for by its name."""
    return name in _OLDER_NAMES
