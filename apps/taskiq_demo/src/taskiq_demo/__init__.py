"""TaskIQ without Dagster: an API that enqueues tasks on SQS FIFO, workers that execute them."""
