"""The commands about the language model that writes labels: ``videorecap teacher``."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.cli_train import PRECISIONS
from videorecap.apps.options import parse_amount, parse_count, with_packages_of


def add_teacher(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Commands of ``videorecap teacher``."""
    commands = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    add_train(
        commands.add_parser(
            "train", parents=[common], help="fine-tune a language model on clip captions and descriptions"
        )
    )
    add_label(
        commands.add_parser(
            "label", parents=[common], help="let it describe minutes and videos that no human described"
        )
    )


def add_train(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap teacher train``."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="NAME",
        help="on the hub (google/flan-t5-large, gpt2), or a directory; or tiny-t5, tiny-gpt2, which start "
        "from nothing",
    )
    add_data(parser)
    parser.add_argument("-o", "--output-dir", type=Path, required=True, metavar="DIR", help="the teacher")
    parser.add_argument("--steps", type=parse_count, default=3000, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--batch-size", type=parse_count, default=16, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--learning-rate", type=parse_amount, metavar="X", help="default: 1e-4, or 2e-3 from nothing"
    )
    parser.add_argument(
        "--max-input-tokens",
        type=parse_count,
        metavar="N",
        help="captions that do not fit are thinned out evenly (default: 512, or 160 from nothing)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--precision",
        choices=PRECISIONS[1:],
        default="fp32",
        help="of the forward pass (default: %(default)s)",
    )
    parser.add_argument(
        "--accumulate",
        type=parse_count,
        default=1,
        metavar="N",
        help="parts of a step, to need less memory (default: 1)",
    )
    parser.set_defaults(run=run_train)


def add_label(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap teacher label``."""
    parser.add_argument("--teacher", type=Path, required=True, metavar="DIR", help="a trained one")
    add_data(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the labels, a .jsonl file"
    )
    parser.add_argument(
        "--segments", type=parse_count, metavar="N", help="how many (the paper: 100000; default: none)"
    )
    parser.add_argument(
        "--summaries", type=parse_count, metavar="N", help="how many (the paper: 15000; default: none)"
    )
    parser.add_argument(
        "--again", action="store_true", help="also sum up videos that a human has summed up, after the others"
    )
    parser.add_argument("--seed", type=int, default=0, help="another one gives other spans")
    parser.add_argument(
        "--beams", type=parse_count, default=4, metavar="N", help="of the search for words (default: 4)"
    )
    parser.add_argument(
        "--batch-size", type=parse_count, default=32, metavar="N", help="default: %(default)s"
    )
    parser.set_defaults(run=run_label)


def add_data(parser: argparse.ArgumentParser) -> None:
    """The annotations to read, and videos to keep away from."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DATA",
        help="annotations, in any layout that 'videorecap data' reads; only training videos are used",
    )
    parser.add_argument(
        "--egoschema",
        type=Path,
        metavar="PATH",
        help="EgoSchema's folder or its uid_to_ego4d.json, whose videos are never used",
    )


def run_train(options: argparse.Namespace) -> int:
    """Run ``videorecap teacher train``."""
    with with_packages_of("train"):
        from videorecap.apps import teacher

    return teacher.run_train(options)


def run_label(options: argparse.Namespace) -> int:
    """Run ``videorecap teacher label``."""
    with with_packages_of("train"):
        from videorecap.apps import teacher

    return teacher.run_label(options)
