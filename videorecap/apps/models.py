"""``videorecap models``: the systems that can be used."""

from __future__ import annotations

from videorecap.build import SHIPPED, read_config, shipped_systems


def describe_systems() -> str:
    """One line for each system inside the package, and how to get others."""
    lines = []
    for name in shipped_systems():
        config = read_config(SHIPPED / name)
        levels = ", ".join(level.name for level in config.levels)
        lines.append(f"{name}: {levels}. {config.domain or ''}".rstrip())
    lines.append("Any other: a directory made by `videorecap convert`, or owner/name on the hub.")
    lines.append("blip2:MODEL: clip captions of a BLIP2 of transformers, by its directory or hub name.")
    return "\n".join(lines)
