"""The real Pulumi engine: where it is, what it needs, and how it is run."""

from pulumi_loopback.engine.locate import Engine, environment

__all__ = ["Engine", "environment"]
