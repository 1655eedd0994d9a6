from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import PlaybookError
from bot.playbook import Shelf, find_playbook, playbook_names
from bot.sockets import Check


def put(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(
        f"says: {says}\nsections:\n- title: t\n  steps: [{{key: a, do: It.}}]\n", encoding="utf-8"
    )
    return path


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    put(tmp_path / "team", "drop", "ours")
    put(tmp_path / "shipped", "drop", "theirs")
    put(tmp_path / "shipped", "drift", "theirs")
    return tmp_path / "team", tmp_path / "shipped"


def test_the_teams_playbook_goes_before_the_shipped_one(
    folders: tuple[Path, Path], checks: Mapping[str, Check]
) -> None:
    assert find_playbook("drop", folders=folders, checks=checks).says == "ours"
    assert find_playbook("drift", folders=folders, checks=checks).says == "theirs"


def test_a_playbook_of_no_folder_names_the_nearest(
    folders: tuple[Path, Path], checks: Mapping[str, Check]
) -> None:
    with pytest.raises(PlaybookError, match=r"no playbook 'drfit' in .*; did you mean 'drift'\?"):
        find_playbook("drfit", folders=folders, checks=checks)


def test_a_team_folder_that_does_not_exist_is_passed_over(
    folders: tuple[Path, Path], checks: Mapping[str, Check], tmp_path: Path
) -> None:
    found = find_playbook("drift", folders=(tmp_path / "gone", *folders), checks=checks)

    assert found.says == "theirs"


@pytest.mark.parametrize(
    "name",
    [
        "../shipped/drop",
        "/etc/passwd",
        "..",
        ".hidden",
        "a/b",
        "a\\b",
        "drop\n",
        "",
        "a" * 65,
        "a\0",
    ],
)
def test_a_name_that_is_no_name_reaches_no_file(
    name: str, folders: tuple[Path, Path], checks: Mapping[str, Check]
) -> None:
    with pytest.raises(PlaybookError, match="is no name of a playbook"):
        find_playbook(name, folders=folders, checks=checks)


def test_a_link_out_of_the_folder_is_refused(
    folders: tuple[Path, Path], checks: Mapping[str, Check], tmp_path: Path
) -> None:
    outside = put(tmp_path / "outside", "secret", "not ours")
    (folders[0] / "drift.yaml").symlink_to(outside)

    with pytest.raises(PlaybookError, match="is a link that leads out of"):
        find_playbook("drift", folders=folders, checks=checks)


def test_a_link_within_the_folder_and_a_linked_folder_are_fine(
    folders: tuple[Path, Path], checks: Mapping[str, Check], tmp_path: Path
) -> None:
    (folders[0] / "same.yaml").symlink_to(folders[0] / "drop.yaml")
    (tmp_path / "linked").symlink_to(folders[0])

    assert find_playbook("same", folders=[tmp_path / "linked"], checks=checks).says == "ours"


def test_the_names_of_two_folders_are_each_once_and_sorted(folders: tuple[Path, Path]) -> None:
    put(folders[0], "Not A Name", "x")

    assert playbook_names(folders) == ("drift", "drop")


def test_a_playbook_is_read_again_when_its_file_has_changed(
    tmp_path: Path, checks: Mapping[str, Check]
) -> None:
    shelf = Shelf(folders=[tmp_path], checks=checks)
    put(tmp_path, "drop", "first")
    first = shelf.find("drop")

    assert shelf.find("drop") is first
    put(tmp_path, "drop", "the second")
    assert shelf.find("drop").says == "the second"
