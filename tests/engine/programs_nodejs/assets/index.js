"use strict";

const pulumi = require("@pulumi/pulumi");
const aws = require("../aws");

const bucket = new aws.Bucket("bucket");
const { FileArchive, FileAsset, StringAsset } = pulumi.asset;
for (const [name, source] of Object.entries({
    file: new FileAsset("folder/hello.txt"),
    text: new StringAsset("hello"),
    folder: new FileArchive("folder"),
    made: new pulumi.asset.AssetArchive({
        "app.py": new StringAsset("print('hello')"),
        static: new FileArchive("folder"),
        "hello.txt": new FileAsset("folder/hello.txt"),
    }),
})) {
    new aws.BucketObject(name, { bucket: bucket.id, key: name, source });
}
new aws.Function("function", {
    role: "arn:aws:iam::123456789012:role/lambda",
    runtime: "python3.13",
    handler: "app.main",
    code: new pulumi.asset.AssetArchive({ ".": new FileArchive("folder") }),
});
