"""The real Pulumi engine: where it is, what it needs, and how it is run."""

from ops.engine.locate import Engine, find
from ops.engine.variables import environment

__all__ = ["Engine", "environment", "find"]
