"""The forward pass of ResNets, computed with JAX: an implementation that shares no code with Twofold.

    python resnet_forward.py FILE            writes the cases
    python resnet_forward.py --check FILE    computes them anew; exits with 1 where FILE says something else

Written from He et al. (CVPR 2016) alone, in float64. `ResNetTrunkTest` compares the logits. Every parameter is a fixed
sequence of its place in the column and every pixel one of its place among the images, so that none need to be stored.
Needs jax (`pip install jax`), nothing else.
"""

import jax
import jax.numpy as jnp
import numpy as np
from one_step import array, main

BLOCKS = {"resnet18": [2, 2, 2, 2], "resnet34": [3, 4, 6, 3], "resnet50": [3, 4, 6, 3]}
EPSILON = 1e-3
CLASSES = 3


class Column:
    """Hands out parameters in the order in which the network first uses them."""

    def __init__(self):
        self.place = 0

    def uniform(self, *shape):
        """In [-1/2, 1/2), the same in every language: 32-bit multiplicative hashing."""
        self.place += 1
        index = np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(7919 * self.place)
        return ((index * np.uint64(2654435761)) % np.uint64(2**32) / 2.0**32 - 0.5).reshape(shape)

    def kernel(self, *shape):
        return (self.uniform(*shape) * np.sqrt(24 / np.prod(shape[:-1]))).astype(np.float32).astype(np.float64)

    def around(self, centre, channels):
        return (centre + 0.2 * self.uniform(channels)).astype(np.float32).astype(np.float64)


def convolve(column, x, size, stride, out):
    """With (size - 1) / 2 zeros on every side, then batch norm: by the batch's statistics, and by the moving ones."""
    kernel = column.kernel(size, size, x[0].shape[-1], out)
    gamma, beta, mean, variance = (column.around(centre, out) for centre in (1, 0, 0, 1))
    border = (size - 1) // 2
    z = [
        jax.lax.conv_general_dilated(
            each, kernel, (stride, stride), [(border, border)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        for each in x
    ]
    statistics = [(z[0].mean((0, 1, 2)), z[0].var((0, 1, 2))), (mean, variance)]
    return [(each - m) / jnp.sqrt(v + EPSILON) * gamma + beta for each, (m, v) in zip(z, statistics)]


def relu(x):
    return [jnp.maximum(each, 0) for each in x]


def basic(column, x, width, stride):
    f = relu(convolve(column, x, 3, stride, width))
    return convolve(column, f, 3, 1, width)


def bottleneck(column, x, width, stride):
    f = relu(convolve(column, x, 1, 1, width))
    f = relu(convolve(column, f, 3, stride, width))
    return convolve(column, f, 1, 1, 4 * width)


def forward(name, large, images):
    column = Column()
    block = bottleneck if name == "resnet50" else basic
    x = [images / 255] * 2  # in training, in prediction
    if large:
        x = relu(convolve(column, x, 7, 2, 64))
        x = [
            jax.lax.reduce_window(
                each, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), ((0, 0), (1, 1), (1, 1), (0, 0))
            )
            for each in x
        ]
    else:
        x = relu(convolve(column, x, 3, 1, 64))
    for stage, count in enumerate(BLOCKS[name]):
        for i in range(count):
            stride = 2 if stage > 0 and i == 0 else 1
            f = block(column, x, 64 * 2**stage, stride)
            if f[0].shape != x[0].shape:
                x = convolve(column, x, 1, stride, f[0].shape[-1])
            x = relu([a + b for a, b in zip(f, x)])
    head = column.kernel(x[0].shape[-1], CLASSES)
    bias = column.around(0, CLASSES)
    return [each.mean((1, 2)) @ head + bias for each in x]


def case(name, stem, images, height, width):
    pixels = (np.arange(images * height * width * 3) * 37 % 256).reshape(images, height, width, 3).astype(np.float64)
    training, prediction = forward(name, stem == "large", pixels)
    return {
        "name": f"{name}, {stem} stem",
        "backbone": {"name": name, "fullyConnected": [], "stem": stem},
        "shape": [height, width, 3],
        "images": images,
        # Of the deeper networks batch norm of so few and small images makes units of float32's rounding.
        **({"training": array(training)} if name == "resnet18" else {}),
        "prediction": array(prediction),
    }


def document():
    """All that ResNetTrunkTest reads."""
    return {
        "doc": __doc__.split("\n")[0] + " Made by benchmarks/reference/resnet_forward.py with JAX.",
        "cases": [
            case("resnet18", "large", 6, 38, 41),
            case("resnet34", "small", 2, 7, 10),
            case("resnet50", "small", 2, 9, 8),
        ],
    }


if __name__ == "__main__":
    main(document, __doc__)
