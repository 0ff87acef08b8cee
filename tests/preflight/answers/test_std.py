"""Functions of the `std` provider; the examples are those of the provider's own tests."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.outputs.answers.calls import Answer, Call, RefusedCallError
from pulumi_preflight.outputs.answers.std import ANSWERS
from pulumi_preflight.outputs.subject import Place

PLACE = Place(region="")
MADE_UP = "vpc-0570a1d2d725c16be"


def answer(function: str, **arguments: Any) -> Answer:  # noqa: ANN401 - the function's
    call = Call(
        f"std:index:{function}",
        arguments,
        PLACE,
        is_made_up=lambda text: MADE_UP in text,
    )
    return ANSWERS[call.token](call)


def native(function: str, **arguments: Any) -> Answer:  # noqa: ANN401 - the function's
    call = Call(f"aws-native:index:{function}", arguments, PLACE)
    return ANSWERS[call.token](call)


@pytest.mark.parametrize(
    ("function", "arguments", "wanted"),
    [
        ("abs", {"input": -3.5}, 3.5),
        ("base64decode", {"input": "QUJDREU="}, "ABCDE"),
        ("base64encode", {"input": "ABCDE"}, "QUJDREU="),
        ("base64sha256", {"input": "abc"}, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("basename", {"input": "/a/pulumi/"}, "pulumi"),
        ("chomp", {"input": "a\r\n\n"}, "a"),
        ("chunklist", {"input": [1.0, 2.0, 3.0], "size": 2.0}, [[1.0, 2.0], [3.0]]),
        ("cidrhost", {"input": "10.0.0.0/8", "host": 2.0}, "10.0.0.2"),
        ("cidrhost", {"input": "10.0.0.0/8", "host": -2.0}, "10.255.255.254"),
        ("cidrnetmask", {"input": "10.0.0.0/8"}, "255.0.0.0"),
        ("cidrsubnet", {"input": "10.0.0.0/8", "newbits": 8.0, "netnum": 2.0}, "10.2.0.0/16"),
        (
            "cidrsubnet",
            {"input": "2607:f298:6051:516c::/64", "newbits": 8.0, "netnum": 2.0},
            "2607:f298:6051:516c:200::/72",
        ),
        (
            "cidrsubnets",
            {"input": "10.1.0.0/16", "newbits": [4.0, 4.0, 8.0, 4.0]},
            ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"],
        ),
        (
            "cidrsubnets",
            {"input": "fd00:fd12:3456:7800::/56", "newbits": [16.0, 16.0, 16.0, 32.0]},
            [
                "fd00:fd12:3456:7800::/72",
                "fd00:fd12:3456:7800:100::/72",
                "fd00:fd12:3456:7800:200::/72",
                "fd00:fd12:3456:7800:300::/88",
            ],
        ),
        ("coalesce", {"input": [None, "", 1.0]}, "1"),
        ("coalesce", {"input": [None, False]}, False),
        ("compact", {"input": ["one", "", None]}, ["one"]),
        ("concat", {"input": [[1.0], ["a"]]}, [1.0, "a"]),
        ("contains", {"input": [[1.0], True], "element": 1.0}, False),
        ("dirname", {"input": "/path/to/directory/file.txt"}, "/path/to/directory"),
        ("distinct", {"input": [1.0, True, 1.0]}, [1.0, True]),
        ("element", {"input": [10.0, 20.0, 30.0], "index": -1.0}, 30.0),
        ("element", {"input": [10.0, 20.0, 30.0], "index": 3.0}, 10.0),
        ("flatten", {"input": [[1.0, [2.0]], 3.0]}, [1.0, 2.0, 3.0]),
        ("format", {"input": "%s-%d-%v-%%", "args": ["a", 42.0, [1.0]]}, "a-42-[1]-%"),
        ("format", {"input": "%05d %x %f", "args": [5.0, 42.0, 1.5]}, "00005 2a 1.500000"),
        ("formatlist", {"input": "%s %v", "args": [["a", "b"], 32.0]}, ["a 32", "b 32"]),
        ("index", {"input": ["a", "b"], "element": "b"}, 1),
        ("join", {"input": ["one", "two"], "separator": "-"}, "one-two"),
        ("jsondecode", {"input": '{"num": 6, "b": [true]}'}, {"num": 6.0, "b": [True]}),
        ("jsondecode", {"input": "[1]"}, "[1]"),
        ("jsonencode", {"input": {"b": 1.0, "a": "<é>"}}, '{"a":"\\u003cé\\u003e","b":1}'),
        ("keys", {"input": {"b": 1.0, "a": 2.0}}, ["a", "b"]),
        ("length", {"input": "é"}, 2),
        ("lookup", {"map": {"a": 1.0}, "key": "b", "default": 2.0}, 2.0),
        ("map", {"args": ["a", 1.0]}, {"a": 1.0}),
        ("max", {"input": [1.0, 3.0]}, 3.0),
        ("md5", {"input": "abc"}, "900150983cd24fb0d6963f7d28e17f72"),
        ("merge", {"input": [{"a": 1.0, "b": 1.0}, {"a": 2.0}]}, {"a": 2.0, "b": 1.0}),
        ("parseint", {"input": "FF", "base": 16.0}, 255),
        ("range", {"limit": 8.0, "start": 1.0, "step": 2.0}, [1.0, 3.0, 5.0, 7.0]),
        ("range", {"limit": 1.0, "start": 4.0}, [4.0, 3.0, 2.0]),
        ("replace", {"text": "a.b.c", "search": ".", "replace": "-"}, "a-b-c"),
        ("reverse", {"input": [1.0, "a"]}, ["a", 1.0]),
        ("signum", {"input": -7.0}, -1),
        ("slice", {"list": [1.0, 2.0, 3.0], "from": 1.0, "to": -1.0}, [2.0]),
        ("sort", {"input": ["b", "B", "a"]}, ["B", "a", "b"]),
        ("split", {"separator": ",", "text": "0.0.0.0/0"}, ["0.0.0.0/0"]),
        ("split", {"separator": "", "text": "ab"}, ["a", "b"]),
        ("substr", {"input": "hello world", "offset": -5.0, "length": -1.0}, "world"),
        ("title", {"input": "hello WORLD"}, "Hello World"),
        ("tobool", {"input": "false"}, False),
        ("tolist", {"input": ["a", True, 3.14]}, ["a", "true", "3.14"]),
        ("tonumber", {"input": "10"}, 10.0),
        ("toset", {"input": ["a", "a", 1.0]}, ["a", "1"]),
        ("tostring", {"input": 8.0}, "8"),
        ("trim", {"input": "!a!b!", "cutset": "!"}, "a!b"),
        ("trimprefix", {"input": "foo bar", "prefix": "foo"}, " bar"),
        ("urlencode", {"input": "Hello World!"}, "Hello+World%21"),
        ("values", {"input": {"b": 1.0, "a": 2.0}}, [2.0, 1.0]),
        ("zipmap", {"keys": ["a"], "values": [1.0]}, {"a": 1.0}),
    ],
)
def test_a_result_follows_from_the_arguments(
    function: str, arguments: dict[str, Any], wanted: object
) -> None:
    assert answer(function, **arguments) == Answer(follows={"result": wanted})


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("base64decode", {"input": "?"}, "failed to decode base64 data"),
        ("chunklist", {"input": [], "size": 0.0}, "wanted at least 1"),
        ("cidrhost", {"input": "10.0.0.0/30", "host": 4.0}, "a host numbered 4"),
        ("cidrnetmask", {"input": "::/8"}, "cannot have a netmask"),
        ("cidrsubnet", {"input": "10.0.0.0", "newbits": 8.0, "netnum": 0.0}, "invalid CIDR"),
        ("cidrsubnet", {"input": "10.0.0.0/30", "newbits": 4.0, "netnum": 0.0}, "by 4"),
        ("cidrsubnets", {"input": "10.0.0.0/30", "newbits": [1.0, 1.0, 1.0]}, "not enough"),
        ("coalesce", {"input": [None]}, "no non-empty values found"),
        ("coalesce", {"input": [True, 1.0]}, "convertible to the same type"),
        ("element", {"input": [], "index": 0.0}, "must not be empty"),
        ("file", {"input": "none"}, "the file does not exist"),
        ("index", {"input": ["a"], "element": "b"}, "item not found"),
        ("join", {"input": ["a", 1.0], "separator": ""}, "wanted a list of texts"),
        ("lookup", {"map": {}, "key": "a"}, "key not found"),
        ("slice", {"list": [], "to": 1.0}, "to index out of range"),
        ("split", {"text": "a"}, "`separator` is not given"),
        ("tonumber", {"input": "ten"}, "ten is not a number value"),
    ],
)
def test_what_the_provider_refuses_is_refused(
    function: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedCallError, match=message):
        answer(function, **arguments)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("replace", {"text": "a", "search": "/a/", "replace": "b"}),
        ("format", {"input": "%d", "args": [1.5]}),
        ("format", {"input": "%s", "args": []}),
        ("substr", {"input": "é", "offset": 0.0, "length": 1.0}),
        ("log", {"input": 0.0, "base": 2.0}),
        ("parseint", {"input": "aZ", "base": 62.0}),
    ],
)
def test_what_only_the_provider_knows_is_made_up(function: str, arguments: dict[str, Any]) -> None:
    assert answer(function, **arguments) == Answer()


def test_a_result_that_hides_a_made_up_argument_is_made_up() -> None:
    assert answer("sha256", input=MADE_UP).made_up
    assert answer("split", text=f"a/{MADE_UP}", separator="/").made_up
    assert answer("jsonencode", input={"Resource": MADE_UP}).follows


def test_blocks_of_aws_native_lie_one_after_the_other() -> None:
    found = native("cidr", ipBlock="10.0.0.0/16", count=3.0, cidrBits=8.0)
    assert found.follows == {"subnets": ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]}


@pytest.mark.parametrize(
    ("block", "count", "bits", "message"),
    [
        pytest.param("10.0.0.0/16", 0.0, 8.0, "between 1 and 256", id="none"),
        pytest.param("10.0.0.0/30", 1.0, 8.0, "too long for an IPv4 address", id="too-small"),
        pytest.param("10.0.0.0/16", 3.0, 1.0, "not enough remaining", id="too-many"),
        pytest.param("10.0.0.0", 1.0, 1.0, "invalid CIDR", id="no-block"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(
    block: str, count: float, bits: float, message: str
) -> None:
    with pytest.raises(RefusedCallError, match=message):
        native("cidr", ipBlock=block, count=count, cidrBits=bits)


def test_a_file_is_read_where_the_program_runs(tmp_path: Path) -> None:
    (tmp_path / "greeting").write_text("hello world")
    for function, wanted in {
        "file": "hello world",
        "filemd5": "5eb63bbbe01eeed093cb22bb8f5acdc3",
        "filebase64": "aGVsbG8gd29ybGQ=",
    }.items():
        call = Call(f"std:index:{function}", {"input": "greeting"}, PLACE, folder=tmp_path)
        assert ANSWERS[call.token](call).follows == {"result": wanted}
