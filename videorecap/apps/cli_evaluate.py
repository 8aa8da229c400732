"""The command that scores: ``videorecap evaluate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.options import parse_count, parse_list, with_packages_of
from videorecap.defaults import BATCH_SIZE

LEVELS = ("clip", "segment", "summary")
PROTOCOL_NAMES = ("authors", "coco", "world")
PREDICTIONS, CACHE = ".predictions", ".cache"  # folders beside the output


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap evaluate``."""
    parser.add_argument(
        "system",
        nargs="?",
        metavar="SYSTEM",
        help="name, directory, hub name or blip2:MODEL; or give --predictions",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="videos with references")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="report.json")
    parser.add_argument(
        "--predictions",
        type=Path,
        metavar="FILE",
        help="captions to score: ours, COCO results, or an ActivityNet submission",
    )
    parser.add_argument(
        "--level", type=parse_list, default=LEVELS, metavar="LIST", help="default: clip,segment,summary"
    )
    parser.add_argument(
        "--protocol",
        choices=PROTOCOL_NAMES,
        help="default: world for simulated videos, authors for all others",
    )
    parser.add_argument("--split", metavar="NAME", help="of the data (default: the protocol's)")
    parser.add_argument(
        "--videos", type=parse_count, metavar="N", help="score the first N of the split (default: all)"
    )
    parser.add_argument(
        "--upper",
        metavar="MODEL",
        help="server:NAME or local:DIR: a language model that is prompted for the levels above the clips",
    )
    parser.add_argument("--url", metavar="URL", help="of a server of OpenAI's protocol (default: OpenAI)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="of a language model's answers")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="of frames (default: beside the report)")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda", help="default: auto")
    parser.add_argument("--batch-size", type=parse_count, default=BATCH_SIZE, metavar="N")
    parser.add_argument(
        "--workers", type=parse_count, default=2, metavar="N", help="processes that render or decode"
    )
    parser.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    """Run ``videorecap evaluate``."""
    with with_packages_of("eval"), with_packages_of("llm"):
        from videorecap.apps.evaluate import evaluate

        return evaluate(options)
