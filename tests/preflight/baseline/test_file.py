"""The file of a baseline: it is read as it was written, and mistakes are told with their place."""

import json
from importlib import resources
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pulumi_preflight.acceptance import Acceptance, BaselineEntry
from pulumi_preflight.baseline.file import (
    BaselineFile,
    in_order,
    read,
    read_for,
    text_of,
    without,
    write,
)
from pulumi_preflight.errors import BaselineError, PreflightError
from tests.preflight.builders import QUEUE, urn

SCHEMA = json.loads(
    resources.files("pulumi_preflight.baseline").joinpath("baseline.schema.json").read_text()
)
JOBS = BaselineEntry(pack="demo", id="queue-is-fifo[fifoQueue]", urn=urn(QUEUE, "jobs"))
LAST = "{pack: demo, id: b, urn: c} # b"
DEAD = BaselineEntry(
    pack="demo",
    id="queue-is-tagged",
    urn=urn(QUEUE, "dead"),
    expires="2027-03-01",
    reason='moves to "eu"',
)
HEAD = "version: 1\nproject: shop\nstack: dev\n"


def read_text(path: Path, text: str) -> BaselineFile:
    path.write_text(text, encoding="utf-8")
    return read(path, project="shop", stack="dev")


def test_an_entry_is_one_line_and_the_lines_are_sorted() -> None:
    text = text_of([DEAD, JOBS], project="shop", stack="dev")
    assert text.partition("version")[2] == (
        ': 1\nproject: "shop"\nstack: "dev"\nfindings:\n'
        '  - {"pack": "demo", "id": "queue-is-fifo[fifoQueue]", '
        '"urn": "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs"}\n'
        '  - {"pack": "demo", "id": "queue-is-tagged", '
        '"urn": "urn:pulumi:dev::shop::aws:sqs/queue:Queue::dead", '
        '"until": "2027-03-01", "reason": "moves to \\"eu\\""}\n'
    )


def test_one_entry_more_is_one_line_more() -> None:
    before = text_of([DEAD], project="shop", stack="dev").splitlines()
    after = text_of([DEAD, JOBS], project="shop", stack="dev").splitlines()
    [added] = [line for line in after if line not in before]
    assert [line for line in after if line != added] == before


def test_a_baseline_without_entries_is_read_back(tmp_path: Path) -> None:
    text = text_of([], project="shop", stack="dev")
    Draft202012Validator(SCHEMA).validate(yaml.safe_load(text))
    assert read_text(tmp_path / "b.yaml", text).entries == ()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ENTRIES = st.builds(
    BaselineEntry,
    pack=TEXTS,
    id=TEXTS,
    urn=TEXTS,
    expires=st.none() | st.dates().map(str),
    reason=st.none() | TEXTS.filter(str.strip),
)


@given(st.lists(ENTRIES, max_size=6, unique_by=lambda entry: entry.key))
def test_whatever_is_written_fits_the_schema_and_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, entries: list[BaselineEntry]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    write(path, entries, project="shop", stack="dev")
    text = path.read_text(encoding="utf-8")
    assert text.count("\n  - ") == len(entries)
    found = read(path, project="shop", stack="dev")
    assert found.entries == in_order(entries)
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(yaml.safe_load(text))


ENTRY = f"{{pack: demo, id: a, urn: '{JOBS.urn}'}}"


