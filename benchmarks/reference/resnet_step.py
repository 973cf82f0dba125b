"""A training step of a ResNet-18, computed with JAX: an implementation that shares no code with Twofold.

    python resnet_step.py FILE            writes the cases
    python resnet_step.py --check FILE    computes them anew; exits with 1 where FILE says something else

Written from He et al. (CVPR 2016), and one of MTAL and DAMTL from [A] arXiv 2101.12431 and [B] arXiv 2201.02305;
in float64. `ResNetReferenceTest` puts the same numbers through Twofold's own training loop. A case has the losses and
what the steps change: of each variable the largest change, the changes' length, and some of them, since all eleven
million would be too many. For the same reason a starting value is a hash of the variable's name and the value's place.
Needs jax (`pip install jax`), nothing else.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from one_step import MARGIN, MTAL, PLAIN, RMS, below, cross_entropy, main, margins, numbers, relu, sequence, watch

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

# Two tasks, for what columns have in common. All images are small; last maps are 1×2 and 2×1.
PAIR = {"wide": (5, 9, 3), "tall": (9, 5, 3)}
CLASSES_OF = {"wide": ["cat", "dog", "mug"], "tall": ["bird", "pen", "mug"]}
LABELS_OF = {"wide": [1, 0, 2], "tall": [0, 2, 0]}
AUXILIARY = {"classes": ["mug", "bird", "dog", "pen"], "shape": (8, 8, 3)}
SOME_OF_PAIR = 4


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
    return around(name, shape, uniform(name, shape))


def start_of(owner):
    """As `start`, for one of several columns: a part of each value is the same whoever owns it."""

    def start_of_it(name, shape):
        return around(name, shape, 0.8 * uniform(f"{owner}/{name}", shape) + 0.6 * uniform(name, shape))

    return start_of_it


def around(name, shape, unit):
    scale = math.sqrt(24 / math.prod(shape[:-1])) if name.endswith("/kernel") else 0.7 if name.endswith("/mask") else 0.4
    centre = 1 if name.endswith(("/gamma", "/variance", "/deviation")) else 0.5 if name.endswith("/mask") else 0
    return jnp.array((centre + scale * unit).astype(np.float32), float)


# The network ----------------------------------------------------------------------------------------------------------


class Column:
    """Parameters by name, each made when it is first asked for, and the statistics of the batch."""

    def __init__(self, parameters, hidden=(), classes=len(CLASSES), start=start):
        self.parameters = parameters
        self.hidden = hidden
        self.classes = classes
        self.start = start
        self.statistics = {}

    def get(self, name, *shape):
        if name not in self.parameters:
            self.parameters[name] = self.start(name, shape)
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
        return self.outputs(stem, x)[1][-1]

    def outputs(self, stem, x):
        """What enters each fully connected layer, and what leaves it before its activation; the last are the logits."""
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
        inputs, outputs = [], []
        for layer, width in [*((f"fc{h}", width) for h, width in enumerate(self.hidden, 1)), ("head", self.classes)]:
            inputs.append(x)
            outputs.append(x @ self.get(f"{layer}/kernel", x.shape[1], width) + self.get(f"{layer}/bias", width))
            x = relu(outputs[-1]) if layer != "head" else None
        return inputs, outputs


def largest_of_nine(x):
    """3×3, stride 2, a border of zeros around it, which never win after a relu."""
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = (x.shape[1] - 1) // 2, (x.shape[2] - 1) // 2
    nine = [x[:, r : r + 2 * height : 2, c : c + 2 * width : 2] for r in range(3) for c in range(3)]
    return jnp.stack(nine).max(0)


# Methods --------------------------------------------------------------------------------------------------------------


class Method:
    """Columns of two tasks that are trained in one loss, `<task>/<parameter>`."""

    def __init__(self, defined):
        self.settings = defined["settings"]
        self.start = defined["start"]
        self.hidden = defined["backbone"]["fullyConnected"]
        self.variables = {}
        for task in PAIR:
            own = {}
            column = self.column(task, own, start_of(task))
            column.outputs("small", self.images(task))
            own.update({name: start_of(task)(name, value.shape) for name, value in column.statistics.items()})
            self.variables.update({f"{task}/{name}": value for name, value in own.items()})
        self.kernels = [name for name, value in below("wide", self.variables).items() if value.ndim == 4]

    def column(self, task, parameters, start=None):
        return Column(parameters, self.hidden, len(CLASSES_OF[task]), start)

    def images(self, task):
        """The batch as it enters the column: normalised as the auxiliary network where it starts from that."""
        unit = jnp.array(pixels_of(task), float).reshape(-1, *PAIR[task]) / 255
        if self.start == "scratch":
            mean, deviation = unit.mean((0, 1, 2)), unit.std((0, 1, 2))
        else:
            mean, deviation = (start_of("auxiliary")(f"input/{name}", (3,)) for name in ("mean", "deviation"))
        return (unit - mean) / deviation

    def select(self, variables):
        """What is chosen before a step and has no gradient."""

    def distances(self, task, labels, inputs, outputs):
        """What a task's loss has beside the cross-entropy."""
        return 0

    def task_weight(self):
        return 1

    def lowered(self, variables, selected, batches):
        """What the step lowers; each task's cross-entropy and the statistics of its batch."""
        loss, losses, statistics = 0, {}, {}
        for task, (x, labels) in batches.items():
            column = self.column(task, self.parameters(variables, selected, task))
            inputs, outputs = column.outputs("small", x)
            losses[task] = cross_entropy(outputs[-1], labels, "mean")
            loss += self.task_weight() * (losses[task] + self.distances(task, labels, inputs, outputs))
            statistics.update({f"{task}/{name}": value for name, value in column.statistics.items()})
        return loss, (losses, statistics)

    def stepped(self, name, value, gradient, rate):
        return value - rate * gradient


