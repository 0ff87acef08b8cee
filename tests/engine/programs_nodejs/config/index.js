"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const config = new pulumi.Config();
new aws.Queue("queue", {
    delaySeconds: config.requireNumber("number"),
    tags: {
        Plain: config.require("plain"),
        Given: config.require("given"),
        Defaulted: config.require("defaulted"),
        Overridden: config.require("overridden"),
        Missing: config.get("missing") || "none",
        Region: new pulumi.Config("aws").require("region"),
    },
});
// The engine sorts the keys of an object, whatever their order in the file.
Object.entries(config.requireObject("queues")).forEach(([name, size], index) => {
    new aws.Queue(`${index}-${name}`, { visibilityTimeoutSeconds: size });
});
const secret = config.requireSecret("password");
new aws.Parameter("password", { type: "String", value: secret });
const nested = config.requireSecretObject("nested");
new aws.Parameter("nested", { type: "String", value: nested.apply((each) => each.inner[0]) });
exports.password = secret;
exports.enabled = config.requireBoolean("enabled");
