import json
import os
import signal
import subprocess
import sys
import time

import pytest

from videorecap.errors import OutputError
from videorecap.outputs.journal import Journal, read_header

HEADER = {"schema_version": 1, "video": {"sha256": "ab"}, "system": "s"}


def written(path, records):
    with Journal.open(path, HEADER) as journal:
        for record in records:
            journal.append(record)
    return path.read_bytes()


def test_records_of_earlier_runs_come_back_in_order(tmp_path):
    path = tmp_path / "deep" / "x.partial.jsonl"
    first, second = {"text": "C opens\nthe “door” \u2028"}, {"text": "b", "start": 4.0}
    written(path, [first])
    with Journal.open(path, HEADER) as journal:
        assert list(journal.records()) == [first]
        journal.append(second)
        assert list(journal.records()) == [first, second]
    assert len(path.read_bytes().split(b"\n")) == 4, "one line each, and each ended"
    assert "“door”" in path.read_text(encoding="utf-8"), "a person can read it"


def test_records_appended_while_reading_are_not_met(tmp_path):
    path = tmp_path / "x.partial.jsonl"
    written(path, [{"n": 0}, {"n": 1}])
    with Journal.open(path, HEADER) as journal:
        met = []
        for record in journal.records():
            met.append(record)
            journal.append({"n": 2})
    assert met == [{"n": 0}, {"n": 1}]


def test_a_line_torn_anywhere_loses_only_itself(tmp_path):
    path = tmp_path / "x.partial.jsonl"
    records = [{"n": 0, "text": "é"}, {"n": 1, "text": "🙂"}]
    whole = written(path, records)
    head, one = (len(b"".join(whole.splitlines(keepends=True)[:n])) for n in (1, 2))
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with Journal.open(path, HEADER) as journal:
            kept = list(journal.records())
            assert kept == records[: (cut >= one)], cut
            for record in records[len(kept) :]:
                journal.append(record)
        assert path.read_bytes() == whole, cut
    assert 0 < head < one < len(whole)


def test_a_damaged_line_ends_what_is_believed(tmp_path):
    path = tmp_path / "x.partial.jsonl"
    lines = written(path, [{"n": 0}, {"n": 1}, {"n": 2}]).splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + b"\x00\x00\xff\n" + lines[3])
    with Journal.open(path, HEADER) as journal:
        assert list(journal.records()) == [{"n": 0}]
        journal.append({"n": 1})
    assert path.read_bytes() == b"".join(lines[:3])


def test_another_job_starts_again_and_says_so(tmp_path, caplog):
    path = tmp_path / "x.partial.jsonl"
    written(path, [{"n": 0}])
    with (
        caplog.at_level("INFO", logger="videorecap"),
        Journal.open(path, {**HEADER, "system": "t"}) as journal,
    ):
        assert list(journal.records()) == []
    assert "another job" in caplog.text
    assert read_header(path) == {**HEADER, "system": "t"}


def test_a_failed_append_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "x.partial.jsonl"
    before = written(path, [{"n": 0}])
    with Journal.open(path, HEADER) as journal:
        with monkeypatch.context() as patch:

            def full_disk(_descriptor):
                raise OSError(28, "No space left on device")

            patch.setattr("os.fsync", full_disk)
            with pytest.raises(OutputError, match="No space left"):
                journal.append({"n": 1})
        assert path.read_bytes() == before
        journal.append({"n": 2})
        assert list(journal.records()) == [{"n": 0}, {"n": 2}]


def test_remove_deletes_and_close_does_not(tmp_path):
    path = tmp_path / "x.partial.jsonl"
    with Journal.open(path, HEADER):
        pass
    assert path.exists()
    Journal.open(path, HEADER).remove()
    assert not path.exists()
    assert read_header(path) is None


def test_a_journal_that_cannot_be_is_one_clear_error(tmp_path):
    (tmp_path / "x.partial.jsonl").mkdir()
    with pytest.raises(OutputError, match="cannot keep a journal"):
        Journal.open(tmp_path / "x.partial.jsonl", HEADER)


WRITER = """
import itertools, pathlib, sys
from videorecap.outputs.journal import Journal
with Journal.open(pathlib.Path(sys.argv[1]), {"h": 1}) as journal:
    start = sum(1 for _ in journal.records())
    for n in itertools.count(start):
        journal.append({"n": n, "text": "x" * 500})
"""


def test_killed_at_any_moment_no_record_is_lost_or_doubled(tmp_path):
    path = tmp_path / "x.partial.jsonl"
    for _ in range(3):
        before = path.stat().st_size if path.exists() else 0
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (not path.exists() or path.stat().st_size < before + 20_000):
            content = path.read_bytes() if path.exists() else b""
            for line in content.split(b"\n")[:-1]:
                json.loads(line)  # what ends in a newline is whole, at any moment
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert path.stat().st_size >= before + 20_000
    with Journal.open(path, {"h": 1}) as journal:
        numbers = [record["n"] for record in journal.records()]
    assert numbers == list(range(len(numbers)))
