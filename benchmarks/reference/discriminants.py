"""MTDA's discriminants, computed with JAX: an implementation that shares no code with Twofold.

    python discriminants.py FILE            writes the cases
    python discriminants.py --check FILE    computes them anew; exits with 1 where FILE says something else

MTDA looks for projections M_t [d_t, r] of each task and a common P [r, d] of the largest
λ = Σ_t tr(Pᵀ M_tᵀ S_b M_t P) / Σ_t tr(Pᵀ M_tᵀ (S_w + εI) M_t P), PᵀP = I, M_tᵀ(S_t + εI)M_t = I. Twofold betters both
in turn, pass by pass. Cases are of two kinds.

The optimum has no step here: under the constraints the two sums add up to T·d, so the largest λ has the largest
Σ_t tr(Pᵀ M_tᵀ S_b M_t P), and each M_t P is the task's own d leading discriminants, of a generalised eigenproblem.
`MtdaReferenceTest` lets Twofold's passes run until nothing changes. Where the last discriminant that is kept and the
first that is not are nearly equal, the passes tell them apart too slowly to be compared.

A pass or two from the start: M_t begins as PCA-whitening, P as the first d directions. P becomes the d leading
eigenvectors of A − λB, A and B being the sums of λ without P. Then each M_t goes along half the gradient of the
numerator, in the metric of S_t + εI, and from there to the nearest matrix under the constraint. A whole step never
lowers λ: the numerator is convex in M_t, and the two sums have a constant sum.

Both have λ, and each task's mean cross-entropy and log-probabilities, which no rotation of z changes; passes have λ
before them too, PPᵀ, and what each M_t has changed by.
Features and gradients are JAX's, linear algebra is NumPy's, which compiles nothing. Needs jax (`pip install jax`),
nothing else.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from one_step import AUXILIARY, BACKBONE, array, features, grid_of, main, numbers, uniform

# Fewer images than pixels and more, grey and colour; the auxiliary network's last feature map has 16 entries.
SHAPES = {"grey": (4, 5, 1), "colour": (8, 8, 3), "wide": (8, 12, 3)}
CLASSES = {"grey": ["a", "b", "c"], "colour": ["cup", "hat", "key", "pen"], "wide": ["x", "y", "z"]}
TRAINING, TEST = 36, 6

# No decision of a pass may be so close: float32's features turn an eigenvector by 1e-7 of what parts it from the next.
GAP = 0.01

# Tasks, r, d, and how many passes.
PASSES = ((["grey"], 3, 2, 1), (["grey", "colour"], 4, 2, 1), (["grey", "colour", "wide"], 3, 1, 1),
          (["colour", "wide"], 3, 2, 2))


def labels(task):
    """In turn, a few of them wrong, so that classes differ in size."""
    count = len(CLASSES[task])
    return [(i + (i % 7 == 3)) % count for i in range(TRAINING + TEST)]


@functools.cache
def images(task):
    """A picture for each class under noise, [n, H, W, C] in 0..255."""
    pictures = uniform(f"pictures of {task}", (len(CLASSES[task]), *SHAPES[task]), 0, 256)
    noise = uniform(f"noise of {task}", (TRAINING + TEST, *SHAPES[task]), 0, 256)
    return jnp.floor(0.3 * pictures[jnp.array(labels(task))] + 0.7 * noise)


@functools.cache
def vectors(task, kind):
    """What is projected, [n, d_t]: normalised pixels, or the auxiliary network's last feature map."""
    pixels = images(task)
    if kind == "pixels":
        unit = pixels / 255
        training = unit[:TRAINING]
        return ((unit - training.mean((0, 1, 2))) / training.std((0, 1, 2))).reshape(len(pixels), -1)
    weights = dict(AUXILIARY["weights"])
    if SHAPES[task][2] == 1:
        weights["conv1_1/kernel"] = weights["conv1_1/kernel"].sum(2, keepdims=True)
    return features(weights, task, "auxiliary", pixels, grid_of(AUXILIARY["shape"]))


class Task:
    """Centred features x [n, d_t] of a task's images, and the scatter of those that it is trained on, [d_t, d_t]."""

    def __init__(self, name, settings):
        x = np.asarray(vectors(name, settings["features"]))
        self.x = x - x[:TRAINING].mean(0)
        self.labels = np.array(labels(name)[:TRAINING])
        self.classes = len(CLASSES[name])
        of_class = np.eye(self.classes)[self.labels]  # [n, c]
        self.counts = of_class.sum(0)
        self.means = (of_class / self.counts).T @ self.x[:TRAINING]  # [c, d_t]
        own = of_class @ self.means  # of each image its class's, [n, d_t]
        self.between, within = (m.T @ m / TRAINING for m in (own, self.x[:TRAINING] - own))
        mean_variance = np.trace(self.between + within) / x.shape[1]
        self.within = within + settings["epsilon"] * mean_variance * np.eye(x.shape[1])
        self.total = self.between + self.within
        self.root = np.linalg.cholesky(self.total)

    def discriminants(self, d):
        """The d leading ones [d_t, d], under MᵀS_tM + εMᵀM = I."""
        back = np.linalg.inv(self.root)
        return back.T @ leading(back @ self.between @ back.T, d)[1]

    def whitening(self, r):
        """To r principal directions [d_t, r]; the class of most weight in S_b along each is on its positive side."""
        variances, directions = leading(self.total, r + 1)
        refuse(-np.diff(variances) / variances[0], "a principal direction")
        along = np.sqrt(self.counts)[:, None] * (self.means @ directions[:, :r])  # [c, r]
        up, down = along.max(0), -along.min(0)
        refuse(np.abs(up - down) / np.maximum(up, down), "a principal direction's sign")
        return directions[:, :r] * np.where(up > down, 1, -1) / np.sqrt(variances[:r])

    def stepped(self, m, p):
        gradient = jax.grad(lambda m: kept(self.between, m @ p))(m)
        u, _, v = np.linalg.svd(self.root.T @ (m + np.linalg.solve(self.total, gradient / 2)), full_matrices=False)
        return np.linalg.solve(self.root.T, u @ v)

    def log_probabilities(self, projection, classifier):
        """Of all images, [n, c]."""
        z = self.x @ projection
        prototypes = [z[:TRAINING][self.labels == k] for k in range(self.classes)]
        if classifier == "nearest_mean":
            prototypes = [q.mean(0, keepdims=True) for q in prototypes]
        return np.asarray(jax.nn.log_softmax(logits(z, prototypes), 1))


