"""How hard the sample data is, measured with PyTorch: an implementation that shares no code with Twofold.

    python sample_difficulty.py DIRECTORY [--seeds 1 2 3] [--threads 1]

DIRECTORY is what `twofold sample` wrote. Pre-trains an auxiliary network on big.zip, then trains each small
task by itself from the auxiliary network and from scratch, and prints test accuracies and processor times.
Needs torch, numpy and pillow.
"""

import argparse
import io
import math
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SMALL_TASKS = ["glyphs-grey", "glyphs-colour", "solids"]


class Task:
    """The images of one archive, a stratified share of them for training."""

    def __init__(self, archive, split_seed, train_share=0.7):
        images, labels = [], []
        with zipfile.ZipFile(archive) as entries:
            names = entries.namelist()
            self.classes = sorted({name.split("/")[0] for name in names})
            for name in names:
                image = np.asarray(Image.open(io.BytesIO(entries.read(name))))
                images.append(image.reshape(*image.shape[:2], -1))
                labels.append(self.classes.index(name.split("/")[0]))
        images, labels = np.stack(images), np.array(labels)
        rng = np.random.default_rng(split_seed)
        train = np.zeros(len(labels), bool)
        for label in range(len(self.classes)):
            of_class = rng.permutation(np.flatnonzero(labels == label))
            train[of_class[: round(train_share * len(of_class))]] = True
        self.channels = images.shape[-1]
        self.x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255  # [N, C, H, W]
        self.y = torch.from_numpy(labels)
        self.train, self.test = np.flatnonzero(train), np.flatnonzero(~train)

    def statistics(self):
        x = self.x[self.train]
        return x.mean((0, 2, 3)), x.std((0, 2, 3))

    def normalised(self, mean, deviation):
        if self.channels == 1 and len(mean) == 3:
            mean, deviation = mean.mean(0, keepdim=True), deviation.mean(0, keepdim=True)
        return (self.x - mean[:, None, None]) / deviation[:, None, None]


class Vgg(nn.Module):
    def __init__(self, layers, hidden, channels, grid, classes, dropout):
        super().__init__()
        self.layers = layers
        self.convolutions = nn.ModuleList()
        for layer in layers:
            if layer != "M":
                self.convolutions.append(nn.Conv2d(channels, int(layer), 3, padding=1))
                channels = int(layer)
        self.grid = grid
        widths = [channels * grid * grid, *hidden]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.head = nn.Linear(widths[-1], classes)
        self.dropout = dropout
        for module in [*self.convolutions, *self.hidden]:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)
        nn.init.xavier_normal_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        convolutions = iter(self.convolutions)
        for layer in self.layers:
            x = F.max_pool2d(x, 2) if layer == "M" else F.relu(next(convolutions)(x))
        x = F.adaptive_avg_pool2d(x, self.grid).flatten(1)
        for layer in self.hidden:
            x = F.dropout(F.relu(layer(x)), self.dropout, self.training)
        return self.head(x)

    def start_from(self, auxiliary):
        """Copies everything but the head; grey kernels are the sum of the auxiliary's over its channels."""
        with torch.no_grad():
            pairs = zip([*self.convolutions, *self.hidden], [*auxiliary.convolutions, *auxiliary.hidden])
            for mine, theirs in pairs:
                same = mine.weight.shape == theirs.weight.shape
                mine.weight.copy_(theirs.weight if same else theirs.weight.sum(1, keepdim=True))
                mine.bias.copy_(theirs.bias)


def decayed(model, decay):
    weights = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    return [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]


def shifted(x, most, rng):
    """Shift augmentation: each image moves by up to `most` pixels, its edge repeated."""
    if most == 0:
        return x
    padded = F.pad(x, [most] * 4, mode="replicate")
    moves = rng.integers(0, 2 * most + 1, (len(x), 2))
    size = x.shape[-1]
    return torch.stack([p[:, dy : dy + size, dx : dx + size] for p, (dy, dx) in zip(padded, moves)])


