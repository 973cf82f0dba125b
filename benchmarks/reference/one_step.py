"""One or two training steps of every method, computed with JAX: an implementation that shares no code with Twofold.

    python one_step.py FILE            writes the cases
    python one_step.py --check FILE    computes them anew; exits with 1 where FILE says something else

Written from the papers' equations ([A] arXiv 2101.12431, [B] arXiv 2201.02305, [C] arXiv 1604.03539 for cross-stitch,
[D] arXiv 1801.08297 for NDDR-CNN), not from Twofold's code; in float64.
A case has everything that a training needs (images, starting values, settings) and what comes of it: each task's loss
at each step, and every array that is trained or follows the batches, after the last one. A case of DAMTL, whose step
lowers more than the tasks' losses, has that loss too. `ReferenceTest` puts the same numbers through Twofold's own
training loop.
There is no dropout and no augmentation, and batches come in the order of the images, since random draws cannot agree.
Needs jax (`pip install jax`), nothing else.
"""

import argparse
import itertools
import json
import math
import re
import sys
from pathlib import Path

import jax
import jax.numpy as jnp

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_disable_most_optimizations", True)  # compiling costs more here than it gains

BACKBONE = {"vgg": ["3", "M", "4", "M"], "fullyConnected": [4], "batchNorm": False}
NORMALISED = {**BACKBONE, "batchNorm": True}
BATCH = 3
IMAGES = 2 * BATCH

# Of batch norm: what is added to the variance, and how much of a moving statistic stays at each step.
EPSILON = 1e-3
DECAY = 0.95

# Which numbers may differ: far above float64's rounding, far below what the cases are compared with.
AGREEMENT = 1e-7
# No decision (relu, largest of four, similarity above the threshold) may be so close that float32 takes another one.
MARGIN = 1e-6


# Numbers --------------------------------------------------------------------------------------------------------------


def sequence(name, count):
    """Numbers in [0, 1): x ← (1103515245·x + 12345) mod 2³¹, its upper bits, from a start that the name gives."""
    x = 0
    for letter in name.encode():
        x = (31 * x + letter) % 2**31
    numbers = []
    for _ in range(count):
        x = (1103515245 * x + 12345) % 2**31
        numbers.append((x >> 12) / 2**19)
    return numbers


def uniform(name, shape, low, high):
    """Multiples of 1/512, which float32 and few decimals hold exactly."""
    values = [round(512 * (low + (high - low) * u)) / 512 for u in sequence(name, math.prod(shape))]
    return jnp.array(values).reshape(shape)


# Tasks ----------------------------------------------------------------------------------------------------------------

# Sizes, channels and numbers of classes differ; three shares its size with one, so that all layers of both are alike.
# Behind every pooling grey has features of the shape of one's and three's, and wide of the shape of two's.
SHAPES = {"one": (8, 8, 3), "two": (9, 13, 1), "three": (8, 8, 3), "grey": (9, 8, 1), "wide": (8, 12, 3)}
CLASSES = {
    "one": ["cat", "dog", "mug"],
    "two": ["0", "1", "2", "3"],
    "three": ["bird", "pen"],
    "grey": ["a", "b", "c"],
    "wide": ["ball", "cup"],
}
LABELS = {
    "one": [1, 0, 1, 2, 2, 0],
    "two": [3, 1, 1, 0, 0, 2],
    "three": [0, 0, 1, 1, 0, 1],
    "grey": [2, 0, 1, 1, 2, 0],
    "wide": [1, 0, 0, 1, 1, 0],
}
LABEL_MAPS = {"one": {"cat": "bird"}, "two": {"3": "pen", "1": "mug"}, "three": {}, "grey": {}, "wide": {}}
PIXELS = {
    task: [int(256 * u) for u in sequence(f"pixels of {task}", IMAGES * math.prod(shape))]
    for task, shape in SHAPES.items()
}
AUXILIARY = {"classes": ["mug", "bird", "dog", "pen"], "shape": (8, 8, 3)}


def images(task):
    return jnp.array(PIXELS[task], float).reshape(IMAGES, *SHAPES[task])


def batch(task, step):
    """Images [B, H, W, C] in 0..255 and labels [B] of a step: the first three images, then the others."""
    rows = slice(BATCH * (step % 2), BATCH * (step % 2) + BATCH)
    return images(task)[rows], jnp.array(LABELS[task][rows])


def statistics(task):
    """Mean and deviation [C] of pixels/255 over the task's images."""
    unit = images(task) / 255
    return unit.mean((0, 1, 2)), unit.std((0, 1, 2))


def covered(task):
    """Pairs of a task's label and the auxiliary label that the label map, or an equal name, gives it."""
    named = [LABEL_MAPS[task].get(name, name) for name in CLASSES[task]]
    return [(label, AUXILIARY["classes"].index(name)) for label, name in enumerate(named) if name in AUXILIARY["classes"]]


# The network ----------------------------------------------------------------------------------------------------------


def shapes(channels, grid, classes):
    """Shapes of a column's kernels [3, 3, in, out] and matrices [in, out], by layer."""
    layers, block, place, width = {}, 1, 1, channels
    for layer in BACKBONE["vgg"]:
        if layer == "M":
            block, place = block + 1, 1
        else:
            layers[f"conv{block}_{place}"] = (3, 3, width, int(layer))
            place, width = place + 1, int(layer)
    width *= grid[0] * grid[1]
    for h, out in enumerate(BACKBONE["fullyConnected"], 1):
        layers[f"fc{h}"] = (width, out)
        width = out
    return {**layers, "head": (width, classes)}


def grid_of(shape):
    """Height and width of the last feature map: every pooling halves them and drops an odd rest."""
    return shape[0] // 4, shape[1] // 4


