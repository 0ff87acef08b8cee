"use strict";

const aws = require("../aws");

const first = new aws.Queue("first");
first.arn.apply((arn) => {
    new aws.Queue("second", { tags: { After: arn } });
});
