"""The architecture as a test: imports run one way, nothing configured goes unread, help is quick."""

import ast
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import videorecap
from videorecap import config, hierarchy

PACKAGE = Path(videorecap.__file__).parent
RANKS: list[set[str]] = [
    {"types", "errors", "defaults", "ahead"},
    {"hierarchy", "validation"},
    {"config"},
    {"video", "models", "outputs"},
    {"sim", "llm"},
    {"captioners", "networks"},
    {"precision"},
    {"build"},
    {"records"},
    {"climb", "describe", "still"},
    {"token_cache"},
    {"pipeline", "data"},
    {"memory", "qa"},
    {"jobs"},
    {"recording"},
    {"training"},
    {"evaluation"},
    {"paper"},
    {"apps"},
    {"__main__"},
]
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}


def imported(path: Path) -> list[tuple[int, str]]:
    """Line and part of the package for each of a file's imports from it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        parts = (name.split(".") for name in names)
        found += [(node.lineno, part[1]) for part in parts if part[0] == "videorecap" and len(part) > 1]
    return found


def test_imports_run_one_way() -> None:
    broken = []
    for path in sorted(PACKAGE.rglob("*.py")):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        for line, part in imported(path):
            if part != own and RANK[part] >= RANK[own]:
                broken.append(f"{path.relative_to(PACKAGE)}:{line} imports {part}")
    assert broken == []


def test_every_field_of_the_configuration_is_read_somewhere() -> None:
    source = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    attributes = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    arguments = {node.arg for node in ast.walk(ast.parse(source)) if isinstance(node, ast.arg)}
    kinds = [
        value
        for value in vars(config).values()
        if getattr(value, "__module__", "") == config.__name__ and is_dataclass(value)
    ]
    unread = [
        f"{kind.__name__}.{field.name}"
        for kind in [*kinds, hierarchy.Level]
        for field in fields(kind)
        if field.name not in attributes | arguments and field.name != "schema_version"
    ]
    assert unread == []


@pytest.mark.parametrize("command", [["caption"], ["sim", "make"], ["data", "check"]])
def test_help_loads_no_torch(command: list[str]) -> None:
    code = (
        "import sys\nfrom videorecap.apps.cli import main\n"
        f"try:\n    main([*{command!r}, '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'av', 'numpy', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"usage: videorecap {' '.join(command)} [-h]" in done.stdout


def test_info_needs_no_torch(short_video: Path) -> None:
    code = (
        "import sys\nfrom videorecap.apps.cli import main\n"
        f"code = main(['info', {str(short_video)!r}])\nsys.exit('torch' in sys.modules or code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "64 x 48" in done.stdout
