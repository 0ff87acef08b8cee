"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

module.exports = async () => {
    const zones = await aws.invoke(aws.AT.getAvailabilityZones, { state: "available" });
    const vpc = new aws.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
    zones.names.forEach((zone, index) => {
        new aws.Subnet(`public-${zone}`, {
            vpcId: vpc.id,
            availabilityZone: zone,
            cidrBlock: `10.0.${index}.0/24`,
            mapPublicIpOnLaunch: true,
        });
    });
    const image = await aws.invoke(aws.AT.getAmi, { mostRecent: true, owners: ["amazon"] });
    const rootBlockDevice = { volumeSize: 20, volumeType: "gp3" };
    new aws.Instance("host", { ami: image.id, instanceType: "m5.24xlarge", rootBlockDevice });
    const account = await aws.invoke(aws.AT.getCallerIdentity);
    const { region } = await aws.invoke(aws.AT.getRegion);
    new aws.Bucket("data", { bucket: `data-${account.accountId}-${region}` });
    const queue = new aws.Queue("queue");
    const open = { effect: "Allow", actions: ["sqs:*"], resources: ["*"] };
    const statement = await aws.invoke(aws.AT.getPolicyDocument, {
        statements: [{ ...open, principals: [{ type: "*", identifiers: ["*"] }] }],
    });
    new aws.QueuePolicy("open", { queueUrl: queue.id, policy: statement.json });
    // The same by an output: only the engine's `up` knows it.
    const later = aws.invokeOutput(aws.AT.getPolicyDocument, {
        statements: [{ actions: ["sqs:SendMessage"], resources: [queue.arn] }],
    });
    const role = new aws.Role("role", { assumeRolePolicy: statement.json });
    new aws.RolePolicy("send", { role: role.name, policy: later.json });
    // A call that needs a resource that is not made yet is unknown in a preview; others are known.
    const dependsOn = [queue, vpc];
    const needing = aws.invokeOutput(aws.AT.getQueue, { name: "jobs" }, { dependsOn });
    new aws.Parameter("needing", { type: "String", value: needing.url });
    const known = aws.invokeOutput(aws.AT.getQueue, { name: "jobs" });
    new aws.Parameter("at-once", { type: "String", value: known.url });
    return { account: account.accountId };
};
