"""Writes random weights as PyTorch draws them by default, as a start of columns.

    python benchmarks/reference/pytorch_start.py pytorch-start.npz

The five-block network (64, 128, 256, 512, 512; fully connected 256, 256) at 32 x 32, three channels.
torch.nn.Conv2d and torch.nn.Linear draw weights and biases from U(-1/sqrt(fan_in), 1/sqrt(fan_in)):
kernels have a sixth of the variance of He's start. Needs NumPy.
"""

import sys

import numpy as np

SEED = 1
WIDTHS = [64, 128, 256, 512, 512]
FULLY_CONNECTED = [256, 256]


def uniform(random, fan_in, shape):
    bound = 1 / np.sqrt(fan_in)
    return random.uniform(-bound, bound, shape).astype(np.float32)


def main(path):
    random = np.random.default_rng(SEED)
    arrays = {}
    channels = 3
    for block, width in enumerate(WIDTHS, start=1):
        fan_in = 9 * channels
        arrays[f"conv{block}_1/kernel"] = uniform(random, fan_in, (3, 3, channels, width))
        arrays[f"conv{block}_1/bias"] = uniform(random, fan_in, width)
        channels = width
    for h, width in enumerate(FULLY_CONNECTED, start=1):
        arrays[f"fc{h}/kernel"] = uniform(random, channels, (channels, width))
        arrays[f"fc{h}/bias"] = uniform(random, channels, width)
        channels = width
    np.savez(path, **arrays)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: pytorch_start.py FILE.npz")
    main(sys.argv[1])
