"""The timeline of the page: each level as bars over time, gaps on top, clock times below."""

from __future__ import annotations

from collections.abc import Sequence

from videorecap.outputs.markup import html_number, html_text
from videorecap.outputs.outline import settled
from videorecap.outputs.times import clock, clock_range
from videorecap.types import CaptionTree, Gap, Span

TICK_STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
MAX_TICKS = 7
LAST_TICK_PERCENT = 95  # a time further right than this would stick out if it were centred
MAX_SEPARATE_BARS = 150  # more bars than this in one lane are drawn without lines between them


def timeline(tree: CaptionTree) -> str:
    """The timeline as HTML; the page's script makes it a slider."""
    spans = [caption.span for caption in tree.captions] + [gap.span for gap in tree.gaps]
    duration = max(tree.video.duration_seconds, 0.001, *(span.end for span in spans))
    levels = _lanes(tree)
    labels = "".join(f"<span>{html_text(level)}</span>" for level in levels)
    lanes = "".join(_lane(tree, level, duration) for level in levels)
    return (
        f'<div class="labels" aria-hidden="true">{labels}</div>\n'
        f'<div class="tracks" id="tracks" data-duration="{html_number(duration)}">\n{lanes}'
        f'<div class="ticks" aria-hidden="true">{_ticks(duration)}</div>\n</div>'
    )


def _lanes(tree: CaptionTree) -> Sequence[str]:
    """The levels drawn on the timeline, highest first: all but one that is a single bar anyway."""
    is_one_bar = (
        len(tree.levels) > 1
        and tree.summary is not None
        and tree.levels[-1] not in {gap.level for gap in tree.gaps}
    )
    return tree.levels[-2::-1] if is_one_bar else tree.levels[::-1]


def _lane(tree: CaptionTree, level: str, duration: float) -> str:
    """One level as bars over time, with its gaps on top."""
    spans = [caption.span for caption in settled(tree.at(level))]
    kinds = ["lane"]
    if level != tree.levels[0]:
        kinds.append("upper")
    if len(spans) > MAX_SEPARATE_BARS:
        kinds.append("dense")
    gaps = "".join(_gap(gap, duration) for gap in tree.gaps if gap.level == level)
    return (
        f'<div class="{" ".join(kinds)}" data-level="{html_text(level)}">'
        f'<svg viewBox="0 0 {html_number(duration)} 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{"".join(map(_bar, spans))}"/><path class="hits"/></svg>{gaps}<b hidden></b></div>\n'
    )


def _bar(span: Span) -> str:
    start, end = html_number(span.start), html_number(span.end)
    return f"M{start} 0H{end}V1H{start}Z"


def _gap(gap: Gap, duration: float) -> str:
    left, width = 100 * gap.span.start / duration, 100 * gap.span.duration / duration
    title = f"{clock_range(gap.span)}: {html_text(gap.reason)}"
    return f'<i style="left:{left:.3f}%;width:{width:.3f}%" title="{title}"></i>'


def _ticks(duration: float) -> str:
    """Clock times along the timeline, at round distances."""
    step = next((step for step in TICK_STEPS_SECONDS if duration / step <= MAX_TICKS), duration / MAX_TICKS)
    ticks = []
    for index in range(int(duration / step) + 1):
        left = 100 * index * step / duration
        kind = ' class="end"' if left > LAST_TICK_PERCENT else ""
        ticks.append(f'<span{kind} style="left:{left:.3f}%">{clock(index * step)}</span>')
    return "".join(ticks)
