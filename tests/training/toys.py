"""Small tasks for the loop, trained here or in processes of their own."""

import multiprocessing
import os
import signal
import socket
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

import torch
import torch._dynamo  # an optimizer would load it later, in each process anew
import torch.nn.functional as F
from accelerate import FullyShardedDataParallelPlugin
from accelerate.state import PartialState
from accelerate.utils import DistributedType
from torch import nn

from tests.models.small import CONTEXT, END, VOCAB, WIDTH, shaken
from videorecap.config import Fusion
from videorecap.errors import VideoRecapError
from videorecap.models.alignment import LmAlignment
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder
from videorecap.training.devices import make_accelerator
from videorecap.training.logs import RunLog
from videorecap.training.plan import LoopConfig, TrainingPlan
from videorecap.training.recipe import Optim
from videorecap.training.trainer import Trainer

FEATURES = 6
BATCH_SIZE = 8


@dataclass(frozen=True)
class ToyBatch:
    name: str
    samples: tuple[str, ...]
    counts: dict[str, int]
    tensors: tuple[torch.Tensor, ...]


def part_of(rows, part, num_parts):
    return [tensor[part::num_parts] for tensor in rows]


class PointBatches:
    """Sequences of points of unequal lengths; levels alternate, and are learned by different layers."""

    def __init__(self, poisoned_step=None):
        self.poisoned_step = poisoned_step

    def __call__(self, step, part, num_parts):
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(BATCH_SIZE, 5, FEATURES, generator=generator)
        y = torch.randn(BATCH_SIZE, 5, generator=generator)
        lengths = torch.randint(1, 6, (BATCH_SIZE,), generator=generator)
        if step == self.poisoned_step:
            x[3] = float("nan")
        mask = torch.arange(5) < lengths[:, None]
        numbers = range(BATCH_SIZE)[part::num_parts]
        x, y, mask = part_of((x, y, mask), part, num_parts)
        counts = {"fit": int(mask.sum())}
        if step % 2:
            counts["size"] = len(numbers)
        names = tuple(f"{step}-{number}" for number in numbers)
        return ToyBatch("odd" if step % 2 else "even", names, counts, (x, y, mask))


class PointTask(nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        torch.manual_seed(1)
        self.trunk = nn.Linear(FEATURES, FEATURES)
        self.frozen = nn.Linear(FEATURES, FEATURES)
        self.heads = nn.ModuleDict({name: nn.Linear(FEATURES, 1) for name in ("even", "odd")})
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch):
        x, y, mask = batch.tensors
        hidden = self.dropout(torch.tanh(self.frozen(torch.tanh(self.trunk(x)))))
        out = self.heads[batch.name](hidden)[..., 0]
        sums = {"fit": ((out - y) ** 2).masked_fill(~mask, 0.0).sum()}
        if "size" in batch.counts:
            sums["size"] = (out.mean(1) ** 2).sum()
        return sums

    def trained(self):
        return [(name, p) for name, p in self.named_parameters() if not name.startswith("frozen")]


class CaptionBatches:
    """Captions of unequal lengths of features; every other batch has texts to read as well."""

    def __call__(self, step, part, num_parts):
        generator = torch.Generator().manual_seed(step)
        video = torch.randn(BATCH_SIZE, 5, CONTEXT, generator=generator)
        texts = torch.randint(0, END, (BATCH_SIZE, 6), generator=generator)
        tokens = torch.randint(0, END, (BATCH_SIZE, 9), generator=generator)
        lengths = torch.randint(2, 10, (BATCH_SIZE,), generator=generator)
        mask = torch.arange(9) < lengths[:, None]
        parts = part_of((video, texts, tokens, mask), part, num_parts)
        samples = tuple(map(str, range(BATCH_SIZE)[part::num_parts]))
        name = "segment" if step % 2 else "clip"
        return ToyBatch(name, samples, {"caption": int(parts[-1][:, 1:].sum())}, tuple(parts))


