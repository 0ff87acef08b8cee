"""What a deployed stack does: its services, tasks, queues and logs, on any AWS endpoint."""
