"""``videorecap convert``: the authors' checkpoints, and LaViLa's, to a system."""

from __future__ import annotations
