"""SQS queues: FIFO, redrives, limits and access."""
