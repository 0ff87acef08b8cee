"""Which changes of the pack's code are tried, and what is said of those that survive."""

from dataclasses import replace
from pathlib import Path

import pytest

from tools.mutation import selection
from tools.mutation.__main__ import report
from tools.mutation.selection import PACKAGE, Change, Survivors, changes_of, read
from tools.mutation.trials import ChangedFinder

MODULE = PACKAGE / "waivers.py"
SURVIVOR = Change(module=MODULE, line=3, before="a < b", after="a <= b", source="")


def changed_lines(tmp_path: Path, code: str) -> set[str]:
    """What the lines of a module may become."""
    module = tmp_path / "module.py"
    module.write_text(code, encoding="utf-8")
    return {change.after for change in changes_of(module)}


@pytest.mark.parametrize(
    ("code", "tried"),
    [
        pytest.param("few = count < 3\n", "few = count <= 3", id="an order"),
        pytest.param("few = count < 3\n", "few = count < 4", id="a number"),
        pytest.param("few = count == 3\n", "few = count < 3", id="a number's order"),
        pytest.param("new = name == 'new'\n", "new = name != 'new'", id="a text's equality"),
        pytest.param("new = name < 'new'\n", "new = name > 'new'", id="an order of texts"),
        pytest.param("both = a and b\n", "both = a or b", id="and"),
        pytest.param("open = name is None\n", "open = name is not None", id="is"),
        pytest.param("def f(a: int = 1): ...\n", "def f(a: int = 2): ...", id="a default"),
    ],
)
def test_what_a_test_could_notice_is_tried(tmp_path: Path, code: str, tried: str) -> None:
    assert tried in changed_lines(tmp_path, code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("@rule(level=1, on=True)\ndef f(): ...\n", id="decorators"),
        pytest.param("A = Example(name='a', properties={'count': 5})\n", id="examples"),
        pytest.param("def f(a: int | None) -> str | None: ...\n", id="types of functions"),
        pytest.param("a: int | None\n", id="types of variables"),
        pytest.param("def f(*, a): ...\n", id="the mark before keywords"),
    ],
)
def test_what_says_nothing_about_behaviour_is_left_alone(tmp_path: Path, code: str) -> None:
    assert changed_lines(tmp_path, code) == set()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("new = name == 'new'\n", id="on the right"),
        pytest.param("new = 'new' == name\n", id="on the left"),
        pytest.param("new = name == 'n' 'ew'\n", id="in parts"),
        pytest.param("new = name == f'{n}ew'\n", id="with a value in it"),
        pytest.param("new = resource.type == QUEUE\n", id="a type on the left"),
        pytest.param("new = QUEUE == graph.first().type\n", id="a type on the right"),
    ],
)
def test_names_have_no_order(tmp_path: Path, code: str) -> None:
    assert changed_lines(tmp_path, code) == {code.strip().replace("==", "!=")}


def test_only_the_comparison_with_a_text_has_no_order(tmp_path: Path) -> None:
    lines = changed_lines(tmp_path, "a = b == 'x' and c == d\n")
    assert "a = b == 'x' and c < d" in lines
    assert "a = b < 'x' and c == d" not in lines


def test_a_value_that_is_compared_is_not_changed_for_its_identity(tmp_path: Path) -> None:
    assert not any(" is " in line for line in changed_lines(tmp_path, "a = b == c\n"))


@pytest.mark.parametrize(
    ("caught", "tried"),
    [
        pytest.param("(re.error, OSError)", {"(re.error, {})"}, id="beside-another"),
        pytest.param("re.error", set(), id="alone"),
    ],
)
def test_an_exception_with_a_dot_is_not_changed(
    caught: str, tried: set[str], tmp_path: Path
) -> None:
    lines = changed_lines(tmp_path, f"try: f()\nexcept {caught}: g()\n")
    assert {line for line in lines if line.startswith("except")} == {
        f"except {each.format('CosmicRayTestingException')}: g()" for each in tried
    }


