"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

class Group extends pulumi.ComponentResource {
    constructor(name, opts) {
        super("shop:index:Group", name, { size: 1 }, opts);
        this.queue = new aws.Queue(`${name}-queue`, {}, { parent: this });
        this.registerOutputs({ url: this.queue.url });
    }
}

class Silent extends pulumi.ComponentResource {
    constructor(name, opts) {
        super("shop:index:Silent", name, {}, opts);
    }
}

const outer = new Group("outer", { protect: true });
const inner = new Group("inner", { parent: outer });
const first = new aws.Queue("first");
const silent = new Silent("silent", { parent: inner, dependsOn: [first] });
const below = new aws.Queue("below", {}, { parent: outer.queue });
const queueUrl = below.url;
new aws.QueuePolicy("far-below", { queueUrl, policy: "{}" }, { parent: below, protect: false });
// A component among the dependencies stands for all that is in it.
new aws.Queue("after", {}, { dependsOn: [silent, outer, below] });
new aws.Queue("kept", {}, { parent: silent, retainOnDelete: true });
