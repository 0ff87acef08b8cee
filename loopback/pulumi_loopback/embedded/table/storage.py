"""Buckets, and what Pulumi has as resources of their own about them."""

from collections.abc import Mapping

from pulumi_loopback.embedded.entry import Call, Entry, Tagging


def _about_bucket(
    name: str, put: str, *, shown: str, get: str = "", delete: Call | None = None
) -> Entry:
    """A setting of a bucket.

    Args:
        name: Its name in `PutBucket...` and `GetBucket...`.
        put: The arguments of the call that puts it, but for the bucket.
        shown: What its read tells, nothing where it is not set.
        get: The name in `Get...`, where that differs.
        delete: What deletes it; `DeleteBucket...` where not given.
    """
    call = Call(f"Put{name}", f"{{Bucket: bucket, {put}}}")
    return Entry(
        service="s3",
        create=(call,),
        id="bucket",
        update=(call,),
        read=(Call(f"Get{get or name}", "{Bucket: id}", result=shown),),
        delete=(delete or Call(f"Delete{name}", "{Bucket: id}"),),
    )


# us-east-1 is the region of a bucket that names none, and must not be named. Source: Amazon S3 API
# reference, CreateBucket.
_WHERE = (
    "{Bucket: bucket, CreateBucketConfiguration:"
    " (place != 'us-east-1' && {LocationConstraint: place}) || `null`}"
)


STORAGE: Mapping[str, Entry] = {
    "aws:s3/bucket:Bucket": Entry(
        service="s3",
        create=(Call("CreateBucket", _WHERE),),
        id="bucket",
        read=(Call("HeadBucket", "{Bucket: id}", result="{bucket: '$id', region: BucketRegion}"),),
        delete=(
            Call("ListObjectVersions", "forceDestroy && {Bucket: id}"),
            Call(
                "DeleteObjects",
                "result.[Versions, DeleteMarkers][] && {Bucket: id, Delete: {Objects:"
                " result.[Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}}}",
            ),
            Call("DeleteBucket", "{Bucket: id}"),
        ),
        tagging=Tagging(
            put=Call("PutBucketTagging", "{Bucket: id, Tagging: {TagSet: tags}}"),
            # Putting replaces all of them.
            remove=Call("DeleteBucketTagging", "{Bucket: id}"),
            read=Call("GetBucketTagging", "{Bucket: id}", result="TagSet"),
        ),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _about_bucket("BucketPolicy", "Policy: policy", shown="@"),
    "aws:s3/bucketVersioning:BucketVersioning": _about_bucket(
        "BucketVersioning",
        "VersioningConfiguration: versioningConfiguration",
        shown="Status && {versioningConfiguration: {status: Status}}",
        delete=Call(
            "PutBucketVersioning",
            "{Bucket: id, VersioningConfiguration: {Status: 'Suspended'}}",
        ),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _about_bucket(
        "BucketLifecycleConfiguration",
        "LifecycleConfiguration: {Rules: rules}",
        shown="@",
        delete=Call("DeleteBucketLifecycle", "{Bucket: id}"),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _about_bucket(
        "BucketOwnershipControls",
        "OwnershipControls: {Rules: [rule]}",
        shown="{rule: OwnershipControls.Rules[0]}",
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _about_bucket(
        "PublicAccessBlock",
        "PublicAccessBlockConfiguration: {BlockPublicAcls: blockPublicAcls,"
        " IgnorePublicAcls: ignorePublicAcls, BlockPublicPolicy: blockPublicPolicy,"
        " RestrictPublicBuckets: restrictPublicBuckets}",
        shown="PublicAccessBlockConfiguration",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _about_bucket(
            "BucketEncryption",
            "ServerSideEncryptionConfiguration: {Rules: rules}",
            shown="{rules: ServerSideEncryptionConfiguration.Rules}",
        )
    ),
}
