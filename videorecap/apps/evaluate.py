"""``videorecap evaluate``: captions of a data set, their scores, and a page to look at both."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from videorecap.apps.checks import require_other_suffix, require_outputs, tell_gaps, tell_references
from videorecap.apps.cli import EXIT_GAPS, EXIT_OK
from videorecap.apps.cli_evaluate import CACHE, LEVELS, PREDICTIONS
from videorecap.build import System, load_system
from videorecap.data.clip_stores import open_clips
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.metrics import Metric, unavailable
from videorecap.evaluation.page import report_page
from videorecap.evaluation.predict import Predictor
from videorecap.evaluation.protocol import Protocol
from videorecap.evaluation.report import Decoding, Report, report
from videorecap.evaluation.said import Said, read_said
from videorecap.evaluation.table import table
from videorecap.evaluation.testset import TestSet, read_test_set
from videorecap.evaluation.tokens import require_tokenizer
from videorecap.outputs.files import write_aside
from videorecap.outputs.origin import origin
from videorecap.paper.systems import zero_shot

SCHEMA_VERSION = 1
PAGE = ".html"  # beside the report


@dataclass(frozen=True, slots=True)
class _Said:
    """What is scored.

    Attributes:
        answers: by level.
        decoding: how they were chosen.
        name: of who said it.
        is_whole: whether every caption is there, those too that others were written from.
    """

    answers: Mapping[str, Sequence[Answer]]
    decoding: Decoding
    name: str
    is_whole: bool


def evaluate(options: argparse.Namespace) -> int:
    """Score a system, or a file of predictions."""
    page = options.output.with_suffix(PAGE)
    _check(options)
    test = read_test_set(
        options.data, protocol=options.protocol, split=options.split, num_videos=options.videos
    )
    require_tokenizer(test.protocol.tokenizer)
    require_other_suffix(options.output, (PAGE, PREDICTIONS, CACHE))
    require_outputs({"-o": options.output, "the page of captions": page, "--record": options.record})
    for line in unavailable(test.protocol.metrics).values():
        print(f"videorecap: {line}", file=sys.stderr)
    said = (_predicted if options.system else _read)(options, test)
    reports = {
        level: report(items, level, test.protocol, decoding=said.decoding, scripts=test.scripts)
        for level, items in said.answers.items()
    }
    _tell_few(test.protocol, reports)
    _write(options, said, test.protocol, reports)
    write_aside(page, report_page(said.name, reports, said.answers, test))
    print(table(reports))
    print(f"{options.output}, {page}")
    return EXIT_OK if said.is_whole else EXIT_GAPS


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigError: naming them.
    """
    if (options.system is None) == (options.predictions is None):
        raise ConfigError("what to score is needed: a SYSTEM, or --predictions FILE, and not both")
    if options.predictions is not None and options.upper is not None:
        raise ConfigError("--upper writes captions of a SYSTEM; those of --predictions are there already")
    if options.upper is None and (options.url or options.record):
        given = "--url" if options.url else "--record"
        raise ConfigError(f"{given} is of a language model; name one with --upper")
    if unknown := set(options.level) - set(LEVELS):
        raise ConfigError(f"no level {sorted(unknown)[0]!r}; there are {', '.join(LEVELS)}")


def _predicted(options: argparse.Namespace, test: TestSet) -> _Said:
    """Answers of a system."""
    system = _system(options)
    samples = {name: test.samples(name) for name in system.hierarchy.names if name in options.level}
    samples = {name: found for name, found in samples.items() if found}
    if not samples:
        raise DataError(f"{options.data}: has no captions of {', '.join(options.level)} to compare with")
    cache = options.cache or options.output.with_suffix(CACHE)
    predictor = Predictor(
        system,
        open_clips(system.config, cache / "frames", options.data),
        options.output.with_suffix(PREDICTIONS),
        workers=options.workers,
        batch_size=options.batch_size,
    )
    with tqdm(desc="videos", total=len(test.videos), disable=None) as bar:
        told = predictor.predict(list(test.videos.values()), samples=samples, advance=bar.update)
    tell_gaps(told.gaps)
    name = f"{system.config.name} {system.digest[:12]}"
    return _Said(told.answers, system.decoding, name, is_whole=not told.gaps)


