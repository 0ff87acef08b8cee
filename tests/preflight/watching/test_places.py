"""What the verdict on a project rests on."""

from pathlib import Path

import pytest

from pulumi_preflight.opened import Files
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.watching.places import Places, places_of
from tests.preflight.builders import GOOD, write_pack, write_project
from tests.preflight.work_trees import work_tree

NOTHING = Files(read=(), written=())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(write_project(tmp_path / "shop", GOOD))


def places(shop: Path, *packs: PackChoice, files: Files | None = NOTHING) -> Places:
    return places_of(shop, "dev", packs or None, [], files)


def test_a_project_is_watched_with_all_that_is_in_it(shop: Path) -> None:
    assert places(shop) == Places(frozenset({shop}), frozenset())


def test_packs_of_the_command_line_are_watched(shop: Path, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", "")
    assert places(shop, PackChoice(directory=pack)).folders == {shop, pack}


def test_packs_that_the_project_names_are_watched(shop: Path, tmp_path: Path) -> None:
    write_pack(tmp_path / "pack", "")
    (shop / "preflight.yaml").write_text("packs: [../pack]\n")
    assert places(shop).folders == {shop, tmp_path / "pack"}


def test_the_folder_of_a_config_is_watched_since_configs_extend_others(
    shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "profiles").mkdir()
    config = tmp_path / "profiles" / "dev.json"
    config.write_text("{}")
    pack = write_pack(tmp_path / "pack", "")
    choice = PackChoice(directory=pack, config=config)
    assert places(shop, choice).folders == {shop, pack, tmp_path / "profiles"}


def test_of_a_config_above_the_project_the_file_is_watched(shop: Path, tmp_path: Path) -> None:
    config = tmp_path / "dev.json"
    config.write_text("{}")
    pack = write_pack(shop / "pack", "")
    choice = PackChoice(directory=pack, config=config)
    assert places(shop, choice) == Places(frozenset({shop}), frozenset({str(config)}))


def test_a_program_elsewhere_is_watched(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (shop / "__main__.py").rename(tmp_path / "code" / "__main__.py")
    (shop / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: ../code\n")
    assert places(shop).folders == {shop, tmp_path / "code"}


def test_a_broken_project_file_leaves_the_folder_and_the_packs(shop: Path, tmp_path: Path) -> None:
    (shop / "Pulumi.yaml").write_text("name: [\n")
    pack = write_pack(tmp_path / "pack", "")
    assert places(shop, PackChoice(directory=pack)).folders == {shop, pack}


def test_files_that_the_program_read_elsewhere_are_watched(shop: Path, tmp_path: Path) -> None:
    read = (str(shop / "__main__.py"), str(tmp_path / "lib.py"), str(tmp_path / "gone.json"))
    assert places(shop, files=Files(read=read, written=())).files == {*read[1:]}


def test_what_is_far_too_long_for_a_path_does_no_harm(shop: Path, tmp_path: Path) -> None:
    long = str(tmp_path / ("x" * 5_000))
    assert places(shop, files=Files(read=(long,), written=())).folders == {shop}


def test_a_file_behind_a_link_is_watched_where_it_is(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "real.json").touch()
    (shop / "link.json").symlink_to(tmp_path / "real.json")
    files = Files(read=(str(shop / "link.json"),), written=())
    assert places(shop, files=files).files == {str(tmp_path / "real.json")}


def test_without_word_of_the_program_all_counts_that_its_files_name(tmp_path: Path) -> None:
    work_tree(tmp_path)
    shop = Path(write_project(tmp_path / "a" / "shop", GOOD))
    (shop / "requirements.txt").touch()
    (shop / "extra.py").write_text("FILE = '../../shared/names.json'\n")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "names.json").touch()
    found = places(shop, files=None)
    assert found.folders == {shop}
    assert str(tmp_path / "shared" / "names.json") in found.files


@pytest.mark.parametrize(
    ("path", "comes_or_goes", "place"),
    [
        pytest.param("/a/shop", False, "shop", id="the-folder-itself"),
        pytest.param("/a/shop/parts/x.py", False, "parts/x.py", id="within"),
        pytest.param("/a/shop-2/x.py", False, None, id="name-begins-alike"),
        pytest.param("/a/lib.py", False, "lib.py", id="file"),
        pytest.param("/a/lib.py2", False, None, id="file-begins-alike"),
        pytest.param("/a/names.json", False, "names.json", id="without-its-ending"),
        pytest.param("/a/listed/new.json", True, "new.json", id="made-in-a-listed-folder"),
        pytest.param("/a/listed/old.json", False, None, id="altered-in-a-listed-folder"),
        pytest.param("/a/listed/below/new.json", True, None, id="below-a-listed-folder"),
        pytest.param("/a", True, None, id="above"),
    ],
)
def test_only_what_is_watched_has_a_place(
    path: str, place: str | None, *, comes_or_goes: bool
) -> None:
    watched = Places(
        frozenset({Path("/a/shop")}), frozenset({"/a/lib.py", "/a/names", "/a/listed"})
    )
    assert watched.place_of(path, comes_or_goes=comes_or_goes) == place
