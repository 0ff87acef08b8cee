"""The environment that the stack gives the demo; the modules read it when they are imported."""

import os

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "TASKIQ_DEMO_QUEUE_NAME": "taskiq-demo-dev.fifo",
    "TASKIQ_VISIBILITY_TIMEOUT": "900",
    "RESULTS_BUCKET": "dagster-taskiq-dev-data",
}
os.environ.update(ENVIRONMENT)
