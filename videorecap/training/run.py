"""One training run: what is trained on what, and the folder that holds all of it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import videorecap
from videorecap.config import AlignmentKind
from videorecap.data.annotations import JSON_LINES, Annotation, VideoAnnotations
from videorecap.data.annotations import to_json as video_to_json
from videorecap.data.files import VideoFiles
from videorecap.data.lengths import with_lengths
from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.pseudo import read_pseudo, with_pseudo
from videorecap.data.readers.detect import read_any
from videorecap.data.records import shown
from videorecap.data.sources import load_plain
from videorecap.defaults import BATCH_SIZE
from videorecap.errors import ConfigError, DataError
from videorecap.outputs.files import write_aside
from videorecap.training.plan import LoopConfig, Precision
from videorecap.training.recipe import (
    ClipSpans,
    Labels,
    Objective,
    Part,
    Recipe,
    Scope,
    Stage,
    to_json,
)
from videorecap.training.samples import split_videos
from videorecap.training.start import Pretrained

log = logging.getLogger(__name__)

SCHEMA_VERSION: Final = 1
RUN_FILE: Final = "run.json"
SYSTEM_FOLDER: Final = "system"
NUM_HELD_OUT: Final = 2  # videos that captions are shown of while a stage learns


@dataclass(frozen=True, kw_only=True)
class Run:
    """A training as it was ordered.

    Attributes:
        recipe: what is trained, and how.
        data: folder of the data set, in any layout that ``read_any`` knows.
        output: folder of the run.
        cache: folder of frames and features, which runs on the same data may share.
        pretrained: parts that are given.
        pseudo: captions that a teacher wrote, or None.
        excluded: ids of videos that are never trained on, as those of EgoSchema.
        seed: of everything that is drawn.
        precision: of the forward pass.
        ema_decay: of the running average of the weights, which is then kept at the end; None keeps none.
        loop: how the training is run.
        workers: processes that render or decode.
        encode_batch: clips that are encoded together where nothing is learned; what is captioned together
            follows from it.
        stores_features: whether a frozen encoder's features of clips are kept on disk; otherwise it runs in
            every step that learns clips.
        wandb_project: of Weights & Biases, or None.
    """

    recipe: Recipe
    data: Path
    output: Path
    cache: Path
    pretrained: Pretrained = field(default_factory=Pretrained)
    pseudo: Path | None = None
    excluded: frozenset[str] = frozenset()
    seed: int = 0
    precision: Precision = "fp32"
    ema_decay: float | None = None
    loop: LoopConfig = field(default_factory=LoopConfig)
    workers: int = 1
    encode_batch: int = BATCH_SIZE
    stores_features: bool = True
    wandb_project: str | None = None

    def __post_init__(self) -> None:
        if self.ema_decay is not None and not 0 < self.ema_decay < 1:
            raise ConfigError(
                f"an average of the weights decays by a factor between 0 and 1, got {self.ema_decay}"
            )

    def stages(self) -> tuple[Stage, ...]:
        """The recipe's stages, without those that a pretrained part stands for; a given encoder is frozen."""
        given = self.pretrained.parts
        kept = [stage for stage in self.recipe.stages if stage.stands_in_for not in given]
        if Part.ENCODER in given:
            kept = [stage.without_encoder() for stage in kept if stage.trains is not None]
        return tuple(replace(stage, init_from=self._starts(stage, kept)) for stage in kept)

    def _starts(self, stage: Stage, kept: Sequence[Stage]) -> tuple[str, ...]:
        """The stages that one starts from; a captioner of a trained system goes on from its own weights."""
        goes_on = self.pretrained.system is not None
        names = {one.name for one in kept if not goes_on or one.trains == stage.trains}
        return tuple(name for name in stage.init_from if name in names)

    @property
    def keeps_tokens(self) -> bool:
        """Whether the tokens of every window are on disk: the encoder stays, and a stage learns all clips."""
        base = self.recipe.system.hierarchy.base.name
        stages = [stage for stage in self.stages() if not stage.is_of_texts]
        learns_all = any(
            stage.clips is ClipSpans.WINDOWS and base in stage.data and stage.data[base] is None
            for stage in stages
        )
        return self.stores_features and learns_all and not any(stage.trains_encoder for stage in stages)

    def folder_of(self, stage: Stage) -> Path:
        """Where a stage's checkpoints, log and weights are."""
        return self.output / "stages" / stage.name


@dataclass(frozen=True)
class Data:
    """What is trained on.

    Attributes:
        videos: by id.
        held_out: a few that are only looked at.
        pseudo: captions that a teacher wrote, by video.
        digest: of what is trained on.
    """

    videos: Mapping[str, VideoAnnotations]
    held_out: Mapping[str, VideoAnnotations]
    pseudo: Mapping[str, Sequence[Annotation]]
    digest: str

    @property
    def all_videos(self) -> dict[str, VideoAnnotations]:
        """Those that are trained on and those that are looked at, by id."""
        return {**self.videos, **self.held_out}


def load_data(run: Run) -> Data:
    """Read the videos that may be trained on, and the teacher's captions of them.

    Raises:
        DataError: if there is no video to train on, or labels are of unknown videos.
        ConfigError: if a teacher's captions are not given to a recipe that learns from them, or to another.
    """
    listed = read_videos(run.data)
    found = [video for video in listed if not {video.video, video.source} & run.excluded]
    files = VideoFiles(run.data)
    chosen, looked_at = split_videos(found, NUM_HELD_OUT)
    videos, held_out = (with_lengths(_with_pixels(each, files), files) for each in (chosen, looked_at))
    if not videos:
        wanted = files.expected(next(iter(chosen.values())))
        raise DataError(
            f"{run.data}: no training video has a file that can be read; the first should be {wanted}"
        )
    pseudo: Mapping[str, Sequence[Annotation]] = {}
    if path := _pseudo_path(run):
        left_out = {video.video for video in listed} - videos.keys()
        labels = (label for label in _labels(path) if label[0] not in left_out)
        pseudo = with_pseudo(videos.values(), labels)
    digest = hashlib.sha256()
    for name, video in videos.items():
        digest.update(video_to_json(video).encode("utf-8", "backslashreplace"))
        digest.update(repr([(item.level, item.span, item.texts) for item in pseudo.get(name, ())]).encode())
    return Data(videos, held_out, pseudo, digest.hexdigest())