def test_a_change_tells_where_it_is(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("a = 'x'\nif a:\n    b = True\n", encoding="utf-8")
    (change,) = [change for change in changes_of(module) if "False" in change.after]
    assert (change.line, change.before, change.after) == (3, "b = True", "b = False")
    assert change.source == "a = 'x'\nif a:\n    b = False\n"


def test_a_change_tells_whether_it_is_in_a_rule(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "a = True\n\n\n@stack_rule('x')\ndef f():\n    b = True\n\n\ndef g():\n    c = True\n",
        encoding="utf-8",
    )
    assert {change.line: change.in_rule for change in changes_of(module)} == {
        1: False,
        6: True,
        10: False,
    }


@pytest.mark.parametrize(
    ("path", "name", "folders"),
    [
        pytest.param("evaluation.py", "aws_policy_pack.evaluation", None, id="a module"),
        pytest.param(
            "rules/sqs/__init__.py",
            "aws_policy_pack.rules.sqs",
            [str(PACKAGE / "rules" / "sqs")],
            id="a package",
        ),
    ],
)
def test_a_changed_file_is_loaded_under_its_own_name(
    path: str, name: str, folders: list[str] | None
) -> None:
    change = Change(module=PACKAGE / path, line=1, before="", after="", source="answer = 42\n")
    finder = ChangedFinder(change)
    assert finder.find_spec("aws_policy_pack.other") is None
    spec = finder.find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations == folders


def test_every_module_that_is_measured_has_tests() -> None:
    measured = [path for path in selection.modules([]) if path.stem != "__init__"]
    assert [path for path in measured if not selection.tests_of(path)] == []
    assert all(Path(test).is_file() for path in measured for test in selection.tests_of(path))


def test_a_module_of_rules_is_tried_by_the_tests_of_its_area_and_by_those_that_import_it() -> None:
    module = PACKAGE / "rules" / "network" / "grants.py"
    names = [Path(test).name for test in selection.tests_of(module)]
    assert {"test_network_groups.py", "test_rds_prefix_lists.py"} <= set(names)
    assert "test_rds_tls.py" not in names


def explained(*after: str) -> Survivors:
    """An entry about the line of the survivor."""
    return Survivors(module="waivers.py", before="a < b", after=after, reason="b is never a")


@pytest.mark.parametrize(
    ("killed", "code"),
    [pytest.param(49, 0, id="98 of 100"), pytest.param(48, 1, id="fewer")],
)
def test_98_of_100_are_wanted(killed: int, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert report([MODULE], [], lambda _: ([SURVIVOR] * killed, [SURVIVOR])) == code
    out = capsys.readouterr().out
    assert "survives: waivers.py:3\n      a < b\n   -> a <= b\n" in out
    assert "1 survivors without a reason in mutation_survivors.toml\n" in out


def test_functions_of_rules_are_counted_apart_and_are_wanted_as_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed, survived = SURVIVOR, replace(SURVIVOR, in_rule=True)
    rule = replace(killed, in_rule=True)
    tried = [rule] * 3 + [killed] * 96
    assert report([MODULE], [], lambda _: (tried, [survived])) == 1
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["in", "functions", "of", "rules", "3", "1", "0", "75.0", "%"] in rows
    assert ["all", "99", "1", "0", "99.0", "%"] in rows


def test_an_explained_survivor_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([MODULE], [explained("a <= b")], lambda _: ([SURVIVOR], [SURVIVOR])) == 0
    assert "survives:" not in capsys.readouterr().out


def test_an_explained_survivor_that_does_not_survive_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry = explained("a <= b", "a > b")
    assert report([MODULE], [entry], lambda _: ([SURVIVOR] * 100, [SURVIVOR])) == 1
    assert capsys.readouterr().err == (
        "error: mutation_survivors.toml: does not survive, take it out: waivers.py: a > b\n"
    )


def test_tests_that_fail_by_themselves_measure_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def tried(module: Path) -> tuple[list[Change], list[Change]]:
        raise RuntimeError(f"{module.stem} has none")

    assert report([MODULE], [], tried) == 2
    assert capsys.readouterr().err == "error: the tests of waivers.py: waivers has none\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("survivors = [", id="no TOML"),
        pytest.param('[[survivors]]\nmodule = "waivers.py"\n', id="no reason"),
    ],
)
def test_a_file_that_is_no_list_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "survivors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"survivors\.toml: "):
        read(path)
