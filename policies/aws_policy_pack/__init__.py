"""A Pulumi CrossGuard policy pack for AWS: unique names, cost caps, FIFO queue rules and more."""
