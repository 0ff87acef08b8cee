"""Signatures made by AWS's own library, and signatures of somebody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from pulumi_loopback.credentials import Key
from pulumi_loopback.embedded import admission
from pulumi_loopback.embedded.admission import Signed, is_signed, names_key

KEY = Key(id="LOOPBACK0123456789", secret="the stack's own")  # noqa: S106 - of these tests
URL = "http://127.0.0.1:4566"
Call = Callable[[Any], Any]


class SentError(Exception):
    """Takes a request out of botocore just before botocore would send it."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


def client(service: str, key: Key = KEY, **options: Any) -> Any:  # noqa: ANN401 - of any service
    made = boto3.Session(botocore_session=Session()).client(
        service,  # type: ignore[call-overload]
        endpoint_url=URL,
        region_name="us-east-1",
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        **options,
    )

    def take(request: AWSPreparedRequest, **_: object) -> None:
        raise SentError(request)

    made.meta.events.register("before-send", take)
    return made


def in_bytes(value: object) -> bytes:
    """A header or a body in the form that is sent."""
    if isinstance(value, BytesIO):
        return value.getvalue()
    return value if isinstance(value, bytes) else str(value).encode()


def sent(service: str, call: Call, key: Key = KEY, **options: Any) -> Signed:  # noqa: ANN401
    """The request of a call."""
    with pytest.raises(SentError) as taken:
        call(client(service, key, **options))
    request = taken.value.request
    headers = {
        name.lower().replace("_", "-"): in_bytes(value).decode()
        for name, value in request.headers.items()
    }
    return Signed(
        method=str(request.method),
        url=str(request.url),
        headers={"host": "127.0.0.1:4566", **headers},
        body=in_bytes(request.body or b""),
    )


def url(made: str, method: str = "GET") -> Signed:
    """The request of a client that has a URL."""
    return Signed(method=method, url=made, headers={"host": made.split("/")[2]})


def presigned(**options: Any) -> str:  # noqa: ANN401
    asked = {"Params": {"Bucket": "things", "Key": "a b/ü+c"}, **options.pop("asked", {})}
    return str(client("s3", **options).generate_presigned_url("get_object", **asked))


V4 = {"config": Config(signature_version="s3v4")}

CALLS = [
    pytest.param("sqs", lambda c: c.list_queues(), id="json"),
    pytest.param("ec2", lambda c: c.describe_vpcs(VpcIds=["vpc-1"]), id="ec2"),
    pytest.param("iam", lambda c: c.get_role(RoleName="a+b"), id="query"),
    pytest.param("lambda", lambda c: c.get_function(FunctionName="a:b/ü"), id="path"),
    pytest.param("route53", lambda c: c.get_hosted_zone(Id="Z1"), id="rest-xml"),
    pytest.param(
        "s3",
        lambda c: c.put_object(
            Bucket="things", Key="a b/ü", Body=b"x", Metadata={"my_key": "a  b"}
        ),
        id="s3 with a body and metadata",
    ),
    pytest.param(
        "s3", lambda c: c.list_objects_v2(Bucket="things", Prefix="a/b c"), id="s3 with a query"
    ),
]


@pytest.mark.parametrize(("service", "call"), CALLS)
def test_what_a_client_signs_is_taken_from_the_key_alone(service: str, call: Call) -> None:
    request = sent(service, call)
    assert names_key(request, KEY)
    assert is_signed(request, KEY)
    assert not is_signed(request, replace(KEY, secret="another"))  # noqa: S106 - no key
    assert not names_key(request, replace(KEY, id="another"))


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(presigned(), id="version 2"),
        pytest.param(presigned(**V4), id="version 4"),
        pytest.param(
            presigned(asked={"Params": {"Bucket": "b", "Key": "k", "VersionId": "1"}}), id="version"
        ),
    ],
)
def test_a_url_that_is_signed_is_taken_from_the_key_alone(made: str) -> None:
    assert names_key(url(made), KEY)
    assert is_signed(url(made), KEY)
    assert not is_signed(url(made), replace(KEY, secret="another"))  # noqa: S106 - no key
    assert not is_signed(url(made, "DELETE"), KEY)
    assert not is_signed(url(made.replace("127.0.0.1:4566/", "127.0.0.1:4566/x")), KEY)


def test_a_url_that_puts_is_signed_with_its_headers() -> None:
    made = client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": "things", "Key": "k", "ContentType": "text/plain"}
    )
    assert is_signed(url(made, "PUT"), KEY)
    assert not is_signed(url(made.replace("text%2Fplain", "text%2Fhtml"), "PUT"), KEY)


@pytest.mark.parametrize("options", [pytest.param({}, id="version 2"), pytest.param(V4, id="4")])
def test_a_url_ends(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    request = url(presigned(asked={"ExpiresIn": 60}, **options))
    assert is_signed(request, KEY)
    later = datetime.now(UTC) + timedelta(seconds=70)
    move_clock(monkeypatch, later)
    assert not is_signed(request, KEY)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_an_old_request_and_one_of_the_future_are_refused(
    minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = sent("sqs", lambda c: c.list_queues())
    move_clock(monkeypatch, datetime.now(UTC) + timedelta(minutes=minutes))
    assert not is_signed(request, KEY)


def move_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Moved":
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr(admission, "datetime", Moved)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda r: replace(r, method="DELETE"), id="method"),
        pytest.param(lambda r: replace(r, url=f"{URL}/moto-api/reset"), id="path"),
        pytest.param(lambda r: replace(r, url=f"{r.url}?Action=x"), id="query"),
        pytest.param(lambda r: replace(r, body=b"{}x"), id="body"),
        pytest.param(
            lambda r: replace(r, headers={**r.headers, "x-amz-target": "AmazonSQS.DeleteQueue"}),
            id="header",
        ),
        pytest.param(lambda r: replace(r, headers={**r.headers, "host": "x"}), id="host"),
    ],
)
def test_a_request_that_was_changed_is_not_signed(changed: Callable[[Signed], Signed]) -> None:
    request = sent("sqs", lambda c: c.list_queues())
    assert is_signed(request, KEY)
    assert not is_signed(changed(request), KEY)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_nothing_that_is_made_up_is_signed_and_nothing_raises(
    authorization: str, query: str, moment: str
) -> None:
    scope = f"Credential={KEY.id}/{authorization}"
    for told in (
        authorization,
        f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
    ):
        request = Signed(
            method="GET",
            url=f"{URL}/?{query}",
            headers={"host": "127.0.0.1:4566", "authorization": told, "x-amz-date": moment},
        )
        assert not is_signed(request, KEY)
        names_key(request, KEY)
