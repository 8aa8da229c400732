import pytest

from videorecap.errors import ConfigError, OutputError
from videorecap.outputs.formats import FORMATS, write_outputs
from videorecap.outputs.json_tree import tree_from_json, tree_to_json

from .trees import caption, make_tree


def test_every_format_writes_its_files_json_last(tmp_path):
    tree = make_tree()
    paths = write_outputs(tree, tmp_path / "new" / "out", "x", list(FORMATS), None)
    assert {path.name for path in paths} == (
        {f"x.{level}.{kind}" for level in tree.levels for kind in ("srt", "vtt")}
        | {"x.json", "x.chapters.vtt", "x.txt", "x.md", "x.html"}
    )
    assert paths[-1].name == "x.json"
    assert set(paths[0].parent.iterdir()) == set(paths)
    assert tree_to_json(tree_from_json(paths[-1].read_bytes(), "x.json")) == tree_to_json(tree)


def test_the_same_tree_gives_the_same_bytes(tmp_path):
    first = write_outputs(make_tree(), tmp_path / "a", "x", list(FORMATS), None)
    second = write_outputs(make_tree(), tmp_path / "b", "x", list(FORMATS), None)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_only_what_was_asked_for_and_once(tmp_path):
    (path,) = write_outputs(make_tree(), tmp_path, "x", ["txt", "txt"], None)
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_format_writes_nothing_and_names_the_others(tmp_path):
    with pytest.raises(ConfigError, match="no output format 'doc'; there is json, srt, vtt, chapters"):
        write_outputs(make_tree(), tmp_path / "out", "x", ["txt", "doc"], None)
    assert not (tmp_path / "out").exists()


def test_two_files_of_one_name_are_refused(tmp_path):
    tree = make_tree(levels=("chapters",), captions=(caption("chapters", 0, 4, "a"),), gaps=())
    with pytest.raises(ConfigError, match=r"two outputs would be called x\.chapters\.vtt"):
        write_outputs(tree, tmp_path, "x", ["vtt", "chapters"], None)


def test_a_level_with_a_slash_stays_in_the_folder(tmp_path):
    tree = make_tree(levels=("a/b",), captions=(caption("a/b", 0, 4, "a"),), gaps=())
    (path,) = write_outputs(tree, tmp_path, "x", ["srt"], None)
    assert path == tmp_path / "x.a_b.srt"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"):
        write_outputs(make_tree(), tmp_path / "file" / "out", "x", ["txt"], None)