@pytest.mark.parametrize(
    ("text", "problem", "fix"),
    [
        pytest.param("", ": is empty; wanted a baseline", "--write-baseline", id="empty"),
        pytest.param("a: [\n", ":2: is not YAML: ", None, id="no-yaml"),
        pytest.param("[1]\n", ":1: it has no keys", "wanted `version`, `project`", id="list"),
        pytest.param("3\n", ":1: it has no keys", "wanted `version`, `project`", id="number"),
        pytest.param(
            "project: shop\nstack: dev\nfindings: []\n",
            ":1: `version` is missing",
            "wanted `version`",
            id="no-version",
        ),
        pytest.param(
            "version: 2\nproject: shop\nstack: dev\nfindings: []\n",
            ":1: `version` is '2'",
            "wanted 1, which this preflight reads",
            id="newer-version",
        ),
        pytest.param(
            f"{HEAD}findings: []\nrules: []\n",
            ":5: `rules` is not a key of a baseline",
            "`findings`",
            id="unknown-key",
        ),
        pytest.param(
            f"{HEAD}findings: []\nstack: dev\n",
            ":5: `stack` is given twice",
            "keep one",
            id="key-twice",
        ),
        pytest.param(
            "version: 1\nproject: other\nstack: dev\nfindings: []\n",
            ":2: the baseline is of project 'other', and project 'shop' is judged",
            "give each stack a file of its own",
            id="other-project",
        ),
        pytest.param(
            "version: 1\nproject: shop\nstack: prod\nfindings: []\n",
            ":3: the baseline is of stack 'prod', and stack 'dev' is judged",
            "give each stack a file of its own",
            id="other-stack",
        ),
        pytest.param(
            f"{HEAD}findings: {{}}\n", ":4: `findings` is not a list", "one entry", id="no-list"
        ),
        pytest.param(
            f"{HEAD}findings:\n- a\n", ":5: `findings[0]` has no keys", "`pack`", id="no-entry"
        ),
        pytest.param(
            f"{HEAD}findings:\n- {ENTRY}\n- {{pack: demo, id: a}}\n",
            ":6: `findings[1].urn` is missing",
            "wanted `pack`, `id`, `urn`, `until`, `reason`",
            id="no-urn",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: demo, id: a, urn: b, owner: c}}\n",
            ":5: `findings[0].owner` is not a key of a baseline",
            "wanted `pack`",
            id="unknown-key-of-an-entry",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: demo, id: [a], urn: b}}\n",
            ":5: `findings[0].id` is a list or mapping",
            "wanted text",
            id="list-for-text",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: demo, id: , urn: b}}\n",
            ":5: `findings[0].id` is empty",
            "wanted text",
            id="null-for-text",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: demo, id: a, urn: b, until: 2027-3-1}}\n",
            ":5: `findings[0].until` is '2027-3-1'",
            "wanted a day as YYYY-MM-DD, such as 2027-03-01",
            id="no-day",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: demo, id: a, urn: b, until: 2027-02-30}}\n",
            ":5: `findings[0].until` is '2027-02-30'",
            "wanted a day",
            id="day-that-never-comes",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {ENTRY}\n- {{pack: demo, id: b, urn: c}}\n- {ENTRY}\n",
            f":7: a of {JOBS.urn} stands here and in line 5",
            "keep one of the two lines",
            id="entry-twice",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: preflight, id: duplicate-urn, urn: b}}\n",
            ":5: `findings[0].id` is 'duplicate-urn', at which the engine stops",
            "remove the entry",
            id="duplicate-urn",
        ),
        pytest.param(
            f"{HEAD}findings:\n- {{pack: preflight, id: 'invoke-of-new-resource[a b]', urn: b}}\n",
            ":5: `findings[0].id` is 'invoke-of-new-resource[a b]', at which the engine stops",
            "remove the entry",
            id="early-call",
        ),
        pytest.param(
            f"{HEAD}findings:\n<<<<<<< HEAD\n- {ENTRY}\n=======\n>>>>>>> other\n",
            ":5: is a mark of a merge conflict: '<<<<<<< HEAD'",
            "keep the entries of both sides",
            id="merge-conflict",
        ),
    ],
)
def test_a_malformed_file_is_one_error_with_line_key_value_and_fix(
    tmp_path: Path, text: str, problem: str, fix: str | None
) -> None:
    path = tmp_path / "b.yaml"
    with pytest.raises(BaselineError) as raised:
        read_text(path, text)
    assert str(raised.value).startswith(f"{path}{problem}")
    assert "\n" not in str(raised.value)
    assert (fix or "") in (raised.value.hint or "")


