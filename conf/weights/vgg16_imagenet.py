#!/usr/bin/env python3
"""Converts public ImageNet weights of VGG-16 to the NPZ that `start: file` reads.

    python3 conf/weights/vgg16_imagenet.py vgg16-397923af.pth vgg16-imagenet.npz   # torchvision's file; needs torch
    python3 conf/weights/vgg16_imagenet.py vgg16_weights.h5 vgg16-imagenet.npz     # Keras' file; needs h5py

Then, in a configuration with `backbone: {name: vgg16}`:

    methods:
      single-task: {start: file, file: vgg16-imagenet.npz}

Written are the 13 convolutions, conv<block>_<place>/kernel [3, 3, in, out] and /bias [out], for red, green and blue, and
what the network subtracts from pixels / 255 and divides them by, input/mean and input/deviation [3]. The fully connected
layers belong to 224 x 224 images and start at random.
"""

import argparse
import sys

import numpy as np

BLOCKS = [2, 2, 3, 3, 3]
NAMES = [f"conv{block}_{place}" for block, size in enumerate(BLOCKS, 1) for place in range(1, size + 1)]


def torchvision(path):
    """Kernels are [out, in, kh, kw]; layers are numbered through activations and poolings."""
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    numbers = sorted({int(key.split(".")[1]) for key in state if key.startswith("features.")})
    for name, number in zip(NAMES, numbers, strict=True):
        yield name, state[f"features.{number}.weight"].numpy().transpose(2, 3, 1, 0), state[f"features.{number}.bias"].numpy()


def keras(path):
    """Kernels are [kh, kw, in, out] already, the first one's input blue, green and red."""
    import h5py

    with h5py.File(path) as file:
        for name in NAMES:
            layer = f"block{name[4]}_conv{name[6]}"
            arrays = {}
            file[layer].visititems(lambda key, item, found=arrays: found.update({key: item[()]}) if hasattr(item, "shape") else None)
            kernel = next(array for array in arrays.values() if array.ndim == 4)
            bias = next(array for array in arrays.values() if array.ndim == 1)
            yield name, kernel[:, :, ::-1] if name == NAMES[0] else kernel, bias


# torchvision normalises by ImageNet's statistics; Keras subtracts Caffe's means from pixels of 0 to 255.
STATISTICS = {
    torchvision: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    keras: ([123.68 / 255, 116.779 / 255, 103.939 / 255], [1 / 255] * 3),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", help=".pth of torchvision, or .h5 of Keras")
    parser.add_argument("npz")
    arguments = parser.parse_args()
    if not arguments.weights.endswith((".pth", ".h5")):
        sys.exit(f"Invalid weights: {arguments.weights} (must be a .pth file of torchvision or an .h5 file of Keras)")
    read = torchvision if arguments.weights.endswith(".pth") else keras
    arrays = {}
    mean, deviation = STATISTICS[read]
    arrays["input/mean"] = np.array(mean, dtype="<f4")
    arrays["input/deviation"] = np.array(deviation, dtype="<f4")
    for name, kernel, bias in read(arguments.weights):
        arrays[f"{name}/kernel"] = np.ascontiguousarray(kernel, dtype="<f4")
        arrays[f"{name}/bias"] = np.ascontiguousarray(bias, dtype="<f4")
    np.savez(arguments.npz, **arrays)
    print(f"{arguments.npz}: {len(arrays)} arrays")


if __name__ == "__main__":
    main()
