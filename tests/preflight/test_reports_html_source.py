"""The lines of the program in the HTML report: which are shown, and what they do not show."""

from pathlib import Path

import pytest

from pulumi_preflight.redaction import Redactor
from pulumi_preflight.reports.html.source import Excerpt, Sources, without_secrets

NOTHING = Redactor(())


def excerpts(folder: Path, text: str, *numbers: int, file: str = "a.py") -> tuple[Excerpt, ...]:
    (folder / file).write_text(text)
    return Sources(folder, NOTHING).excerpts(file, numbers)


CALL = (
    "import x\n\nbefore = 1\nqueue = Queue(\n    'name',\n\n    size=1,\n)\nafter = 2\nlast = 3\n"
)
BLOCK = (
    "a: 1\nb: 2\nqueue:\n  type: Queue\n  properties:\n    size: 1\nother:\n  type: Topic\nc: 3\n"
)


@pytest.mark.parametrize(
    ("text", "marked", "shown"),
    [
        pytest.param(CALL, 4, (2, 8), id="a-call-to-its-closing-bracket"),
        pytest.param(BLOCK, 3, (1, 6), id="a-block-to-the-next-one"),
        pytest.param("one\ntwo\nthree\nfour\nfive\nsix\n", 3, (1, 5), id="a-line-with-two-around"),
        pytest.param("one\n", 1, (1, 2), id="the-only-line"),
        pytest.param("f(\n" + "    x,\n" * 40 + ")\n", 1, (1, 15), id="a-long-call-is-cut"),
    ],
)
def test_a_line_is_shown_with_what_belongs_to_it(
    tmp_path: Path, text: str, marked: int, shown: tuple[int, int]
) -> None:
    [excerpt] = excerpts(tmp_path, text, marked)
    assert (excerpt.first, excerpt.first + len(excerpt.lines) - 1) == shown
    assert excerpt.marked == (marked,)


def test_lines_that_are_near_each_other_are_shown_together(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 31))
    near, far = excerpts(tmp_path, text, 5, 9, 25)
    assert (near.first, near.marked) == (3, (5, 9))
    assert (far.first, far.marked) == (23, (25,))


def test_no_line_is_shown_twice_where_many_are_marked(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))
    found = excerpts(tmp_path, text, *range(3, 99, 3))
    shown = [each.first + place for each in found for place in range(len(each.lines))]
    assert len(shown) == len(set(shown))
    assert [number for each in found for number in each.marked] == [*range(3, 99, 3)]
    assert len(found) > 1


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("../outside.py", id="beside-the-project"),
        pytest.param("link.py", id="a-link-that-leads-out"),
        pytest.param("missing.py", id="missing"),
        pytest.param("folder", id="a-folder"),
        pytest.param("large.py", id="too-large"),
    ],
)
def test_no_file_is_shown_but_a_readable_one_of_the_project(tmp_path: Path, file: str) -> None:
    project = tmp_path / "project"
    (project / "folder").mkdir(parents=True)
    (tmp_path / "outside.py").write_text("outside\n")
    (project / "link.py").symlink_to(tmp_path / "outside.py")
    (project / "large.py").write_text("x\n" * 1_100_000)
    assert Sources(project, NOTHING).excerpts(file, [1]) == ()


def test_a_line_that_the_file_does_not_have_is_not_shown(tmp_path: Path) -> None:
    assert excerpts(tmp_path, "one\n", 99) == ()


def test_bytes_that_are_no_text_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"one = '\xff'\n")
    [excerpt] = Sources(tmp_path, NOTHING).excerpts("a.py", [1])
    assert excerpt.lines[0] == "one = '\ufffd'"


def test_a_secret_of_the_run_is_hidden_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("note = 'is hunter2 still good'\n")
    [excerpt] = Sources(tmp_path, Redactor(["hunter2"])).excerpts("a.py", [1])
    assert excerpt.lines[0] == "note = 'is [secret] still good'"


