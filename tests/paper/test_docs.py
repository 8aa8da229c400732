"""The page on recipes says what they are now."""

import importlib.util
from pathlib import Path

from videorecap.paper.recipes import RECIPES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_tables_of_recipes_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate_recipes", DOCS / "generate_recipes.py")
    assert spec
    assert spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = (DOCS / "recipes.md").read_text(encoding="utf-8")
    assert generate.page(text) == text, "run python docs/generate_recipes.py"
    assert len(generate.PLACE.findall(text)) == text.count("<!-- table: ")
    assert all(f"| `{name}` |" in text for name in RECIPES)
