"""Pulumi's language host for Python: runs programs and plugins for an engine that was built here.

Pulumi's own host comes with its downloads alone. This one serves the same protocol
(pulumi/pulumi, proto/pulumi/language.proto): as much of it as running programs, policy packs and
component plugins takes, and `pulumi about`. It makes no environment and generates no code.
"""
