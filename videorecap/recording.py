"""Videos from file to captions to files, which an interrupted run leaves in good order."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from videorecap.build import System
from videorecap.jobs import Job, OnItem
from videorecap.memory import JournalMemory
from videorecap.outputs.formats import FORMATS, suffixes, write_outputs
from videorecap.outputs.journal import JOURNAL_SUFFIX, Journal
from videorecap.outputs.json_tree import tree_from_json, tree_to_json
from videorecap.pipeline import Course, recap
from videorecap.types import Caption, CaptionTree, Gap

log = logging.getLogger(__name__)


def record(
    job: Job, directory: Path, stem: str, formats: Sequence[str], *, on_item: OnItem = lambda _: None
) -> tuple[CaptionTree, list[Path]]:
    """Caption a video and write files, continuing an interrupted run of the same job.

    Args:
        job: what is captioned.
        directory: of the files.
        stem: of their names.
        formats: of them; the json is always written.
        on_item: called with every caption and gap as it comes.

    Returns:
        The captions, and the files, the json last: where it is, the others are too.

    Raises:
        VideoRecapError: if the video cannot be read, or a file cannot be written.
    """
    with closing(Recording(job, directory, stem, formats, on_item=on_item)) as recording:
        if recording.course is not None:
            system, _ = job.chosen
            with closing(record_together([recording], system, batch_size=job.batch_size)) as together:
                next(together)
        return recording.write()


def record_together(
    recordings: Iterable[Recording], system: System, *, batch_size: int, at_once: int = 1
) -> Generator[Recording]:
    """Caption videos whose clips share batches.

    Args:
        recordings: of jobs of one system that no run has finished; taken in a thread that reads ahead.
        system: on the levels that the jobs need.
        batch_size: clips that are encoded together.
        at_once: videos that are read at a time.

    Yields:
        Each recording when it can be written. Close the generator if not all are wanted: it reads ahead.

    Raises:
        VideoRecapError: as ``recap``.
    """
    under_way: dict[Course, Recording] = {}

    def courses() -> Iterator[Course]:
        for recording in recordings:
            assert recording.course is not None, "it is not finished"
            under_way[recording.course] = recording
            yield recording.course

    with closing(recap(courses(), system, batch_size=batch_size, at_once=at_once)) as over:
        for course in over:
            yield under_way.pop(course)


class Recording:
    """A job whose captions go to files; until they are whole they go into a journal.

    The json is always written: it is the record that a later run of the same job recognises, and then only
    writes the other formats from.

    Args:
        job: what is captioned.
        directory: of the files.
        stem: of their names.
        formats: of them.
        on_item: called with every caption and gap as it comes.

    Attributes:
        job: as given.
        course: the video under way; None where an earlier run has finished the job.

    Raises:
        OutputError: if a journal cannot be kept.
    """

    def __init__(
        self,
        job: Job,
        directory: Path,
        stem: str,
        formats: Sequence[str],
        *,
        on_item: OnItem = lambda _: None,
    ) -> None:
        self.job = job
        self._directory = directory
        self._stem = stem
        self._formats = list(dict.fromkeys(["json", *formats]))
        self._items: list[Caption | Gap] = []
        self._on_item = on_item
        self._journal: Journal | None = None
        self.course: Course | None = None
        self._tree = job.finished(self._record)
        if self._tree is None:
            self._journal = Journal.open(self._journal_path, job.header())
            try:
                self.course = job.course(self._take, JournalMemory(self._journal))
            except BaseException:
                self._journal.close()
                raise

    def write(self) -> tuple[CaptionTree, list[Path]]:
        """Write the files, once the course is over; as ``record``."""
        if self.course is not None and self.course.failure is not None:
            raise self.course.failure
        video = self.job.reader.path
        if self._tree is not None:
            log.info("%s: captioned before; writing its files again", video)
            files = write_outputs(self._tree, self._directory, self._stem, self._formats, video_path=video)
            Journal.discard(self._journal_path, self.job.header())
            return self._tree, files
        assert self.course is not None, "there is one where no tree was stored"
        said = tree_to_json(self.job.tree(self._items, self.course))
        tree = tree_from_json(said, source="this run")  # as rounded as what is stored
        old = self.job.stored(self._record)
        files = write_outputs(tree, self._directory, self._stem, self._formats, video_path=video)
        if old is not None:  # of another system or other levels; what it had and this has not is stale
            for suffix in suffixes(list(FORMATS), old.levels) - suffixes(list(FORMATS), tree.levels):
                (self._directory / f"{self._stem}{suffix}").unlink(missing_ok=True)
        if self._journal is not None:
            self._journal.remove()
        return tree, files

    def close(self) -> None:
        """Let the journal go; it stays on the disk for the next run, unless the files were written."""
        if self._journal is not None:
            self._journal.close()

    @property
    def _record(self) -> Path:
        return self._directory / f"{self._stem}.json"

    @property
    def _journal_path(self) -> Path:
        return self._directory / f"{self._stem}{JOURNAL_SUFFIX}"

    def _take(self, item: Caption | Gap) -> None:
        self._on_item(item)
        self._items.append(item)
