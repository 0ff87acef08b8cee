"""Reads references to container images: `registry/repository:tag@digest`.

Grammar: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
and https://github.com/distribution/reference
"""

import re
from dataclasses import dataclass
from typing import Final

IMPLIED_TAG: Final = "latest"
"""What a reference without tag and digest means."""

REGISTRY: Final = re.compile(r"(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:\d+)?", re.ASCII)
REPOSITORY: Final = re.compile(
    r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*", re.ASCII
)
TAG: Final = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
DIGEST: Final = re.compile(r"sha256:[0-9a-fA-F]{64}")


class ImageReferenceError(ValueError):
    """A text is not a reference to an image; says why, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReference:
    """A reference to an image.

    Attributes:
        registry: Host and port; empty for Docker Hub.
        repository: Path of the repository in the registry.
        tag: The tag, empty if there is none.
        digest: The digest, empty if there is none.
    """

    registry: str
    repository: str
    tag: str
    digest: str


def parse_image(text: str) -> ImageReference:
    """Reads a reference; a tag beside a digest is legal, two tags are not.

    Raises:
        ImageReferenceError: The text is not a reference.
    """
    name, *digests = text.split("@")
    if len(digests) > 1:
        raise ImageReferenceError(f"has {len(digests)} digests")
    registry, path = _split_registry(name)
    repository, *tags = path.split(":")
    if len(tags) > 1:
        raise ImageReferenceError(f"has {len(tags)} tags")
    if not REPOSITORY.fullmatch(repository):
        raise ImageReferenceError(f"has {repository!r} where the repository's name belongs")
    tag, digest = "".join(tags), "".join(digests)
    if tags and not TAG.fullmatch(tag):
        raise ImageReferenceError(f"has {tag!r} where the tag belongs")
    if digests and not DIGEST.fullmatch(digest):
        raise ImageReferenceError(f"has {digest!r} where the digest belongs")
    return ImageReference(
        registry=registry,
        repository=repository,
        tag=tag,
        digest=digest,
    )


def _split_registry(name: str) -> tuple[str, str]:
    """Splits the host off: a first part with a dot or a port, or `localhost`."""
    first, slash, rest = name.partition("/")
    is_registry = slash and ("." in first or ":" in first or first == "localhost")
    if not is_registry:
        return "", name
    if not REGISTRY.fullmatch(first):
        raise ImageReferenceError(f"has {first!r} where the registry belongs")
    return first, rest
