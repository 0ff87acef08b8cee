"""The requests that get past the endpoint's door, in the form that its server uses."""

import json
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pulumi_loopback.credentials import Key
from pulumi_loopback.embedded.admission import Admission

KEY = Key(id="LOOPBACK0123456789", secret="the stack's own")  # noqa: S106 - of these tests
HOST = "127.0.0.1:4566"


def behind(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


BODY = b"Action=ListQueues"
DOOR = Admission(behind, port=4566, key=KEY, told_by="how")


def ask(
    path: str = "/",
    *,
    host: str = HOST,
    method: str = "POST",
    key: Key | None = KEY,
    door: Admission = DOOR,
    **headers: str,
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer.

    The key, if given, signs the request for the Host, or for `HOST` where that is not a host.
    """
    signed_for = host if host.endswith((".localhost:4566", "127.0.0.1")) else HOST
    asked = AWSRequest(method=method, url=f"http://{signed_for}{path}", data=BODY)
    if key is not None:
        SigV4Auth(Credentials(key.id, key.secret), "sqs", "us-east-1").add_auth(asked)
    told = {**dict(asked.headers.items()), **headers, "Host": host}
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in told.items()}
    answered: list[Any] = []
    found = door(
        {
            **environ,
            "REQUEST_METHOD": method,
            "RAW_URI": path,
            "PATH_INFO": path.partition("?")[0],
            "wsgi.input": BytesIO(BODY),
            "CONTENT_LENGTH": str(len(BODY)),
        },
        lambda *told: answered.append(told),  # type: ignore[arg-type]
    )
    ((status, headers_sent),) = answered
    return int(status[:3]), dict(headers_sent), b"".join(found).decode()


@pytest.mark.parametrize("host", [HOST, "things.localhost:4566", "a.b-c.localhost:4566"])
def test_whoever_signs_with_the_key_gets_in_and_the_body_is_whole(host: str) -> None:
    assert ask(host=host) == (200, {}, "Action=ListQueues")


@pytest.mark.parametrize("path", ["/", "/moto-api/", "/moto-api/data.json", "/bucket/key?acl"])
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"key": None}, id="no key"),
        pytest.param({"key": Key(id=KEY.id, secret="another")}, id="another secret"),  # noqa: S106 - no key
        pytest.param({"key": Key(id="test", secret="test")}, id="another key"),  # noqa: S106 - no key
        pytest.param({"Origin": "http://page.example"}, id="a page"),
        pytest.param({"Origin": "null"}, id="a page without an origin"),
        pytest.param({"Origin": f"http://{HOST}"}, id="a page of its own"),
        pytest.param({"host": "page.example:4566"}, id="another host"),
        pytest.param({"host": "127.0.0.1:80"}, id="another port"),
        pytest.param({"host": "127.0.0.1"}, id="no port"),
        pytest.param({"host": "127.0.0.1:4566.page.example"}, id="a host that begins so"),
        pytest.param({"host": "localhost.page.example:4566"}, id="a name that begins so"),
        pytest.param({"host": ""}, id="no host"),
        pytest.param({"key": None, "Authorization": "Bearer planted"}, id="another way to sign"),
        pytest.param({"method": "OPTIONS", "key": None, "Origin": "http://a.b"}, id="preflight"),
    ],
)
def test_everybody_else_is_refused_and_learns_nothing(wrong: dict[str, Any], path: str) -> None:
    status, headers, text = ask(path, **wrong)
    assert status == 403
    assert headers.keys() == {"Content-Type", "Content-Length"}
    assert "Refused: " in text
    assert KEY.secret not in text


@pytest.mark.parametrize("path", ["http://127.0.0.1:4566/", "[", "*", ""])
def test_a_target_that_is_no_path_is_refused(path: str) -> None:
    status, _, text = ask(key=None, path=path)
    assert status == 403
    assert "not signed" in text


def test_without_a_port_in_the_name_it_is_that_of_http() -> None:
    assert ask(host="127.0.0.1", door=Admission(behind, port=80, key=KEY, told_by="how"))[0] == 200


def test_the_refusal_has_the_form_that_the_clients_of_a_service_read() -> None:
    _, headers, text = ask(key=None, X_Amz_Target="AmazonSQS.ListQueues")
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert json.loads(text)["__type"] == "AccessDenied"
    _, _, text = ask(host="<a>&b")
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.findtext("Error/Code") == root.findtext("Errors/Error/Code") == "AccessDenied"
    assert "'<a>&b'" in str(root.findtext("Error/Message"))


def test_a_refusal_is_told_in_one_line_without_what_signs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ask("/things/a?X-Amz-Signature=0123&X-Amz-Credential=planted", key=None)
    ask(host="a\x1b[31m\n" + "b" * 900)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("POST '/things/a': Refused: the request is not signed")
    assert "planted" not in first
    assert "\x1b" not in second
    assert len(second) < 300
