"""A Pulumi CrossGuard policy pack for AWS: unique names, cost caps, FIFO queue rules and more."""

__version__ = "0.1.0"
