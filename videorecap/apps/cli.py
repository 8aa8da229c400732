"""The command line. Nothing heavy is imported until a command needs it: ``--help`` loads no torch."""

from __future__ import annotations

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import videorecap
from videorecap.apps.cli_answer import add_answer
from videorecap.apps.cli_data import add_data, add_sim
from videorecap.apps.cli_evaluate import add_evaluate
from videorecap.apps.cli_reproduce import add_reproduce
from videorecap.apps.cli_teacher import add_teacher
from videorecap.apps.cli_train import add_train
from videorecap.apps.options import parse_amount, parse_count, parse_list
from videorecap.defaults import BATCH_SIZE, MODEL, STILL_TOLERANCE
from videorecap.errors import VideoRecapError

FORMAT_NAMES = ("json", "srt", "vtt", "chapters", "txt", "md", "html")
PRECISIONS = ("auto", "fp32", "bf16", "int8")
EXIT_OK, EXIT_FAILED, EXIT_GAPS = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code.

    0: all done. 1: at least one input failed. 2: the command line is wrong. 3: all done, but parts of a
    video could not be captioned.
    """
    for stream in (sys.stdout, sys.stderr):  # a file may have a name that the terminal cannot show
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = build_parser().parse_args(arguments)
    options.arguments = sys.argv[1:] if arguments is None else list(arguments)
    is_verbose = getattr(options, "verbose", False)
    logging.basicConfig(level=logging.INFO if is_verbose else logging.WARNING, format="%(message)s")
    try:
        return int(options.run(options))
    except VideoRecapError as error:
        if options.debug:
            raise
        print(f"videorecap: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("videorecap: stopped; the same command continues where it was", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="videorecap", description=(videorecap.__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--version", action="version", version=f"videorecap {videorecap.__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_caption(commands.add_parser("caption", parents=[common], help="caption videos at three levels"))
    add_info(commands.add_parser("info", parents=[common], help="what is known about a video file"))
    add_models(commands.add_parser("models", parents=[common], help="the systems that can be used"))
    add_convert(
        commands.add_parser("convert", parents=[common], help="turn released checkpoints into a system")
    )
    add_demo(commands.add_parser("demo", parents=[common], help="caption a video of the simulated world"))
    add_sim(commands.add_parser("sim", help="make and look at videos of the simulated world"), common)
    add_data(commands.add_parser("data", help="check, count and convert annotated videos"), common)
    add_train(commands.add_parser("train", parents=[common], help="train a system by a recipe"))
    add_evaluate(commands.add_parser("evaluate", parents=[common], help="score captions against references"))
    add_answer(commands.add_parser("answer", parents=[common], help="answer questions about videos"))
    add_reproduce(commands.add_parser("reproduce", parents=[common], help="make the paper's tables again"))
    add_teacher(commands.add_parser("teacher", help="train a language model that writes labels"), common)
    return parser


def add_caption(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap caption``."""
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="any file that FFmpeg reads")
    parser.add_argument("-o", "--output-dir", type=Path, default=Path(), metavar="DIR", help="default: here")
    parser.add_argument(
        "-f",
        "--output-format",
        type=parse_formats,
        default=FORMAT_NAMES,
        metavar="LIST",
        help=f"comma-separated, of {', '.join(FORMAT_NAMES)}, or all (the default); json is always written",
    )
    add_model(parser)
    parser.add_argument(
        "--batch-size", type=parse_count, default=BATCH_SIZE, metavar="N", help="clips encoded at once"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="keep what the encoder sees, so that other levels or captioners need not decode the video again",
    )
    parser.add_argument(
        "--at-once",
        type=parse_count,
        default=1,
        metavar="N",
        help="videos whose clips share batches: faster for many short ones (default: 1)",
    )
    add_still(parser)
    parser.add_argument(
        "--hwaccel",
        metavar="NAME",
        help="decode on a device that FFmpeg knows: cuda, vaapi, videotoolbox, ...; damage of a file may go "
        "unnoticed there (default: in software)",
    )
    parser.add_argument(
        "--levels",
        type=parse_list,
        metavar="LIST",
        help="levels to write, comma-separated, each with another window if wanted: clip,segment=60",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="fp32",
        help="fewer bits are quicker where the processor has them, and say other words now and then; auto is "
        "bf16 where the device computes in it (default: fp32)",
    )
    add_verbose(parser)
    parser.add_argument("--official", action="store_true", help="copy the quirks of the authors' code")
    parser.set_defaults(run=run_caption)


