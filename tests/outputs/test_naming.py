import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from videorecap.outputs.journal import Journal
from videorecap.outputs.naming import MAX_STEM_BYTES, Names, safe_stem


def stems(directory, *inputs, writes=True):
    """Stems of (path, sha256) pairs, and their results on disk as a command leaves them."""
    names = Names(directory, [Path(path) for path, _ in inputs])
    found = []
    for path, sha256 in inputs:
        stem = names.stem(Path(path), sha256)
        if writes:
            (directory / f"{stem}.json").write_text(json.dumps({"video": {"sha256": sha256}}))
        found.append(stem)
    return found


def test_two_inputs_with_one_stem_both_survive_and_keep_their_names(tmp_path):
    command = [("a/x.mp4", "A"), ("b/x.mp4", "B"), ("x-2.mp4", "C"), ("b/x.mkv", "D")]
    first = stems(tmp_path, *command)
    assert first == ["x", "x-3", "x-2", "x-4"]
    assert stems(tmp_path, *command) == first


def test_a_result_of_another_video_is_left_alone(tmp_path):
    assert stems(tmp_path, ("a/x.mp4", "A")) == ["x"]
    assert stems(tmp_path, ("b/x.mp4", "B")) == ["x-2"]
    assert stems(tmp_path, ("a/x.mp4", "A")) == ["x"]
    assert stems(tmp_path, ("b/x.mp4", "B")) == ["x-2"]


def test_a_journal_of_another_video_is_left_alone(tmp_path):
    Journal.open(tmp_path / "x.partial.jsonl", {"video": {"sha256": "A"}}).close()
    assert stems(tmp_path, ("x.mp4", "B"), writes=False) == ["x-2"]
    assert stems(tmp_path, ("x.mp4", "A"), writes=False) == ["x"]


def test_a_file_that_is_not_ours_is_left_alone(tmp_path):
    for content in ("not json", "[]", '{"video": 3}', '{"title": "notes of the user"}'):
        (tmp_path / "x.json").write_text(content)
        assert stems(tmp_path, ("x.mp4", "A"), writes=False) == ["x-2"], content


def test_names_that_differ_in_case_only_are_one_name(tmp_path):
    assert stems(tmp_path, ("X.mp4", "A"), ("x.mp4", "B")) == ["X", "x-2"]


def test_odd_names():
    assert safe_stem("") == "video"
    assert safe_stem("..") == "video"
    assert safe_stem("a/b\\c:d\n?\udcff") == "a_b_c_d___"
    assert safe_stem("Küche 🙂 (1)") == "Küche 🙂 (1)"
    assert len(safe_stem("ü" * 300).encode()) == MAX_STEM_BYTES


def test_long_names_with_one_beginning_stay_apart(tmp_path):
    long = "k" * 250
    first, second = stems(tmp_path, (long + "1.mp4", "A"), (long + "2.mp4", "B"))
    assert first != second


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    inputs=st.lists(
        st.tuples(st.sampled_from(["x", "X", "x-2", "x-2-2", "x-3", ".mp4", ""]), st.sampled_from("ABC")),
        min_size=1,
        max_size=6,
    ),
    foreign=st.sets(st.sampled_from(["x", "x-2", "x-3", "video"])),
    number_done=st.integers(0, 6),
)
def test_names_are_distinct_foreign_files_safe_and_reruns_stable(
    tmp_path_factory, inputs, foreign, number_done
):
    directory = tmp_path_factory.mktemp("out")
    for stem in foreign:
        (directory / f"{stem}.json").write_text('{"video": {"sha256": "other"}}')
    names = Names(directory, [Path(f"{name}.mp4") for name, _ in inputs])
    found = []
    for index, (name, sha256) in enumerate(inputs):
        found.append(names.stem(Path(f"{name}.mp4"), sha256))
        if index < number_done:  # the command is interrupted after some of them
            (directory / f"{found[-1]}.json").write_text(json.dumps({"video": {"sha256": sha256}}))
    assert len({stem.casefold() for stem in found}) == len(inputs)
    assert not foreign & set(found)
    again = stems(directory, *((f"{name}.mp4", sha256) for name, sha256 in inputs))
    assert again == found