def _system(options: argparse.Namespace) -> System:
    """The system, with all that it needs to write.

    Raises:
        ConfigError: if it has not the levels that are asked for, or its language model cannot be asked.
    """
    system = load_system(options.system, device=options.device)
    if options.upper is not None:
        record = str(options.record) if options.record is not None else None
        config = zero_shot(system.config, options.upper, url=options.url, record=record)
        system = replace(system, config=config)
    if missing := set(options.level) - set(system.hierarchy.names):
        have = ", ".join(system.hierarchy.names)
        raise ConfigError(f"system {system.config.name!r} captions {have}, not {min(missing)}; see --level")
    if not system.captioners:  # opened here, so that a model that cannot be asked is told before the work
        raise ConfigError(f"system {system.config.name!r} has no captioners, so it writes nothing")
    return system


def _read(options: argparse.Namespace, test: TestSet) -> _Said:
    """Answers of a file."""
    samples = {level: found for level in options.level if (found := test.samples(level))}
    said = read_said(options.predictions, [one for found in samples.values() for one in found])
    every_level = {level: said.answers(found) for level, found in samples.items()}
    given = {
        level: found
        for level, found in every_level.items()
        if any(answer.text is not None for answer in found)
    }
    if said.may_be_references:
        tell_references(options.predictions)
    _tell_unread(options.predictions, said, {level: len(samples[level]) for level in samples.keys() - given})
    if not given:
        raise DataError(
            f"{options.predictions}: has no caption of {', '.join(options.level)} of these videos"
        )
    every = [one for items in given.values() for one in items]
    if missing := sum(one.text is None for one in every):
        told = f"{options.predictions}: has no caption of {missing} of {len(every)} spans"
        print(f"videorecap: {told}", file=sys.stderr)
    return _Said(given, {"strategy": "of a file"}, options.predictions.name, is_whole=not missing)


def _tell_unread(path: Path, said: Said, silent: Mapping[str, int]) -> None:
    """Say, in a line each, which levels a file says nothing of, and what of it is not scored.

    Args:
        path: of the file.
        said: what was read of it.
        silent: number of spans of each such level.
    """
    lines = []
    if silent:
        spans = ", ".join(f"{level} ({number} spans)" for level, number in sorted(silent.items()))
        lines.append(f"has no caption of {spans}, which is not scored")
    if said.unused:
        of = f"the first of {said.unused[0]!r}"
        lines.append(f"captions of nothing that is scored are left out: {len(said.unused)}, {of}")
    if said.num_repeated:
        lines.append(f"captions beside another of the same span are left out: {said.num_repeated}")
    for line in lines:
        print(f"videorecap: {path}: {line}", file=sys.stderr)


def _tell_few(protocol: Protocol, reports: Mapping[str, Report]) -> None:
    """Say of levels of which a single caption is scored what that makes of their figures."""
    single = [level for level, one in reports.items() if one.num_items == 1]
    if single and {Metric.CIDER, Metric.CIDER_D} & set(protocol.metrics):
        told = f"CIDEr of a single caption is always 0, so of {', '.join(single)}"
        print(f"videorecap: {told}", file=sys.stderr)
    for level in single:
        if (every := protocol.every.get(level, 1)) > 1:
            told = (
                f"every {every}th {level} is scored, and there are no more than {every}: the first alone is"
            )
            print(f"videorecap: protocol {protocol.name!r}: {told}", file=sys.stderr)


def _write(
    options: argparse.Namespace, said: _Said, protocol: Protocol, reports: Mapping[str, Report]
) -> None:
    told = {
        "schema_version": SCHEMA_VERSION,
        **origin(options.arguments),
        "scored": said.name,
        "protocol": asdict(protocol),
        "decoding": said.decoding,
        "levels": [one.as_json() for one in reports.values()],
    }
    write_aside(options.output, json.dumps(told, indent=2) + "\n", make_folder=True)
