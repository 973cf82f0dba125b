"""A training step of a ResNet-18, computed with JAX: an implementation that shares no code with Twofold.

    python resnet_step.py FILE            writes the cases
    python resnet_step.py --check FILE    computes them anew; exits with 1 where FILE says something else

Written from He et al. (CVPR 2016) alone; in float64. `ResNetReferenceTest` puts the same numbers through Twofold's own
training loop. A case has the loss and what the step changes: of each variable the largest change, the changes' length,
and some of them, since all eleven million would be too many. For the same reason a starting value is a hash of the
variable's name and the value's place.
Needs jax (`pip install jax`), nothing else.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from one_step import MARGIN, PLAIN, cross_entropy, main, margins, numbers, relu, sequence

jax.config.update("jax_disable_most_optimizations", False)  # unlike in one_step, computing takes longer than compiling

BLOCKS = [2, 2, 2, 2]
EPSILON = 1e-3
DECAY = 0.95
BATCH = 3
CLASSES = ["cat", "dog", "mug"]
LABELS = [1, 0, 2]
SHAPES = {"small": (9, 13, 3), "large": (33, 34, 3)}  # by the stem; both end with maps of 2×2
TRAINING = {**PLAIN, "learningRate": 1, "batch": BATCH}  # so large that float32 holds the changes of weights well
SOME = 8


# Starting values ------------------------------------------------------------------------------------------------------


def mixed(x):
    """The last steps of MurmurHash3, which hash 32 bits."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(name, shape):
    """In [-1/2, 1/2): 24 bits of a hash of the name (as Java hashes it) and the place."""
    x = 0
    for letter in name.encode():
        x = (31 * x + letter) % 2**32
    places = np.arange(math.prod(shape), dtype=np.uint32)
    return ((mixed(mixed(np.array([x], np.uint32)) + places) >> np.uint32(8)) / 2.0**24 - 0.5).reshape(shape)


def start(name, shape):
    """Kernels of He et al.'s variance (ICCV 2015), the others around where they usually begin; as float32 has them."""
    scale = math.sqrt(24 / math.prod(shape[:-1])) if name.endswith("/kernel") else 0.4
    centre = 1 if name.endswith(("/gamma", "/variance")) else 0
    return jnp.array((centre + scale * uniform(name, shape)).astype(np.float32), float)


# The network ----------------------------------------------------------------------------------------------------------


class Column:
    """Parameters by name, each made when it is first asked for, and the statistics of the batch."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.statistics = {}

    def get(self, name, *shape):
        if name not in self.parameters:
            self.parameters[name] = start(name, shape)
        return self.parameters[name]

    def convolved(self, layer, x, size, stride, out):
        """With (size - 1) / 2 zeros on every side, then batch norm by the batch's statistics."""
        kernel, border = self.get(f"{layer}/kernel", size, size, x.shape[-1], out), (size - 1) // 2
        z = jax.lax.conv_general_dilated(
            x, kernel, (stride, stride), [(border, border)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        mean = z.mean((0, 1, 2))
        variance = ((z - mean) ** 2).mean((0, 1, 2))
        self.statistics.update({f"{layer}/mean": mean, f"{layer}/variance": variance})
        unit = (z - mean) / jnp.sqrt(variance + EPSILON)
        return unit * self.get(f"{layer}/gamma", out) + self.get(f"{layer}/beta", out)

    def logits(self, stem, x):
        if stem == "large":
            x = largest_of_nine(relu(self.convolved("conv1", x, 7, 2, 64)))
        else:
            x = relu(self.convolved("conv1", x, 3, 1, 64))
        for stage, count in enumerate(BLOCKS):
            for i in range(1, count + 1):
                block, width, stride = f"conv{stage + 2}_{i}", 64 * 2**stage, 2 if stage > 0 and i == 1 else 1
                f = relu(self.convolved(f"{block}_1", x, 3, stride, width))
                f = self.convolved(f"{block}_2", f, 3, 1, width)
                if f.shape != x.shape:
                    x = self.convolved(f"{block}_shortcut", x, 1, stride, width)
                x = relu(f + x)
        x = x.mean((1, 2))
        return x @ self.get("head/kernel", x.shape[1], len(CLASSES)) + self.get("head/bias", len(CLASSES))


def largest_of_nine(x):
    """3×3, stride 2, a border of zeros around it, which never win after a relu."""
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = (x.shape[1] - 1) // 2, (x.shape[2] - 1) // 2
    nine = [x[:, r : r + 2 * height : 2, c : c + 2 * width : 2] for r in range(3) for c in range(3)]
    return jnp.stack(nine).max(0)


# Cases ----------------------------------------------------------------------------------------------------------------


def pixels(stem):
    return [int(256 * u) for u in sequence(f"pixels for {stem}", BATCH * math.prod(SHAPES[stem]))]


def images(stem):
    """Normalised by mean and deviation of each channel."""
    unit = jnp.array(pixels(stem), float).reshape(BATCH, *SHAPES[stem]) / 255
    return (unit - unit.mean((0, 1, 2))) / unit.std((0, 1, 2))


def case(stem):
    margins.clear()
    before, x = {}, images(stem)
    Column(before).logits(stem, x)
    if min(margins) < MARGIN:
        raise SystemExit(f"{stem}: a relu hangs on {min(margins):.1e} (must be at least {MARGIN})")

    def lowered(parameters):
        column = Column(parameters)
        return cross_entropy(column.logits(stem, x), jnp.array(LABELS), "mean"), column.statistics

    (loss, statistics), gradients = jax.jit(jax.value_and_grad(lowered, has_aux=True))(before)
    changes = {name: -TRAINING["learningRate"] * gradient for name, gradient in gradients.items()}
    for name, statistic in statistics.items():
        changes[name] = (1 - DECAY) * (statistic - start(name, statistic.shape))
    return {
        "name": f"resnet18, {stem} stem",
        "task": stem,
        "backbone": {"name": "resnet18", "fullyConnected": [], "stem": stem},
        "training": TRAINING,
        "loss": float(loss),
        "changes": {name: summary(change) for name, change in changes.items()},
    }


def summary(change):
    flat = change.ravel()
    places = [i * flat.size // SOME for i in range(SOME)] if flat.size > SOME else range(flat.size)
    return {
        "largest": float(jnp.abs(flat).max()),
        "length": float(jnp.sqrt((flat**2).sum())),
        "places": list(places),
        "values": numbers(flat[jnp.array(places)]),
    }


def document():
    """All that ResNetReferenceTest reads."""
    return {
        "doc": __doc__.split("\n")[0] + " Made by benchmarks/reference/resnet_step.py with JAX.",
        "tasks": {
            stem: {"shape": shape, "classes": CLASSES, "labels": LABELS, "pixels": pixels(stem)}
            for stem, shape in SHAPES.items()
        },
        "cases": [case(stem) for stem in SHAPES],
    }


if __name__ == "__main__":
    main(document, __doc__)