def fit(model, optimizer, x, y, train, batch, steps, shift, rng):
    rate = optimizer.param_groups[0]["lr"]
    model.train()
    order, at = rng.permutation(train), 0
    for step in range(steps):
        if at + batch > len(order):
            order, at = np.concatenate([order[at:], rng.permutation(train)]), 0
        chosen = order[at : at + batch]
        at += batch
        for group in optimizer.param_groups:
            group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = F.cross_entropy(model(shifted(x[chosen], shift, rng)), y[chosen])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y, rows):
    model.eval()
    right = sum((model(x[part]).argmax(1) == y[part]).sum().item() for part in np.array_split(rows, 1 + len(rows) // 512))
    return right / len(rows)


def pretrain(task, args, seed):
    torch.manual_seed(seed)
    mean, deviation = task.statistics()
    x = task.normalised(mean, deviation)
    model = Vgg(args.layers, args.hidden, 3, args.grid, len(task.classes), 0.1)
    optimizer = torch.optim.AdamW(decayed(model, args.auxiliary_decay), lr=args.auxiliary_rate)
    began = time.process_time()
    steps = args.auxiliary_epochs * math.ceil(len(task.train) / args.auxiliary_batch)
    rng = np.random.default_rng(seed)
    fit(model, optimizer, x, task.y, task.train, args.auxiliary_batch, steps, args.auxiliary_shift, rng)
    took = time.process_time() - began
    print(f"auxiliary, seed {seed}: {accuracy(model, x, task.y, task.test):.3f} of {len(task.classes)} classes"
          f" ({len(task.train)} train, {len(task.test)} test), {steps} steps in {took:.1f} s", flush=True)
    return model, mean, deviation


def single(task, args, seed, start):
    """Test accuracy of one column, and the processor seconds that its training took."""
    torch.manual_seed(seed)
    auxiliary, mean, deviation = start or (None, *task.statistics())
    x = task.normalised(mean, deviation)
    model = Vgg(args.layers, args.hidden, task.channels, args.grid, len(task.classes), args.dropout)
    if auxiliary:
        model.start_from(auxiliary)
    optimizer = torch.optim.SGD(decayed(model, args.decay), lr=args.rate, momentum=0.9)
    began = time.process_time()
    fit(model, optimizer, x, task.y, task.train, args.batch, args.steps, args.shift, np.random.default_rng(seed))
    return accuracy(model, x, task.y, task.test), time.process_time() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layers", nargs="+", default="16 M 32 M 64 M 128 M".split())
    parser.add_argument("--hidden", type=int, nargs="+", default=[128, 64])
    parser.add_argument("--grid", type=int, default=2)
    parser.add_argument("--auxiliary-epochs", type=int, default=14)
    parser.add_argument("--auxiliary-batch", type=int, default=64)
    parser.add_argument("--auxiliary-rate", type=float, default=1e-3)
    parser.add_argument("--auxiliary-decay", type=float, default=0.01)
    parser.add_argument("--auxiliary-shift", type=int, default=0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--decay", type=float, default=5e-4)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--shift", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    results = {}
    for seed in args.seeds:
        start = pretrain(Task(args.directory / "big.zip", seed), args, seed)
        for name in SMALL_TASKS:
            task = Task(args.directory / f"{name}.zip", seed)
            for label, origin in [("auxiliary", start), ("scratch", None)]:
                results.setdefault((name, label), []).append(single(task, args, seed, origin))
    for (name, label), runs in results.items():
        accuracies, seconds = np.array(runs).T
        print(f"{name:14} from {label:9} {accuracies.mean():.3f} ± {accuracies.std(ddof=1) if len(runs) > 1 else 0:.3f}"
              f"  {' '.join(f'{a:.3f}' for a in accuracies)}  {seconds.mean():.1f} s")


if __name__ == "__main__":
    main()
