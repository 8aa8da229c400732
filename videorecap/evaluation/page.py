"""Scores and captions beside their references, as one page that needs no other file."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Final

from PIL import Image

from videorecap.evaluation.answers import Answer
from videorecap.evaluation.metrics import Item, Metric, compute
from videorecap.evaluation.report import Report
from videorecap.evaluation.table import cell
from videorecap.outputs.markup import html_text
from videorecap.outputs.plain_page import plain_page
from videorecap.outputs.times import clock
from videorecap.sim.render import frame as render_frame
from videorecap.sim.script import Script

MOST_SHOWN: Final = 200  # captions of a level, the worst first
MOST_PICTURES: Final = 12  # of a level, of the worst captions
PICTURE_SIZE: Final = (192, 144)  # pixels
QUALITY: Final = 70  # of JPEG


def report_page(
    name: str,
    reports: Mapping[str, Report],
    answers: Mapping[str, Sequence[Answer]],
    scripts: Mapping[str, Script] | None = None,
) -> str:
    """The page.

    Args:
        name: of what was scored.
        reports: by level.
        answers: likewise.
        scripts: of simulated videos, by id, whose worst captions are shown with a frame.
    """
    text = files("videorecap.evaluation").joinpath("page.html").read_text(encoding="utf-8")
    sections = (_section(one, answers[level], scripts or {}) for level, one in reports.items())
    content = Template(text).substitute(name=html_text(name), sections="\n".join(sections))
    return plain_page(f"{name}: scores", content)


def _section(one: Report, answers: Sequence[Answer], scripts: Mapping[str, Script]) -> str:
    """A level: its figures, then its captions, the worst first."""
    figures = "".join(_figure_row(name, *cell(name, figure)) for name, figure in one.figures.items())
    ranked = _worst_first(answers)
    rows = "\n".join(
        _answer_row(answer, scripts.get(answer.sample.video) if place < MOST_PICTURES else None)
        for place, answer in enumerate(ranked[:MOST_SHOWN])
    )
    head = f"{one.num_items} captions of {one.num_videos} videos, {one.num_missing} missing"
    shown = f"The worst {min(MOST_SHOWN, len(ranked))} of {len(ranked)} captions, by ROUGE-L"
    return (
        f"<section><h2>{html_text(one.level)}</h2><p>{head}; protocol {html_text(one.protocol)}, "
        f"<code>{one.fingerprint}</code></p><table class=figures><tbody>{figures}</tbody></table>"
        f"<h3>{shown}</h3><table class=captions><tbody>{rows}</tbody></table></section>"
    )


def _figure_row(name: str, value: str, interval: str) -> str:
    return f"<tr><th>{html_text(name)}</th><td>{value}</td><td>{interval}</td></tr>"


def _worst_first(answers: Sequence[Answer]) -> list[Answer]:
    items = [
        Item((one.text or "").lower(), tuple(text.lower() for text in one.sample.texts)) for one in answers
    ]
    scores = compute([Metric.ROUGE_L], items)[Metric.ROUGE_L].items
    return [answers[int(place)] for place in scores.argsort(kind="stable")]


def _answer_row(answer: Answer, script: Script | None) -> str:
    sample = answer.sample
    when = f"{sample.video} {clock(sample.span.start)} to {clock(sample.span.end)}"
    said = html_text(answer.text) if answer.text is not None else "<em>no caption</em>"
    references = "<br>".join(html_text(text) for text in sample.texts)
    picture = _picture(script, sample.span.middle) if script is not None else ""
    return f"<tr><td>{picture}<small>{html_text(when)}</small></td><td>{said}</td><td>{references}</td></tr>"


def _picture(script: Script, seconds: float) -> str:
    """A frame, as part of the page."""
    file = io.BytesIO()
    Image.fromarray(render_frame(script, seconds, PICTURE_SIZE)).save(file, "JPEG", quality=QUALITY)
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"><br>'