def column(owner, shape, grid, classes, channels=None):
    """Starting values: a part of each is the same whoever owns it, so that columns have similar kernels."""
    values = {}
    for layer, extents in shapes(channels or shape[2], grid, classes).items():
        limit = math.sqrt(6 / math.prod(extents[:-1]))
        own = uniform(f"{owner} {layer}", extents, -limit, limit)
        common = uniform(f"common {layer}", extents, -limit, limit)
        values[f"{layer}/kernel"] = jnp.round(512 * (0.7 * own + 0.5 * common)) / 512
        values[f"{layer}/bias"] = uniform(f"{owner} {layer} bias", extents[-1:], -0.1, 0.3)
    return values


def normalising(name, channels):
    """Starting values of batch norm."""
    return {
        "gamma": uniform(f"{name} gamma", (channels,), 0.7, 1.4),
        "beta": uniform(f"{name} beta", (channels,), -0.2, 0.4),
        **statistics_before(name, channels),
    }


def statistics_before(name, channels):
    return {
        "mean": uniform(f"{name} mean", (channels,), -0.3, 0.6),
        "variance": uniform(f"{name} variance", (channels,), 0.4, 1.6),
    }


AUXILIARY["weights"] = {
    "input/mean": uniform("auxiliary mean", (3,), 0.4, 0.6),
    "input/deviation": uniform("auxiliary deviation", (3,), 0.2, 0.4),
    **column("auxiliary", AUXILIARY["shape"], (2, 2), 4),
}


def normalisation(task, start, channels):
    """A column that starts from the auxiliary network is normalised as that; grey is the average of colours."""
    if start == "scratch":
        mean, deviation = statistics(task)
    else:
        mean, deviation = AUXILIARY["weights"]["input/mean"], AUXILIARY["weights"]["input/deviation"]
    if len(mean) != channels:
        mean, deviation = jnp.full(channels, mean.mean()), jnp.full(channels, deviation.mean())
    return mean, deviation


def convolved(x, kernel, bias):
    """3×3, stride 1, zeros around the image; [B, H, W, out]."""
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias


def pooled(x):
    """Largest of each 2×2; an odd last row or column is dropped."""
    height, width = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    four = jnp.stack([x[:, y:height:2, z:width:2] for y in (0, 1) for z in (0, 1)])
    watch(jnp.diff(jnp.sort(four, 0), axis=0)[-1], where=four.max(0) > 0)
    return four.max(0)


