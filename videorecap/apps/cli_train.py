"""The command that trains: ``videorecap train``."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.options import parse_amount, parse_count, parse_number, with_packages_of

SIZES = ("tiny", "small", "base")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")


def add_train(parser: argparse.ArgumentParser) -> None:
    """Options of ``videorecap train``."""
    parser.add_argument("recipe", metavar="RECIPE", help="recap, recap-u, ..., or a recipe's JSON file")
    parser.add_argument("--size", choices=SIZES, help="of a named recipe (default: base, the paper's)")
    parser.add_argument("--show", action="store_true", help="print the recipe as JSON, and train nothing")
    add_data(parser)
    add_system(add_parts(parser))
    add_loop(parser)
    parser.set_defaults(run=run_train)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Options that say what is trained on, and where everything is kept."""
    group = parser.add_argument_group("data")
    group.add_argument("--data", type=Path, metavar="DIR", help="a data set, of any layout that is known")
    group.add_argument("-o", "--output-dir", type=Path, metavar="DIR", help="of the run; it continues there")
    group.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="of frames and features (default: cache in the run's folder)",
    )
    group.add_argument("--pseudo", type=Path, metavar="FILE", help="captions by `videorecap teacher label`")
    group.add_argument(
        "--egoschema",
        type=Path,
        metavar="FILE",
        help="its uid_to_ego4d.json; its videos are never trained on",
    )
    group.add_argument(
        "--no-feature-cache",
        dest="stores_features",
        action="store_false",
        help="run a frozen encoder in every step that learns clips, and keep no features of them",
    )


def add_parts(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Options that give pretrained parts."""
    group = parser.add_argument_group("pretrained parts, which stages of the recipe stand in for otherwise")
    group.add_argument(
        "--encoder",
        metavar="NAME|PATH",
        help="the video encoder of a system, or a file of LaViLa's or CLIP's",
    )
    group.add_argument("--gpt2", metavar="NAME|DIR", help="the decoder's language model, on the hub or here")
    group.add_argument("--distilbert", metavar="NAME|DIR", help="the alignment's, likewise")
    return group


def add_system(group: argparse._ArgumentGroup) -> None:
    """The option that gives all parts at once."""
    group.add_argument(
        "--from",
        dest="from_system",
        metavar="NAME|DIR",
        help="a trained system of the recipe's sizes, with all of these parts, to train further",
    )


def add_loop(parser: argparse.ArgumentParser) -> None:
    """Options that say how the training is run."""
    group = parser.add_argument_group("the run")
    group.add_argument("--seed", type=int, default=0)
    group.add_argument(
        "--device", choices=("auto", "cpu"), default="auto", help="default: a GPU if there is one"
    )
    group.add_argument(
        "--precision", choices=PRECISIONS, default="auto", help="default: bf16 where the device has it"
    )
    group.add_argument(
        "--accumulate", type=parse_count, default=1, metavar="N", help="micro-batches of a step (default: 1)"
    )
    group.add_argument("--ema", type=parse_amount, metavar="DECAY", help="keep an average of the weights")
    group.add_argument(
        "--save-every",
        type=parse_count,
        default=250,
        metavar="STEPS",
        help="a checkpoint (default: %(default)s)",
    )
    group.add_argument(
        "--log-every",
        type=parse_count,
        default=50,
        metavar="STEPS",
        help="a line of the log (default: %(default)s)",
    )
    group.add_argument(
        "--workers",
        type=parse_count,
        default=2,
        metavar="N",
        help="processes that render or decode (default: 2)",
    )
    group.add_argument(
        "--loaders",
        type=parse_number,
        default=1,
        metavar="N",
        help="processes that make batches ahead (default: 1)",
    )
    group.add_argument(
        "--no-estimate",
        dest="estimates",
        action="store_false",
        help="begin without trying first how much time, memory and disk it will take",
    )
    group.add_argument("--wandb", metavar="PROJECT", help="also log to Weights & Biases")


def run_train(options: argparse.Namespace) -> int:
    """Run ``videorecap train``."""
    with with_packages_of("train"):
        from videorecap.apps.train import train

    return train(options)
