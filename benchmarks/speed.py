"""How fast videos are captioned, what it takes, and how near that is to what the machine can do.

    python benchmarks/speed.py                       everything, up to an hour on 2 cores
    python benchmarks/speed.py reading               clips against a bare decode of the same file
    python benchmarks/speed.py stages                each stage with the machine to itself, share of its peak
    python benchmarks/speed.py versus --tokens 12    the whole of a video against the slow path
    python benchmarks/speed.py hour                  the shipped system on a simulated hour
    python benchmarks/speed.py growth                memory and time of videos of 2 minutes, 1 hour, 4 hours
    python benchmarks/speed.py agreement             the same words in whatever way they are computed
    python benchmarks/speed.py compile               whether compiling the encoder pays
    python benchmarks/speed.py --device cuda         an hour of frames that are decoded already, on a GPU

Weights of the paper's size are random, and captions exactly as long as ``--tokens`` says. The slow path
(``captioning_speed/slow_path.py``) captions the first ``--slow-clips`` clips only; its time for a whole
video is scaled from those, level by level. Its segments and summary then read few words, which is in its
favour. Videos are made first; ``--videos DIR`` keeps them for the next run. Figures and a plot go to
``benchmarks/results``, those of each part with command, commit and machine, beside those of other parts that
are there already.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import torch
from captioning_speed.bench import Bench, Figures
from captioning_speed.parts import agreeing, compiled, from_frames, growth, hour, peaks_told, reading, stages
from captioning_speed.plot import plot
from captioning_speed.precisions import PRECISIONS
from captioning_speed.versus import versus
from captioning_speed.videos import HD_GOPS, Studio
from provenance import provenance

PARTS: Final[Mapping[str, Callable[[Bench], Iterator[tuple[str, Figures]]]]] = {
    "peak": peaks_told,
    "reading": reading,
    "stages": stages,
    "versus": versus,
    "hour": hour,
    "growth": growth,
    "agreement": agreeing,
    "compile": compiled,
}
RESULTS: Final = Path(__file__).parent / "results"
HOUR_CLIPS: Final = 900
BATCH_SIZES: Final = {"cpu": 8, "cuda": 64}


def main() -> None:
    """Measure, print tables, and keep the figures."""
    options = _parser().parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    if options.device == "cuda" and not torch.cuda.is_available():
        print("no GPU here: nothing was measured; where there is one, the same command is ready")
        return
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    everything = [from_frames, compiled] if options.device == "cuda" else PARTS.values()
    parts = [PARTS[name] for name in options.parts] or everything
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(options.videos or Path(folder), options.seed)
        studio.folder.mkdir(parents=True, exist_ok=True)
        bench = _bench(options, studio)
        for part in parts:
            began = time.perf_counter()
            for name, figures in part(bench):
                keep(options.output, name, {**provenance(), "seed": options.seed, **figures})
            print(f"[{time.perf_counter() - began:.0f} s]\n", flush=True)
    plot(json.loads((options.output / "speed.json").read_text()), options.output / "speed.png")


def keep(folder: Path, name: str, figures: Figures) -> None:
    """Write the figures of a part into the file of all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "speed.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps({**known, name: figures}, indent=1) + "\n")
    aside.replace(path)


def _bench(options: argparse.Namespace, studio: Studio) -> Bench:
    batch_size = options.batch_size or BATCH_SIZES[options.device]
    return Bench(
        studio=studio,
        device=torch.device(options.device),
        system=options.system,
        trained=options.trained,
        precisions=tuple(options.precisions),
        tokens=tuple(options.tokens),
        minutes=options.minutes,
        gop=options.gops[-1],
        lengths=tuple(options.lengths),
        gops=tuple(options.gops),
        growth=tuple(options.growth),
        slow_clips=options.slow_clips,
        frames_clips=options.frames_clips or (HOUR_CLIPS if options.device == "cuda" else 4 * batch_size),
        batch_size=batch_size,
        seed=options.seed,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("parts", nargs="*", choices=[[], *PARTS], help="what is measured; everything if none is named")
    add("--system", default="paper", help="paper, paper-u or random-tiny with random weights; or any other")
    add("--trained", default="sim-tiny", help="system of the parts hour, growth, agreement and compile")
    add("--precisions", nargs="+", choices=PRECISIONS, default=PRECISIONS)
    add("--tokens", nargs="+", type=int, default=(12, 77), help="of each caption")
    add("--minutes", type=float, default=10.0, help="of the video of the part versus")
    add("--lengths", nargs="+", type=float, default=(2.0, 10.0), help="minutes of the videos that are read")
    add(
        "--gops", nargs="+", type=int, default=HD_GOPS, help="frames between keyframes; versus takes the last"
    )
    add("--growth", nargs="+", type=float, default=(2.0, 60.0, 240.0), help="minutes of the part growth")
    add("--slow-clips", type=int, default=8, help="clips that the slow path captions, as one batch")
    add("--frames-clips", type=int, help="clips that are captioned from frames in memory")
    add("--batch-size", type=int, help="clips that are encoded together (8; on a GPU 64)")
    add("--device", choices=("cpu", "cuda"), default="cpu")
    add("--cores", type=int, help="processor cores to use; all if not given")
    add("--seed", type=int, default=0, help="of random weights and videos")
    add("--videos", type=Path, metavar="DIR", help="where videos are kept from run to run")
    add("-o", "--output", type=Path, metavar="DIR", default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
