"""The endpoint's door: only clients of this machine that sign with the stack's own key get in.

Every request passes here, those to moto's management paths too. A web page never gets in: the
browser sends the page's origin, or the page's own name in the Host.
"""

import hmac
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from botocore.auth import (
    HmacV1QueryAuth,
    S3SigV4Auth,
    S3SigV4QueryAuth,
    SigV4Auth,
    SigV4QueryAuth,
)
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.wsgi import get_input_stream

from pulumi_loopback.credentials import Key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


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


_CODE = "AccessDenied"
_SHOWN_CHARACTERS = 80
_HTTP_PORT = 80


class Admission:
    """Lets a request through to moto, or answers it with 403 and the reason.

    Args:
        application: moto.
        port: The port on which the endpoint listens.
        key: The stack's own key.
        told_by: The command that tells how a client gets the key.
    """

    def __init__(
        self, application: "WSGIApplication", *, port: int, key: Key, told_by: str
    ) -> None:
        self._application = application
        self._port = port
        self._key = key
        self._told_by = told_by
        # `bucket.localhost` passes too: the name leads only to the loopback. Source: RFC 6761, 6.3.
        names = r"(?:127\.0\.0\.1|(?:[a-z0-9._-]+\.)?localhost)"
        port_part = rf"(?::{port})?" if port == _HTTP_PORT else f":{port}"
        self._own_host = re.compile(names + port_part, re.IGNORECASE)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers a request."""
        if reason := self._refusal(environ):
            return _refused(reason, environ, start_response)
        return self._application(environ, start_response)

    def _refusal(self, environ: "WSGIEnvironment") -> str | None:
        host = environ.get("HTTP_HOST", "")
        if not self._own_host.fullmatch(host):
            return (
                f"the Host is {_shown(host)}; this endpoint answers at 127.0.0.1:{self._port} and "
                f"localhost:{self._port} alone"
            )
        if (origin := environ.get("HTTP_ORIGIN")) is not None:
            return f"a web page of origin {_shown(origin)} asks; this endpoint answers no page"
        if not self._is_signed(environ):
            return (
                f"the request is not signed with this stack's own key; `{self._told_by}` says how "
                "a client gets it"
            )
        return None

    def _is_signed(self, environ: "WSGIEnvironment") -> bool:
        """Whether the key has signed the request; reads no body where the key's id is wrong."""
        if not environ["RAW_URI"].startswith("/"):
            return False
        request = _signed(environ)
        return names_key(request, self._key) and is_signed(_with_body(request, environ), self._key)


def _signed(environ: "WSGIEnvironment") -> Signed:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): _text(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    return Signed(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}",
        headers=headers,
    )


def _text(value: str) -> str:
    """A header's value: WSGI gives each byte as a character."""
    return value.encode("latin-1").decode(errors="replace")


def _with_body(request: Signed, environ: "WSGIEnvironment") -> Signed:
    """The request with its body, where no header tells the body's hash; moto can read it again."""
    if "x-amz-content-sha256" in request.headers:
        return request
    body = get_input_stream(environ).read()
    environ["wsgi.input"] = BytesIO(body)
    return replace(request, body=body)


def _refused(
    reason: str, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """The answer in the form in which AWS's SDKs find code and text."""
    text = f"Refused: {reason}."
    sys.stderr.write(f"{environ['REQUEST_METHOD']} {_shown(environ['PATH_INFO'])}: {text}\n")
    sys.stderr.flush()
    if "HTTP_X_AMZ_TARGET" in environ:
        form = "application/x-amz-json-1.0"
        answer = json.dumps({"__type": _CODE, "message": text})
    else:
        form = "text/xml"
        error = f"<Error><Code>{_CODE}</Code><Message>{escape(text)}</Message></Error>"
        # EC2 has its own form.
        answer = f"<ErrorResponse>{error}<Errors>{error}</Errors><RequestId/></ErrorResponse>"
    body = answer.encode()
    start_response("403 Forbidden", [("Content-Type", form), ("Content-Length", str(len(body)))])
    return [body]


def _shown(text: str) -> str:
    """A client's text, short and on one line."""
    return repr(text[:_SHOWN_CHARACTERS])
