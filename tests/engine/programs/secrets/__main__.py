"""Secrets in inputs, outputs and exports."""

import json

import pulumi
import pulumi_aws as aws

password = pulumi.Output.secret("hunter2")
secret = aws.secretsmanager.Secret("secret")
aws.secretsmanager.SecretVersion("version", secret_id=secret.id, secret_string=password)
aws.ssm.Parameter("parameter", type="String", value=pulumi.Output.concat("user:", password))
queue = aws.sqs.Queue(
    "queue",
    tags={"Owner": pulumi.Output.secret("somebody")},
    opts=pulumi.ResourceOptions(additional_secret_outputs=["url", "arn"]),
)
aws.ecs.TaskDefinition(
    "task",
    family="task",
    container_definitions=pulumi.Output.secret(
        [{"name": "app", "image": "app", "environment": [{"name": "PASSWORD", "value": "hunter2"}]}]
    ).apply(json.dumps),
)
pulumi.export("password", password)
pulumi.export("nested", {"list": [1, {"inner": password}], "url": queue.url})
pulumi.export("laid-open", pulumi.Output.unsecret(password).apply(len))