def add_still(parser: argparse.ArgumentParser) -> None:
    """Options that spare the encoder scenes that stand still."""
    parser.add_argument(
        "--reuse-still",
        action="store_true",
        help="encode a scene that stands still once: a clip that does not change reuses the features, not "
        "the caption, of one before it",
    )
    parser.add_argument(
        "--still-tolerance",
        type=parse_amount,
        metavar="LEVELS",
        help="the same, with another largest change of a small part of the picture that is none, in levels "
        f"of 0..255 (default: {STILL_TOLERANCE:g})",
    )


def add_info(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap info``."""
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.set_defaults(run=run_info)


def add_models(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap models``."""
    parser.set_defaults(run=run_models)


def add_convert(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap convert``."""
    parser.add_argument(
        "checkpoints",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="one unified file, or clip, segment and video files; or a LaViLa file",
    )
    parser.add_argument("-o", "--output-dir", type=Path, required=True, metavar="DIR", help="the new system")
    parser.add_argument("--name", help="name of the system; default: that of DIR")
    parser.add_argument(
        "--tokenizer",
        metavar="FILE|DIR|NAME",
        help="tokenizer.json, a directory with it or with vocab.json and merges.txt, or a name on the hub "
        "(default: of the decoder that the checkpoint names, as a directory here or else on the hub)",
    )
    parser.add_argument(
        "--level",
        choices=("clip", "segment", "summary", "video"),
        help="what a file is for that does not say so itself; video is the authors' name of summary",
    )
    parser.add_argument(
        "--language-models",
        metavar="FILE|DIR|NAME",
        help="config.json of the decoder or the alignment, a directory with it, or a name on the hub; or "
        "JSON with sections vision, bert, gpt2 and text: they tell the numbers of heads",
    )
    for part in ("encoder", "alignment", "decoder", "text"):
        default = "by its width, or what the hub says of the decoder that the checkpoint names"
        parser.add_argument(
            f"--{part}-heads",
            type=parse_count,
            metavar="N",
            help=f"default: {default if part == 'decoder' else 'by its width'}",
        )
    parser.set_defaults(run=run_convert)


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap demo``."""
    parser.add_argument("-o", "--output-dir", type=Path, default=Path("demo"), metavar="DIR")
    parser.add_argument("--minutes", type=float, default=7.0, help="length of the video")
    parser.add_argument("--seed", type=int, default=0, help="which of the held-out videos")
    add_model(parser)
    add_verbose(parser)
    parser.set_defaults(run=run_demo)


def add_verbose(parser: argparse.ArgumentParser) -> None:
    """The option to see captions as they come."""
    parser.add_argument("-v", "--verbose", action="store_true", help="print each caption as it is written")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Options that choose a system."""
    parser.add_argument(
        "--model",
        default=MODEL,
        metavar="NAME|DIR",
        help="a system: its directory, owner/name on the hub, one that `videorecap models` lists, or "
        "blip2:MODEL for clip captions of a BLIP2 (its directory, or its name on the hub)",
    )
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda", help="default: auto")


def run_caption(options: argparse.Namespace) -> int:
    """Run ``videorecap caption``."""
    from videorecap.apps.caption import caption_all

    return caption_all(options)


def run_info(options: argparse.Namespace) -> int:
    """Run ``videorecap info``."""
    from videorecap.video.reader import probe

    info = probe(options.video)
    print(
        f"{info.path}: {info.duration_seconds:.3f} s, {info.width} x {info.height}, {info.frame_rate:.3f} fps"
    )
    print(f"sha256 {info.sha256}")
    return EXIT_OK


def run_models(_: argparse.Namespace) -> int:
    """Run ``videorecap models``."""
    from videorecap.apps.models import describe_systems

    print(describe_systems())
    return EXIT_OK


def run_convert(options: argparse.Namespace) -> int:
    """Run ``videorecap convert``."""
    from videorecap.apps.convert import convert_files

    print(convert_files(options))
    return EXIT_OK


def run_demo(options: argparse.Namespace) -> int:
    """Run ``videorecap demo``."""
    from videorecap.apps.demo import demo

    return demo(options)


def parse_formats(text: str) -> tuple[str, ...]:
    """Names of output formats from a comma-separated list."""
    asked = parse_list(text)
    names = FORMAT_NAMES if "all" in asked else asked
    unknown = [name for name in names if name not in FORMAT_NAMES]
    if unknown or not names:
        wrong = ", ".join(unknown) or "nothing"
        raise argparse.ArgumentTypeError(f"unknown format {wrong}; use {', '.join(FORMAT_NAMES)} or all")
    return names


if __name__ == "__main__":
    sys.exit(main())
