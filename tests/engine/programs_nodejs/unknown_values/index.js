"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const tags = { Project: "conformance", Environment: "dev", ManagedBy: "pulumi" };
const dead = new aws.Queue("dead", { messageRetentionSeconds: 1209600, tags });
const steps = new aws.Queue("steps", {
    // An unknown ARN makes the whole text unknown to the engine.
    redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: dead.arn,
        maxReceiveCount: 50,
        typo: true,
    }),
    tags: { ...tags, Dead: dead.name },
});
new aws.Queue("named-after", { name: steps.name.apply((name) => `${name}-copy`) });
new aws.LogGroup("logs", { name: pulumi.interpolate`/aws/${steps.id}`, retentionInDays: 3653 });
const role = new aws.Role("role", {
    assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { Service: "ecs-tasks.amazonaws.com" },
            },
        ],
    }),
});
new aws.RolePolicy("all", {
    role: role.id,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: [dead.arn, "*"] }],
    }),
});
exports.url = steps.url;
exports.both = pulumi.all([dead.arn, steps.arn]);
