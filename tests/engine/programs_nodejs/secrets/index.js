"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const password = pulumi.secret("hunter2");
const secret = new aws.Secret("secret");
new aws.SecretVersion("version", { secretId: secret.id, secretString: password });
new aws.Parameter("parameter", { type: "String", value: pulumi.interpolate`user:${password}` });
const queue = new aws.Queue(
    "queue",
    { tags: { Owner: pulumi.secret("somebody") } },
    { additionalSecretOutputs: ["url", "arn"] },
);
exports.password = password;
exports.nested = { list: [1, { inner: password }], url: queue.url };
exports["laid-open"] = pulumi.unsecret(password).apply((text) => text.length);