def leading(matrix, count):
    """The largest eigenvalues, in descending order, and their eigenvectors."""
    values, vectors = np.linalg.eigh(matrix)
    return values[::-1][:count], vectors[:, ::-1][:, :count]


def refuse(gaps, what):
    """A case that float32 could decide otherwise."""
    if gaps.min() < GAP:
        raise SystemExit(f"{what} hangs on {gaps.min():.1e} (must be at least {GAP})")


def kept(scatter, projection):
    """tr(PᵀM_tᵀSM_tP) of M_tP."""
    return (projection.T @ scatter @ projection).trace()


def objective(tasks, projections):
    """λ of the tasks' M_tP."""
    between, within = (
        sum(kept(getattr(task, part), projection) for task, projection in zip(tasks, projections))
        for part in ("between", "within")
    )
    return between / within


def logits(z, prototypes):
    """−‖z − q‖² of the nearest q of each class, [n, c]; the prototypes [n_k, d] by class."""
    return np.stack([-((z[:, None] - q) ** 2).sum(2).min(1) for q in prototypes], 1)


def passed(tasks, settings):
    """M_tP of each task behind the passes, and what is compared of these alone."""
    start = ms = [task.whitening(settings["r"]) for task in tasks]
    p = np.eye(settings["r"], settings["d"])
    before = value = objective(tasks, [m @ p for m in ms])
    for _ in range(settings["iterations"]):
        a = sum(m.T @ task.between @ m for task, m in zip(tasks, ms))  # [r, r]
        b = sum(m.T @ task.within @ m for task, m in zip(tasks, ms))
        values, directions = leading(a - value * b, settings["d"] + 1)
        refuse((values[-2] - values[-1]) / np.abs(values).max(), "P")
        p = directions[:, :-1]
        ms = [task.stepped(m, p) for task, m in zip(tasks, ms)]
        value = objective(tasks, [m @ p for m in ms])
    changes = [array(m - first) for m, first in zip(ms, start)]
    return [m @ p for m in ms], {"objectiveBefore": number(before), "ppt": array(p @ p.T), "changes": changes}


def solved(case):
    """What is compared of a case."""
    settings = case["settings"]
    tasks = [Task(name, settings) for name in case["tasks"]]
    if "iterations" in settings:
        projections, of_passes = passed(tasks, settings)
    else:
        projections, of_passes = [task.discriminants(settings["d"]) for task in tasks], {}
    logs = [task.log_probabilities(m, settings["classifier"]) for task, m in zip(tasks, projections)]
    return {
        "objective": number(objective(tasks, projections)),
        **of_passes,
        "losses": [number(-log[range(TRAINING), task.labels].mean()) for task, log in zip(tasks, logs)],
        "logProbabilities": [array(log) for log in logs],
    }


def number(value):
    return numbers(value)[0]


def cases():
    """What defines each; no task has fewer than d discriminants of its own, or M_tP would not be unique."""
    for features_of in ("pixels", "auxiliary"):
        for tasks, d in ((["grey"], 2), (["colour"], 3), (["colour"], 1), (["grey", "colour"], 2),
                         (["grey", "colour", "wide"], 2), (["colour", "wide"], 2)):
            for classifier in ("nearest_mean", "nearest_neighbour"):
                for sharing in ("joint", "separate") if len(tasks) == 1 else ("joint",):
                    yield case(tasks, sharing=sharing, features=features_of, d=d, classifier=classifier)
    for features_of in ("pixels", "auxiliary"):
        for tasks, r, d, passes in PASSES:
            yield case(tasks, features=features_of, r=r, d=d, iterations=passes)


def case(tasks, **settings):
    """What defines it."""
    settings = {"sharing": "joint", "classifier": "nearest_mean", **settings}
    passes = f", r = {settings['r']}, passes: {settings['iterations']}" if "iterations" in settings else ""
    name = f"{settings['sharing']} {'+'.join(tasks)} by {settings['d']} of {settings['features']}{passes}, {settings['classifier']}"
    return {"name": name, "tasks": tasks, "settings": {**settings, "epsilon": 0.1}}


def document():
    """All that MtdaReferenceTest reads."""
    return {
        "doc": __doc__.split("\n")[0] + " Made by benchmarks/reference/discriminants.py; images and arrays row by row.",
        "backbone": BACKBONE,
        "training": TRAINING,
        "tasks": {
            task: {
                "shape": SHAPES[task],
                "classes": CLASSES[task],
                "labels": labels(task),
                "pixels": [int(pixel) for pixel in images(task).ravel()],
            }
            for task in SHAPES
        },
        "auxiliary": {**AUXILIARY, "weights": {name: array(value) for name, value in AUXILIARY["weights"].items()}},
        "cases": [{**defined, **solved(defined)} for defined in cases()],
    }


if __name__ == "__main__":
    main(document, __doc__)
