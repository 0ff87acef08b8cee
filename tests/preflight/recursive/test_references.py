"""What looks like a way out of a folder."""

import pytest

from pulumi_preflight.recursive.references import references_in


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param('lib = { path = "../lib" }', ["../lib"], id="pyproject"),
        pytest.param("-e ../libs/a.b\n-r ../base.txt", ["../libs/a.b", "../base.txt"], id="pip"),
        pytest.param('"lib": "file:../lib"', ["../lib"], id="package-json"),
        pytest.param("replace a.com/lib => ../../lib", ["../../lib"], id="go"),
        pytest.param('import { x } from "../../lib/x";', ["../../lib/x"], id="typescript"),
        pytest.param("main: ../program/", ["../program"], id="yaml"),
        pytest.param("config: ../profiles/{stack}.json", ["../profiles"], id="stack-in-a-name"),
        pytest.param("`../apps/${name}/x`", ["../apps"], id="template-of-javascript"),
        pytest.param('f"../{name}"', [".."], id="nothing-known-but-the-folder"),
        pytest.param('Include="..\\lib\\x.csproj"', ["../lib/x.csproj"], id="backslashes"),
        pytest.param("COPY ./../lib /lib", ["../lib"], id="after-a-dot"),
        pytest.param('open("a/../../b")', ["../../b"], id="in-the-middle"),
        pytest.param("see ../lib.", ["../lib"], id="end-of-a-sentence"),
    ],
)
def test_a_path_is_found_in_any_language(text: str, paths: list[str]) -> None:
    assert list(references_in(text).paths) == paths


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("wait ... for it", id="dots"),
        pytest.param("[...rest, x]", id="spread"),
        pytest.param("1..10", id="range"),
        pytest.param("def f(*_: tuple[int, ...]): ...", id="ellipsis"),
        pytest.param("resource.parent.name", id="a-parent-that-is-no-folder"),
        pytest.param("Path(__file__).parent / 'x'", id="the-own-folder"),
        pytest.param("os.path.dirname(__file__)", id="the-own-folder-as-text"),
        pytest.param("from . import a\nfrom .b import c", id="the-own-package"),
    ],
)
def test_other_dots_lead_nowhere(text: str) -> None:
    found = references_in(text, is_python=True)
    assert (found.paths, found.climbs) == ((), ())


@pytest.mark.parametrize(
    ("text", "climbs"),
    [
        pytest.param('sys.path.append("..")', [".."], id="quoted"),
        pytest.param("path: ..", [".."], id="yaml"),
        pytest.param("-e ..", [".."], id="pip"),
        pytest.param('require("../..")', ["../.."], id="two-at-once"),
        pytest.param('join(__dirname, "..", "..", "lib")', ["..", "../.."], id="in-turn"),
        pytest.param("Path(__file__).parent.parent", [".."], id="pathlib"),
        pytest.param("Path(__file__).parents[2]", ["../.."], id="pathlib-by-number"),
        pytest.param("here = Path(__file__).parent\nup = here.parent", [".."], id="step-by-step"),
        pytest.param("dirname(dirname(dirname(__file__)))", ["../.."], id="os-path"),
        pytest.param("path.dirname(__dirname)", [".."], id="node"),
        pytest.param("Path.cwd().parent", [".."], id="working-directory"),
        pytest.param("os.path.join(os.getcwd(), os.pardir)", [".."], id="pardir"),
        pytest.param("from ..lib import x", [".."], id="package-above"),
        pytest.param("    from ... import x", ["../.."], id="package-above-that"),
    ],
)
def test_code_that_climbs_is_followed_as_high_as_it_may_go(text: str, climbs: list[str]) -> None:
    assert list(references_in(text, is_python=True).climbs) == climbs


@pytest.mark.parametrize("number", ["n", "-1"])
def test_code_that_computes_how_far_it_climbs_may_go_to_the_top(number: str) -> None:
    [climb] = references_in(f"Path(__file__).parents[{number}]").climbs
    assert climb.count("..") > 90
