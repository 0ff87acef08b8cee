"""The rehearsal provider: lets the real engine create, read, change and delete, without a cloud.

It answers what the engine asks of a provider with the values that preflight fills in, so the
engine's findings and preflight's are about the same resources.
"""

from pulumi_preflight.provider.server import rehearsal_provider

__all__ = ["rehearsal_provider"]
