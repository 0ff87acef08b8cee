"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

class Group extends pulumi.ComponentResource {
    constructor(name, opts) {
        super("shop:index:Group", name, {}, opts);
        const aliases = [{ parent: pulumi.rootStackResource }];
        new aws.Queue(`${name}-inner`, {}, { parent: this, aliases });
    }
}

new Group("group", { aliases: [{ name: "old" }, { type: "a:b:C" }] });
new aws.Queue(
    "queue",
    {},
    {
        aliases: [
            "urn:pulumi:dev::aliases-nodejs::aws:sqs/queue:Queue::older",
            { name: "old-queue" },
        ],
    },
);
