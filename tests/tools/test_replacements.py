"""The table of what replaces a resource, and how it is made."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError
from pulumi_preflight.outputs.schemas import nearest
from tests.policies.witnesses.provider import binary
from tools.replacements import answers
from tools.replacements.__main__ import main
from tools.replacements.packing import UNTOLD, packed, unpacked
from tools.replacements.table import Made, made
from tools.replacements.tokens import naming

SCHEMAS = [each for major in ("6", "7") if (each := nearest("aws", major)) is not None]


def test_the_table_is_what_the_answers_and_schemas_give() -> None:
    # A process of its own: the schemas of CloudFormation stay in memory.
    command = [sys.executable, "-m", "tools.replacements", "--check"]
    check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr


def test_a_stale_table_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.replacements.__main__.content", lambda _: ("{}", Made()))
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "replacements.json.gz is stale; run `python -m tools.replacements`\n"
    )


def test_a_file_that_is_not_named_as_a_provider_is_refused() -> None:
    with pytest.raises(CommandError, match=r"^--ask: nothing is not named terraform-provider-aws"):
        main(["--ask", "nothing"])


@pytest.mark.parametrize(
    ("token", "terraform", "path"),
    [
        pytest.param("aws:sqs/queue:Queue", "fifo_queue", "fifoQueue", id="camel-case"),
        pytest.param(
            "aws:dynamodb/table:Table",
            "local_secondary_index.range_key",
            "localSecondaryIndexes.rangeKey",
            id="several-blocks",
        ),
        pytest.param(
            "aws:rds/instance:Instance", "s3_import.bucket_name", "s3Import.bucketName", id="block"
        ),
        pytest.param("aws:apigateway/stage:Stage", "rest_api_id", "restApi", id="without-id"),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm", "alarm_name", "name", id="another-name"
        ),
        pytest.param("aws:sqs/queue:Queue", "arn", None, id="computed"),
        pytest.param("aws:sqs/queue:Queue", "nothing", None, id="unknown"),
    ],
)
def test_a_path_is_called_as_the_bridge_calls_it(
    token: str, terraform: str, path: str | None
) -> None:
    assert naming(token, SCHEMAS).path(terraform) == path


def entry(**changes: list[str]) -> dict[str, Any]:
    names = list(answers.read()["types"]["aws_sqs_queue"]["names"])
    return {"names": names, "changes": changes, "untold": {}, "kept": 0}


@pytest.mark.parametrize(
    ("letters", "row"),
    [
        pytest.param(["text", "udab/udab"], {"replaces": ["name"]}, id="every-change"),
        pytest.param(
            ["text", "udaxby/udab"], {"when": {"text/udab/": ["name"]}}, id="some-changes"
        ),
        pytest.param(
            ["text", "ud/ud", "ud/d"], {"when": {"text/d/u": ["name"]}}, id="settings-differ"
        ),
        pytest.param(["text", "u/u", "d/d"], {"replaces": ["name"]}, id="settings-add-up"),
        pytest.param(
            ["text", "u/", "udab/udab"],
            {"when": {"text//udab": ["name"]}},
            id="one-setting-that-keeps",
        ),
        pytest.param(
            ["set", "ud/ud"], {"replaces": ["name"], "sets": ["name"]}, id="without-order"
        ),
    ],
)
def test_answers_make_rows(letters: list[str], row: dict[str, Any]) -> None:
    table = made({"aws_sqs_queue": entry(name=letters)}, SCHEMAS)
    assert table.types["aws:sqs/queue:Queue"] == row


def test_a_replacing_path_that_no_program_can_give_is_told() -> None:
    table = made({"aws_sqs_queue": entry(arn=["text", "ud/ud"])}, SCHEMAS)
    assert table.unnamed == {"aws_sqs_queue": ["arn"]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_what_is_packed_is_unpacked_as_it_was(content: object) -> None:
    assert unpacked(packed(content)) == content


@pytest.mark.parametrize(
    ("data", "content"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\x07", 7, id="small"),
        pytest.param(b"\xff", -1, id="small-negative"),
        pytest.param(b"\x81\xa1a\x92\x01\xc3", {"a": [1, True]}, id="short-forms"),
        pytest.param(b"\xd9\x02ab", "ab", id="length-of-a-byte"),
        pytest.param(b"\xcd\x01\x00", 256, id="two-bytes"),
    ],
)
def test_the_short_forms_of_a_provider_are_read(data: bytes, content: object) -> None:
    assert unpacked(data) == content


@pytest.mark.parametrize(
    "data",
    [pytest.param(b"\xd4\x00\x00", id="fixed"), pytest.param(b"\xc7\x01\x0c\x80", id="long")],
)
def test_what_only_a_deployment_tells_is_unpacked_as_that(data: bytes) -> None:
    assert unpacked(b"\x92" + data + b"\x01") == [UNTOLD, 1]


@pytest.fixture
def provider() -> Path:
    found = binary()
    if found is None:
        pytest.skip("the real AWS provider is in no mirror of Terraform's plugins")
    return found


@pytest.mark.parametrize(
    "type_",
    [
        pytest.param("aws_ebs_volume", id="asked-with-a-configuration"),
        pytest.param("aws_kms_key", id="asked-with-the-least"),
        pytest.param("aws_batch_job_queue", id="with-values-that-it-names"),
        pytest.param("aws_bedrock_guardrail", id="with-values-that-it-names-of-sets"),
        pytest.param("aws_mwaa_environment", id="with-a-small-step-of-a-version"),
        pytest.param("aws_ecs_service", id="under-several-conditions"),
    ],
)
def test_the_real_provider_answers_as_is_kept(provider: Path, type_: str) -> None:
    found: dict[str, Any] = {}
    answers.ask(provider, [type_], {}, found.update)
    assert found[type_] == answers.read()["types"][type_]


def test_a_type_that_the_provider_does_not_have_is_told(provider: Path) -> None:
    with pytest.raises(CommandError, match=r"^terraform-provider-aws\S+ has no type aws_nothing"):
        answers.ask(provider, ["aws_nothing"], {}, lambda _: None)
