"""Answers of the functions of the `kubernetes` provider that need no cluster."""

import re
from typing import Any

import yaml

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call, RefusedCallError
from pulumi_preflight.project.yaml_files import BoundedComposer

_DECODE = "kubernetes:yaml:decode"
_INTEGER, _FLOAT, _TIME = (f"tag:yaml.org,2002:{tag}" for tag in ("int", "float", "timestamp"))
# Kinds of Kubernetes itself that belong to no namespace; source: `kubectl api-resources`.
_WITHOUT_NAMESPACE = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CSIDriver",
        "CSINode",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)


class _ManifestLoader(BoundedComposer):
    """PyYAML without what the provider's YAML keeps as text: times, and numbers to the base 60."""


_ManifestLoader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] not in (_INTEGER, _FLOAT, _TIME)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_ManifestLoader.add_implicit_resolver(
    _INTEGER,
    re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)\Z"),
    list("-+0123456789"),
)
_ManifestLoader.add_implicit_resolver(
    _FLOAT,
    re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?\Z"
        r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
    ),
    list("-+.0123456789"),
)


def _decoded(call: Call) -> Answer:
    """The objects of a text with several YAML documents.

    Source: pulumi/pulumi-kubernetes, provider/pkg/provider/invoke_decode_yaml.go (decodeYaml).

    Raises:
        RefusedCallError: The text is not YAML, or a document is not an object.
    """
    namespace, text = call.arguments.get("defaultNamespace"), call.text("text")
    try:
        documents = list(yaml.load_all(text, _ManifestLoader))
    except (yaml.YAMLError, ValueError) as error:
        raise RefusedCallError(f"the text is not YAML: {error}", value=text) from error
    objects = []
    for number, document in enumerate(documents, 1):
        if document is None:
            continue
        if not isinstance(document, dict):
            raise RefusedCallError(
                f"document {number} is a {type(document).__name__}; wanted an object of "
                "Kubernetes, with `apiVersion` and `kind`",
                value=text,
            )
        object_ = _with_text_keys(document)
        if not object_.get("kind") or not object_.get("apiVersion"):
            continue
        if namespace and object_["kind"] not in _WITHOUT_NAMESPACE:
            metadata = object_.get("metadata") or {}
            object_["metadata"] = {**metadata, "namespace": metadata.get("namespace") or namespace}
        objects.append(object_)
    return Answer(follows={"result": objects})


def _with_text_keys(value: Any) -> Any:  # noqa: ANN401 - any YAML
    match value:
        case dict():
            return {_key(key): _with_text_keys(item) for key, item in value.items()}
        case list():
            return [_with_text_keys(item) for item in value]
        case _:
            return value


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


# All of them follow from their arguments.
ANSWERS: dict[str, AnswerCall] = {_DECODE: _decoded}
