"""The queues that the examples of several rules are about."""

import json
from typing import Final

from aws_policy_pack.rule import Example
from aws_policy_pack.rules.sqs.links import QUEUE

ORDERS: Final = Example(
    type=QUEUE,
    name="orders",
    properties={
        "fifoQueue": True,
        "redrivePolicy": json.dumps(
            {
                "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111122223333:orders-dead.fifo",
                "maxReceiveCount": 5,
            }
        ),
    },
    references={"redrivePolicy": ("orders-dead",)},
)
"""A FIFO queue that redrives to `ORDERS_DEAD`."""
ORDERS_DEAD: Final = Example(type=QUEUE, name="orders-dead", properties={"fifoQueue": True})
