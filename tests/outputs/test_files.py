from pathlib import Path

import pytest

from videorecap.errors import OutputError
from videorecap.outputs.files import link, write_aside


def test_the_new_content_replaces_the_old_and_nothing_else_stays(tmp_path):
    path = tmp_path / "a.txt"
    write_aside(path, "old")
    write_aside(path, b"\x00new")
    assert path.read_bytes() == b"\x00new"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_utf8_whatever_the_file_name_in_it(tmp_path):
    path = tmp_path / "a.txt"
    write_aside(path, "é 🙂 \udcff\n")
    assert path.read_bytes() == "é 🙂 \\udcff\n".encode()


def test_a_failure_says_why_keeps_the_old_file_and_cleans_up(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_aside(path, "old")

    def full_disk(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OutputError, match=r"cannot write .*a\.txt: No space left on device"):
        write_aside(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_one_clear_error(tmp_path):
    with pytest.raises(OutputError, match="No such file"):
        write_aside(tmp_path / "no" / "a.txt", "x")


def test_a_link_is_a_copy_where_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError

    (tmp_path / "a").write_text("x")
    link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").samefile(tmp_path / "b")
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    link(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "x"
    assert not (tmp_path / "a").samefile(tmp_path / "c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]
