"""What is made of the videos before a stage: frames, features, and captions handed over.

All of it is on disk, and made only where it is missing; runs that share a cache make nothing twice. Of
several processes each makes its share of the videos, at the same time as the others, and then waits for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from accelerate import Accelerator  # type: ignore[import-untyped]

from videorecap.build import System
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.features import FeatureStore
from videorecap.data.frames import ChooseSpans, FrameStore, clip_windows
from videorecap.hierarchy import Level
from videorecap.training.handover import Handover
from videorecap.training.inputs import Inputs, Told
from videorecap.training.progress import Progress
from videorecap.training.run import Data, Run
from videorecap.training.samples import Sample
from videorecap.training.shelf import Shelf, handover_key


class Preparation:
    """The stores of a run, and the making of what is in them.

    Args:
        run: says where they are.
        data: the videos.
        accelerator: of every process.
        progress: told of what is done.
    """

    def __init__(self, run: Run, data: Data, accelerator: Accelerator, progress: Progress) -> None:
        self._run = run
        self._accelerator = accelerator
        self._progress = progress
        self._videos = list(data.all_videos.values())
        self._own = self._videos[accelerator.process_index :: accelerator.num_processes]
        self._shelf = Shelf(run.cache / "handovers")

    def frames(self, system: System, clips: ChooseSpans) -> FrameStore:
        """The frames of clips of every video, rendered or decoded where they are missing."""
        store = self.frame_store(system)
        self._begin("frames of clips", sum(len(clips(video)) for video in self._own))
        store.prepare(self._own, clips, workers=self._run.workers, advance=self._progress.advance)
        self._accelerator.wait_for_everyone()
        return store

    def frame_store(self, system: System) -> FrameStore:
        """The store of frames, whether or not anything is in it."""
        return FrameStore.of(system.config, self._run.cache / "frames", self._run.data)

    def feature_store(self, system: System, frames: FrameStore) -> FeatureStore:
        """The store of features by a system's encoder, whether or not anything is in it."""
        return FeatureStore(
            self._run.cache / "features",
            frames,
            system,
            batch_size=self._run.encode_batch,
            autocast=self._run.precision == "bf16",
        )

    def features(
        self,
        system: System,
        frames: FrameStore,
        clips: ChooseSpans,
        dense: Mapping[str, Collection[int]],
    ) -> FeatureStore:
        """Features of clips of every video, computed where they are missing.

        Args:
            system: whose encoder, frozen from now on, makes them.
            frames: of the clips.
            clips: which clips.
            dense: by video, the numbers of the clips whose spacetime tokens are wanted too.
        """
        store = self.feature_store(self._on_device(system), frames)
        self._begin("features of clips", sum(len(clips(video)) for video in self._own))
        store.prepare(
            self._own,
            clips,
            dense=lambda video: dense.get(video.video, ()),
            advance=self._progress.advance,
        )
        self._accelerator.wait_for_everyone()
        return store

    def told(self, level: Level, system: System, inputs: Inputs) -> dict[str, Told]:
        """Captions of a level of every video, written by the system as it is where they are missing.

        What another run has handed over from the same system is taken from the cache.
        """
        handover, placed = self.handover(level), self._on_device(system)
        is_asked = self._accelerator.is_main_process and not handover.is_whole(self._videos)
        key = self._handover_key(level, placed, inputs) if is_asked else None
        if key is not None and (done := self._shelf.find(key)) is not None:
            self._progress.note(f"captions of every {level.name}: they are written already, see {done}")
            handover.take(self._videos, done)
        self._accelerator.wait_for_everyone()
        self._begin(f"handing over: captions of every {level.name}, by the stages before", len(self._own))
        with self._accelerator.autocast():
            handover.write(placed, inputs, self._own, self._progress.advance)
        self._accelerator.wait_for_everyone()
        if key is not None:
            self._shelf.put(key, lambda folder: handover.copy(self._videos, folder))
        return handover.read(self._videos)

    def _handover_key(self, level: Level, system: System, inputs: Inputs) -> str:
        where = f"{self._accelerator.device.type} {self._accelerator.num_processes}"
        return handover_key(self._run, level, system, inputs, where=where)

    def handover(self, level: Level) -> Handover:
        """The captions of a level, whether or not there are any yet."""
        return Handover(self._run.output / "handovers" / level.name, level, batch_size=self._run.encode_batch)

    def _on_device(self, system: System) -> System:
        device = self._accelerator.device
        system.modules.to(device)
        return replace(system, device=device)

    def _begin(self, what: str, total: int) -> None:
        self._progress.begin(what, total)


def numbers_of_windows(run: Run, videos: Mapping[str, VideoAnnotations]) -> dict[str, set[int]]:
    """By video, which windows' tokens a run keeps: all of them, or none."""
    kept = videos.values() if run.keeps_tokens else ()
    return {video.video: set(range(len(clip_windows(video)))) for video in kept}


def numbers_of(samples: Sequence[Sample], inputs: Inputs) -> dict[str, set[int]]:
    """By video, which of its clips are samples."""
    numbers: dict[str, set[int]] = {}
    for sample in samples:
        numbers.setdefault(sample.video, set()).add(inputs.number(sample))
    return numbers
