"use strict";

const aws = require("../aws");

const first = new aws.Queue("first", {}, { protect: true });
new aws.Queue(
    "ignoring",
    { delaySeconds: 1 },
    { ignoreChanges: ["delaySeconds", 'tags["Owner"]'], replaceOnChanges: ["name"] },
);
new aws.Queue("replaced", {}, { deleteBeforeReplace: true });
new aws.Queue("replaced-after", {}, { deleteBeforeReplace: false });
new aws.Queue("kept", {}, { retainOnDelete: true });
new aws.Queue("timed", {}, { customTimeouts: { create: "90m", update: "1h", delete: "30s" } });
new aws.Queue("hidden", {}, { additionalSecretOutputs: ["url"] });
new aws.Queue("following", {}, { deletedWith: first });
new aws.Queue("replaced-with", {}, { replaceWith: [first] });
new aws.Queue("after", {}, { dependsOn: [first, first] });
