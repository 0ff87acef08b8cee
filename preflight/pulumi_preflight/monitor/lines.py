"""Puts the lines of a template into requests, where a host sends only places in its own SDK."""

from typing import TypeAlias

from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
)

from pulumi_preflight.project.template import Template
from pulumi_preflight.wire import from_struct

_Placed: TypeAlias = RegisterResourceRequest | ReadResourceRequest | ResourceInvokeRequest


class Lines:
    """The lines of one template."""

    def __init__(self, template: Template) -> None:
        """Takes what the template declares."""
        self._template = template

    def place(self, request: _Placed) -> None:
        """Puts the line that declares what is requested in the place of the host's own."""
        if isinstance(request, ResourceInvokeRequest):
            line = self._template.line_of_call(request.tok, from_struct(request.args))
        else:
            line = self._template.line_of_resource(request.name, request.type)
        request.ClearField("stackTrace")
        request.ClearField("sourcePosition")
        if line is not None:
            request.sourcePosition.uri = self._template.file.as_uri()
            request.sourcePosition.line = line
