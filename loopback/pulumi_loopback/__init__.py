"""Deploys any Pulumi stack to an AWS API on the loopback, with the real engine.

The command is `pulumi-loopback`. All modules may change with any release.
"""

__version__ = "0.1.0"
