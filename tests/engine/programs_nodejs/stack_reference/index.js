"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const network = new pulumi.StackReference("organization/network/dev");
["a", "b"].forEach((zone, index) => {
    const vpcId = network.getOutput("vpcId");
    new aws.Subnet(`subnet-${zone}`, { vpcId, cidrBlock: `10.0.${index}.0/24` });
});
new aws.Queue("queue", { tags: network.requireOutput("tags") });
exports.vpc = network.outputs.vpcId;
