"use strict";

const aws = require("../aws");

for (const name of ["with::colons", "with$dollar", "with space", "größe", "a/b", "x".repeat(100)]) {
    new aws.Queue(name);
}
new aws.Queue("same");
new aws.Topic("same");
