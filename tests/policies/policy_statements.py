"""A statement that lets anyone in, and documents of statements."""

from collections.abc import Mapping

from aws_policy_pack.policy_documents import Statement, statements
from aws_policy_pack.resource import Properties
from aws_policy_pack.wire import Value

ROLE = "arn:aws:iam::111122223333:role/sender"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
ALLOW_ANYONE: Mapping[str, Value] = {
    "Sid": "Anyone",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": QUEUE,
}


def document(*parts: Value) -> Properties:
    return Properties(lambda: {"Version": "2012-10-17", "Statement": parts})


def statement(given: Mapping[str, Value]) -> Statement:
    (found,) = statements(document(given))
    return found
