"""A file that is not there."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("bucket")
aws.s3.BucketObjectv2("object", bucket=bucket.id, source=pulumi.FileAsset("gone.txt"))
