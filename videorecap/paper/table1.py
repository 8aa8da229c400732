"""Table 1: how much there is of each level, in any data set beside Ego4D-HCap.

Source: Video ReCap, Table 1 and section 4.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from videorecap.data.plots import length_figure, scenario_figure
from videorecap.data.stats import DataStats, LevelStats, summary, table
from videorecap.outputs.journal import JSON
from videorecap.paper.pages import markdown
from videorecap.paper.results import SCHEMA_VERSION

NUMBER: Final = "1"


def table1_page(name: str, stats: DataStats, figures: Mapping[str, bytes]) -> str:
    """The table as Markdown.

    Args:
        name: of the data set.
        stats: what was counted.
        figures: of ``table1_figures``, which lie beside the page.
    """
    head, *rows = table(stats)
    lines = [f"# Table {NUMBER}", "", f"`{name}`: {summary(stats)}. The paper's figures are of Ego4D-HCap."]
    lines += ["", *markdown(head, rows), ""]
    return "\n".join([*lines, *(f"![{file}]({file})" for file in figures)])


def table1_figures(stats: DataStats) -> dict[str, bytes]:
    """Figures 5 and 6 by the names of their files; without scenarios there is no Figure 5.

    Raises:
        DataError: if matplotlib is not installed.
    """
    figures = {f"table{NUMBER}.png": length_figure(stats)}
    if stats.scenarios:
        figures[f"table{NUMBER}-scenarios.png"] = scenario_figure(stats)
    return figures


def table1_json(
    name: str, stats: DataStats, origin: Mapping[str, JSON], options: Mapping[str, object]
) -> str:
    """The table as JSON.

    Args:
        name: of the data set.
        stats: of it.
        origin: what counted.
        options: of the command.
    """
    stated = {
        "schema_version": SCHEMA_VERSION,
        **origin,
        "table": NUMBER,
        "data": name,
        "options": dict(options),
        "videos": stats.videos,
        "seconds": stats.seconds,
        "questions": stats.questions,
        "scenarios": dict(stats.scenarios),
        "levels": {level: _level(one) for level, one in stats.levels.items()},
        "narrated": {"samples": stats.narrated.samples, "seconds": stats.narrated.seconds},
    }
    return json.dumps(stated, indent=2) + "\n"


def _level(one: LevelStats) -> dict[str, object]:
    words = {str(number): captions for number, captions in sorted(one.words.items())}
    return {"samples": one.samples, "seconds": one.seconds, "words": words}