class Mtal(Method):
    """[A]: columns run on the averages of their similar kernels, those of shortcuts too; batch norm is their own."""

    def select(self, variables):
        """Eqs. (3) and (4): M of each convolution, [Cout, Cout]."""
        selected = {}
        for name in self.kernels:
            hats = [rows(variables[f"{task}/{name}"]) for task in PAIR]
            hats = [hat / jnp.linalg.norm(hat, axis=1, keepdims=True) for hat in hats]
            s = hats[0] @ hats[1].T
            watch(jnp.abs(s - self.settings["threshold"]))
            selected[name] = (s > self.settings["threshold"]).astype(float)
        return selected

    def parameters(self, variables, selected, task):
        """Eqs. (5) and (6): K̃_i, the mean over i's partners j of α·K_a,i + β·K_b,j."""
        parameters = below(task, variables)
        (other,) = set(PAIR) - {task}
        for name, m in selected.items():
            m = m if task == "wide" else m.T
            n = m.sum(1, keepdims=True)
            own, theirs = rows(parameters[name]), rows(variables[f"{other}/{name}"])
            pairs = self.settings["alpha"] * n * own + self.settings["beta"] * (m @ theirs)
            bank = jnp.where(n > 0, pairs / jnp.maximum(n, 1), own)
            parameters[name] = bank.T.reshape(parameters[name].shape)
        return parameters


def rows(kernel):
    """[Cout, D]."""
    return kernel.reshape(-1, kernel.shape[-1]).T


class Damtl(Method):
    """[B]: masks over all kernels, those of shortcuts too; fully connected layers aligned with the auxiliary network's."""

    def __init__(self, defined):
        super().__init__(defined)
        for task in PAIR:
            for name in self.kernels:
                mask, shape = name.replace("/kernel", "/mask"), self.variables[f"{task}/{name}"].shape
                self.variables[f"{task}/{mask}"] = start_of(task)(mask, shape)

    def parameters(self, variables, selected, task):
        """Eq. (1): S = Ψ ⊙ W."""
        parameters = below(task, variables)
        for name in self.kernels:
            parameters[name] = parameters[name.replace("/kernel", "/mask")] * parameters[name]
        return parameters

    def distances(self, task, labels, inputs, outputs):
        """λ2 times the D of all layers, eq. (3); of the head only the outputs of classes that both have."""
        of_class = jax.nn.one_hot(labels, len(CLASSES_OF[task]), axis=0)  # [c, B]
        means = of_class / jnp.maximum(of_class.sum(1, keepdims=True), 1)
        layers = [*((f"fc{h}", width) for h, width in enumerate(self.hidden, 1)), ("head", len(AUXILIARY["classes"]))]
        total = 0
        for (layer, width), entering, leaving in zip(layers, inputs, outputs):
            start = start_of("auxiliary")
            theirs = entering @ start(f"{layer}/kernel", (entering.shape[1], width)) + start(f"{layer}/bias", (width,))
            if layer == "head":
                covered = [c for c, name in enumerate(CLASSES_OF[task]) if name in AUXILIARY["classes"]]
                theirs = theirs[:, jnp.array([AUXILIARY["classes"].index(CLASSES_OF[task][c]) for c in covered])]
                leaving = leaving[:, jnp.array(covered)]
            total += ((means @ theirs - means @ leaving) ** 2).sum()
        return self.settings["lambda2"] * total

    def task_weight(self):
        """α_t of eq. (5)."""
        return self.settings["taskWeight"]

    def stepped(self, name, value, gradient, rate):
        """A layer's mask moves by its gradient's rms; then the proximal step of λ1·‖Ψ‖₁ on Ψ ≥ 0."""
        if not name.endswith("/mask"):
            return value - rate * gradient
        rate *= self.settings["maskRate"]
        value = value - rate * gradient / jnp.sqrt((gradient**2).mean())
        return jnp.maximum(value - rate * self.settings["taskWeight"] * self.settings["lambda1"], 0)


