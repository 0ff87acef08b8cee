"""ECS: clusters, services, task definitions and what stands in their containers."""
