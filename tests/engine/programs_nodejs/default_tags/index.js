"use strict";

const aws = require("../aws");

const tags = { Project: "conformance", Environment: "dev", ManagedBy: "pulumi" };
const provider = new aws.Provider("tagging", { region: "us-east-1", defaultTags: { tags } });
new aws.Queue("tagged", {}, { provider });
const own = new aws.Queue("own", { tags: { Environment: "test", Team: "orders" } }, { provider });
new aws.Queue("unknown", { tags: { Other: own.arn } }, { provider });
new aws.QueuePolicy("untaggable", { queueUrl: own.url, policy: "{}" }, { provider });
new aws.Queue("untagged");
