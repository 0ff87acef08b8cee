"""References to images, and the rule about them."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.rules.ecs.containers import (
    ImageReference,
    ImageReferenceError,
    image_reference,
    parse_image,
)
from aws_policy_pack.testing import UNKNOWN, analyze

DIGEST = "sha256:" + "0aF9" * 16
URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html"


def problems(image: object, *, config: Mapping[str, object] | None = None) -> list[str]:
    definitions = [{"name": "web", "image": image}]
    found = analyze(image_reference, {"containerDefinitions": definitions}, config=config)
    return [report.message.partition("; wanted ")[0] for report in found]


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        pytest.param("orders", "", "orders", "", "", id="name alone"),
        pytest.param("orders:1.4.0", "", "orders", "1.4.0", "", id="tag"),
        pytest.param(f"orders@{DIGEST}", "", "orders", "", DIGEST, id="digest"),
        pytest.param(f"orders:1@{DIGEST}", "", "orders", "1", DIGEST, id="tag and digest"),
        pytest.param("team/orders:1", "", "team/orders", "1", "", id="organisation"),
        pytest.param("acme/orders:1", "", "acme/orders", "1", "", id="another organisation"),
        pytest.param("quay.io/team/orders:1", "quay.io", "team/orders", "1", "", id="host"),
        pytest.param("localhost/orders:1", "localhost", "orders", "1", "", id="localhost"),
        pytest.param("host:5000/orders", "host:5000", "orders", "", "", id="host with port"),
        pytest.param(
            "000000000000.dkr.ecr.us-east-1.localhost.localstack.cloud:4566/orders:1",
            "000000000000.dkr.ecr.us-east-1.localhost.localstack.cloud:4566",
            "orders",
            "1",
            "",
            id="LocalStack",
        ),
        pytest.param("a__b/c-d---e.f_g:_T-1.x", "", "a__b/c-d---e.f_g", "_T-1.x", "", id="signs"),
        pytest.param("orders:" + "a" * 128, "", "orders", "a" * 128, "", id="longest tag"),
    ],
)
def test_a_reference_is_taken_apart(
    text: str, registry: str, repository: str, tag: str, digest: str
) -> None:
    assert parse_image(text) == ImageReference(
        registry=registry, repository=repository, tag=tag, digest=digest
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("orders:latest:latest", "has 2 tags", id="two tags"),
        pytest.param("quay.io/orders:1:2:3", "has 3 tags", id="three tags"),
        pytest.param(f"orders@{DIGEST}@{DIGEST}", "has 2 digests", id="two digests"),
        pytest.param("Orders:1", "has 'Orders' where the repository's name belongs", id="capitals"),
        pytest.param(":1", "has '' where the repository's name belongs", id="no name"),
        pytest.param("quay.io/", "has '' where the repository's name belongs", id="host alone"),
        pytest.param(
            "a___b", "has 'a___b' where the repository's name belongs", id="three underscores"
        ),
        pytest.param("orders:", "has '' where the tag belongs", id="empty tag"),
        pytest.param("orders:-1", "has '-1' where the tag belongs", id="tag begins with hyphen"),
        pytest.param(
            "orders:" + "a" * 129, f"has '{'a' * 129}' where the tag belongs", id="long tag"
        ),
        pytest.param(
            "orders@sha256:abc", "has 'sha256:abc' where the digest belongs", id="short digest"
        ),
        pytest.param("ho_st:5000/a", "has 'ho_st:5000' where the registry belongs", id="bad host"),
        pytest.param("https://a/b", "has 'https:' where the registry belongs", id="a URL"),
    ],
)
def test_what_is_no_reference_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ImageReferenceError) as refusal:
        parse_image(text)
    assert str(refusal.value) == complaint


@given(st.text(alphabet="aZ0.:/@-_ ", max_size=24))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        image = parse_image(text)
    except ImageReferenceError:
        return
    name = f"{image.registry}/{image.repository}" if image.registry else image.repository
    tag = f":{image.tag}" if image.tag else ""
    assert text == f"{name}{tag}{'@' if image.digest else ''}{image.digest}"


def test_a_reference_with_two_tags_is_told_whole() -> None:
    properties = {"containerDefinitions": '[{"name": "web", "image": "o:latest:latest"}]'}
    [report] = analyze(image_reference, properties)
    assert report.level == "advisory"
    assert report.message == (
        "subject: `image` of container 'web' is 'o:latest:latest', which has 2 tags; wanted "
        "`repository:tag` or `repository@sha256:digest`. Fix: Put the reference together from the "
        f"repository's URL and one tag. {URL}"
    )


def test_a_tag_that_moves_is_told_whole() -> None:
    [report] = analyze(
        image_reference,
        {"containerDefinitions": '[{"image": "orders:latest"}]'},
        config={"floatingTags": ["latest", "main"]},
    )
    assert report.message == (
        "subject: `image` of container 1 is 'orders:latest'; wanted a tag other than 'latest', "
        "'main' (`floatingTags` of ecs-image-reference), or a digest. Fix: Push the image under a "
        f"tag of its own, such as the version or the commit, and name that. {URL}"
    )


@pytest.mark.parametrize("name", [pytest.param("", id="empty"), pytest.param(5, id="a number")])
def test_a_container_without_a_usable_name_is_counted(name: object) -> None:
    definitions = json.dumps([{"name": name, "image": "orders"}])
    [report] = analyze(image_reference, {"containerDefinitions": definitions})
    assert report.message.startswith("subject: `image` of container 1 is 'orders'")


@pytest.mark.parametrize(
    ("image", "config", "expected"),
    [
        pytest.param(
            "orders",
            None,
            ["subject: `image` of container 'web' is 'orders', which means the tag 'latest'"],
            id="no tag means latest",
        ),
        pytest.param(
            "orders:main",
            {"floatingTags": ["main"]},
            ["subject: `image` of container 'web' is 'orders:main'"],
            id="a tag that the config names",
        ),
        pytest.param("orders:main", None, [], id="another tag"),
        pytest.param("orders:latest", {"floatingTags": []}, [], id="latest where it is allowed"),
        pytest.param("orders", {"floatingTags": []}, [], id="no tag where latest is allowed"),
        pytest.param(f"orders:latest@{DIGEST}", None, [], id="digest beside latest"),
        pytest.param(f"orders@{DIGEST}", None, [], id="digest alone"),
        pytest.param(None, None, [], id="no image, which another rule tells"),
        pytest.param("", None, [], id="empty image, which another rule tells"),
    ],
)
def test_tags_that_move_are_found(
    image: object, config: Mapping[str, object] | None, expected: list[str]
) -> None:
    assert problems(image, config=config) == expected


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        pytest.param(UNKNOWN, "`containerDefinitions` is not known yet", id="unknown"),
        pytest.param(
            [{"name": "web", "image": UNKNOWN}],
            "`containerDefinitions[0].image` is not known yet",
            id="nested unknown",
        ),
        pytest.param(
            '[{"image": ["a"]}]', "`containerDefinitions[0].image` is a list, not text", id="list"
        ),
        pytest.param(
            "7", "`containerDefinitions[0]` is the text '7', not an object", id="no JSON list"
        ),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(definitions: object, message: str) -> None:
    [report] = analyze(image_reference, {"containerDefinitions": definitions})
    assert (report.level, report.was_evaluated) == ("advisory", False)
    assert message in report.message


def test_a_container_that_cannot_be_read_does_not_hide_the_next() -> None:
    definitions = [{"image": UNKNOWN}, {"name": "web", "image": "orders"}]
    found = analyze(image_reference, {"containerDefinitions": definitions})
    assert sorted(report.was_evaluated for report in found) == [False, True]