class CaptionTask(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(2)

        def alignment(context_width):
            return LmAlignment(
                WIDTH, context_width, num_heads=3, num_layers=2, cross_every=1, mlp_width=20, dropout=0.0
            )

        decoder = TextDecoder(
            16, 2, 4, 40, VOCAB, WIDTH, 1, Fusion.CROSS_ATTENTION, has_trainable_norms=True, dropout=0.0
        )
        parts = (decoder, alignment(CONTEXT), alignment(16))
        self.model = shaken(RecapModel(*parts, num_video_queries=3, num_text_queries=4, width=WIDTH))

    def forward(self, batch):
        video, texts, tokens, mask = batch.tensors
        read = texts if batch.name == "segment" else None
        embeddings = self.model.embeddings(video, None, read)
        return {"caption": self.model.loss(embeddings, tokens, mask) * mask[:, 1:].sum()}

    def trained(self):
        return list(self.model.trainable_parameters())


class MixedTask(nn.Module):
    """Micro-batches of one step that use different parameters."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.layers = nn.ModuleList(nn.Linear(FEATURES, 1) for _ in range(BATCH_SIZE))

    def forward(self, batch):
        x, y, mask = batch.tensors
        layers = [self.layers[int(name.partition("-")[2])] for name in batch.samples]
        out = torch.stack([layer(row)[:, 0] for layer, row in zip(layers, x, strict=True)])
        sums = {"fit": F.mse_loss(out, y, reduction="none").masked_fill(~mask, 0.0).sum()}
        return sums if "size" not in batch.counts else {**sums, "size": out.sum()}

    def trained(self):
        return list(self.named_parameters())


TOYS = {
    "points": (lambda: PointTask(dropout=0.2), PointBatches, {"fit": 1.0, "size": 0.1}),
    "poisoned": (
        lambda: PointTask(dropout=0.2),
        lambda: PointBatches(poisoned_step=9),
        {"fit": 1.0, "size": 0.1},
    ),
    "captions": (CaptionTask, CaptionBatches, {"caption": 1.0}),
    "mixed": (MixedTask, PointBatches, {"fit": 1.0, "size": 0.1}),
}


def make_trainer(task, batches, folder, *, weights, num_steps=20, accelerator=None, plan=None, **loop):
    told = {name: loop.pop(name) for name in ("log", "on_step", "on_epoch") if name in loop}
    parameters = loop.pop("parameters", None) or task.trained()
    plan = {"optim": Optim(learning_rate=1e-2, warmup_steps=3), "steps_per_epoch": 5.0, **(plan or {})}
    return Trainer(
        accelerator or make_accelerator("fp32", cpu=True),
        task,
        batches,
        plan=TrainingPlan(weights=weights, num_steps=num_steps, **plan),
        parameters=parameters,
        loop=LoopConfig(**loop),
        folder=Path(folder),
        **told,
    )


def sharding_accelerator():
    """One that shards over processes on the CPU, which Accelerate by itself does on GPUs only."""
    accelerator = make_accelerator("fp32", cpu=True)
    accelerator.state.fsdp_plugin = FullyShardedDataParallelPlugin(fsdp_version=2)
    PartialState._shared_state["distributed_type"] = DistributedType.FSDP
    accelerator.state.distributed_type = DistributedType.FSDP
    return accelerator


def train_toy(
    toy, folder, *, rank=0, world=1, port=0, is_sharded=False, num_steps=20, loop=None, stop_after=None
):
    """Train a toy in a folder, as one of several processes if there are more than one.

    Its checkpoints and its log are the outcome, or the error of this process in a file.
    """
    torch.set_num_threads(1)
    if world > 1:
        facts = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_PORT": port}
        os.environ.update({key: str(value) for key, value in facts.items()}, MASTER_ADDR="127.0.0.1")
    task, batches, weights = TOYS[toy]
    log = RunLog(folder, uses_tensorboard=False)
    trainer = make_trainer(
        task(),
        batches(),
        folder,
        weights=weights,
        num_steps=num_steps,
        on_step=lambda report: signal.raise_signal(signal.SIGTERM) if report.step == stop_after else None,
        accelerator=sharding_accelerator() if is_sharded else None,
        log=log,
        **(loop or {}),
    )
    try:
        trainer.run()
    except VideoRecapError as error:
        (folder / f"error-{rank}").write_text(str(error))
    except KeyboardInterrupt:
        assert stop_after is not None


def start_processes(toy, folder, *, world=1, **options):
    """Start training a toy in processes of a server that has torch loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["toys"])
    here = Path(__file__).parent
    with mock.patch.dict(os.environ, PYTHONPATH=f"{here}{os.pathsep}{here.parents[1]}"):
        forkserver.ensure_running()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        options |= {"world": world, "port": found.getsockname()[1]}
    processes = [
        context.Process(target=train_toy, args=(toy, folder), kwargs={"rank": rank, **options})
        for rank in range(world)
    ]
    for process in processes:
        process.start()
    return processes
