"""Counting a data set: samples, durations, words and scenarios, beside the paper's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.levels import CLIP, LEVELS, SEGMENT, SUMMARY
from videorecap.data.narrations import narration_spans, untagged


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLevel:
    """What the paper says of one level of Ego4D-HCap. Source: Table 1 and section 4.

    Attributes:
        samples: as printed, for it is rounded.
        mean_seconds: mean duration.
        mean_words: of a caption.
        max_words: of a caption.
    """

    samples: str
    mean_seconds: float
    mean_words: float
    max_words: int


PAPER: Final = {
    CLIP: PaperLevel(samples="5.27M", mean_seconds=0.96, mean_words=7.74, max_words=43),
    SEGMENT: PaperLevel(samples="17.5K", mean_seconds=2.87 * 60, mean_words=15.79, max_words=73),
    SUMMARY: PaperLevel(samples="8.3K", mean_seconds=28.46 * 60, mean_words=25.59, max_words=172),
}
PAPER_SCENARIOS: Final = 127


@dataclass(slots=True)
class LevelStats:
    """One level: a caption counts once for its span, by its first text. Without captions, nothing has a mean.

    Attributes:
        samples: number of captions.
        seconds: of all their spans together.
        words: how many captions have each number of words.
    """

    samples: int = 0
    seconds: float = 0.0
    words: Counter[int] = field(default_factory=Counter)

    @property
    def mean_seconds(self) -> float:
        """Mean duration of a caption's span."""
        return self.seconds / self.samples

    @property
    def mean_words(self) -> float:
        """Mean number of words of a caption."""
        return sum(count * captions for count, captions in self.words.items()) / self.samples

    @property
    def max_words(self) -> int:
        """Words of the longest caption."""
        return max(self.words)


@dataclass(slots=True)
class DataStats:
    """A whole data set.

    Attributes:
        videos: number of videos.
        seconds: of all videos whose length is known.
        questions: number of questions.
        levels: by name, those of the paper first.
        scenarios: number of videos with each scenario.
        narrated: the clips as if each were a narration at its middle: what ``narration_spans`` makes of it.
    """

    videos: int = 0
    seconds: float = 0.0
    questions: int = 0
    levels: dict[str, LevelStats] = field(default_factory=lambda: {level: LevelStats() for level in LEVELS})
    scenarios: Counter[str] = field(default_factory=Counter)
    narrated: LevelStats = field(default_factory=LevelStats)


def count_words(text: str) -> int:
    """Number of words: pieces between white space that have a letter or a digit, tags like "#C" left out."""
    return sum(any(map(str.isalnum, piece)) for piece in untagged(text).split())


def measure(videos: Iterable[VideoAnnotations]) -> DataStats:
    """Count a data set, one video at a time."""
    stats = DataStats()
    for video in videos:
        stats.videos += 1
        stats.seconds += video.duration_seconds or 0.0
        stats.questions += len(video.questions)
        stats.scenarios.update(dict.fromkeys(video.scenarios, 1))
        for caption in video.captions:
            level = stats.levels.setdefault(caption.level, LevelStats())
            level.samples += 1
            level.seconds += caption.span.duration
            level.words[count_words(caption.caption)] += 1
        middles = [caption.span.middle for caption in video.at(CLIP)]
        for span in narration_spans(middles, duration_seconds=video.duration_seconds):
            if span is not None:
                stats.narrated.samples += 1
                stats.narrated.seconds += span.duration
    return stats


def table(stats: DataStats) -> list[tuple[str, ...]]:
    """Table 1 and the caption lengths, ours and the paper's, as rows of text under a row of headings."""
    head = ("level", "samples", "paper", "mean length", "paper", "mean words", "paper", "most words", "paper")
    levels = [(name, level) for name, level in stats.levels.items() if name in PAPER or level.samples]
    rows = [
        (name, *_sizes(level, PAPER.get(name)), *_words(level, PAPER.get(name))) for name, level in levels
    ]
    return [head, *rows, ("clip, as narrations", *_sizes(stats.narrated, PAPER[CLIP]), *("",) * 4)]


def _sizes(level: LevelStats, paper: PaperLevel | None) -> tuple[str, ...]:
    theirs = (paper.samples, duration(paper.mean_seconds)) if paper else ("", "")
    ours = duration(level.mean_seconds) if level.samples else "-"
    return f"{level.samples:,}", theirs[0], ours, theirs[1]


def _words(level: LevelStats, paper: PaperLevel | None) -> tuple[str, ...]:
    theirs = (f"{paper.mean_words:.2f}", str(paper.max_words)) if paper else ("", "")
    ours = (f"{level.mean_words:.2f}", str(level.max_words)) if level.samples else ("-", "-")
    return ours[0], theirs[0], ours[1], theirs[1]


def summary(stats: DataStats) -> str:
    """The whole data set in one line."""
    hours = f"{stats.seconds / 3600:.1f} hours" if stats.seconds else "of unknown length"
    return (
        f"{stats.videos:,} videos, {hours}, {stats.questions:,} questions, "
        f"{len(stats.scenarios)} scenarios (paper: {PAPER_SCENARIOS})"
    )


def duration(seconds: float) -> str:
    """A mean duration as the paper prints it: in seconds up to a minute, then in minutes."""
    return f"{seconds:.2f} s" if seconds < 60 else f"{seconds / 60:.2f} min"
