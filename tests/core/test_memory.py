"""What a journal remembers of clips is exactly what was put in."""

from pathlib import Path

import pytest
import torch

from videorecap.errors import OutputError
from videorecap.hierarchy import Level
from videorecap.memory import JournalMemory
from videorecap.outputs.journal import Journal
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap, Span


def test_clips_and_captions_come_back_exactly(tmp_path: Path) -> None:
    path = tmp_path / "x.partial.jsonl"
    span, lost = Span(0, 4), Span(4, 8.000001)
    feature = torch.randn(7)
    wave = [
        ClipRecord(
            span, Caption(level="clip", span=span, text="C éats", mean_logprob=-0.1234567890123), (), feature
        ),
        ClipRecord(lost, None, (Gap(level="clip", span=lost, reason="damage"),), None),
    ]
    caption = Caption(level="segment", span=Span(0, 8), text="all", mean_logprob=None)
    with Journal.open(path, {"job": 1}) as journal:
        memory = JournalMemory(journal)
        memory.add_clips(wave)
        memory.add_caption(caption)
    with Journal.open(path, {"job": 1}) as journal:
        memory = JournalMemory(journal)
        assert memory.num_clips == 2
        stored = list(memory.clips())
        level = Level(name="segment", captioner="x")
        written = memory.recall(level, Span(0, 8))
    assert [(record.span, record.caption, record.gaps) for record in stored] == [
        (record.span, record.caption, record.gaps) for record in wave
    ]
    assert stored[0].feature is not None
    assert torch.equal(stored[0].feature, feature)
    assert stored[1].feature is None
    assert written is not None
    assert written.text == "all"
    assert memory.recall(level, Span(0, 9)) is None


def test_a_journal_of_something_else_is_refused_in_one_line(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "x.partial.jsonl", {"job": 1}) as journal:
        journal.append({"song": "la"})
    with (
        Journal.open(tmp_path / "x.partial.jsonl", {"job": 1}) as journal,
        pytest.raises(OutputError, match="not a record of captions"),
    ):
        JournalMemory(journal)
