"""Measured work in a process of its own, so that its peak memory is its own.

The system counts the memory of the process that starts another one as the other one's too, for a moment; so a
small process is between, which this file is also.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

WATCH: Final = "--watch"
THIS: Final = (sys.executable, "-m", "captioning_speed.apart")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process took, and what it said.

    Attributes:
        seconds: from its start to its end.
        peak_mib: most resident memory, of the whole process.
        result: what the function gave, as json has it; None of a command.
    """

    seconds: float
    peak_mib: float
    result: Any = None


def run_command(arguments: Sequence[str]) -> Outcome:
    """Run a command to its end, and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        status = subprocess.call([*THIS, WATCH, report, *arguments], env=_with_these_modules())
        if status:
            raise SystemExit(f"{' '.join(arguments)} failed with status {status}")
        return Outcome(**json.loads(report.read_text()))


def run_apart(function: Callable[..., Any], **arguments: Any) -> Outcome:  # noqa: ANN401 - the function's own
    """Call a function of one of these modules in a new process; json holds what it is given and gives."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        names = [function.__module__, function.__name__]
        outcome = run_command([*THIS, *names, json.dumps(arguments), str(answer)])
        return Outcome(outcome.seconds, outcome.peak_mib, json.loads(answer.read_text()))


def _with_these_modules() -> dict[str, str]:
    """The environment of a process that finds the modules of the benchmarks."""
    paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def watch(report: Path, arguments: Sequence[str]) -> int:
    """Run a command, and write down what it took; its exit status."""
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, KiB elsewhere
    outcome = Outcome(time.perf_counter() - began, usage.ru_maxrss * unit / 2**20)
    report.write_text(json.dumps(asdict(outcome)))
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """A new process: one that watches another, or one that works."""
    if sys.argv[1] == WATCH:
        sys.exit(watch(Path(sys.argv[2]), sys.argv[3:]))
    module, name, arguments, answer = sys.argv[1:]
    function = getattr(importlib.import_module(module), name)
    Path(answer).write_text(json.dumps(function(**json.loads(arguments))))


if __name__ == "__main__":
    main()
