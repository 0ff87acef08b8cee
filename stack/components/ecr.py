"""Container image repositories."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """An image repository; `url` carries no tag."""

    url: pulumi.Output[str]
    arn: pulumi.Output[str]

    def image(self, tag: str) -> pulumi.Output[str]:
        """Reference to the image with `tag`."""
        return pulumi.Output.concat(self.url, ":", tag)


def create_repository(
    name: str,
    *,
    physical_name: str,
    key_arn: pulumi.Output[str],
    mutable_tags: bool,
    kept_images: int,
    opts: pulumi.ResourceOptions,
) -> Repository:
    """Creates an encrypted repository that scans what is pushed and drops old images.

    Args:
        name: Logical name.
        physical_name: Lower case, as ECR demands.
        key_arn: KMS key of the images.
        mutable_tags: Whether a tag may be pushed again.
        kept_images: The newest images that are kept; older ones expire.
        opts: Parent and provider.
    """
    repository = aws.ecr.Repository(
        name,
        name=physical_name,
        image_tag_mutability="MUTABLE" if mutable_tags else "IMMUTABLE",
        image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
            scan_on_push=True
        ),
        encryption_configurations=[
            aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key_arn)
        ],
        force_delete=mutable_tags,
        opts=opts,
    )
    aws.ecr.LifecyclePolicy(
        f"{name}-lifecycle",
        repository=repository.name,
        policy=json.dumps(
            {
                "rules": [
                    {
                        "rulePriority": 1,
                        "description": f"Keep the newest {kept_images} images",
                        "selection": {
                            "tagStatus": "any",
                            "countType": "imageCountMoreThan",
                            "countNumber": kept_images,
                        },
                        "action": {"type": "expire"},
                    }
                ]
            }
        ),
        opts=opts,
    )
    return Repository(url=repository.repository_url, arn=repository.arn)
