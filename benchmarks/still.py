"""What reusing the features of still scenes does to captions, on simulated videos that stand still at times.

    python benchmarks/still.py -o benchmarks/results/still.json

A simulated video is played, held, and played on, with the noise of a sensor on every frame, and written to an
mp4 file. Its clips are captioned with each encoded, and with features reused at several tolerances. A reused
clip is wrong if another moment is seen in it than in the clip whose features it takes. Of ordinary videos,
which never stand still, nothing may be reused.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray
from provenance import provenance
from tqdm import tqdm

from videorecap.build import System, load_system
from videorecap.data.levels import CLIP
from videorecap.defaults import BATCH_SIZE, FRAME_SIZE, STILL_TOLERANCE
from videorecap.describe import describe
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.facts import judge, shares
from videorecap.records import View, ViewedClip
from videorecap.sim.render import frame
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of
from videorecap.sim.video import SETTINGS
from videorecap.sim.writer import sample_script
from videorecap.still import StillScenes
from videorecap.training.samples import Sample
from videorecap.types import Span
from videorecap.video.clips import Clip, read_clips, sample_times
from videorecap.video.reader import VideoReader

RATE: Final = 6  # frames per second
PLAYED, HELD = 13.0, 23.0  # seconds, in turn
NOISES: Final = (0.0, 2.0, 4.0)  # standard deviation of each pixel, in levels of 0..255
TOLERANCES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
QUESTIONS: Final = ("action", "object")
Figures: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Film:
    """A script, and how long it is held each time it has been played for a while.

    Attributes:
        script: what happens.
        held: seconds; 0 plays it through.
        noise: standard deviation of each pixel.
    """

    script: Script
    held: float
    noise: float

    def moment(self, seconds: float) -> float:
        """The time of the script that is seen at a time of the film."""
        if not self.held:
            return seconds
        turns, rest = divmod(seconds, PLAYED + self.held)
        return turns * PLAYED + min(rest, PLAYED)

    def seen(self, clip: Clip) -> list[float]:
        """The moments of the frames of a clip."""
        assert clip.frames is not None
        times = sample_times(clip.span, len(clip.frames))
        return [self.moment(int(time * RATE + 1e-6) / RATE) for time in times]

    def write(self, path: Path, seconds: float) -> None:
        """Write so many seconds of it as mp4."""
        rng = np.random.default_rng(self.script.seed)
        grains = [rng.normal(0, self.noise, (*FRAME_SIZE[::-1], 3)).astype(np.float32) for _ in range(8)]
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=RATE, options=SETTINGS)
            stream.codec_context.thread_count = 1
            stream.width, stream.height = FRAME_SIZE
            stream.pix_fmt = "yuv420p"
            for number, picture in enumerate(self._pictures(round(seconds * RATE))):
                grain = np.roll(grains[rng.integers(len(grains))], rng.integers(FRAME_SIZE[1]), axis=0)
                noisy = np.clip(picture + grain + 0.5, 0, 255).astype(np.uint8)
                shot = av.VideoFrame.from_ndarray(noisy, format="rgb24")
                shot.pts, shot.time_base = number, Fraction(1, RATE)
                container.mux(stream.encode(shot))
            container.mux(stream.encode())

    def _pictures(self, count: int) -> Iterator[NDArray[np.uint8]]:
        """So many frames without noise; one that is held is drawn once."""
        moment, picture = None, None
        for number in range(count):
            following = self.moment(number / RATE)
            if picture is None or following != moment:
                moment, picture = following, frame(self.script, following, FRAME_SIZE)
            yield picture


@dataclass(frozen=True)
class Told:
    """What was said of a film.

    Attributes:
        texts: of its clips.
        is_reused: of each, whether its features are of another.
        is_wrong: of each, whether that other shows another moment.
        num_encoded: clips that were encoded.
    """

    texts: list[str]
    is_reused: list[bool]
    is_wrong: list[bool]
    num_encoded: int


def tell(film: Film, clips: Sequence[Clip], system: System, tolerance: float | None) -> Told:
    """Caption clips, reusing features at a tolerance, or not."""
    found: list[Clip | ViewedClip] = list(clips)
    if tolerance is not None:
        found = list(StillScenes(system, tolerance).clips(lambda skip: iter(clips[skip:])))
    shown: dict[View, list[float]] = {}
    wrong = []
    for one in found:
        clip = one.clip if isinstance(one, ViewedClip) else one
        seen = film.seen(clip)
        wrong.append(isinstance(one, ViewedClip) and shown.setdefault(one.view, seen) != seen)
    rows: list[int] = []
    assert system.modules.encoder is not None
    counting = system.modules.encoder.register_forward_pre_hook(lambda _, given: rows.append(len(given[0])))
    records = list(describe(found, system, batch_size=BATCH_SIZE))
    counting.remove()
    texts = [record.caption.text if record.caption else "" for record in records]
    return Told(texts, [record.is_reused for record in records], wrong, sum(rows))


def accuracy(film: Film, clips: Sequence[Clip], texts: Sequence[str]) -> list[list[float]]:
    """Of each clip that moves all the time, what of it is told right, and 1."""
    rows = []
    for clip, text in zip(clips, texts, strict=True):
        start, end = film.moment(clip.span.start), film.moment(clip.span.end)
        if end - start > clip.span.duration - 1e-6:
            answer = Answer(Sample("it", CLIP, Span(start, end), ()), text)
            counted = shares(judge([answer], {"it": film.script}, CLIP), CLIP)
            rows.append([*(float(counted[name].items.sum()) for name in QUESTIONS), 1.0])
    return rows


def compare(
    films: Sequence[Film], seconds: float, system: System, advance: Callable[[], object]
) -> dict[str, Figures]:
    """Figures at each tolerance, over films."""
    told: dict[str, list[tuple[Told, Told]]] = {}
    right: dict[str, list[list[float]]] = {}
    for film in films:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            film.write(path, seconds)
            with VideoReader(path) as reader:
                clips = list(read_clips(reader, num_frames=system.num_frames))
        plain = tell(film, clips, system, None)
        for tolerance in (None, *TOLERANCES):
            name = "off" if tolerance is None else f"{tolerance:g}"
            own = plain if tolerance is None else tell(film, clips, system, tolerance)
            told.setdefault(name, []).append((plain, own))
            right.setdefault(name, []).extend(accuracy(film, clips, own.texts))
            advance()
    return {name: {**figures(told[name]), **scores(right[name])} for name in told}


def figures(pairs: Sequence[tuple[Told, Told]]) -> Figures:
    """Of films told without and with reuse."""
    clips = [
        (before == after, is_reused, is_wrong)
        for plain, own in pairs
        for before, after, is_reused, is_wrong in zip(
            plain.texts, own.texts, own.is_reused, own.is_wrong, strict=True
        )
    ]
    reused = [clip for clip in clips if clip[1]]
    return {
        "clips": len(clips),
        "encoded": sum(own.num_encoded for _, own in pairs) / len(clips),
        "reused": len(reused),
        "wrongly reused": sum(clip[2] for clip in clips),
        "same captions": sum(clip[0] for clip in clips) / len(clips),
        "same captions of reused": sum(clip[0] for clip in reused) / max(1, len(reused)),
    }


def scores(rows: Sequence[Sequence[float]]) -> Figures:
    """What is told right of clips that move all the time."""
    sums = np.sum(rows, axis=0)
    right = {f"{name} where all moves": sums[n] / sums[-1] for n, name in enumerate(QUESTIONS)}
    return {**right, "clips where all moves": sums[-1]}


def show(title: str, rows: dict[str, Figures]) -> None:
    """A row for each tolerance."""
    print(f"\n{title}")
    columns = ("encoded", "reused", "wrongly", "same", *QUESTIONS)
    print(f"{'tolerance':>9} " + " ".join(f"{column:>8}" for column in columns))
    for name, row in rows.items():
        right = " ".join(f"{row[f'{question} where all moves']:8.1%}" for question in QUESTIONS)
        counts = f"{row['encoded']:8.1%} {row['reused']:8.0f} {row['wrongly reused']:8.0f}"
        print(f"{name:>9} {counts} {row['same captions']:8.1%} {right}")


def main() -> None:
    """Measure, print, and keep the figures if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="sim-tiny")
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--videos", type=int, default=2, help="of each kind")
    parser.add_argument("--minutes", type=float, default=2.5, help="of each")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    system = load_system(options.model)
    scripts = [
        sample_script(seed_of(options.split, number), 60 * options.minutes)
        for number in range(options.videos)
    ]
    kinds = {f"held at times, noise {noise:g}": (HELD, noise) for noise in NOISES}
    kinds["ordinary, noise 2"] = (0.0, 2.0)
    results: dict[str, dict[str, Figures]] = {}
    with tqdm(total=len(kinds) * len(scripts) * (1 + len(TOLERANCES))) as bar:
        for kind, (held, noise) in kinds.items():
            films = [Film(script, held, noise) for script in scripts]
            results[kind] = compare(films, 60 * options.minutes, system, bar.update)
    for kind, rows in results.items():
        show(kind, rows)
    if options.output:
        report = {
            **provenance(),
            "system": {"name": system.config.name, "digest": system.digest},
            "split": options.split,
            "default tolerance": STILL_TOLERANCE,
            "figures": results,
        }
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
