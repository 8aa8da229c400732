"""What is in two splits and should be in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from videorecap.data.annotations import TRAIN_SPLITS, VideoAnnotations
from videorecap.data.findings import ERROR, WARNING, Finding, Severity
from videorecap.data.levels import SUMMARY

TEST: Final = "test"


class Leaks:
    """Takes note of every video of a data set.

    Args:
        forbidden: ids of videos that must not be in training.
    """

    def __init__(self, forbidden: frozenset[str]) -> None:
        self._forbidden = forbidden
        self._owners: dict[tuple[str, object], VideoAnnotations] = {}
        self._trained: dict[tuple[str, str, str], str] = {}
        self._held_out: dict[tuple[str, str, str], str] = {}
        self._alike: dict[tuple[str, str], list[str]] = {}

    def see(self, video: VideoAnnotations, folder: Path) -> Iterator[Finding]:
        """Take note of one video of the data set in a folder, and tell what of it was seen before."""
        stripped = VideoAnnotations(video=video.video, duration_seconds=None, split=video.split)
        yield from self._owned(stripped, "id", video.video, same_split=ERROR)
        if video.seed is not None:
            yield from self._owned(stripped, "seed", video.seed, same_split=WARNING)
        if video.path is not None:
            yield from self._owned(stripped, "file", folder / video.path, same_split=WARNING)
        if video.source is not None:
            yield from self._owned(stripped, "source", video.source, same_split=None)
        used = self._forbidden & {video.video, video.source or video.video}
        if used and video.split != TEST:
            yield Finding(
                ERROR, video.video, f"is in {_name(video.split)}, but {min(used)} is kept for evaluation"
            )
        if video.split in TRAIN_SPLITS:
            self._trained.update(dict.fromkeys(video.combinations, video.video))
        self._held_out.update(dict.fromkeys(video.held_out, video.video))
        for caption in video.at(SUMMARY):
            self._note_summary(stripped, caption.caption)

    def findings(self) -> Iterator[Finding]:
        """What can only be told when all videos were seen."""
        for combination in sorted(self._trained.keys() & self._held_out.keys()):
            yield Finding(
                ERROR,
                self._trained[combination],
                f"is in training with the combination {', '.join(combination)}, "
                f"which {self._held_out[combination]} holds out",
            )
        for (first, second), pairs in self._alike.items():
            more = f" (and {len(pairs) - 1} more)" if len(pairs) > 1 else ""
            what = f"a summary in {second} is word for word one in {first}{more}"
            yield Finding(WARNING, pairs[0], what)

    def _owned(
        self, video: VideoAnnotations, kind: str, value: object, same_split: Severity | None
    ) -> Iterator[Finding]:
        """Tell if another video has the same id, seed, file or source."""
        owner = self._owners.setdefault((kind, value), video)
        if owner is video:
            return
        other = "an earlier video" if owner.video == video.video else owner.video
        if owner.split != video.split:
            what = f"is in {_name(video.split)} with the {kind} {value} of {other} in {_name(owner.split)}"
            yield Finding(ERROR, video.video, what)
        elif same_split is not None:
            yield Finding(same_split, video.video, f"has the {kind} {value} of {other}")

    def _note_summary(self, video: VideoAnnotations, text: str) -> None:
        owner = self._owners.setdefault(("summary", " ".join(text.casefold().split())), video)
        if owner.split != video.split:
            pair = (_name(owner.split), _name(video.split))
            self._alike.setdefault(pair, []).append(f"{owner.video}, {video.video}")


def _name(split: str | None) -> str:
    return split or "no split"
