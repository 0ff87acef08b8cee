"""A server on the loopback that answers as GitHub's REST API does, and remembers requests."""

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "not-a-real-token"  # noqa: S105 - the word says it
REPOSITORY = "acme/shop"
_COMMENTS = re.compile(rf"/repos/{REPOSITORY}/issues/(\d+)/comments")
_COMMENT = re.compile(rf"/repos/{REPOSITORY}/issues/comments/(\d+)")
_ANALYSES = f"/repos/{REPOSITORY}/code-scanning/sarifs"


@dataclass(slots=True)
class GitHub:
    """What the server holds.

    Attributes:
        comments: Those of the pull request 7, oldest first.
        analyses: What code scanning was given.
        read_only: Whether each write is refused, as with the token of a fork's pull request.
        failures: The codes of the next answers, whatever was asked.
        asked: Method and path of each request.
        url: Where it answers.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    analyses: list[Mapping[str, str]] = field(default_factory=list)
    read_only: bool = False
    failures: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def add(self, body: str, *, author: str = "Bot") -> dict[str, Any]:
        """Adds a comment, as the API shows one."""
        comment = {"id": 1000 + len(self.comments), "user": {"type": author}, "body": body}
        self.comments.append(comment)
        return comment

    def sarif(self) -> object:
        """The one file that code scanning was given."""
        (analysis,) = self.analyses
        return json.loads(gzip.decompress(base64.b64decode(analysis["sarif"])))

    def writes(self) -> list[str]:
        """The methods of the requests that write."""
        return [method for method, _ in self.asked if method != "GET"]

    def answer(self, method: str, path: str, body: Mapping[str, str]) -> tuple[int, Any]:
        """The status and the body of an answer."""
        if self.failures:
            return self.failures.pop(0), {"message": "try again"}
        if self.read_only and method != "GET":
            return 403, {"message": "Resource not accessible by integration"}
        parts = urlsplit(path)
        if found := _COMMENTS.fullmatch(parts.path):
            assert found[1] == "7"
            return self._comments(method, parse_qs(parts.query), body)
        if method == "PATCH" and (found := _COMMENT.fullmatch(parts.path)):
            (comment,) = [each for each in self.comments if each["id"] == int(found[1])]
            comment["body"] = body["body"]
            return 200, comment
        if method == "POST" and parts.path == _ANALYSES:
            self.analyses.append(body)
            return 202, {"id": "1"}
        return 404, {"message": "Not Found"}

    def _comments(
        self, method: str, query: Mapping[str, list[str]], body: Mapping[str, str]
    ) -> tuple[int, Any]:
        if method == "POST":
            return 201, self.add(body["body"])
        (page,), (size,) = query["page"], query["per_page"]
        start = (int(page) - 1) * int(size)
        return 200, self.comments[start : start + int(size)]


@contextmanager
def serving(github: GitHub) -> Iterator[None]:
    """Answers while it is entered."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            github.asked.append((self.command, self.path))
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                status, content = github.answer(self.command, self.path, body)
            else:
                status, content = 401, {"message": "Bad credentials"}
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{github.url}/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names of the base class

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        github.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()
