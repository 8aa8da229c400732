"""Peak memory of `videorecap caption` on a short and a long video: it must not grow with the length.

    python benchmarks/memory.py --minutes 2 60

Each video is captioned by the real command in a process of its own, whose peak resident memory the system
reports. The videos are simulated and written to a temporary folder first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from provenance import provenance

from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script

MOST_GROWTH = 0.05


def peak_mib(arguments: list[str]) -> float:
    """Run a command, and give the peak resident memory of its process in MiB."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed with status {status}")
    unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, KiB elsewhere
    return usage.ru_maxrss * unit / 2**20


def main() -> None:
    """Measure, print, and keep the figures if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, nargs=2, default=(2.0, 60.0), metavar=("SHORT", "LONG"))
    parser.add_argument("--frame-rate", type=int, default=5, help="of the videos")
    parser.add_argument("--model", default="sim-tiny")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    peaks: dict[float, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for minutes in options.minutes:
            video = Path(folder) / f"{minutes:g}-minutes.mp4"
            script = sample_script(seed_of("test", 0), 60 * minutes)
            write_video(script, video, size=(320, 240), frame_rate=options.frame_rate)
            command = [sys.executable, "-m", "videorecap.apps.cli", "caption", str(video), "-o", folder]
            peaks[minutes] = peak_mib([*command, "--model", options.model])
            print(f"{minutes:g} minutes: peak {peaks[minutes]:.1f} MiB")
    short, long = (peaks[minutes] for minutes in options.minutes)
    print(f"difference: {long / short - 1:+.2%} (at most {MOST_GROWTH:.0%} is wanted)")
    if options.output:
        report = {**provenance(), "model": options.model, "peak_mib": peaks, "ratio": long / short}
        options.output.write_text(json.dumps(report, indent=2) + "\n")
    if long / short - 1 > MOST_GROWTH:
        raise SystemExit("memory grows with the length of the video")


if __name__ == "__main__":
    main()
