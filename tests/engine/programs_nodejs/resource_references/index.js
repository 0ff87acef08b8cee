"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const queue = new aws.Queue("queue", { visibilityTimeoutSeconds: 45 });

class Pair extends pulumi.ComponentResource {
    constructor(name) {
        super("shop:index:Pair", name);
        this.left = new aws.Queue(`${name}-left`, {}, { parent: this });
        this.registerOutputs({ left: this.left, names: [this.left.name] });
    }
}

exports.pair = new Pair("pair");
exports.queue = queue;
