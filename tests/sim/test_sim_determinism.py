"""The same seed gives the same script, pixels and words, in any process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from videorecap.hierarchy import windows
from videorecap.sim.questions import questions
from videorecap.sim.render import frame
from videorecap.sim.words import references
from videorecap.sim.writer import sample_script
from videorecap.types import Span

DIGESTS = {
    "script": {1: "d7b42897db7a3890", 2: "a898f7386290204f", 1100003: "5e3a4a1dfebc12c2"},
    "words": {1: "bb65ff98097ce98b", 2: "449bcc5ab5439f84", 1100003: "436e13d4c2fb411c"},
    "frames": {1: "d4b050e9b1617abf", 2: "ac53f5c1416cd59f", 1100003: "1b70ccaa7cba8366"},
    "questions": {1: "80043cf59cba3047", 2: "c27b619c168a3ccb", 1100003: "64e6f5443ed78f51"},
}


def digests(seed):
    """Short sha256 digests of a script, its words and some of its frames."""
    script = sample_script(seed, 300)
    words = [
        text
        for level, seconds in (("clip", 4.0), ("segment", 180.0))
        for span in windows(300, seconds)
        for text in references(script, span, level)
    ]
    words += references(script, Span(0, 300), "summary")
    pixels = b"".join(frame(script, n * 11.3, (96, 72)).tobytes() for n in range(25))
    asked = repr(questions(script)).encode()
    parts = {
        "script": repr(script).encode(),
        "words": "\n".join(words).encode(),
        "frames": pixels,
        "questions": asked,
    }
    return {name: hashlib.sha256(data).hexdigest()[:16] for name, data in parts.items()}


@pytest.mark.parametrize("seed", [1, 2, 1_100_003])
def test_digests_are_the_stored_ones(seed):
    found = digests(seed)
    assert found == {name: stored[seed] for name, stored in DIGESTS.items()}


def test_another_process_gives_the_same():
    """Other hash seeds order sets and dicts of strings differently; nothing may depend on that."""
    code = "from test_sim_determinism import digests; print(digests(2))"
    folder = str(Path(__file__).parent)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": folder},
            cwd=Path.cwd(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "4242")
    }
    assert outputs == {str(digests(2))}


def test_seeds_differ():
    assert len({repr(sample_script(seed, 60).events) for seed in range(-50, 50)}) == 100


def test_equal_scripts_are_equal():
    assert sample_script(9, 90) == sample_script(9, 90) != sample_script(10, 90)
