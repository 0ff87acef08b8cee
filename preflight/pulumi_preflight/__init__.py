"""Judges a Pulumi program with its policy packs, offline."""

import os

__version__ = "0.1.0"

# gRPC's core writes every closed connection to stderr, here and in the processes that preflight
# starts. It reads this once, when the first connection is made.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
