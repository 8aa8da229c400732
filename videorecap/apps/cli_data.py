"""The commands about data sets: ``videorecap sim`` and ``videorecap data``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from videorecap.apps.options import parse_amount, parse_count, parse_list, parse_size
from videorecap.defaults import FRAME_RATE, FRAME_SIZE, NUM_QUESTIONS

LAYOUT_NAMES = ("jsonl", "ego4d-hcap", "ego4d-narrations", "egoschema")


def add_sim(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Commands of ``videorecap sim``."""
    commands = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    add_make(commands.add_parser("make", parents=[common], help="make a data set of simulated videos"))
    add_sheet(commands.add_parser("sheet", parents=[common], help="draw a contact sheet of simulated videos"))
    add_script(commands.add_parser("script", parents=[common], help="tell what happens in a simulated video"))


def add_data(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Commands of ``videorecap data``."""
    commands = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    add_check(commands.add_parser("check", parents=[common], help="look for faults and leaks"))
    add_stats(commands.add_parser("stats", parents=[common], help="count, beside the paper's numbers"))
    add_convert(commands.add_parser("convert", parents=[common], help="write annotations in another layout"))


def add_make(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap sim make``."""
    parser.add_argument("-o", "--output-dir", type=Path, required=True, metavar="DIR", help="the data set")
    parser.add_argument("--split", default="train", help="train (the default), val or test")
    parser.add_argument("--videos", type=parse_count, default=20, metavar="N", help="default: 20")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--hours", type=parse_amount, metavar="H", help="of all videos together")
    length.add_argument(
        "--minutes", type=parse_amount, metavar="M", help="of a video, on average (default: as in the paper)"
    )
    parser.add_argument("--seed", type=int, default=0, help="another one gives other videos of the split")
    parser.add_argument(
        "--size",
        type=parse_size,
        default=FRAME_SIZE,
        metavar="WxH",
        help=f"of the pictures, in pixels (default: {FRAME_SIZE[0]}x{FRAME_SIZE[1]})",
    )
    parser.add_argument(
        "--frame-rate", type=parse_count, default=FRAME_RATE, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--no-video",
        dest="has_files",
        action="store_false",
        help="annotations only; frames can be rendered when they are needed",
    )
    parser.add_argument(
        "--questions",
        type=int,
        default=NUM_QUESTIONS,
        metavar="N",
        help="at most so many about each video (default: %(default)s)",
    )
    parser.add_argument(
        "--spans",
        type=int,
        default=0,
        metavar="N",
        help="describe so many other segments of each video, and sum up at most so many parts of it, to "
        "train on (default: 0)",
    )
    parser.add_argument(
        "--to",
        type=parse_list,
        default=(),
        metavar="LIST",
        help=f"other layouts to write besides, comma-separated, of {', '.join(LAYOUT_NAMES[1:])}",
    )
    parser.add_argument(
        "--workers",
        type=parse_count,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (default: one for each core)",
    )
    parser.set_defaults(run=run_make)


def add_sheet(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap sim sheet``."""
    parser.add_argument(
        "data", nargs="?", type=Path, metavar="DIR", help="a data set; without it, one video by its seed"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("sheet.png"), metavar="PNG")
    add_which(parser)
    parser.add_argument(
        "--videos", type=parse_count, default=6, metavar="N", help="the first N of the data set (default: 6)"
    )
    parser.add_argument(
        "--frames", type=parse_count, default=8, metavar="N", help="of each video (default: 8)"
    )
    parser.set_defaults(run=run_sheet)


def add_script(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap sim script``."""
    add_which(parser)
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.set_defaults(run=run_script)


def add_which(parser: argparse.ArgumentParser) -> None:
    """Options that choose a simulated video."""
    parser.add_argument("--seed", type=int, default=0, help="decides everything about a video")
    parser.add_argument("--minutes", type=parse_amount, default=7.0, metavar="M", help="its length")


def add_check(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap data check``."""
    add_source(parser, "data", nargs="+")
    parser.add_argument("--videos", type=Path, metavar="DIR", help="of video files (default: videos in DATA)")
    parser.add_argument(
        "--egoschema",
        type=Path,
        metavar="PATH",
        help="EgoSchema's annotations, whose videos must not be in training",
    )
    parser.set_defaults(run=run_check)


def add_stats(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap data stats``."""
    add_source(parser, "data")
    parser.add_argument(
        "-o", "--output-dir", type=Path, metavar="DIR", help="draw the figures there, as PNG and html"
    )
    parser.set_defaults(run=run_stats)


def add_convert(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap data convert``."""
    add_source(parser, "source")
    parser.add_argument("-o", "--output-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument("--to", choices=LAYOUT_NAMES, default=LAYOUT_NAMES[0], help="default: %(default)s")
    parser.add_argument("--split", help="say that all videos are of this split")
    parser.add_argument("--lenient", action="store_true", help="leave out what is wrong, and tell")
    parser.set_defaults(run=run_convert)


def add_source(parser: argparse.ArgumentParser, name: str, nargs: str | None = None) -> None:
    """The annotations to read."""
    parser.add_argument(
        name,
        nargs=nargs,
        type=Path,
        metavar="DATA",
        help="a folder or file: our JSONL, Ego4D-HCap, Ego4D narrations, EgoSchema, dense captions",
    )


def run_make(options: argparse.Namespace) -> int:
    """Run ``videorecap sim make``."""
    from videorecap.apps import sim

    return sim.run_make(options)


def run_sheet(options: argparse.Namespace) -> int:
    """Run ``videorecap sim sheet``."""
    from videorecap.apps import sim

    return sim.run_sheet(options)


def run_script(options: argparse.Namespace) -> int:
    """Run ``videorecap sim script``."""
    from videorecap.apps import sim

    return sim.run_script(options)


def run_check(options: argparse.Namespace) -> int:
    """Run ``videorecap data check``."""
    from videorecap.apps import data

    return data.run_check(options)


def run_stats(options: argparse.Namespace) -> int:
    """Run ``videorecap data stats``."""
    from videorecap.apps import data

    return data.run_stats(options)


def run_convert(options: argparse.Namespace) -> int:
    """Run ``videorecap data convert``."""
    from videorecap.apps import data

    return data.run_convert(options)
