"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const say = (args) => pulumi.log.info(`hook: ${args.name}`);
const before = new pulumi.ResourceHook("before", say, { onDryRun: true });
const after = new pulumi.ResourceHook("after", say);
new aws.Queue("queue", {}, { hooks: { beforeCreate: [before], afterCreate: [after] } });

class Group extends pulumi.ComponentResource {
    constructor(name) {
        super("shop:index:Group", name, {}, { hooks: { afterCreate: [after] } });
        new aws.Queue(`${name}-queue`, {}, { parent: this });
    }
}

new Group("group");