def averaged(x, grid):
    """Adaptive average pooling: cell g of n covers the entries ⌊g·size/n⌋ to ⌈(g+1)·size/n⌉ - 1."""
    def ranges(size, cells):
        return [slice(g * size // cells, -(-(g + 1) * size // cells)) for g in range(cells)]

    rows = [x[:, r].mean(1) for r in ranges(x.shape[1], grid[0])]
    return jnp.stack([jnp.stack([row[:, c].mean(1) for c in ranges(row.shape[1], grid[1])], 1) for row in rows], 1)


def relu(z):
    watch(jnp.abs(z), where=z != 0)  # of a channel that is empty all are 0, however they are computed
    return jnp.where(z > 0, z, 0)


def moments(z):
    """Mean and population variance of each channel, over images and positions."""
    mean = z.mean((0, 1, 2))
    return mean, ((z - mean) ** 2).mean((0, 1, 2))


def batch_normalised(z, gamma, beta):
    mean, variance = moments(z)
    return gamma * (z - mean) / jnp.sqrt(variance + EPSILON) + beta


def follow(before, z):
    """Moving statistics after a batch."""
    return {name: DECAY * before[name] + (1 - DECAY) * new for name, new in zip(("mean", "variance"), moments(z))}


def normalised(parameters, task, start, pixels):
    """Images as they enter the column of this task, whosever they are."""
    channels = parameters["conv1_1/kernel"].shape[2]
    mean, deviation = normalisation(task, start, channels)
    x = pixels / 255
    if x.shape[3] < channels:
        x = jnp.repeat(x, channels, 3)
    elif x.shape[3] > channels:
        x = (x * jnp.array(LUMA)).sum(3, keepdims=True)
    return (x - mean) / deviation


def block(parameters, b, x, told=lambda layer, z: None):
    """The b-th block of convolutions, and the pooling behind it; `told` hears what enters batch norm."""
    for layer in CONVOLUTIONS:
        if layer.startswith(f"conv{b}_"):
            z = convolved(x, parameters[f"{layer}/kernel"], parameters[f"{layer}/bias"])
            if f"{layer}/gamma" in parameters:
                told(layer, z)
                z = batch_normalised(z, parameters[f"{layer}/gamma"], parameters[f"{layer}/beta"])
            x = relu(z)
    return pooled(x)


def features(parameters, task, start, pixels, grid, told=lambda layer, z: None):
    """The convolutions' part of a column: [B, h·w·C]."""
    x = normalised(parameters, task, start, pixels)
    for b in BLOCKS:
        x = block(parameters, b, x, told)
    return averaged(x, grid).reshape(len(x), -1)


def fully_connected(parameters, x):
    """What enters each fully connected layer, and what leaves it before its activation; the last are the logits."""
    inputs, outputs = [], []
    for layer in HIDDEN + ["head"]:
        inputs.append(x)
        outputs.append(x @ parameters[f"{layer}/kernel"] + parameters[f"{layer}/bias"])
        x = relu(outputs[-1]) if layer != "head" else None
    return inputs, outputs


HIDDEN = [f"fc{h}" for h in range(1, len(BACKBONE["fullyConnected"]) + 1)]
CONVOLUTIONS = [layer for layer in shapes(3, (2, 2), 2) if layer.startswith("conv")]
BLOCKS = range(1, BACKBONE["vgg"].count("M") + 1)  # each ends with a pooling
CHANNELS = [int(layer) for layer in BACKBONE["vgg"] if layer != "M"]
WIDTHS = [int(layer) for layer, behind in itertools.pairwise(BACKBONE["vgg"]) if behind == "M"]  # channels behind it
LUMA = (0.299, 0.587, 0.114)  # red, green and blue in grey, ITU-R BT.601


def cross_entropy(logits, labels, reduction):
    each = jax.nn.logsumexp(logits, 1) - logits[jnp.arange(len(labels)), labels]
    return each.sum() if reduction == "sum" else each.mean()


# Margins --------------------------------------------------------------------------------------------------------------

margins = []


def watch(distances, where=True):
    """Notes how near a decision is to falling otherwise (outside of differentiation, where values are known)."""
    if not isinstance(distances, jax.core.Tracer):
        margins.append(float(jnp.where(where, distances, jnp.inf).min()))


# Methods --------------------------------------------------------------------------------------------------------------


class Method:
    """What a method has: variables by name, the losses, and how the variables' steps depart from the plain one."""

    def __init__(self, case):
        self.tasks = case["tasks"]
        self.training = case["training"]
        self.settings = case["settings"]
        self.start = case["start"]
        self.backbone = case.get("backbone", BACKBONE)
        self.variables = self.starting_values()

    def grid(self, task):
        return grid_of(SHAPES[task] if self.start == "scratch" else AUXILIARY["shape"])

    def columns(self):
        """Starting values of a column for each task, `<task>/<parameter>`."""
        values = {}
        for task in self.tasks:
            own = column(task, SHAPES[task], self.grid(task), len(CLASSES[task]))
            for layer, channels in zip(CONVOLUTIONS, CHANNELS) if self.backbone["batchNorm"] else []:
                own.update({f"{layer}/{name}": v for name, v in normalising(f"{task} {layer}", channels).items()})
            values.update({f"{task}/{name}": value for name, value in own.items()})
        return values

    def starting_values(self):
        return self.columns()

    def at_start(self):
        """Everything that a training has to begin with."""
        return self.variables

    def every(self):
        """Steps between two selections."""
        return 1

    def select(self, variables):
        """What is chosen before a step and has no gradient."""

    def parameters(self, variables, selected, task):
        """What a task's column runs on."""
        return below(task, variables)

    def outputs(self, parameters, task, step):
        """One column on one batch: inputs and outputs of its fully connected layers."""
        pixels, _ = batch(task, step)
        return fully_connected(parameters, features(parameters, task, self.start, pixels, self.grid(task)))

    def cross_entropy(self, logits, task, step):
        return cross_entropy(logits, batch(task, step)[1], self.training["reduction"])

    def losses(self, variables, selected, step):
        """Each task's loss, as reported."""
        return [
            self.cross_entropy(self.outputs(below(task, variables), task, step)[1][-1], task, step)
            for task in self.tasks
        ]

    def objectives(self, variables, selected, step):
        """What each gradient step lowers: one for all tasks, unless the tasks have nothing in common."""
        return [sum(self.losses(variables, selected, step))]

    def trained(self):
        """Names of the variables that each gradient step changes."""
        return [[name for name in self.variables if not self.gets_nothing(name)]]

    def gets_nothing(self, name):
        """Moving statistics have no gradient; batch norm takes away a bias in front of it, whose gradient is 0."""
        if name.endswith("/bias"):
            return name.removesuffix("bias") + "gamma" in self.variables
        return name.endswith(("/mean", "/variance"))

    def followed(self, variables, selected, step):
        """Values without a gradient that a step leaves behind it: moving statistics of its batches."""
        values = {}
        for task in self.tasks if self.backbone["batchNorm"] else []:
            def told(layer, z):
                after = follow(below(f"{task}/{layer}", variables), z)
                values.update({f"{task}/{layer}/{name}": value for name, value in after.items()})

            pixels, _ = batch(task, step)
            features(self.parameters(variables, selected, task), task, self.start, pixels, self.grid(task), told)
        return values

    def norms(self):
        """Sets of variables under one norm: a column's kernels and matrices."""
        return [[name for name in self.variables if owned(task, name) and decays(name)] for task in self.tasks]

    def changed(self, name, gradient, value):
        """A variable's gradient as its step takes it, from where the variable is."""
        return gradient

    def rate(self, name):
        """A variable's factor on the learning rate."""
        return 1

    def has_momentum(self, name):
        return True

    def proximal(self, name, value, rate):
        """What follows a variable's step."""
        return value


def owned(owner, name):
    return name.startswith(f"{owner}/")


def below(owner, variables):
    return {name.removeprefix(f"{owner}/"): value for name, value in variables.items() if owned(owner, name)}


def decays(name):
    """Weight decay and norm act on kernels and matrices, never on biases, masks, units between columns, batch norm."""
    return name.endswith("/kernel")


class SingleTask(Method):
    """T networks that have nothing to do with each other."""

    def objectives(self, variables, selected, step):
        return self.losses(variables, selected, step)

    def trained(self):
        names = super().trained()[0]
        return [[name for name in names if owned(task, name)] for task in self.tasks]


class MultiTask(Method):
    """One trunk of convolutions for all tasks, fully connected layers for each; grey becomes colour."""

    def starting_values(self):
        channels = max(SHAPES[task][2] for task in self.tasks)
        trunk = {
            name: value
            for name, value in column("trunk", SHAPES["one"], (2, 2), 2, channels).items()
            if name.startswith("conv")
        }
        own = {name: value for name, value in self.columns().items() if not name.split("/")[1].startswith("conv")}
        return {**{f"trunk/{name}": value for name, value in trunk.items()}, **own}

    def losses(self, variables, selected, step):
        trunk = below("trunk", variables)
        return [
            self.cross_entropy(self.outputs({**trunk, **below(task, variables)}, task, step)[1][-1], task, step)
            for task in self.tasks
        ]

    def norms(self):
        """It is one column with several ends: its trunk counts once."""
        return [[name for name in self.variables if decays(name)]]


class Mtal(Method):
    """[A]: columns run on the averages of their similar kernels."""

    kept_apart = False  # whether the prior groups stand between kernels that would be partners

    def starting_values(self):
        values = self.columns()
        self.before = {
            name: value + uniform(f"start of {name}", value.shape, -0.2, 0.2)
            for name, value in values.items()
            if name.split("/")[1] in CONVOLUTIONS and decays(name)
        }
        return values

    def at_start(self):
        """With `change` also K_start, as if some training lay behind the columns."""
        before = self.before if self.settings["similarity"] == "change" else {}
        return {**self.variables, **{f"{name}/start": value for name, value in before.items()}}

    def every(self):
        return self.settings["refresh"]

    def rows(self, variables, task, layer):
        """K_t^l as rows, [Cout, D]."""
        kernel = variables[f"{task}/{layer}/kernel"]
        return kernel.reshape(-1, kernel.shape[-1]).T

    def similarity(self, variables, a, b, layer):
        """Eq. (3), [Cout_a, Cout_b]."""
        hats = []
        for task in (a, b):
            rows = self.rows(variables, task, layer)
            if self.settings["similarity"] == "change":
                rows = rows - self.rows(self.before, task, layer)
            hats.append(rows / jnp.linalg.norm(rows, axis=1, keepdims=True))
        return hats[0] @ hats[1].T

    def select(self, variables):
        """Eq. (4): M of each layer and ordered pair of related tasks whose kernels have equally many numbers."""
        selected = {}
        for layer, a, b in itertools.product(CONVOLUTIONS, self.tasks, self.tasks):
            alike = self.rows(variables, a, layer).shape == self.rows(variables, b, layer).shape
            if alike and (a != b or self.settings["within"]):
                chosen = self.partners(self.similarity(variables, a, b, layer), a == b)
                if self.related(a, b):
                    selected[layer, a, b] = chosen
                elif any(map(any, chosen)):
                    self.kept_apart = True
        return selected

    def related(self, a, b):
        """With prior ("MTAL*") both are of one group; a task outside of all groups is alone."""
        groups = self.settings.get("groups")
        return a == b or groups is None or any(a in group and b in group for group in groups)

    def partners(self, s, same_column):
        """True where S is above ρ, and with `mutual` where each is also the other's most similar."""
        if same_column:
            s = s - 9 * jnp.eye(len(s))  # no kernel is its own partner
        watch(jnp.abs(s - self.settings["threshold"]))
        chosen = s > self.settings["threshold"]
        if self.settings["pick"] == "mutual":
            for side in (0, 1):
                ranked = jnp.sort(s, side)
                watch(jnp.diff(ranked, axis=side)[-1] if side == 0 else jnp.diff(ranked, axis=side)[:, -1])
            chosen &= (s == s.max(1, keepdims=True)) & (s == s.max(0, keepdims=True))
        return chosen.tolist()

    def aggregated(self, variables, selected, a, layer):
        """Eqs. (5) and (6): K̃_i, the mean over i's partners (b, j) of α·K_a,i + β·K_b,j; [kh, kw, Cin, Cout]."""
        own = self.rows(variables, a, layer)
        bank = []
        for i, kernel in enumerate(own):
            pairs = [
                self.settings["alpha"] * kernel + self.settings["beta"] * other
                for (at, of, b), m in selected.items()
                if (at, of) == (layer, a)
                for chosen, other in zip(m[i], self.rows(variables, b, layer))
                if chosen
            ]
            bank.append(sum(pairs) / len(pairs) if pairs else kernel)
        return jnp.stack(bank, 1).reshape(variables[f"{a}/{layer}/kernel"].shape)

    def parameters(self, variables, selected, task):
        """K̃ in place of K; all else, also what batch norm has, is the column's own."""
        bank = {f"{layer}/kernel": self.aggregated(variables, selected, task, layer) for layer in CONVOLUTIONS}
        return {**below(task, variables), **bank}

    def losses(self, variables, selected, step):
        """Eq. (7)."""
        losses = []
        for task in self.tasks:
            logits = self.outputs(self.parameters(variables, selected, task), task, step)[1][-1]
            losses.append(self.cross_entropy(logits, task, step))
        return losses


class Damtl(Method):
    """[B]: masks over the kernels of an auxiliary network, whose fully connected layers the task's are aligned with."""

    def starting_values(self):
        values = self.columns()
        for task, layer in itertools.product(self.tasks, CONVOLUTIONS):
            kernel = values[f"{task}/{layer}/kernel"]
            mask = uniform(f"{task} {layer} mask", kernel.shape, *self.settings["maskInit"])
            values[f"{task}/{layer}/mask"] = mask.at[..., 0].divide(4)  # a channel that may go as a whole
        return values

    def parameters(self, variables, selected, task):
        """Eq. (1): S = Ψ ⊙ W in place of W. With `channel` a channel is heard by the size of its mask, also behind
        batch norm, and without a mask not at all."""
        parameters = below(task, variables)
        for layer in CONVOLUTIONS:
            mask = parameters[f"{layer}/mask"]
            parameters[f"{layer}/kernel"] = mask * parameters[f"{layer}/kernel"]
            if self.settings["sparsity"] == "channel":
                squares = (mask**2).mean((0, 1, 2))
                size = jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)
                for name, factor in (("bias", squares > 0), ("gamma", size), ("beta", size)):
                    if f"{layer}/{name}" in parameters:
                        parameters[f"{layer}/{name}"] *= factor
        return parameters

    def masked(self, variables, task, step):
        """Inputs and outputs of the fully connected layers of a column that runs on S, eq. (2)."""
        return self.outputs(self.parameters(variables, None, task), task, step)

    def losses(self, variables, selected, step):
        """Of eq. (4) the cross-entropy is reported."""
        return [self.cross_entropy(self.masked(variables, task, step)[1][-1], task, step) for task in self.tasks]

    def smooth(self, variables, task, step):
        """Eq. (4) without λ1·Σ‖Ψ‖₁, which has a proximal step of its own."""
        inputs, outputs = self.masked(variables, task, step)
        loss = self.cross_entropy(outputs[-1], task, step)
        if self.settings["alignment"] == "none":
            return loss
        layers = HIDDEN + (["head"] if self.settings["alignment"] == "all" else [])
        return loss + self.settings["lambda2"] * sum(
            self.distance(task, batch(task, step)[1], layer, entering, leaving)
            for layer, entering, leaving in zip(layers, inputs, outputs)
        )

    def distance(self, task, labels, layer, entering, leaving):
        """Eq. (3): D of one layer. Of the head only the outputs of classes that both have are compared."""
        auxiliary = AUXILIARY["weights"]
        theirs = entering @ auxiliary[f"{layer}/kernel"] + auxiliary[f"{layer}/bias"]
        if layer == "head":
            pairs = covered(task)
            if not pairs:
                return 0
            theirs = theirs[:, [of for _, of in pairs]]
            leaving = leaving[:, [label for label, _ in pairs]]
        of_means = squared_distance if self.settings["kernel"] == "linear" else discrepancy(theirs, leaving)
        present = sorted({int(label) for label in labels})
        return sum(of_means(theirs[labels == c], leaving[labels == c]) for c in present)

    def objectives(self, variables, selected, step):
        """Eq. (5)."""
        return [self.settings["taskWeight"] * sum(self.smooth(variables, task, step) for task in self.tasks)]

    def trained(self):
        frozen = self.settings["maskBase"] == "frozen"
        names = super().trained()[0]
        return [[name for name in names if not (frozen and name.endswith("/kernel") and "/conv" in name)]]

    def norms(self):
        return [[name for name in names if name in self.trained()[0]] for names in super().norms()]

    def changed(self, name, gradient, value):
        if not (name.endswith("/mask") and self.settings["maskStep"] == "rms"):
            return gradient
        if self.settings["sparsity"] == "element":
            return gradient / jnp.sqrt((gradient**2).mean())
        # How the loss changes with the size of each channel's mask, as a step that scales the channel.
        rows = value.reshape(-1, value.shape[-1])
        sizes = jnp.sqrt((rows**2).mean(0))
        directions = rows / jnp.where(sizes > 0, sizes, 1)
        of_sizes = (gradient.reshape(rows.shape) * directions).sum(0)
        return (directions * of_sizes / jnp.sqrt((of_sizes**2).mean())).reshape(value.shape)

    def rate(self, name):
        return self.settings["maskRate"] if name.endswith("/mask") else 1

    def has_momentum(self, name):
        return not (name.endswith("/mask") and self.settings["maskStep"] == "rms")

    def proximal(self, name, value, rate):
        """Least of ½‖Ψ − value‖² + η·α_t·λ1·size(Ψ) over Ψ ≥ 0."""
        if not name.endswith("/mask"):
            return value
        threshold = rate * self.settings["taskWeight"] * self.settings["lambda1"]
        if self.settings["sparsity"] == "element":
            watch(jnp.abs(value - threshold))
            return jnp.maximum(value - threshold, 0)
        positive = jnp.maximum(value, 0).reshape(-1, value.shape[-1])
        norms = jnp.sqrt((positive**2).sum(0))
        return (positive * jnp.maximum(1 - math.sqrt(len(positive)) * threshold / norms, 0)).reshape(value.shape)


def squared_distance(theirs, own):
    return ((theirs.mean(0) - own.mean(0)) ** 2).sum()


def discrepancy(all_theirs, all_own):
    """Distance of means in a Gaussian kernel's space (Gretton et al., JMLR 2012), as wide as the batch is spread."""
    def squares(x, y):
        return ((x[:, None] - y[None]) ** 2).sum(2)

    width = jax.lax.stop_gradient(squares(all_theirs, all_own).mean())

    def of_means(theirs, own):
        within = jnp.exp(-squares(theirs, theirs) / width).mean() + jnp.exp(-squares(own, own) / width).mean()
        return within - 2 * jnp.exp(-squares(theirs, own) / width).mean()

    return of_means


class MixedColumns(Method):
    """What [C] and [D] have in common: behind every pooling each column's features become a mixture of all columns'.

    The papers' tasks label the same images. Here each task has its own: its batch runs through all columns, and its
    own head alone reads what comes of it. Behind the last pooling that leaves one mixture, the task's own.
    """

    LAYER = None  # as its variables are called
    RATE = None  # the setting with the factor on their learning rate

    def starting_values(self):
        values = self.columns()
        for a, (b, channels) in itertools.product(self.tasks, zip(BLOCKS, WIDTHS)):
            for name, value in self.mixing(a, f"{a} {self.LAYER} {b}", channels).items():
                values[f"{a}/{self.layer(b)}/{name}"] = value
        return values

    def layer(self, b):
        return f"{self.LAYER}/stage{b}"

    def shares(self, a):
        """What column a takes of each at first: `own` of itself, the rest of the others equally."""
        own = self.settings["own"]
        return jnp.array([own if b == a else (1 - own) / (len(self.tasks) - 1) for b in self.tasks])

    def flow(self, variables, task, step):
        """One batch: its logits, and the features of all columns (in their order) behind each pooling."""
        pixels, _ = batch(task, step)
        columns = {a: below(a, variables) for a in self.tasks}
        x = {a: normalised(columns[a], a, self.start, pixels) for a in self.tasks}
        behind = {}
        for b in BLOCKS:
            behind[b] = [block(columns[a], b, x[a]) for a in self.tasks]
            x = {a: self.mixed(below(self.layer(b), columns[a]), behind[b]) for a in self.mixing_columns(task, b)}
        own = averaged(x[task], self.grid(task))
        return fully_connected(columns[task], own.reshape(len(own), -1))[1][-1], behind

    def mixing_columns(self, task, b):
        """Columns that mix behind a pooling while this task's batch runs."""
        return [task] if b == BLOCKS[-1] else self.tasks

    def losses(self, variables, selected, step):
        return [self.cross_entropy(self.flow(variables, task, step)[0], task, step) for task in self.tasks]

    def rate(self, name):
        return self.settings[self.RATE] if f"/{self.LAYER}/" in name else 1


class CrossStitch(MixedColumns):
    """[C], eq. (1), for each channel: x̃_a[c] = Σ_b α_ab[c]·x_b[c]."""

    LAYER, RATE = "stitch", "alphaRate"

    def mixing(self, a, name, channels):
        return {"alpha": uneven(jnp.outer(self.shares(a), jnp.ones(channels)), name)}

    def mixed(self, parameters, features):
        return sum(alpha * x for alpha, x in zip(parameters["alpha"], features))


class NddrCnn(MixedColumns):
    """[D]: x̃_a = relu(BN(W_a applied, at each position, to the channels of all columns))."""

    LAYER, RATE = "nddr", "layerRate"

    def mixing(self, a, name, channels):
        """W_a as diagonals, [1, 1, T·C, C], and batch norm's."""
        diagonals = jnp.concatenate([share * jnp.eye(channels) for share in self.shares(a)])
        return {"kernel": uneven(diagonals, name)[None, None], **normalising(name, channels)}

    def starting_values(self):
        """One mean and variance for each column and task whose batch runs through it, those of its own at its layer."""
        values = super().starting_values()
        for name in values:
            # Were a channel positive everywhere, batch norm would undo its bias, which then had no gradient.
            if name.split("/")[1] in CONVOLUTIONS and name.endswith("/bias"):
                values[name] = values[name] - 0.5
        for task, (b, channels) in itertools.product(self.tasks, zip(BLOCKS, WIDTHS)):
            for a in self.mixing_columns(task, b):
                if a != task:
                    for name, value in statistics_before(f"{a} of {task} {b}", channels).items():
                        values[f"{self.follower(a, task, b)}/{name}"] = value
        return values

    def follower(self, a, task, b):
        """What the moving statistics of a column and a task's batches are called."""
        return f"{a}/{self.layer(b)}" if a == task else f"{a}/{task}/{self.layer(b)}"

    def reduced(self, parameters, features):
        return jnp.concatenate(features, 3) @ parameters["kernel"][0, 0]

    def mixed(self, parameters, features):
        return relu(batch_normalised(self.reduced(parameters, features), parameters["gamma"], parameters["beta"]))

    def followed(self, variables, selected, step):
        values = {}
        for task in self.tasks:
            behind = self.flow(variables, task, step)[1]
            for b in BLOCKS:
                for a in self.mixing_columns(task, b):
                    z = self.reduced(below(f"{a}/{self.layer(b)}", variables), behind[b])
                    after = follow(below(self.follower(a, task, b), variables), z)
                    values.update({f"{self.follower(a, task, b)}/{name}": value for name, value in after.items()})
        return values


def uneven(values, name):
    """Near these values, but uneven, so that no symmetry hides a mistake."""
    return jnp.round(512 * (values + uniform(name, values.shape, -0.3, 0.3))) / 512


METHODS = {
    "single-task": SingleTask,
    "multi-task": MultiTask,
    "mtal": Mtal,
    "damtl": Damtl,
    "cross-stitch": CrossStitch,
    "nddr-cnn": NddrCnn,
}


# Training -------------------------------------------------------------------------------------------------------------


def learning_rate(training, step):
    if training["schedule"] == "constant":
        return training["learningRate"]
    return training["learningRate"] * 0.5 * (1 + math.cos(math.pi * step / training["steps"]))


def gradients_of(method, variables, selected, step):
    """One set of gradients for each gradient step, with the norm regulariser, clipped."""
    every = []
    for index, names in enumerate(method.trained()):
        def lowered(trained):
            now = {**variables, **trained}
            norms = [sum((now[n] ** 2).sum() for n in column if n in names) for column in method.norms()]
            size = sum(jnp.sqrt(norm) for column, norm in zip(method.norms(), norms) if set(column) & set(names))
            return method.objectives(now, selected, step)[index] + method.training["normRegulariser"] * size

        gradients = jax.grad(lowered)({name: variables[name] for name in names})
        every.append(clipped(gradients, method.training["clipNorm"]))
    return every


def clipped(gradients, most):
    """One norm over all variables of a step."""
    norm = jnp.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    factor = jnp.minimum(1, most / norm) if most else 1
    return {name: factor * gradient for name, gradient in gradients.items()}


class Sgd:
    """v ← μ·v + g + decay·w; w ← w − η·v."""

    def __init__(self, method):
        self.method, self.training, self.velocity = method, method.training, {}

    def stepped(self, name, value, gradient, rate, step):
        gradient = gradient + (self.training["weightDecay"] * value if decays(name) else 0)
        momentum = self.training["momentum"] if self.method.has_momentum(name) else 0
        self.velocity[name] = momentum * self.velocity.get(name, 0) + gradient
        return value - rate * self.velocity[name]


class AdamW:
    """Loshchilov and Hutter (ICLR 2019), with β = .9, .999 and ε = 1e-8."""

    def __init__(self, method):
        self.training, self.first, self.second = method.training, {}, {}

    def stepped(self, name, value, gradient, rate, step):
        watch(jnp.abs(gradient), where=gradient != 0)  # the first step takes little but its sign
        self.first[name] = 0.9 * self.first.get(name, 0) + 0.1 * gradient
        self.second[name] = 0.999 * self.second.get(name, 0) + 0.001 * gradient**2
        first = self.first[name] / (1 - 0.9 ** (step + 1))
        second = self.second[name] / (1 - 0.999 ** (step + 1))
        decay = self.training["weightDecay"] * value if decays(name) else 0
        return value - rate * (first / (jnp.sqrt(second) + 1e-8) + decay)


def train(case):
    """Fills in what a case comes to."""
    method = METHODS[case["method"]](case)
    variables = dict(method.variables)
    optimiser = {"sgd": Sgd, "adamw": AdamW}[case["training"]["optimizer"]](method)
    losses, lowered, selected = [], [], None
    for step in range(case["training"]["steps"]):
        if step % method.every() == 0:
            selected = method.select(variables)
        losses.append([float(loss) for loss in method.losses(variables, selected, step)])
        lowered.append([float(loss) for loss in method.objectives(variables, selected, step)])
        rate = learning_rate(case["training"], step)
        statistics = method.followed(variables, selected, step)
        for gradients in gradients_of(method, variables, selected, step):
            for name, gradient in gradients.items():
                of_variable = rate * method.rate(name)
                value = optimiser.stepped(name, variables[name], method.changed(name, gradient, variables[name]), of_variable, step)
                variables[name] = method.proximal(name, value, of_variable)
        variables.update(statistics)
    return method, losses, lowered, variables


# Cases ----------------------------------------------------------------------------------------------------------------

PLAIN = {
    "optimizer": "sgd",
    "learningRate": 0.1,
    "momentum": 0,
    "schedule": "constant",
    "weightDecay": 0,
    "normRegulariser": 0,
    "reduction": "mean",
    "clipNorm": 0,
    "dropout": 0,
    "batch": BATCH,
    "steps": 1,
}

# Larger than anybody would train with, so that a wrong one shows.
TRAININGS = {
    "plain": {},
    "batch sum": {"reduction": "sum", "learningRate": 0.05},
    "weight decay": {"weightDecay": 0.3},
    "norm": {"normRegulariser": 0.1},
    "clipped": {"clipNorm": 0.4, "weightDecay": 0.3},
    "momentum": {"momentum": 0.9, "weightDecay": 0.3, "steps": 2},
    "cosine": {"momentum": 0.9, "schedule": "cosine", "clipNorm": 1, "steps": 2},
    "adamw": {"optimizer": "adamw", "learningRate": 0.01, "weightDecay": 0.3, "steps": 2},
}

MTAL = {
    "threshold": 0.35,
    "alpha": 0.5,
    "beta": 0.5,
    "pick": "all",
    "similarity": "kernel",
    "within": False,
    "refresh": 1,
}
MUTUAL = {**MTAL, "alpha": 0.75, "beta": 0.25, "pick": "mutual"}

DAMTL = {
    "mode": "joint",
    "maskInit": [0, 1.5],
    "maskBase": "trainable",
    "maskStep": "sgd",
    "maskRate": 1,
    "sparsity": "element",
    "alignment": "all",
    "kernel": "linear",
    "lambda1": 0.9,
    "lambda2": 0.9,
    "taskWeight": 0.5,
}
RMS = {
    **DAMTL,
    "maskInit": [0, 1.1],
    "maskStep": "rms",
    "maskRate": 0.5,
    "alignment": "hidden",
    "lambda1": 0.3,
    "lambda2": 0.2,
    "taskWeight": 1,
}

STITCH = {"own": 0.9, "alphaRate": 10}
NDDR = {"own": 0.9, "layerRate": 5}


def cases():
    pair, three = ["one", "two"], ["one", "two", "three"]
    for training in TRAININGS:
        yield case("single-task", training, pair)
        yield case("multi-task", training, pair)
        yield case("mtal", training, pair, settings=MTAL)
        yield case("damtl", training, pair, "auxiliary", DAMTL)
    yield case("single-task", "momentum", pair, "auxiliary")
    yield case("multi-task", "momentum", three, "auxiliary", more="three tasks")

    yield case("mtal", "momentum", pair, "auxiliary", MTAL)
    yield case("mtal", "momentum", three, settings=MTAL, more="three tasks")
    yield case("mtal", "momentum", pair, settings=MUTUAL, more="mutual")
    yield case("mtal", "momentum", three, settings=MUTUAL, more="mutual, three tasks")
    yield case("mtal", "momentum", three, settings={**MTAL, "within": True}, more="within columns as well")
    yield case("mtal", "momentum", three, settings={**MTAL, "refresh": 2}, more="selected once")
    yield case("mtal", "momentum", three, settings={**MUTUAL, "similarity": "change", "threshold": 0.1}, more="change")

    prior, of_three_and_two = [["three", "one"]], [["one", "three", "wide"], ["grey", "two"]]
    five = ["one", "two", "three", "grey", "wide"]
    yield case("mtal", "momentum", three, settings={**MTAL, "groups": prior}, more="prior, one alone")
    yield case("mtal", "plain", three, settings={**MTAL, "within": True, "groups": prior}, more="prior, within columns as well")
    yield case("mtal", "plain", five, settings={**MTAL, "groups": of_three_and_two}, more="prior, groups of three and two")
    yield case("mtal", "plain", five, settings={**MUTUAL, "groups": of_three_and_two}, more="prior, mutual")

    def damtl(training, more, tasks=pair, **settings):
        return case("damtl", training, tasks, "auxiliary", settings, more)

    yield damtl("batch sum", "published weights", **{**DAMTL, "taskWeight": 0.01})
    yield damtl("momentum", "frozen", **{**DAMTL, "maskBase": "frozen"})
    yield damtl("norm", "frozen", **{**DAMTL, "maskBase": "frozen"})
    yield damtl("plain", "alignment none", **{**DAMTL, "alignment": "none"})
    yield damtl("momentum", "gaussian", **{**DAMTL, "kernel": "gaussian"})
    yield damtl("plain", "channel", ["three", "one"], **{**DAMTL, "sparsity": "channel", "lambda1": 4})
    yield damtl("momentum", "rms", **RMS)
    yield damtl("clipped", "rms", **RMS)
    yield damtl("plain", "rms, channel", **{**RMS, "sparsity": "channel", "lambda1": 4})
    yield damtl("momentum", "one task", ["two"], **{**RMS, "mode": "per_task"})

    alike, unlike, triple = ["one", "three"], ["two", "wide"], ["one", "three", "grey"]
    for method, settings in (("cross-stitch", STITCH), ("nddr-cnn", NDDR)):
        for training in ("momentum", "adamw", "norm", "clipped"):
            yield case(method, training, alike, settings=settings)
        yield case(method, "momentum", unlike, settings=settings, more="grey and colour")
        yield case(method, "momentum", unlike, "auxiliary", settings, more="grey and colour")
        yield case(method, "momentum", triple, settings=settings, more="three tasks")
        yield case(method, "adamw", triple, "auxiliary", settings, more="three tasks")

    yield case("mtal", "momentum", pair, settings=MTAL, more="batch norm", backbone=NORMALISED)
    yield case("mtal", "norm", pair, settings=MTAL, more="batch norm", backbone=NORMALISED)
    yield case("mtal", "momentum", three, settings=MUTUAL, more="mutual, three tasks, batch norm", backbone=NORMALISED)
    # A column with maps of its own can be aligned where its last ones are of the auxiliary network's size.
    yield case("damtl", "momentum", ["one", "three"], settings=DAMTL, more="alignment all")
    yield case("damtl", "momentum", ["one", "grey"], settings=RMS, more="alignment hidden")
    yield case("damtl", "momentum", ["one", "grey"], settings=RMS, more="batch norm", backbone=NORMALISED)
    for more, settings in (("channel", {**DAMTL, "lambda1": 4}), ("rms, channel", {**RMS, "lambda1": 4})):
        settings = {**settings, "sparsity": "channel"}
        yield case("damtl", "momentum", ["one", "three"], settings=settings, more=f"{more}, batch norm", backbone=NORMALISED)


def case(method, training, tasks, start="scratch", settings=None, more=None, backbone=None):
    """What defines a case; its network, where it is not the document's."""
    return {
        "name": ", ".join([method, *([more] if more else []), f"from {start}", training]),
        "method": method,
        "tasks": tasks,
        "start": start,
        "settings": settings or {},
        **({"backbone": backbone} if backbone else {}),
        "training": {**PLAIN, **TRAININGS[training]},
    }


# The file -------------------------------------------------------------------------------------------------------------


def document():
    """All that ReferenceTest reads."""
    starts, computed = [], []
    for defined in cases():
        margins.clear()
        method, losses, lowered, variables = train(defined)
        complain(defined, method, variables)
        start = {name: array(value) for name, value in method.at_start().items()}
        if start not in starts:
            starts.append(start)
        after = {name: numbers(variables[name]) for name in changing(method)}
        whole = {"lowered": lowered} if defined["method"] == "damtl" else {}
        computed.append({**defined, "startsWith": starts.index(start), "losses": losses, **whole, "after": after})
    return {
        "doc": __doc__.split("\n")[0] + " Made by benchmarks/reference/one_step.py with JAX; images and arrays row by row.",
        "backbone": BACKBONE,
        "tasks": {task: task_document(task) for task in SHAPES},
        "auxiliary": {**AUXILIARY, "weights": {name: array(value) for name, value in AUXILIARY["weights"].items()}},
        "starts": starts,
        "cases": computed,
    }


def changing(method):
    """Names of what is trained or follows the batches."""
    selected = method.select(method.variables)
    return [*itertools.chain(*method.trained()), *method.followed(method.variables, selected, 0)]


def task_document(task):
    return {
        "shape": SHAPES[task],
        "classes": CLASSES[task],
        "labelMap": LABEL_MAPS[task],
        "labels": LABELS[task],
        "pixels": PIXELS[task],
    }


def array(value):
    return {"shape": list(value.shape), "values": numbers(value)}


def numbers(value):
    return [float(f"{number:.9g}") for number in value.ravel().tolist()]


def complain(defined, method, variables):
    """Refuses a case that float32 could decide otherwise, or that leaves out what it is there for."""
    if min(margins) < MARGIN:
        raise SystemExit(f"{defined['name']}: a decision hangs on {min(margins):.1e} (must be at least {MARGIN})")
    if "groups" in defined["settings"] and not method.kept_apart:
        raise SystemExit(f"{defined['name']}: without groups it would come to the same (must keep partners apart)")
    for name in changing(method):
        moved = float(jnp.abs(variables[name] - method.variables[name]).max())
        if moved < 1e-4:
            raise SystemExit(f"{defined['name']}: {name} moves by {moved:.1e} (must be at least 1e-4)")


def written(document):
    """JSON with an array of numbers a line."""
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found.group().split()), json.dumps(document, indent=1)) + "\n"


def differences(expected, found, at=""):
    """Where two documents differ by more than rounding."""
    if isinstance(expected, dict) and isinstance(found, dict) and list(expected) == list(found):
        pairs = [(key, expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(index, *both) for index, both in enumerate(zip(expected, found))]
    else:
        numeric = isinstance(expected, float) and isinstance(found, (int, float))
        same = math.isclose(expected, found, rel_tol=AGREEMENT, abs_tol=AGREEMENT) if numeric else expected == found
        return [] if same else [f"{at}: {found} (must be {expected})"]
    return [line for key, mine, theirs in pairs for line in differences(mine, theirs, f"{at}/{key}")]


def main(document, doc):
    """Writes a document of cases, or compares it with one."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    computed = json.loads(written(document()))
    if not args.check:
        args.file.write_text(written(computed))
        print(f"{args.file}: {len(computed['cases'])} cases")
        return
    wrong = differences(computed, json.loads(args.file.read_text()))
    print("\n".join(wrong[:20] or [f"{args.file}: {len(computed['cases'])} cases as computed"]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(document, __doc__)
