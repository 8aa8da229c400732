"""Where a figure comes from: command, commit, machine."""

from __future__ import annotations

import os
import platform
import shlex
import sys

import torch

from videorecap.outputs.origin import commit


def provenance() -> dict[str, str]:
    """What must stand beside every figure."""
    return {
        "command": shlex.join(["python", *sys.argv]),
        "commit": commit() or "unknown",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "software": f"Python {platform.python_version()}, torch {torch.__version__}",
    }
