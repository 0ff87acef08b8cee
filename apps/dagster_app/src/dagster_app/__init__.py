"""Dagster whose steps run on TaskIQ workers over one SQS FIFO queue."""
