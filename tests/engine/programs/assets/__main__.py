"""Assets and archives, which the engine hashes in preview."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("bucket")
for name, source in {
    "file": pulumi.FileAsset("folder/hello.txt"),
    "text": pulumi.StringAsset("hello"),
    "folder": pulumi.FileArchive("folder"),
    "zip": pulumi.FileArchive("code.zip"),
    "made": pulumi.AssetArchive(
        {
            "app.py": pulumi.StringAsset("print('hello')"),
            "static": pulumi.FileArchive("folder"),
            "hello.txt": pulumi.FileAsset("folder/hello.txt"),
        }
    ),
}.items():
    aws.s3.BucketObjectv2(name, bucket=bucket.id, key=name, source=source)
aws.lambda_.Function(
    "function",
    role="arn:aws:iam::123456789012:role/lambda",
    runtime="python3.13",
    handler="app.main",
    code=pulumi.AssetArchive({".": pulumi.FileArchive("folder")}),
)
