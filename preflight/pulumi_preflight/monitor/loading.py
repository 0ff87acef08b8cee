"""The service `codegen.Loader`: gives a language host the schemas of packages."""

from __future__ import annotations

import json
from collections.abc import Callable

import grpc
from pulumi.runtime.proto.codegen.loader_pb2 import GetSchemaRequest, GetSchemaResponse

from pulumi_preflight.outputs.package_schemas import schema_of
from pulumi_preflight.project.template import Template

# The stub that the SDK has of this service imports a module that is not there.
_SERVICE = "codegen.Loader"


class Loader:
    """Serves one run of a program."""

    def __init__(self, template: Template | None, note: Callable[[str], None]) -> None:
        """Takes what the program declares, and what takes a note for the user."""
        self._template = template
        self._note = note

    def handler(self) -> grpc.GenericRpcHandler:
        """The service, for a server."""
        handled: grpc.GenericRpcHandler = grpc.method_handlers_generic_handler(
            _SERVICE,
            {
                "GetSchema": grpc.unary_unary_rpc_method_handler(
                    self.get_schema,
                    request_deserializer=GetSchemaRequest.FromString,
                    response_serializer=GetSchemaResponse.SerializeToString,
                )
            },
        )
        return handled

    def get_schema(
        self, request: GetSchemaRequest, context: grpc.ServicerContext
    ) -> GetSchemaResponse:
        """The schema of a package, or of one that a parameter makes."""
        made = request.parameterization
        package, version = made.name or request.package, made.version or request.version
        found = schema_of(package, version, self._template)
        if found is None:
            context.abort(
                grpc.StatusCode.NOT_FOUND,
                f"preflight has no schema of {package}, and sees only what the compiler makes of "
                "the program, not the program itself",
            )
        if found.guessed:
            self._note(
                f"preflight has no schema of the package {package}: nothing checked the names of "
                "its types and properties"
            )
        return GetSchemaResponse(schema=json.dumps(found.content).encode())