def test_a_file_that_is_not_there_is_told_with_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="there is no baseline") as raised:
        read(tmp_path / "b.yaml", project="shop", stack="dev")
    assert raised.value.hint == f"--write-baseline {tmp_path / 'b.yaml'} writes it"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(b"version: \xff")
    with pytest.raises(BaselineError, match=r"is not UTF-8: byte 10 is 0xFF"):
        read(tmp_path / "b.yaml", project="shop", stack="dev")


def test_a_day_may_stand_without_quotes(tmp_path: Path) -> None:
    text = f"{HEAD}findings:\n- {{pack: demo, id: a, urn: b, until: 2027-03-01}}\n"
    [entry] = read_text(tmp_path / "b.yaml", text).entries
    assert entry.expires == "2027-03-01"


def test_each_stack_has_a_file_of_its_own_by_its_name(tmp_path: Path) -> None:
    acceptance = Acceptance(baseline=tmp_path / "{project}" / "{stack}.yaml", write=True)
    found = read_for(acceptance, project="shop", stack="dev")
    assert found is not None
    assert found.path == tmp_path / "shop" / "dev.yaml"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(
            f"# ours\n{HEAD}findings:\n# the queue\n- {ENTRY}\n- {LAST}\n",
            f"# ours\n{HEAD}findings:\n# the queue\n- {LAST}\n",
            id="one-line",
        ),
        pytest.param(
            f"{HEAD}findings:\n- pack: demo\n  id: a\n  urn: {JOBS.urn}\n- pack: demo\n  id: b\n"
            "  urn: c\n",
            f"{HEAD}findings:\n- pack: demo\n  id: b\n  urn: c\n",
            id="several-lines",
        ),
        pytest.param(
            f"{HEAD}findings: [{ENTRY}, {{pack: demo, id: b, urn: c}}]\n".replace("\n", "\r\n"),
            text_of([BaselineEntry(pack="demo", id="b", urn="c")], project="shop", stack="dev"),
            id="two-on-one-line",
        ),
        pytest.param(
            f"# ours\n{HEAD}findings:\n- {ENTRY}\n",
            text_of([], project="shop", stack="dev"),
            id="the-last-one",
        ),
    ],
)
def test_what_is_gone_is_taken_out_and_the_other_lines_stay(
    tmp_path: Path, text: str, left: str
) -> None:
    file = read_text(tmp_path / "b.yaml", text)
    without(file, [BaselineEntry(pack="demo", id="a", urn=JOBS.urn)])
    assert (tmp_path / "b.yaml").read_text() == left
    ids = [entry.id for entry in read(file.path, project="shop", stack="dev").entries]
    assert ids == [entry.id for entry in file.entries if entry.id != "a"]


def test_a_file_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "b.yaml"
    with pytest.raises(PreflightError, match="cannot be written: No such file or directory"):
        write(path, [JOBS], project="shop", stack="dev")


WHOLE = text_of([JOBS, DEAD], project="shop", stack="dev")


@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 20),
    st.text("\n\t -:#'\"[]{},&*!|>%@`?a1\x00\ud800", max_size=8),
)
def test_no_damage_to_a_file_fails_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, at: int, length: int, put: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    text = WHOLE[:at] + put + WHOLE[at + length :]
    path.write_bytes(text.encode(errors="surrogatepass"))
    told = f"{path}: is read"
    try:
        read(path, project="shop", stack="dev")
    except BaselineError as error:
        told = str(error)
    assert told.startswith(f"{path}:")
    assert "\n" not in told


def test_writing_to_what_is_no_file_reads_nothing(tmp_path: Path) -> None:
    acceptance = Acceptance(baseline=Path("/dev/null"), write=True)
    found = read_for(acceptance, project="shop", stack="dev")
    assert found is not None
    assert found.entries == ()
    folder = Acceptance(baseline=tmp_path, write=True)
    assert read_for(folder, project="shop", stack="dev") is not None
    with pytest.raises(PreflightError, match="cannot be written: Is a directory"):
        write(tmp_path, [], project="shop", stack="dev")
