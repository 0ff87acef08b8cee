"""GitHub's REST API, as much of it as the action needs."""

import json
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from preflight_action.runner import StepError

_PAGE = 100
_SECONDS = 30
_TRIES = 3
_PASSING = (429, 500, 502, 503, 504)
_FORBIDDEN = (401, 403, 404)


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: the token is for this host alone."""

    def redirect_request(self, *_: object) -> None:
        """Gives no request, which makes an error of the answer."""


class Api:
    """The API of one repository.

    Args:
        url: The API's own address.
        repository: `owner/name`.
        token: What it lets in.
        pause: Seconds before a request is tried again.
    """

    def __init__(self, url: str, repository: str, token: str, pause: float = 2.0) -> None:
        self._url = f"{url.rstrip('/')}/repos/{repository}"
        self._token = token
        self._pause = pause
        self._opener: OpenerDirector = build_opener(_NoRedirect)

    def comments(self, number: int) -> Iterator[Mapping[str, Any]]:
        """The comments on a pull request, oldest first."""
        page = 1
        while True:
            path = f"/issues/{number}/comments?per_page={_PAGE}&page={page}"
            found = self._ask("GET", path, needs="pull-requests: write")
            yield from found
            if len(found) < _PAGE:
                return
            page += 1

    def comment(self, number: int, body: str) -> None:
        """Writes a comment on a pull request."""
        path = f"/issues/{number}/comments"
        self._ask("POST", path, {"body": body}, needs="pull-requests: write")

    def change_comment(self, identifier: int, body: str) -> None:
        """Puts another text into a comment."""
        path = f"/issues/comments/{identifier}"
        self._ask("PATCH", path, {"body": body}, needs="pull-requests: write")

    def upload(self, analysis: Mapping[str, str]) -> None:
        """Gives a file of SARIF to code scanning."""
        self._ask("POST", "/code-scanning/sarifs", analysis, needs="security-events: write")

    def _ask(
        self, method: str, path: str, body: Mapping[str, str] | None = None, *, needs: str
    ) -> Any:  # noqa: ANN401 - the API's own shapes
        request = Request(  # noqa: S310 - the runner's own variable says where
            f"{self._url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "preflight-action",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        # A comment may have arrived even where the answer did not.
        tries = 1 if method == "POST" else _TRIES
        for left in reversed(range(tries)):
            try:
                with self._opener.open(request, timeout=_SECONDS) as answer:
                    return json.load(answer)
            except HTTPError as error:
                if error.code not in _PASSING or not left:
                    raise StepError(_refusal(method, path, error, needs)) from error
            except (URLError, HTTPException, OSError) as error:
                if not left:
                    raise StepError(f"{method} {path} got no answer: {error}") from error
            time.sleep(self._pause)
        raise AssertionError


def _refusal(method: str, path: str, error: HTTPError, needs: str) -> str:
    try:
        message = json.load(error)["message"]
    except (ValueError, KeyError, TypeError):
        message = error.reason
    told = f"GitHub refuses {method} {path.partition('?')[0]}: {error.code} {message}"
    if error.code not in _FORBIDDEN:
        return told
    switch = "sarif" if needs.startswith("security") else "comment"
    return (
        f"{told}; give the job the permission `{needs}`, or the action the input `{switch}: false`"
    )
