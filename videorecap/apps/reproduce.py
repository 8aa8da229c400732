"""``videorecap reproduce``: trains what is missing of a table, scores it, writes ours beside the paper's."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from videorecap.apps.checks import tell_gaps
from videorecap.apps.cli import EXIT_GAPS, EXIT_OK
from videorecap.apps.options import with_packages_of
from videorecap.apps.reproduce_data import test_data, train_data
from videorecap.apps.train import Progress, precision_of
from videorecap.data.plots import empty_figure
from videorecap.data.readers.detect import read_any
from videorecap.data.stats import measure
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.choosers import is_language_model, is_server, open_choosers, require_chooser
from videorecap.evaluation.metrics import unavailable
from videorecap.outputs.files import write_aside
from videorecap.outputs.origin import origin
from videorecap.paper import table1, table3
from videorecap.paper.experiments import Laboratory
from videorecap.paper.making import Maker
from videorecap.paper.pages import claims_table
from videorecap.paper.questions import asked_videos
from videorecap.paper.recipes import recipe
from videorecap.paper.results import Setting, Sheet, digest_of
from videorecap.paper.summary import require_setting, stored_tables, table_path, write_summary
from videorecap.paper.zero_shot import Published
from videorecap.training.start import Pretrained, make_tokenizer

PARTS: Final = {"2": ("2a", "2b"), "6": ("6a", "6b")}
UNTOLD: Final = frozenset({"run", "debug", "command", "url", "arguments"})  # a URL may hold a key


def reproduce(options: argparse.Namespace) -> int:
    """Make tables again."""
    numbers = numbers_of(options.tables)
    _check(options, numbers)
    train = train_data(options)
    if table1.NUMBER in numbers:
        _count(train, options)
        numbers.remove(table1.NUMBER)
    return _make(train, numbers, options) if numbers else EXIT_OK


def numbers_of(names: Sequence[str]) -> list[str]:
    """The tables that are asked for, each once; "table2" is both of its halves."""
    asked = [name.removeprefix("table") for name in names]
    return list(dict.fromkeys(number for name in asked for number in PARTS.get(name, (name,))))


def _check(options: argparse.Namespace, numbers: Sequence[str]) -> None:
    """See what can be seen before anything is made."""
    empty_figure(1, 1)  # plots can be drawn
    stored_tables(options.output_dir)  # those that are there can be read
    if options.pseudo is not None and not options.pseudo.exists():
        raise DataError(f"{options.pseudo}: there is no such file of a teacher's captions")
    _require_read(options, numbers)
    _require_parts(options)
    with with_packages_of("llm"):
        if table3.NUMBER in numbers:
            require_chooser(options.by, url=options.url, record=options.record)
        _published(options).require_ready(options.output_dir)


def _pretrained(options: argparse.Namespace) -> Pretrained:
    """The parts that rows are given."""
    return Pretrained(encoder=options.encoder, gpt2=options.gpt2, distilbert=options.distilbert)


def _require_parts(options: argparse.Namespace) -> None:
    """See that pretrained parts can be read, and that the size has a place for them."""
    given = _pretrained(options)
    given.digests()
    if given.gpt2 is not None:
        make_tokenizer(recipe("recap", options.size).start, given, ())


def _require_read(options: argparse.Namespace, numbers: Sequence[str]) -> None:
    """Refuse options that no table reads.

    Raises:
        ConfigError: naming one.
    """
    if options.blip2 is not None and not set(PARTS["2"]) & set(numbers):
        raise ConfigError("--blip2 is for table2, which is not asked for")
    if options.llm is not None and "2b" not in numbers:
        raise ConfigError("--llm is for table2b, which is not asked for")
    by = options.by if table3.NUMBER in numbers else ""
    if options.record is not None and not (by and is_language_model(by)):
        raise ConfigError("--record is of a language model that answers table3's questions; see --by")
    if options.url is not None and not any(map(is_server, (by, options.llm or ""))):
        raise ConfigError("--url is of a server, which neither --llm nor, for table3, --by names")


def _published(options: argparse.Namespace) -> Published:
    """The models that nobody trains here."""
    return Published(blip2=options.blip2, llm=options.llm, url=options.url)


def _count(data: Path, options: argparse.Namespace) -> None:
    """Table 1, for which nothing is trained."""
    stats = measure(read_any(data))
    figures = table1.table1_figures(stats)
    page = table1.table1_page(data.name, stats, figures)
    told = table1.table1_json(data.name, stats, origin(options.arguments), _given(options))
    stem = table_path(options.output_dir, table1.NUMBER, "").name
    print(page)
    _write(options.output_dir, {f"{stem}.md": page + "\n", f"{stem}.json": told, **figures})


def _make(train: Path, numbers: Sequence[str], options: argparse.Namespace) -> int:
    """The tables for which systems are trained, and the summary of all that the folder holds."""
    laboratory = Laboratory(
        size=options.size,
        train=train,
        test=test_data(options),
        output=options.output_dir,
        pseudo=options.pseudo,
        pretrained=_pretrained(options),
        precision=precision_of(options.precision),
        workers=options.workers,
    )
    setting = _setting(laboratory, numbers)
    maker = Maker(
        laboratory=laboratory,
        published=_published(options),
        num_seeds=options.seeds,
        progress=Progress(is_shown=True),
    )
    choosers = partial(open_choosers, options.by, url=options.url, record=options.record)
    sheets: list[Sheet] = []
    summary: list[Path] = []
    for number in numbers:
        is_asked = number == table3.NUMBER
        sheets.append(maker.questions(options.by, choosers) if is_asked else maker.captions(number))
        _write(options.output_dir, _files(sheets[-1], setting, options))
        tell_gaps(sheets[-1].gaps)
        summary = write_summary(options.output_dir)  # now, for who stops the next table
    print("\n".join(claims_table([one for sheet in sheets for one in sheet.found])))
    _tell(summary)
    return EXIT_GAPS if any(sheet.has_gaps for sheet in sheets) else EXIT_OK


def _setting(laboratory: Laboratory, numbers: Sequence[str]) -> Setting:
    """What all tables of the folder have in common; what would fail later fails here.

    Raises:
        ConfigError: if the folder holds tables of another setting.
        DataError: if there are no questions for Table 3.
    """
    test, folder = laboratory.test, laboratory.output
    faults: list[DataError] = []  # a training leaves them out, and says so
    learned = digest_of(read_any(laboratory.train, faults.append))
    scored = digest_of(test.videos.values())
    setting = Setting(laboratory.size, learned, scored, test.world, laboratory.given)
    require_setting(stored_tables(folder), folder, setting)
    if table3.NUMBER in numbers:
        asked_videos(laboratory)
    if set(numbers) != {table3.NUMBER}:
        for line in unavailable(test.protocol.metrics).values():
            print(f"videorecap: {line}", file=sys.stderr)
    return setting


def _files(sheet: Sheet, setting: Setting, options: argparse.Namespace) -> dict[str, str | bytes]:
    stem = table_path(options.output_dir, sheet.number, "").name
    told = sheet.as_json(setting, origin(options.arguments), _given(options))
    return {f"{stem}.md": sheet.page + "\n", f"{stem}.png": sheet.plot, f"{stem}.json": told}


def _given(options: argparse.Namespace) -> dict[str, object]:
    """The options of the command, as JSON has them."""
    given = {name: value for name, value in vars(options).items() if name not in UNTOLD}
    return {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}


def _write(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    for name, content in contents.items():
        write_aside(folder / name, content, make_folder=True)
    _tell([folder / name for name in contents])


def _tell(paths: Sequence[Path]) -> None:
    print(", ".join(map(str, paths)))
