"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const vpc = aws.Vpc.get("vpc", "vpc-0a1b2c3d4e5f60718");
new aws.Subnet("subnet", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const group = aws.SecurityGroup.get("group", "sg-0a1b2c3d4e5f60718", { parent: vpc });
new aws.SecurityGroup("inner", {
    vpcId: vpc.id,
    description: "inner",
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, securityGroups: [group.id] }],
});
exports.cidr = vpc.cidrBlock;
