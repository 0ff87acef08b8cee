"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

class Group extends pulumi.ComponentResource {
    constructor(name, opts) {
        super("shop:index:Group", name, {}, opts);
        new aws.Queue(`${name}-queue`, {}, { parent: this });
    }
}

const west = new aws.Provider("west", { region: "us-west-2" });
const role = new aws.Role("role", { assumeRolePolicy: "{}" });
const assuming = new aws.Provider("assuming", {
    region: "eu-central-1",
    assumeRoles: [{ roleArn: role.arn }],
});
new aws.Queue("default");
new aws.Queue("regional", { region: "eu-west-3" });
new aws.Queue("explicit", {}, { provider: west });
const parent = new aws.Queue("parent", {}, { provider: assuming });
new aws.QueuePolicy("child", { queueUrl: parent.url, policy: "{}" }, { parent });
new Group("plain");
new Group("by-provider", { provider: west });
new Group("by-providers", { providers: [west] });
new Group("by-name", { providers: { aws: assuming } });
exports.region = aws.invoke(aws.AT.getRegion, {}, { provider: west }).then((each) => each.region);
