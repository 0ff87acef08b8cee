#!/usr/bin/env bash
# moto 5.2.5: an expired receipt deletes a message of a FIFO queue, one in flight as well.
#
# Amazon SQS refuses such a DeleteMessage with InvalidParameterValue, "The receipt handle has
# expired", and keeps the message. Under moto the call succeeds, and the message is gone, although
# a second consumer holds it. So a test on moto does not show that a consumer was too slow.
#
# Source of what SQS does: https://repost.aws/knowledge-center/sqs-receipt-handle-error
# Seen with moto 5.2.5 and boto3 1.44.5 on Python 3.11: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "moto[sqs]==5.2.5" "boto3==1.44.5"

cat > "$folder/consumers.py" <<'PROGRAM'
import time

import boto3
from moto import mock_aws

with mock_aws():
    sqs = boto3.client("sqs", region_name="us-east-1")
    queue = sqs.create_queue(
        QueueName="orders.fifo",
        Attributes={"FifoQueue": "true", "VisibilityTimeout": "1"},
    )["QueueUrl"]
    sqs.send_message(
        QueueUrl=queue, MessageBody="one", MessageGroupId="g", MessageDeduplicationId="1"
    )
    slow = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
    time.sleep(1.5)
    second = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=60)["Messages"][0]
    for who, receipt in (
        ("first receipt, expired", slow),
        ("the second consumer's own delete", second["ReceiptHandle"]),
    ):
        answer = sqs.delete_message(QueueUrl=queue, ReceiptHandle=receipt)
        print(f"{who}: HTTP {answer['ResponseMetadata']['HTTPStatusCode']}")
        if who.startswith("first"):
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
            print("left after it: visible {}, in flight {}".format(*(left[n] for n in names)))
PROGRAM
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none
"$folder/venv/bin/python" "$folder/consumers.py" | tee "$folder/seen"

cat > "$folder/expected" <<'EXPECTED'
first receipt, expired: HTTP 200
left after it: visible 0, in flight 0
the second consumer's own delete: HTTP 200
EXPECTED
diff "$folder/expected" "$folder/seen" && echo "moto 5.2.5 still does so"
