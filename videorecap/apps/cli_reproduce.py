"""The command that makes the paper's tables again: ``videorecap reproduce``."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.cli_train import PRECISIONS, add_parts
from videorecap.apps.options import parse_count, with_packages_of

TABLE_NAMES = tuple(
    f"table{number}" for number in ["1", "2", "2a", "2b", "3", "4", "5", "6", "6a", "6b", "7", "S1"]
)


def add_reproduce(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap reproduce``."""
    names = ", ".join(TABLE_NAMES)
    parser.add_argument("tables", nargs="+", metavar="TABLE", choices=TABLE_NAMES, help=names)
    parser.add_argument("--size", choices=("tiny", "small", "base"), default="tiny", help="default: tiny")
    parser.add_argument("-o", "--output-dir", type=Path, default=Path("reproduced"), metavar="DIR")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="to learn from (default: simulated videos, made in the output folder)",
    )
    parser.add_argument("--test", type=Path, metavar="DIR", help="to score on (default: likewise, or --data)")
    parser.add_argument(
        "--pseudo",
        type=Path,
        metavar="FILE",
        help="a teacher's captions (default: one is trained)",
    )
    parser.add_argument(
        "--seeds", type=parse_count, default=1, metavar="N", help="trainings of each row (default: 1)"
    )
    parser.add_argument(
        "--train-videos", type=parse_count, default=100, metavar="N", help="simulated (default: %(default)s)"
    )
    parser.add_argument(
        "--test-videos", type=parse_count, default=48, metavar="N", help="likewise (default: %(default)s)"
    )
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="as of training")
    parser.add_argument(
        "--by", default="words", metavar="WHO", help="who answers table 3's questions, as of answer"
    )
    parser.add_argument(
        "--blip2",
        metavar="DIR|NAME",
        help="for the rows of table 2 that nobody trains: a BLIP2 of transformers",
    )
    parser.add_argument(
        "--llm",
        metavar="MODEL",
        help="for table 2, server:NAME or local:DIR: a language model that is prompted with clip captions",
    )
    parser.add_argument("--url", metavar="URL", help="of a server of OpenAI's protocol (default: OpenAI)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="as of answer")
    parser.add_argument("--workers", type=parse_count, default=2, metavar="N")
    add_parts(parser)
    parser.set_defaults(run=run_reproduce)


def run_reproduce(options: argparse.Namespace) -> int:
    """Run ``videorecap reproduce``."""
    with with_packages_of("train"), with_packages_of("eval"), with_packages_of("llm"):
        from videorecap.apps.reproduce import reproduce

    return reproduce(options)
