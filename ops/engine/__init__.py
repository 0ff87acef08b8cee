"""The engine of this repository: found, installed, or built from the Go modules in `engine/`."""

from ops.engine.locate import find

__all__ = ["find"]