# Cases ----------------------------------------------------------------------------------------------------------------


def pixels(stem):
    return [int(256 * u) for u in sequence(f"pixels for {stem}", BATCH * math.prod(SHAPES[stem]))]


def pixels_of(task):
    return [int(256 * u) for u in sequence(f"pixels of {task}", BATCH * math.prod(PAIR[task]))]


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


# One step: behind it float32 lies so far from float64 that some of the many relus of a second one fall otherwise, on
# one processor or another.
JOINT = {
    "mtal, resnet18, from scratch": {
        "method": "mtal",
        "start": "scratch",
        "settings": MTAL,
        "backbone": {"name": "resnet18", "fullyConnected": [], "stem": "small"},
        "training": TRAINING,
    },
    "damtl, resnet18, from auxiliary": {
        "method": "damtl",
        "start": "auxiliary",
        "settings": {**RMS, "alignment": "all", "maskRate": 1},
        "backbone": {"name": "resnet18", "fullyConnected": [8], "stem": "small"},
        "training": TRAINING,
    },
}


def joint(name, defined):
    """A step of two columns."""
    method = {"mtal": Mtal, "damtl": Damtl}[defined["method"]](defined)
    margins.clear()  # of columns that nothing is done to yet
    rate, variables = defined["training"]["learningRate"], dict(method.variables)
    gradients_of = jax.jit(jax.grad(method.lowered, has_aux=True))
    selected = method.select(variables)
    batches = {task: (method.images(task), jnp.array(LABELS_OF[task])) for task in PAIR}
    method.lowered(variables, selected, batches)  # for the margins
    gradients, (losses, statistics) = gradients_of(variables, selected, batches)
    variables = {n: method.stepped(n, value, gradients[n], rate) for n, value in variables.items()}
    for n, statistic in statistics.items():
        variables[n] = DECAY * variables[n] + (1 - DECAY) * statistic
    complain(name, selected)
    return {
        "name": name,
        "tasks": list(PAIR),
        **defined,
        "losses": [float(losses[task]) for task in PAIR],
        "changes": {n: summary(value - method.variables[n], SOME_OF_PAIR) for n, value in variables.items()},
    }


def complain(name, selected):
    """Refuses a case that float32 could decide otherwise, or in which all or none share at shortcuts."""
    if min(margins) < MARGIN:
        raise SystemExit(f"{name}: a decision hangs on {min(margins):.1e} (must be at least {MARGIN})")
    for layer, m in (selected or {}).items():
        if "shortcut" in layer and not 0 < m.max(1).mean() < 1:
            raise SystemExit(f"{name}: {layer} shares all of its kernels or none (must share some)")


def summary(change, some=SOME):
    flat = change.ravel()
    places = [i * flat.size // some for i in range(some)] if flat.size > some else range(flat.size)
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
        }
        | {
            task: {"shape": shape, "classes": CLASSES_OF[task], "labels": LABELS_OF[task], "pixels": pixels_of(task)}
            for task, shape in PAIR.items()
        },
        "auxiliary": AUXILIARY,
        "cases": [case(stem) for stem in SHAPES] + [joint(name, defined) for name, defined in JOINT.items()],
    }


if __name__ == "__main__":
    main(document, __doc__)
