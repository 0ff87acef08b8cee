"""Requests that the engine's monitor refuses, whatever the provider says.

Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (RegisterResource, ReadResource),
step_generator.go (checkParent, loadResourceProvider) and step_executor.go
(executeRegisterResourceOutputs).
"""

import re
from collections.abc import Iterable

from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.resource_pb2 import ReadResourceRequest

from pulumi_preflight.monitor.registration import Registration
from pulumi_preflight.monitor.registry import Registry
from pulumi_preflight.stack_context import (
    is_of_stack,
    is_provider_type,
    is_urn,
    name_of,
    type_of,
    urn_of_reference,
)

_TYPE_COLONS = 2
# Source: Parse of blang/semver, with which parseProviderRequest reads a version: three numbers
# without a `v` in front and without leading zeros, then a pre-release and a build.
_NUMBER = "(?:0|[1-9][0-9]*)"
_PRE = f"{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-(?:{_PRE})(?:\.(?:{_PRE}))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


# A bracket that is never closed, or holds neither an index nor `*` nor a quoted name.
_BROKEN_BRACKET = re.compile(r"""\[(?!(?:[0-9]+|\*|"(?:[^"\\]|\\.)*")\])""")


class RefusedError(Exception):
    """The engine stops at this request; the text says what is wrong and what is wanted."""


def check_registration(registration: Registration, registry: Registry) -> None:
    """Refuses a resource that the engine refuses.

    Raises:
        RefusedError: The engine would stop at this resource.
    """
    request, options = registration.request, registration.options
    subject = f"resource {request.name!r}"
    _check_parent(request.parent, subject, registry)
    if request.custom or request.remote:
        _check_type(request.type, subject)
    if request.envVarMappings and not is_provider_type(request.type):
        raise RefusedError(
            f"{subject} has env_var_mappings and is a {request.type}; wanted them on a provider"
        )
    _check_urns(registration.dependencies, f"{subject}: depends_on")
    for name, urns in registration.property_dependencies.items():
        _check_urns(urns, f"{subject}: the dependencies of {name}")
    _check_aliases(options.aliases, subject)
    _check_urns(filter(None, [options.deleted_with]), f"{subject}: deleted_with")
    if request.custom or request.remote or is_provider_type(request.type):
        # The engine finds a provider by it, and a component of the program's own has none.
        _check_version(options.version, subject)
    for path in request.hideDiffs:
        if _BROKEN_BRACKET.search(path):
            raise RefusedError(f"{subject}: hide_diffs holds {path!r}; wanted a property's path")
    if not is_provider_type(request.type) and (request.custom or request.remote):
        check_provider(options.provider, subject, registry)
        for provider in options.providers.values():
            check_provider(provider, subject, registry)


def check_read(request: ReadResourceRequest, registry: Registry) -> None:
    """Refuses a reading that the engine refuses.

    Raises:
        RefusedError: The engine would stop at this reading.
    """
    subject = f"resource {request.name!r}"
    _check_type(request.type, subject)
    _check_parent(request.parent, subject, registry)
    _check_urns(request.dependencies, f"{subject}: depends_on")
    _check_version(request.version, subject)
    check_provider(request.provider, subject, registry)


def check_provider(reference: str, subject: str, registry: Registry) -> None:
    """Refuses a provider reference that the engine refuses; an empty one means the default.

    Raises:
        RefusedError: The engine would stop at this reference.
    """
    if not reference:
        return
    urn = urn_of_reference(reference)
    if not is_urn(urn) or not is_provider_type(type_of(urn)):
        raise RefusedError(
            f"{subject}: provider is {reference!r}; wanted `<URN of a provider>::<id>`"
        )
    if not registry.claims(urn):
        raise RefusedError(
            f"{subject}: provider is {reference!r}, which the program never registered"
        )


def check_outputs(urn: str, registry: Registry) -> None:
    """Refuses outputs of a resource that has already given them, or was never registered.

    Raises:
        RefusedError: The engine would stop at these outputs.
    """
    if is_of_stack(urn):
        return
    claims = registry.claims(urn)
    if not claims:
        raise RefusedError(f"outputs are registered of {urn!r}, which the program never registered")
    if registry.completed(urn) > claims:
        raise RefusedError(
            f"resource {name_of(urn)!r} registers its outputs twice, and the engine takes them "
            "once; call register_outputs at the end of the component, and in no class above it"
        )


def _check_parent(parent: str, subject: str, registry: Registry) -> None:
    if not parent:
        return
    _check_urns([parent], f"{subject}: parent")
    if not registry.claims(parent):
        raise RefusedError(
            f"{subject}: parent is {parent!r}, which the program never registered; wanted a "
            "resource of this stack"
        )


def _check_type(type_: str, subject: str) -> None:
    if type_.count(":") < _TYPE_COLONS:
        raise RefusedError(
            f"{subject}: its type is {type_!r}; wanted `package:module:Type`, such as "
            "`test:index:Thing`"
        )


def _check_urns(urns: Iterable[str], what: str) -> None:
    for urn in urns:
        if not is_urn(urn):
            raise RefusedError(
                f"{what} is {urn!r}; wanted a URN, `urn:pulumi:<stack>::<project>::<type>::<name>`"
            )


def _check_aliases(aliases: Iterable[Alias], subject: str) -> None:
    for alias in aliases:
        if not alias.HasField("spec"):
            _check_urns([alias.urn], f"{subject}: an alias")
        elif alias.spec.parentUrn:
            _check_urns([alias.spec.parentUrn], f"{subject}: the parent of an alias")


def _check_version(version: str, subject: str) -> None:
    if version and not _VERSION.fullmatch(version):
        raise RefusedError(f"{subject}: version is {version!r}; wanted one such as `7.51.1`")
