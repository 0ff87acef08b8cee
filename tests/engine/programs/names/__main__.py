"""Names with characters that mean something in a URN, and names that are long or not ASCII."""

import pulumi_aws as aws

for name in ("with::colons", "with$dollar", "with space", "größe", "a/b", "x" * 100):
    aws.sqs.Queue(name)
aws.sqs.Queue("same")
aws.sns.Topic("same")
