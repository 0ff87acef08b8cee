"""How preflight came by what it filled in."""

from enum import StrEnum


class Filling(StrEnum):
    """How preflight came by an output that the program did not give.

    Attributes:
        TOLD: The user gave it, in `preflight.yaml`.
        FOLLOWS: It follows from what was given, as an ARN does from account, region and name.
        MADE_UP: Nobody knows it before the deployment; it has the form that AWS gives it.
        EMPTY: It was left out, and no table says that AWS leaves it empty.
    """

    TOLD = "told"
    FOLLOWS = "follows"
    MADE_UP = "made-up"
    EMPTY = "empty"
