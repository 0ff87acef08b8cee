"""Whether a request was signed with a key, by AWS's signatures in a header or in the URL.

botocore signs the request again, and both results are compared.
Source: IAM user guide, "AWS Signature Version 4 for API requests"; Amazon S3 API reference,
"Signing and authenticating REST requests" (version 2, with which boto3 still makes S3's URLs).
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import (
    HmacV1QueryAuth,
    S3SigV4Auth,
    S3SigV4QueryAuth,
    SigV4Auth,
    SigV4QueryAuth,
)
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pulumi_loopback.credentials import Key

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<Credential>[^, ]+), ?"
    r"SignedHeaders=(?P<SignedHeaders>[^, ]+), ?Signature=(?P<Signature>[0-9a-f]+)"
)
_MOMENT = "%Y%m%dT%H%M%SZ"
# The time for which AWS accepts a request.
_TRAVEL_SECONDS = 15 * 60
_IN_HEADER: Mapping[bool, type[SigV4Auth]] = {True: S3SigV4Auth, False: SigV4Auth}
_IN_URL: Mapping[bool, type[SigV4Auth]] = {True: S3SigV4QueryAuth, False: SigV4QueryAuth}
_SECONDS = re.compile(r"[0-9]{1,12}")
_OF_S3_URLS = re.compile(r"x-amz-|content-(type|md5)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request as it arrived.

    Attributes:
        method: The HTTP method.
        url: The whole URL, with path and query as sent.
        headers: All headers by their names in lower case, with no underscores.
        body: The request's body; not needed where a header tells its hash.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the URL, decoded."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


def names_key(request: Signed, key: Key) -> bool:
    """Whether a request names this key as its signer; looks at neither body nor signature."""
    query = request.query
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    scope = found["Credential"] if found else query.get("X-Amz-Credential", "")
    named = scope.partition("/")[0] or query.get("AWSAccessKeyId", "")
    return _same(named, key.id)


def is_signed(request: Signed, key: Key) -> bool:
    """Whether the key has signed a request, and the request may still be answered."""
    if found := _AUTHORIZATION.fullmatch(request.headers.get("authorization", "")):
        parts = found.groupdict()
        parts |= {"Date": request.headers.get("x-amz-date", ""), "Expires": str(_TRAVEL_SECONDS)}
        return _agrees(request, key, parts, _IN_HEADER)
    query = request.query
    if "X-Amz-Signature" in query:
        parts = {name.removeprefix("X-Amz-"): value for name, value in query.items()}
        return _agrees(request, key, parts, _IN_URL)
    return _agrees_as_version_2(request, key, query)


def _agrees(
    request: Signed,
    key: Key,
    parts: Mapping[str, str],
    signers: Mapping[bool, type[SigV4Auth]],
) -> bool:
    """Whether a signature of version 4 is right.

    Args:
        request: The signed request.
        key: The key.
        parts: The parts of the signature in header or URL.
        signers: The signers, by whether the service is S3.
    """
    moment = parts.get("Date", "")
    try:
        _, _, region, service, _ = parts.get("Credential", "").split("/")
        signed_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        age = (datetime.now(UTC) - signed_at).total_seconds()
        if not -_TRAVEL_SECONDS <= age <= int(parts.get("Expires", "")):
            return False
    except ValueError:
        return False
    names = parts.get("SignedHeaders", "").split(";")
    if "host" not in names:
        return False
    signed = AWSRequest(
        method=request.method,
        url=_without(request.url, "X-Amz-Signature"),
        # WSGI does not keep underscores, and S3's metadata may have them.
        headers={name: request.headers.get(name.replace("_", "-"), "") for name in names},
        data=request.body,
    )
    signed.context["timestamp"] = moment
    signer = signers[service == "s3"](Credentials(key.id, key.secret), service, region)
    text = signer.string_to_sign(signed, signer.canonical_request(signed))
    return _same(parts.get("Signature", ""), signer.signature(text, signed))


def _agrees_as_version_2(request: Signed, key: Key, query: Mapping[str, str]) -> bool:
    """Whether a URL of S3 is signed with version 2, the default of boto3."""
    expires = query.get("Expires", "")
    if not _SECONDS.fullmatch(expires) or datetime.now(UTC).timestamp() > int(expires):
        return False
    told = {**request.headers, **query}
    headers = {name: value for name, value in told.items() if _OF_S3_URLS.match(name)}
    signer = _Version2(Credentials(key.id, key.secret), expires=int(expires))
    text = signer.canonical_string(
        request.method,
        urlsplit(request.url),
        _OneEach(headers),
        auth_path=_path_with_bucket(request),
    )
    return _same(query.get("Signature", ""), signer.sign_string(text))


class _OneEach(dict[str, str]):
    """Headers in the form that botocore asks for, each name once."""

    def get_all(self, name: str) -> list[str]:
        return [self[name]]


class _Version2(HmacV1QueryAuth):
    """Signs for a given moment."""

    def __init__(self, credentials: Credentials, expires: int) -> None:
        super().__init__(credentials)
        self._moment = str(expires)

    def _get_date(self) -> str:
        return self._moment


def _path_with_bucket(request: Signed) -> str:
    """The path that S3 signs: a bucket in the host's name belongs to the path."""
    url = urlsplit(request.url)
    bucket, _, rest = url.netloc.partition(".localhost")
    return f"/{bucket}{url.path}" if rest.startswith(":") else url.path


def _without(url: str, name: str) -> str:
    """The URL without one parameter; the others stay as sent."""
    parts = urlsplit(url)
    kept = [each for each in parts.query.split("&") if each.partition("=")[0] != name]
    return parts._replace(query="&".join(kept)).geturl()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
