"""The endpoint's door: only clients of this machine that sign with the stack's own key get in.

Every request passes here, those to moto's management paths too. A web page never gets in: the
browser sends the page's origin, or the page's own name in the Host.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from werkzeug.wsgi import get_input_stream

from pulumi_loopback.credentials import Key
from pulumi_loopback.embedded.signatures import Signed, is_signed, names_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
