"""Training: reproducible, resumable, bounded by minutes or by steps."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from eupnea.train.cases import Case
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import TrainingConfig
from eupnea.train.exported import begin_with_model
from eupnea.train.loss import Loss
from eupnea.train.network import UNet
from eupnea.train.task import Arrays, Task, task_of


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One line of `log.csv`."""

    step: int
    elapsed_s: float
    loss: float
    roi_dice: float
    normal_dice: float
    abnormal_dice: float


REPORT_EVERY = 25
"""Steps that one line of the log averages."""

SIGNALS_TO_BEGIN = 96
"""Samples that show an exported model's norms what they are to expect."""


def fit(
    cases: Sequence[Case],
    run: Path,
    config: TrainingConfig,
    *,
    warm_start: Path | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> UNet:
    """Trains, or goes on training, in the folder `run`.

    Args:
        cases: Scans to train on.
        run: Receives `config.json`, `log.csv` and `checkpoint.npz`.
        config: Decides the training; must be the same when a run goes on.
        warm_start: Checkpoint of another run, or exported model (ONNX), whose
            weights to begin with.
        on_progress: Called for each line of the log.

    Returns:
        The network with averaged weights, in evaluation mode.
    """
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(config.model_dump_json(indent=1))
    state = _State.begin(config, run, warm_start, cases)
    for seen in _steps(state, cases, config):
        _log(run, seen)
        on_progress(seen)
        if time.monotonic() - state.saved_at > config.save_every_s:
            state.save(run)
    state.save(run)
    state.averaged.eval()
    return state.averaged


class _Samples(IterableDataset):  # type: ignore[misc]
    """The stream of samples, as torch wants it; made in the worker's process."""

    def __init__(self, cases: Sequence[Case], config: TrainingConfig, seed: int) -> None:
        super().__init__()
        self._cases, self._config, self._seed = cases, config, seed

    def __iter__(self) -> Iterator[Arrays]:
        return task_of(self._config).samples(self._cases, seed=self._seed)


class _State:
    """What changes during a training."""

    def __init__(self, config: TrainingConfig) -> None:
        torch.manual_seed(config.seed)
        self.task = task_of(config)
        self.network, self.averaged = self.task.network(), self.task.network()
        self.averaged.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=1e-4
        )
        self.step = 0
        self.elapsed_s = 0.0
        self.saved_at = time.monotonic()

    @classmethod
    def begin(
        cls, config: TrainingConfig, run: Path, warm_start: Path | None, cases: Sequence[Case]
    ) -> _State:
        state = cls(config)
        if (run / "checkpoint.npz").exists():
            saved = Checkpoint.load(run / "checkpoint.npz")
            saved.restore(state.network, state.averaged, state.optimizer)
            state.step, state.elapsed_s = saved.step, saved.elapsed_s
        elif warm_start is not None and warm_start.suffix == ".onnx":
            signals = _signals(state.task, cases, seed=config.seed)
            for network in (state.network, state.averaged):
                begin_with_model(network, warm_start, signals)
        elif warm_start is not None:
            Checkpoint.load(warm_start).begin_with_weights(state.network, state.averaged)
        return state

    def save(self, run: Path) -> None:
        Checkpoint.of(
            self.network, self.averaged, self.optimizer, step=self.step, elapsed_s=self.elapsed_s
        ).save(run / "checkpoint.npz")
        self.saved_at = time.monotonic()

    def learn(self, batch: Sequence[torch.Tensor], config: TrainingConfig) -> Loss:
        """One step of the optimiser."""
        share = config.share_done(self.step, self.elapsed_s)
        rate = config.learning_rate * min(1.0, (self.step + 1) / 100)
        for group in self.optimizer.param_groups:
            group["lr"] = max(rate * 0.5 * (1 + np.cos(np.pi * share)), 1e-5)
        signal, *truth = batch
        signal = signal.contiguous(memory_format=self.task.memory_format)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config.bfloat16):
            logits = self.network(signal)
        loss = self.task.loss(logits.float(), signal, truth)
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self._average(config.averaging)
        return loss

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _average(self, decay: float) -> None:
        decay = min(decay, (1 + self.step) / (10 + self.step))
        pairs = zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        )
        for kept, new in pairs:
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)


def _signals(task: Task, cases: Sequence[Case], *, seed: int) -> torch.Tensor:
    samples = islice(task.samples(cases, seed=seed), SIGNALS_TO_BEGIN)
    return torch.stack([torch.from_numpy(signal) for signal, *_ in samples])


def _steps(state: _State, cases: Sequence[Case], config: TrainingConfig) -> Iterator[Progress]:
    """Trains until the time is up; yields the mean of every few steps."""
    samples = _Samples(cases, config, seed=config.seed + 1000 * state.step)
    loader = iter(DataLoader(samples, batch_size=config.batch, num_workers=1, prefetch_factor=4))
    state.network.train().to(memory_format=state.task.memory_format)
    losses: list[Loss] = []
    batch = next(loader)
    before = time.monotonic()
    while config.share_done(state.step, state.elapsed_s) < 1.0:
        losses.append(state.learn(batch, config))
        batch = next(loader)
        state.step += 1
        now = time.monotonic()
        state.elapsed_s += now - before
        before = now
        if len(losses) == REPORT_EVERY:
            yield _mean(losses, state)
            losses = []


def _mean(losses: Sequence[Loss], state: _State) -> Progress:
    return Progress(
        step=state.step,
        elapsed_s=round(state.elapsed_s, 1),
        loss=round(float(np.mean([float(loss.total.detach()) for loss in losses])), 4),
        roi_dice=round(float(np.mean([loss.roi_dice for loss in losses])), 4),
        normal_dice=round(float(np.mean([loss.normal_dice for loss in losses])), 4),
        abnormal_dice=round(float(np.mean([loss.abnormal_dice for loss in losses])), 4),
    )


def _log(run: Path, seen: Progress) -> None:
    path = run / "log.csv"
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(seen)))
        if new:
            writer.writeheader()
        writer.writerow(asdict(seen))
