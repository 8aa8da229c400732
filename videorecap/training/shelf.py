"""Stages that are done, by all that decides their weights: runs that share a cache learn nothing twice.

Ablations differ in a stage or two, and have the others in common.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from torch import nn

import videorecap
from videorecap.build import System
from videorecap.data.frames import clip_windows
from videorecap.data.locks import alone
from videorecap.errors import OutputError
from videorecap.models.checkpoints import digest_tensors
from videorecap.training.inputs import Inputs
from videorecap.training.recipe import Stage
from videorecap.training.run import Run
from videorecap.training.samples import Order
from videorecap.training.tasks import captioner_of


class Shelf:
    """Folders of done stages.

    Args:
        folder: that holds them; made when something is put there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Path | None:
        """The folder of a stage; None if nobody has done it."""
        folder = self._folder / key
        return folder if folder.is_dir() else None

    def put(self, key: str, write: Callable[[Path], object]) -> Path:
        """Keep the files of a stage; what is there already stays.

        Args:
            key: of the stage.
            write: writes the files into a folder, which appears whole or not at all.

        Returns:
            The stage's folder.

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


def link(source: Path, target: Path) -> None:
    """The same file under another name; on another disk, a copy that appears whole.

    Raises:
        OutputError: if it cannot be written.
    """
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.unlink(missing_ok=True)
        try:
            aside.hardlink_to(source)
        except OSError:
            shutil.copy2(source, aside)
        aside.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


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
        "videorecap": videorecap.__version__,
        "stage": told,
        "seed": [run.seed, order.seed, run.precision, run.ema_decay, run.loop.accumulate, where],
        "levels": [asdict(system.hierarchy.level(name)) for name in order.pools],
        "captioner": stage.trains and asdict(system.config.captioners[stage.trains]),
        "encoder": system.config.encoder and asdict(system.config.encoder),
        "preprocess": asdict(system.config.preprocess),
        "text_tower": system.config.text_tower and asdict(system.config.text_tower),
        "encode_batch": run.encode_batch,
        "stores_features": inputs.stores_clips,
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    assert system.tokenizer is not None, "a system that is trained writes"
    digest.update(system.tokenizer.to_str().encode())
    for part, module in _parts(stage, system).items():
        digest.update(part.encode())
        digest_tensors(digest, module.state_dict())
    for pool in order.pools.values():
        for sample in pool:
            digest.update(f"{sample.id} {sample.texts} {sample.labels}".encode("utf-8", "backslashreplace"))
    for level, captions in sorted(inputs.told.items()):
        digest.update(f"{level} {sorted(captions.items())}".encode("utf-8", "backslashreplace"))
    if not stage.is_of_texts:
        for video in inputs.videos.values():
            digest.update(inputs.frames.name(video, clip_windows(video)).encode())
    return digest.hexdigest()


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
