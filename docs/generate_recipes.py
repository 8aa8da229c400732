"""Writes the tables of docs/recipes.md from the recipes: `python docs/generate_recipes.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from videorecap.paper.recipes import RECIPES, recipe
from videorecap.paper.sizes import PARTS, Parts, Size
from videorecap.paper.tables import TABLES, TEACHERS, Row
from videorecap.training.recipe import Stage

PAGE = Path(__file__).with_name("recipes.md")
PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables written anew."""
    return PLACE.sub(lambda found: f"{found[1]}\n{table(found[2])}\n\n{found[3]}", text)


def table(name: str) -> str:
    """A table by its name."""
    fixed = {"recipes": recipes, "rows": rows, "teachers": teachers, "sizes": sizes}
    if name in fixed:
        return fixed[name]()
    system, _, size = name.rpartition("-")
    return stages(recipe(system, size).stages)


def recipes() -> str:
    """Every recipe: what it is, and where the paper has it."""
    found = []
    for name, make in RECIPES.items():
        what = (make.__doc__ or "").splitlines()[0]
        found.append((f"`{name}`", what, recipe(name, Size.TINY).source or "none"))
    return markdown(("recipe", "what it is", "in the paper"), found)


def rows() -> str:
    """Rows of the paper's tables, each with its recipe."""
    found = [
        (number, row.label, made_by(row), ", ".join(row.levels))
        for number, made in TABLES.items()
        for row in made.rows
    ]
    return markdown(("table", "row", "recipe", "levels it scores"), found)


def made_by(row: Row) -> str:
    """How a row is made."""
    if row.reader is not None:
        return f"{row.reader}, on the clip captions of `{row.recipe}`" if row.recipe else f"{row.reader}"
    captioner = f"`{row.recipe}`" if row.recipe else "a BLIP2, as it is published"
    return f"{row.prompted}, prompted with the clip captions of {captioner}" if row.prompted else captioner


def teachers() -> str:
    """Rows of Table 6a."""
    return markdown(("row", "name on the hub"), [(label, f"`{name}`") for label, name in TEACHERS.items()])


def sizes() -> str:
    """What each size is built of."""
    found = [(f"`{size}`", *parts_of(PARTS[size])) for size in Size]
    head = (
        "size",
        "frames",
        "encoder",
        "alignment",
        "decoder",
        "width",
        "queries: seen, read",
        "tokens read",
    )
    return markdown(head, found)


def parts_of(parts: Parts) -> tuple[str, ...]:
    """The numbers of a size."""
    side = parts.encoder.image_size
    seen = list(dict.fromkeys(parts.num_video_queries.values()))
    return (
        f"{parts.encoder.num_frames} of {side} x {side}",
        f"{parts.encoder.num_layers} layers",
        f"{parts.alignment.num_layers} layers",
        f"{parts.decoder.num_layers} layers",
        str(parts.decoder.width),
        f"{' or '.join(map(str, seen))}, {parts.num_text_queries}",
        str(parts.max_text_tokens),
    )


def stages(made: Iterable[Stage]) -> str:
    """The stages of a recipe, in order."""
    head = ("stage", "learns", "changes", "starts from", "samples, in turn", "length", "batch", "rate")
    return markdown(head, [stage_row(stage) for stage in made])


def stage_row(stage: Stage) -> tuple[str, ...]:
    """One stage."""
    changed = [
        *(["encoder"] if stage.trains_encoder else []),
        *([f"`{stage.trains}`"] if stage.trains else []),
    ]
    learned = [
        str(name) if weight == 1 else f"{weight:g} {name}" for name, weight in stage.objectives.items()
    ]
    drawn = [name if number is None else f"{number:,} {name}" for name, number in stage.data.items()]
    length = f"{stage.steps:,} steps" if stage.steps else f"{stage.epochs:g} epochs"
    skipped = f", {stage.optim.skipped_epochs:g} epochs in" if stage.optim.skipped_epochs else ""
    return (
        stage.name,
        " + ".join(learned),
        ", ".join(changed),
        ", ".join(stage.init_from) or ("nothing" if stage.stands_in_for else "pretrained parts"),
        ", ".join(drawn),
        length,
        str(stage.batch_size),
        f"{stage.optim.learning_rate:g}{skipped}",
    )


def markdown(head: Iterable[str], found: Iterable[Iterable[str]]) -> str:
    """A table."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