def _with_pixels(videos: Mapping[str, VideoAnnotations], files: VideoFiles) -> dict[str, VideoAnnotations]:
    """The videos that are drawn, or have a file; the others are left out, and counted."""
    missing = [
        name
        for name, video in videos.items()
        if (video.path is not None or video.seed is None) and files.find(video) is None
    ]
    if missing:
        first = files.expected(videos[missing[0]])
        log.warning(
            "%d of %d videos have no file and are left out; the first: %s", len(missing), len(videos), first
        )
    return {name: video for name, video in videos.items() if name not in set(missing)}


def read_videos(folder: Path) -> list[VideoAnnotations]:
    """All videos of a data set; what is wrong in the annotations is left out, and counted.

    Raises:
        DataError: if it cannot be read.
    """
    faults: list[DataError] = []
    listed = list(read_any(folder, faults.append))
    if faults:
        log.warning("%d annotations are wrong and left out; the first: %s", len(faults), faults[0])
    return listed


def _pseudo_path(run: Run) -> Path | None:
    """The teacher's captions, if the recipe learns from them."""
    learns = any(Labels.PSEUDO in stage.labels for stage in run.recipe.stages)
    if learns and run.pseudo is None:
        raise ConfigError(
            f"recipe {run.recipe.name!r} also learns from a teacher's captions; give them with --pseudo "
            "(`videorecap teacher label` writes them)"
        )
    if run.pseudo is not None and not learns:
        raise ConfigError(
            f"recipe {run.recipe.name!r} does not learn from a teacher's captions; leave --pseudo out, or "
            "take a recipe whose name ends in -pseudo"
        )
    return run.pseudo


def _labels(path: Path) -> Iterator[tuple[str, Annotation]]:
    """Labels of our own file, or of one that was published in the layout of Ego4D-HCap."""
    if path.suffix == JSON_LINES:
        yield from read_pseudo(path)
        return
    for video in read_any(path):
        yield from ((video.video, item) for item in video.captions if item.level in (SEGMENT, SUMMARY))


def require_pretrained(run: Run) -> None:
    """See that parts which a recipe leaves frozen are not random.

    Raises:
        ConfigError: naming the parts to give.
    """
    recipe, given = run.recipe, run.pretrained.parts
    frozen = [
        stage
        for stage in recipe.stages
        if stage.trains is not None and stage.scope is Scope.DECLARED and not stage.is_of_texts
    ]
    missing = []
    seeing = [stage for stage in recipe.stages if not stage.is_of_texts]
    has_encoder = recipe.system.encoder is not None
    if seeing and has_encoder and Part.ENCODER not in given and not seeing[0].trains_encoder:
        missing.append("--encoder")
    begins = [recipe.system.captioners[stage.trains or ""] for stage in frozen if not stage.init_from]
    if begins and Part.GPT2 not in given:
        missing.append("--gpt2")
    parts = [part for one in begins for part in (one.video_alignment, one.text_alignment)]
    has_language_model = any(part is not None and part.kind is AlignmentKind.LM for part in parts)
    if has_language_model and Part.DISTILBERT not in given:
        missing.append("--distilbert")
    if missing:
        raise ConfigError(
            f"recipe {recipe.name!r} starts from pretrained parts and leaves them frozen; give "
            f"{', '.join(missing)}, or a trained system with --from; --size tiny and small start from nothing"
        )
    if run.pretrained.system is None:
        _require_writers(recipe)


def _require_writers(recipe: Recipe) -> None:
    """See that the captions which stages read are written by captioners that have learned to."""
    taught: set[str] = set()
    for stage in recipe.stages:
        if Objective.CAPTION not in stage.objectives:
            continue
        read = [recipe.system.hierarchy.level(name).reads for name in stage.data]
        missing = [name for name in read if name is not None and name not in taught]
        if missing:
            raise ConfigError(
                f"recipe {recipe.name!r}, stage {stage.name!r} reads captions of level {missing[0]!r}, which "
                "no stage before it learns to write; give a trained system with --from"
            )
        taught.update(stage.data)


def settle(run: Run, data: Data) -> None:
    """Write down what the run is, or see that the folder is of the same one.

    Raises:
        ConfigError: naming the first difference.
    """
    path = run.output / RUN_FILE
    wanted: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "videorecap": videorecap.__version__,
        "recipe": json.loads(to_json(run.recipe)),
        "data": data.digest,
        "pretrained": {**asdict(run.pretrained), "digests": run.pretrained.digests()},
        "seed": run.seed,
        "precision": run.precision,
        "ema_decay": run.ema_decay,
        "encode_batch": run.encode_batch,
        "stores_features": run.stores_features,
    }
    if not path.exists():
        write_aside(path, json.dumps(wanted, indent=2) + "\n", make_folder=True)
        return
    found = load_plain(path)
    known = found if isinstance(found, dict) else {}
    for name, value in wanted.items():
        if known.get(name) != value:
            raise ConfigError(
                f"{run.output} holds a run with {name} {shown(known.get(name))}, not {shown(value)}; go on "
                "with its own options, or give another folder"
            )
