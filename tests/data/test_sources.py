"""Pickles of strangers: plain containers are read, and nothing else is ever run or imported."""

import datetime
import gzip
import json
import os
import pickle
import sys
import tracemalloc
from collections import OrderedDict

import numpy as np
import pytest

from videorecap.data.sources import load_plain
from videorecap.errors import DataError

PLAIN = {
    "list": [1, -(10**30), 2.5, True, None, "é\n", []],
    "tuple": ((), ("a",), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
    "keys": {1: "x", 2.5: "y", None: "z"},
    "many": [f"text {number}" for number in range(700)],
}


class Bomb:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.fixture
def load(tmp_path):
    def load_bytes(content, name="data.pkl"):
        path = tmp_path / name
        path.write_bytes(content)
        return load_plain(path)

    return load_bytes


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["data.pkl", "any.json"])
def test_plain_containers_are_read_as_pickle_reads_them(load, protocol, name):
    shared = ["one list in two places"]
    content = {**PLAIN, "shared": [shared, shared]}
    read = load(pickle.dumps(content, protocol), name)
    assert read == content
    assert read["shared"][0] is read["shared"][1]


@pytest.mark.parametrize(
    "content",
    [
        b"(lp0\n(S'v1'\np1\nI7\nL8L\nF0.5\nVcaf\\u00e9\np2\nI01\ntp3\na.",
        b"\x80\x02]q\x00(U\x02v1q\x01K\x07\x8a\x01\x08G?\xe0\x00\x00\x00\x00\x00\x00U\x05caf\xc3\xa9q\x02\x88tq\x03a.",
    ],
    ids=["protocol 0", "protocol 2"],
)
def test_pickles_of_python_2_are_read(load, content):
    assert load(content) == [("v1", 7, 8, 0.5, "caf\xe9", True)]


@pytest.mark.parametrize("name", ["data.pkl", "data.json"])
def test_json_is_told_by_its_content(load, name):
    rows = [["vid", 0.0, 1.5, "C opens a door"]]
    assert load(b"\n " + json.dumps(rows).encode(), name) == rows


def test_a_compressed_file_is_named_as_such(load):
    for name in ("clips.pkl", "clips.json.gz"):
        with pytest.raises(DataError, match="is compressed; unpack it first"):
            load(gzip.compress(pickle.dumps([])), name)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrap", [lambda bomb: bomb, lambda bomb: [("vid", {"deep": [(bomb,)]})]])
def test_a_bomb_does_not_go_off_and_is_named(load, tmp_path, protocol, wrap):
    fired = tmp_path / "fired"
    with pytest.raises(DataError, match=rf"wants to use '{os.name}\.system'"):
        load(pickle.dumps(wrap(Bomb(f"touch {fired}")), protocol))
    assert not fired.exists()


def test_no_module_is_imported(load, tmp_path, monkeypatch):
    (tmp_path / "evil_module.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DataError, match=r"evil_module\.thing"):
        load(b"\x80\x02cevil_module\nthing\n.")
    assert "evil_module" not in sys.modules


@pytest.mark.parametrize(
    "content",
    [
        *(datetime.date(2024, 1, 1), print, Bomb, 1j, bytearray(b"x"), object(), range(3), b"x", {1}),
        *(frozenset({1}), OrderedDict(a=1), np.float64(1), np.zeros(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_harmless_objects_are_refused_too(load, content):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(DataError, match="refused, because it wants to use") as caught:
            load(pickle.dumps([content], protocol))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("nested", [b"}" + b")" + b"\x85" * 300_000 + b"Ns.", b"}(" + b")" * 3 + b"Nu."])
def test_a_key_that_takes_a_deep_stack_to_hash_is_refused(load, nested):
    with pytest.raises(DataError, match="a tuple as the key of a dict"):
        load(b"\x80\x04" + nested)


def test_a_name_with_line_breaks_stays_on_one_line(load):
    with pytest.raises(DataError, match=r"wants to use 'a\\nb\.c'") as caught:
        load(b"\x80\x04\x8c\x03a\nb\x8c\x01c\x93.")
    assert "\n" not in str(caught.value)


def test_persistent_objects_are_refused(load):
    for content in (b"Pwhatever\n.", b"\x80\x03X\x01\x00\x00\x00aQ."):
        with pytest.raises(DataError, match="persistent"):
            load(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x04\x8d" + (1 << 60).to_bytes(8, "little") + b"short.",
        b"\x80\x04\x8e" + (1 << 40).to_bytes(8, "little") + b"short.",
        b"\x80\x04]\x94(K\x01K\x02e",
        b"\x80\x02K\x01K\x02a.",  # appends to a number
        b"\x80\x02]K\x01K\x02s.",  # sets a key of a list
        b"\x80\x02]e.",
        b"\x80\x02\x87.",
        b"\x80\x02h\x07.",
        b"\x80",
        b"\x80\x04.",
        b"",
        b"not a pickle at all",
    ],
)
def test_damage_and_huge_claims_end_in_one_line(load, content):
    with pytest.raises(DataError, match="not a readable pickle") as caught:
        load(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_number_far_ahead_takes_no_memory(load):
    tracemalloc.start()
    assert load(b"\x80\x02]r\xff\xff\xff\x7f.") == []  # others make room for two thousand million objects
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_pickle_cut_off_anywhere_is_an_error_or_nothing_more_than_that(load):
    whole = pickle.dumps([("vid", 0.0, 1.5, "C opens a door")] * 3, 4)
    for length in range(len(whole)):
        with pytest.raises(DataError):
            load(whole[:length])


def test_json_is_read_and_damage_named(load):
    assert load(json.dumps({"a": [1, None]}).encode(), "x.json") == {"a": [1, None]}
    for content in (b"{", b"\xff\xfe\xff", b"[" * 100_000, b""):
        with pytest.raises(DataError, match="no JSON"):
            load(content, "x.json")


def test_a_missing_file_and_a_folder_are_said_in_one_line(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            load_plain(path)
