"""Stages that are done, and captions handed over, by all that decides them.

Runs that share a cache make nothing twice: ablations differ in a stage or two, and have the others in common.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from torch import nn

import videorecap
from videorecap.build import System
from videorecap.data.frames import clip_windows
from videorecap.data.locks import alone
from videorecap.errors import OutputError
from videorecap.hierarchy import Level
from videorecap.models.checkpoints import digest_tensors
from videorecap.training.inputs import Inputs
from videorecap.training.recipe import Stage
from videorecap.training.run import Run
from videorecap.training.samples import Order
from videorecap.training.tasks import captioner_of


class Shelf:
    """Folders of what is done.

    Args:
        folder: that holds them; made when something is put there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Path | None:
        """The folder of that key; None if nobody has put one there."""
        folder = self._folder / key
        return folder if folder.is_dir() else None

    def put(self, key: str, write: Callable[[Path], object]) -> Path:
        """Keep files; what is there already stays.

        Args:
            key: of all that decides what is in them.
            write: writes the files into a folder, which appears whole or not at all.

        Returns:
            The folder that holds them.

        Raises:
            OutputError: if it cannot be written.
        """
        folder, aside = self._folder / key, self._folder / f".{key}.part"
        with alone(folder, lambda: None):
            if folder.is_dir():  # another run was faster
                return folder
            shutil.rmtree(aside, ignore_errors=True)  # of a run that was killed
            try:
                aside.mkdir()
                write(aside)
                aside.rename(folder)
            except OSError as error:
                raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        return folder


def stage_key(run: Run, stage: Stage, order: Order, system: System, inputs: Inputs, *, where: str) -> str:
    """sha256 of all that decides a stage's weights.

    Args:
        run: as it was ordered.
        stage: of its recipe, whatever it comes after.
        order: of its samples.
        system: as the stage begins.
        inputs: what samples see and read.
        where: kind and number of devices, which decide the rounding.
    """
    told = asdict(stage)
    del told["init_from"]  # whose weights the system has by now
    facts = {
        "stage": told,
        "seed": [run.seed, order.seed, run.precision, run.ema_decay, run.loop.accumulate, where],
        "levels": [asdict(system.hierarchy.level(name)) for name in order.pools],
        "captioner": stage.trains and asdict(system.config.captioners[stage.trains]),
        "text_tower": system.config.text_tower and asdict(system.config.text_tower),
        "stores_features": inputs.stores_clips,
    }
    digest = _digest(run, facts, system, _parts(stage, system))
    for pool in order.pools.values():
        for sample in pool:
            digest.update(f"{sample.id} {sample.texts} {sample.labels}".encode("utf-8", "backslashreplace"))
    _add_read(digest, inputs)
    if not stage.is_of_texts:
        _add_seen(digest, inputs)
    return digest.hexdigest()


def handover_key(run: Run, level: Level, system: System, inputs: Inputs, *, where: str) -> str:
    """sha256 of all that decides what a trained captioner writes of every training video.

    Args:
        run: as it was ordered.
        level: that is captioned.
        system: whose captioner writes.
        inputs: what the level sees and reads.
        where: kind and number of devices, which decide the rounding and what is written together.
    """
    facts = {
        "level": asdict(level),
        "captioner": asdict(system.config.captioners[level.captioner]),
        "precision": [run.precision, where],
        "keeps_tokens": inputs.keeps_tokens,
    }
    parts: dict[str, nn.Module] = {"model": captioner_of(system, level.captioner).model}
    if system.modules.encoder is not None:
        parts["encoder"] = system.modules.encoder
    digest = _digest(run, facts, system, parts)
    _add_read(digest, inputs)
    _add_seen(digest, inputs)
    return digest.hexdigest()


def _digest(
    run: Run, facts: Mapping[str, object], system: System, parts: Mapping[str, nn.Module]
) -> hashlib._Hash:
    """Begun with facts, and with what a system is made of."""
    told = {
        "videorecap": videorecap.__version__,
        "encoder": system.config.encoder and asdict(system.config.encoder),
        "preprocess": asdict(system.config.preprocess),
        "encode_batch": run.encode_batch,
        **facts,
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    assert system.tokenizer is not None, "a system that is trained writes"
    digest.update(system.tokenizer.to_str().encode())
    for part, module in parts.items():
        digest.update(part.encode())
        digest_tensors(digest, module.state_dict())
    return digest


def _add_read(digest: hashlib._Hash, inputs: Inputs) -> None:
    """Take in the captions that are read."""
    for level, captions in sorted(inputs.told.items()):
        digest.update(f"{level} {sorted(captions.items())}".encode("utf-8", "backslashreplace"))


def _add_seen(digest: hashlib._Hash, inputs: Inputs) -> None:
    """Take in which videos are seen."""
    for video in inputs.videos.values():
        digest.update(inputs.frames.name(video, clip_windows(video)).encode())


def _parts(stage: Stage, system: System) -> dict[str, nn.Module]:
    """Every part that a stage uses."""
    parts: dict[str, nn.Module] = {}
    if stage.trains is not None:
        parts["model"] = captioner_of(system, stage.trains).model
    if not stage.is_of_texts and system.modules.encoder is not None:
        parts["encoder"] = system.modules.encoder
    if stage.trains_encoder and system.modules.text_tower is not None:
        parts["tower"] = system.modules.text_tower
    return parts
