"""The command that answers questions about videos: ``videorecap answer``."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.options import parse_count, with_packages_of
from videorecap.defaults import BATCH_SIZE

READINGS = ("none", "clips", "all")


def add_answer(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap answer``."""
    parser.add_argument(
        "system", nargs="?", metavar="SYSTEM", help="captions the videos first; or give --predictions"
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="videos with questions")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="answers.json")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="captions of the videos, of ours")
    parser.add_argument(
        "--by",
        default="words",
        metavar="WHO",
        help="server:NAME or local:DIR, a language model; record, answers of before; words or "
        "embedding:DIR, the option most like the captions (default: words)",
    )
    parser.add_argument("--url", metavar="URL", help="of a server of OpenAI's protocol (default: OpenAI)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="of a language model's answers")
    parser.add_argument("--read", choices=READINGS, default="all", help="which captions (default: all)")
    parser.add_argument("--submission", type=Path, metavar="FILE", help="for EgoSchema's public server")
    parser.add_argument("--split", metavar="NAME", help="of the data (default: all)")
    parser.add_argument("--videos", type=parse_count, metavar="N", help="the first N (default: all)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="of frames (default: beside the answers)")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda", help="default: auto")
    parser.add_argument("--batch-size", type=parse_count, default=BATCH_SIZE, metavar="N")
    parser.add_argument("--workers", type=parse_count, default=2, metavar="N")
    parser.set_defaults(run=run_answer)


def run_answer(options: argparse.Namespace) -> int:
    """Run ``videorecap answer``."""
    with with_packages_of("eval"), with_packages_of("llm"):
        from videorecap.apps.answer import answer

        return answer(options)
