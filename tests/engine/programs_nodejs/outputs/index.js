"use strict";

const aws = require("../aws");

const queue = new aws.Queue("queue", { tags: { a: "b" } });
module.exports = {
    text: "plain",
    number: 3,
    fraction: 0.5,
    truth: queue.fifoQueue,
    nothing: null,
    list: [1, "two", null, [3]],
    object: { camelCase: 1, snake_case: { deep: [queue.name] } },
    tags: queue.tags,
    unset: queue.redrivePolicy,
    part: queue.tags.a,
};
