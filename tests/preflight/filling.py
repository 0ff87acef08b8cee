"""Fills resources in by the SDK that is installed here, without a program."""

import importlib
import warnings

from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.wire import Properties

PLACE = Place(region="us-east-1")


class Program:
    """Resources that are filled in one after the other, as those of one program."""

    def __init__(self, place: Place = PLACE, *, keep_unknowns: bool = False) -> None:
        """Takes where the resources are, and whether what is computed stays unknown."""
        self._place = place
        shapes = Shapes(lambda question, about: QUESTIONS[question](about))
        self.outputs = Outputs(shapes, keep_unknowns=keep_unknowns)

    def add(
        self,
        token: str,
        inputs: Properties | None = None,
        *,
        name: str = "thing",
        version: str = "",
    ) -> Filled:
        """A resource of the type as a deployment would leave it.

        Args:
            token: The type, `aws:ec2/vpc:Vpc`.
            inputs: What the program gives.
            name: The resource's logical name.
            version: The version of the provider's plugin.
        """
        return self._fill(
            token,
            WantedOutputs(
                urn=_urn(token, name), inputs=inputs or {}, place=self._place, version=version
            ),
        )

    def existing(self, token: str, *, is_read: bool) -> Filled:
        """A resource that is there already, and is read, or else adopted with no inputs."""
        wanted = WantedOutputs(
            urn=_urn(token, "thing"), inputs={}, place=self._place, id="main", is_read=is_read
        )
        return self._fill(token, wanted)

    def _fill(self, token: str, wanted: WantedOutputs) -> Filled:
        package, module, type_ = token.split(":")
        folder = module.partition("/")[0]
        folder = f"{folder}_" if folder == "lambda" else folder
        with warnings.catch_warnings():
            # The SDK warns of deprecated types in its own modules.
            warnings.simplefilter("ignore", DeprecationWarning)
            # Its modules come when they are first asked for something.
            getattr(importlib.import_module(f"pulumi_{package}.{folder}"), type_)
        return self.outputs.of_resource(wanted)


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{token}::{name}"


def fill(
    token: str,
    inputs: Properties | None = None,
    *,
    place: Place = PLACE,
    keep_unknowns: bool = False,
    version: str = "",
) -> Filled:
    """A resource of the type, alone in its program, as a deployment would leave it."""
    return Program(place, keep_unknowns=keep_unknowns).add(token, inputs, version=version)
