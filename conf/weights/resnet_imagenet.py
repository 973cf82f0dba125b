#!/usr/bin/env python3
"""Converts public ImageNet weights of ResNet-18, -34 and -50 to the NPZ that `start: file` reads.

    python3 conf/weights/resnet_imagenet.py resnet18-f37072fd.pth resnet18-imagenet.npz   # torchvision's file; needs torch

Then, in a configuration with `backbone: {name: resnet18, stem: large}` (the public networks begin so at every size):

    methods:
      single-task: {start: file, file: resnet18-imagenet.npz}

Written are the convolutions, <name>/kernel [kh, kw, in, out], and after each its batch normalisation, <name>/gamma, /beta,
/mean and /variance [out]; and what the network subtracts from pixels / 255 and divides them by, input/mean and
input/deviation [3]. The public names become:

    conv1, bn1                            conv1
    layer<s>.<b>.conv<i>, bn<i>           conv<s+1>_<b+1>_<i>
    layer<s>.<b>.downsample.0, .1         conv<s+1>_<b+1>_shortcut

torchvision adds 1e-5 to a variance where Twofold adds 1e-3, so that the variances written are smaller by the difference
(a few below 0): the sums are the same. The fully connected layer knows ImageNet's classes and stays behind.
"""

import argparse
import re
import sys

import numpy as np

TORCHVISION_EPSILON = 1e-5
EPSILON = 1e-3


def layers(state):
    """Our name of each convolution, its public name, and that of its batch normalisation."""
    yield "conv1", "conv1", "bn1"
    for key in state:
        found = re.fullmatch(r"layer(\d)\.(\d+)\.(conv(\d)|downsample\.0)\.weight", key)
        if found:
            stage, block, convolution, place = found.groups()
            name = f"conv{int(stage) + 1}_{int(block) + 1}_{place or 'shortcut'}"
            norm = f"bn{place}" if place else "downsample.1"
            yield name, f"layer{stage}.{block}.{convolution}", f"layer{stage}.{block}.{norm}"


def arrays(state):
    """Public kernels are [out, in, kh, kw]."""
    yield "input/mean", np.array([0.485, 0.456, 0.406])
    yield "input/deviation", np.array([0.229, 0.224, 0.225])
    for name, convolution, norm in layers(state):
        yield f"{name}/kernel", state[f"{convolution}.weight"].transpose(2, 3, 1, 0)
        yield f"{name}/gamma", state[f"{norm}.weight"]
        yield f"{name}/beta", state[f"{norm}.bias"]
        yield f"{name}/mean", state[f"{norm}.running_mean"]
        yield f"{name}/variance", state[f"{norm}.running_var"] + (TORCHVISION_EPSILON - EPSILON)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", help=".pth of torchvision")
    parser.add_argument("npz")
    arguments = parser.parse_args()
    if not arguments.weights.endswith(".pth"):
        sys.exit(f"Invalid weights: {arguments.weights} (must be a .pth file of torchvision)")
    import torch

    state = torch.load(arguments.weights, map_location="cpu", weights_only=True)
    converted = dict(arrays({key: value.numpy() for key, value in state.items()}))
    np.savez(arguments.npz, **{name: np.ascontiguousarray(array, dtype="<f4") for name, array in converted.items()})
    print(f"{arguments.npz}: {len(converted)} arrays")


if __name__ == "__main__":
    main()