def test_a_secret_of_several_lines_leaves_as_many(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('first\nx = """ab\ncd"""\nqueue\n')
    [excerpt] = Sources(tmp_path, Redactor(["ab\ncd"])).excerpts("a.py", [4])
    assert excerpt.lines[:3] == ('x = """[secret]', '[secret]"""', "queue")
    assert excerpt.marked == (4,)


KEY = "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1g"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param('password="hunter2",', 'password="[hidden]",', id="argument"),
        pytest.param(
            "db_password = 'a' + 'b'", "db_password = '[hidden]' + '[hidden]'", id="parts"
        ),
        pytest.param(
            '{"name": "DB_PASSWORD", "value": "x1"}',
            '{"name": "DB_PASSWORD", "value": "[hidden]"}',
            id="variable",
        ),
        pytest.param("masterPassword: `x${y}`", "masterPassword: `[hidden]`", id="template"),
        pytest.param('password = "my-password"', 'password = "[hidden]"', id="value-like-a-name"),
        pytest.param("token: str = 'token'", "token: str = '[hidden]'", id="with-a-type"),
        pytest.param('"apiKey": "abc",', '"apiKey": "[hidden]",', id="property"),
        pytest.param("auth = 'Basic eDp5'", "auth = '[hidden]'", id="header"),
        pytest.param("key = 'AKIAIOSFODNN7EXAMPLE'", "key = '[hidden]'", id="aws-key"),
        pytest.param(
            "url = 'postgres://shop:hunter2@db/orders'",
            "url = 'postgres://[hidden]@db/orders'",
            id="password-in-a-url",
        ),
        pytest.param(f"seed = '{KEY}'", "seed = '[hidden]'", id="random"),
        pytest.param("t = 'ghp_" + "a1B2" * 9 + "'", "t = '[hidden]'", id="token-of-a-known-form"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(line: str, shown: str) -> None:
    assert without_secrets([line]) == [shown]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("manage_master_user_password=True,", id="switch"),
        pytest.param("password=config.require_secret('db_password'),", id="name-of-a-secret"),
        pytest.param('Secret("shop-secret", name="shop/secret")', id="names-of-a-secret"),
        pytest.param('author="Kim",', id="word-that-begins-alike"),
        pytest.param('key="orders/2026/index.html",', id="key-of-an-object"),
        pytest.param("certificate_arn=CERTIFICATE_OF_THE_LOAD_BALANCER_2026_01,", id="constant"),
        pytest.param('name="a-name-of-several-words-2026",', id="name"),
        pytest.param("from aws.ec2 import SecurityGroupIngressRuleArgs2024", id="type"),
        pytest.param('url="https://example.com/a/b?c=d"', id="address"),
    ],
)
def test_what_only_speaks_of_a_secret_is_shown(line: str) -> None:
    assert without_secrets([line]) == [line]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        pytest.param(["password: hunter2"], ["password: [hidden]"], id="value"),
        pytest.param(["- dbPassword: a b"], ["- dbPassword: [hidden]"], id="item"),
        pytest.param(["password: ${secret.value}"], None, id="reference"),
        pytest.param(["manageMasterUserPassword: true"], None, id="switch"),
        pytest.param(["instanceClass: db.t4g.micro"], None, id="other-value"),
        pytest.param(
            ["- name: DB_PASSWORD", "  value: hunter2", "  value: other"],
            ["- name: DB_PASSWORD", "  value: [hidden]", "  value: other"],
            id="value-below-its-name",
        ),
    ],
)
def test_a_text_without_quotes_is_hidden_in_yaml(lines: list[str], shown: list[str] | None) -> None:
    assert without_secrets(lines, plain=True) == (shown or lines)


def test_a_private_key_is_hidden_to_its_end() -> None:
    key = [
        "KEY = '''",
        "-----BEGIN RSA PRIVATE KEY-----",
        "abc",
        "-----END RSA PRIVATE KEY-----",
        "'''",
    ]
    assert without_secrets(key) == ["KEY = '''", "[hidden]", "[hidden]", "[hidden]", "'''"]
