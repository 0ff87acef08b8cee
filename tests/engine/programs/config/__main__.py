"""Configuration of the project and of the stack: plain, typed, with defaults, nested, secret."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
aws.sqs.Queue(
    "queue",
    delay_seconds=config.require_int("number"),
    tags={
        "Plain": config.require("plain"),
        "Given": config.require("given"),
        "Defaulted": config.require("defaulted"),
        "Overridden": config.require("overridden"),
        "Missing": config.get("missing", "none"),
        "Region": pulumi.Config("aws").require("region"),
    },
)
# The engine sorts the keys of an object, whatever their order in the file.
for index, (name, size) in enumerate(config.require_object("queues").items()):
    aws.sqs.Queue(f"{index}-{name}", visibility_timeout_seconds=size)
secret = config.require_secret("password")
aws.ssm.Parameter("password", type="String", value=secret)
nested = config.require_secret_object("nested")
aws.ssm.Parameter("nested", type="String", value=nested.apply(lambda nested: nested["inner"][0]))
pulumi.export("password", secret)
pulumi.export("enabled", config.require_bool("enabled"))
