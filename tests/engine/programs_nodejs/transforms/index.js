"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const QUEUE = "aws:sqs/queue:Queue";
const taggedByClient = ({ type, props, opts }) =>
    type === QUEUE
        ? { props: { ...props, tags: { ...props.tags, Client: "yes" } }, opts }
        : undefined;
const taggedByServer = ({ type, name, props, opts }) =>
    type === QUEUE ? { props: { ...props, tags: { ...props.tags, Server: name } }, opts } : undefined;
const guarded = ({ props, opts }) => ({
    props,
    opts: pulumi.mergeOptions(opts, { protect: true, ignoreChanges: ["tags"], retainOnDelete: true }),
});
const shorter = ({ token, args, opts }) =>
    token === aws.AT.getAvailabilityZones
        ? { args: { ...args, state: "available" }, opts }
        : undefined;

class Group extends pulumi.ComponentResource {
    constructor(name, opts) {
        super("shop:index:Group", name, {}, opts);
        this.queue = new aws.Queue(`${name}-queue`, { tags: { Given: "yes" } }, { parent: this });
    }
}

pulumi.runtime.registerStackTransformation(taggedByClient);
pulumi.runtime.registerResourceTransform(taggedByServer);
pulumi.runtime.registerInvokeTransform(shorter);
const group = new Group("group", { transforms: [guarded] });
new aws.Queue("own", {}, { transforms: [guarded], dependsOn: [group] });
new aws.Queue("unknown", { tags: { Url: group.queue.url } });
const slower = ({ props, opts }) => ({ props: { ...props, delaySeconds: 5 }, opts });
new aws.Queue("old", {}, { transformations: [slower] });
exports.zones = aws.invoke(aws.AT.getAvailabilityZones).then((zones) => zones.names);
