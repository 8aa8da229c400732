"""Scores and captions beside their references, as one page that needs no other file."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Final

from videorecap.evaluation.answers import Answer
from videorecap.evaluation.metrics import Item, Metric, compute
from videorecap.evaluation.pictures import Pictures
from videorecap.evaluation.report import Figure, Report
from videorecap.evaluation.statistics import Interval
from videorecap.evaluation.table import PLAIN, cell
from videorecap.evaluation.testset import TestSet
from videorecap.hierarchy import CLIP_SECONDS
from videorecap.outputs.markup import html_text
from videorecap.outputs.plain_page import plain_page
from videorecap.outputs.times import clock

MOST_SHOWN: Final = 200  # captions of a level, the worst first
MOST_PICTURED: Final = 24  # of these, those with frames
FRAMES: Final = 3  # of a span that is longer than a clip
RANKED_BY: Final = Metric.ROUGE_L


def report_page(
    name: str, reports: Mapping[str, Report], answers: Mapping[str, Sequence[Answer]], test: TestSet
) -> str:
    """The page.

    Args:
        name: of what was scored.
        reports: by level.
        answers: that were scored, likewise.
        test: of which they are; the worst captions are shown with frames of its videos.
    """
    text = files("videorecap.evaluation").joinpath("page.html").read_text(encoding="utf-8")
    pictures = Pictures(test.folder, test.videos, test.scripts)
    sections = (_section(one, answers[level], pictures) for level, one in reports.items())
    content = Template(text).substitute(name=html_text(name), sections="\n".join(sections))
    return plain_page(f"{name}: scores", content)


def _section(one: Report, answers: Sequence[Answer], pictures: Pictures) -> str:
    """A level: its figures, then its captions, the worst first."""
    figures = "".join(_figure_row(name, figure) for name, figure in one.figures.items())
    ranked = _worst_first(answers)
    rows = "\n".join(
        _answer_row(answer, score, pictures if place < MOST_PICTURED else None)
        for place, (answer, score) in enumerate(ranked[:MOST_SHOWN])
    )
    head = f"{one.num_items} captions of {one.num_videos} videos, {one.num_missing} missing"
    shown = f"The worst {min(MOST_SHOWN, len(ranked))} of {len(ranked)} captions, by {RANKED_BY}"
    return (
        f"<section><h2>{html_text(one.level)}</h2><p>{head}; protocol {html_text(one.protocol)}, "
        f"<code>{one.fingerprint}</code></p><table class=figures><tbody>{figures}</tbody></table>"
        f"<h3>{shown}</h3><table class=captions><thead><tr><th>when</th><th>{RANKED_BY}</th>"
        f"<th>said</th><th>references</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _figure_row(name: str, figure: Figure) -> str:
    value, interval = cell(name, figure)
    bar = "" if name in PLAIN else _bar(figure)
    return f"<tr><th>{html_text(name)}</th><td>{value}</td><td>({interval})</td><td>{bar}</td></tr>"


def _bar(figure: Figure) -> str:
    """The figure, and its interval where there is one, on a line from 0 to 1, or as far as it goes."""
    reach = figure.interval or Interval(figure.value, figure.value)
    low, high = reach.low, reach.high
    end = max(1.0, high) / 100
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<line x1="0" y1="5" x2="100" y2="5" class=axis />'
        f'<rect x="{low / end:.2f}" y="2" width="{max(high - low, 0) / end:.2f}" height="6" class=interval />'
        f'<rect x="{figure.value / end - 0.4:.2f}" y="0" width="0.8" height="10" class=value /></svg>'
    )


def _worst_first(answers: Sequence[Answer]) -> list[tuple[Answer, float]]:
    items = [
        Item((one.text or "").lower(), tuple(text.lower() for text in one.sample.texts)) for one in answers
    ]
    scores = compute([RANKED_BY], items)[RANKED_BY].items
    return [(answers[int(place)], float(scores[place])) for place in scores.argsort(kind="stable")]


def _answer_row(answer: Answer, score: float, pictures: Pictures | None) -> str:
    sample = answer.sample
    when = f"{sample.video} {clock(sample.span.start)} to {clock(sample.span.end)}"
    said = html_text(answer.text) if answer.text is not None else "<em>no caption</em>"
    references = "<br>".join(html_text(text) for text in sample.texts)
    number = 1 if sample.span.duration <= 2 * CLIP_SECONDS else FRAMES
    frames = pictures.of(sample.video, sample.span, number) if pictures is not None else []
    shown = "".join(_image(one) for one in frames)
    return (
        f"<tr><td>{shown}<small>{html_text(when)}</small></td><td>{100 * score:.0f}</td>"
        f"<td>{said}</td><td>{references}</td></tr>"
    )


def _image(jpeg: bytes) -> str:
    """A frame, as part of the page."""
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'
