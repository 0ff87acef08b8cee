"""Fills resources in by the SDK that is installed here, without a program."""

import importlib
import warnings

from pulumi_preflight.outputs import Filled, Outputs, Wanted
from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.wire import Properties

PLACE = Place(region="us-east-1")


def fill(
    token: str,
    inputs: Properties | None = None,
    *,
    place: Place = PLACE,
    keep_unknowns: bool = False,
) -> Filled:
    """A resource of the type as a deployment would leave it.

    Args:
        token: The type, `aws:ec2/vpc:Vpc`.
        inputs: What the program gives.
        place: Where the resource is.
        keep_unknowns: Whether what is computed stays unknown.
    """
    package, module, type_ = token.split(":")
    folder = module.partition("/")[0]
    folder = f"{folder}_" if folder == "lambda" else folder
    with warnings.catch_warnings():
        # The SDK warns of deprecated types in its own modules.
        warnings.simplefilter("ignore", DeprecationWarning)
        # Its modules come when they are first asked for something.
        getattr(importlib.import_module(f"pulumi_{package}.{folder}"), type_)
    shapes = Shapes(lambda question, about: QUESTIONS[question](about))
    return Outputs(shapes, keep_unknowns=keep_unknowns).of_resource(
        Wanted(
            urn=f"urn:pulumi:dev::shop::{token}::thing",
            inputs=inputs or {},
            place=place,
        )
    )
