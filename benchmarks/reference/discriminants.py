"""MTDA's discriminants, computed with JAX: an implementation that shares no code with Twofold.

    python discriminants.py FILE            writes the cases
    python discriminants.py --check FILE    computes them anew; exits with 1 where FILE says something else

MTDA looks for projections M_t [d_t, r] of each task and a common P [r, d] of the largest
λ = Σ_t tr(Pᵀ M_tᵀ S_b M_t P) / Σ_t tr(Pᵀ M_tᵀ (S_w + εI) M_t P), PᵀP = I, M_tᵀ(S_t + εI)M_t = I. Twofold betters both
in turn, step by step. Here is no step: under the constraints the two sums add up to T·d, so the largest λ has the
largest Σ_t tr(Pᵀ M_tᵀ S_b M_t P), and each M_t P is the task's own d leading discriminants, of a generalised
eigenproblem. `MtdaReferenceTest` lets Twofold's passes run until nothing changes, and compares λ and the probabilities.
M_t P is known up to a rotation of z, which no distance in z sees; where the last discriminant that is kept and the
first that is not are nearly equal, the passes tell them apart too slowly to be compared.
Needs jax (`pip install jax`), nothing else.
"""

import jax
import jax.numpy as jnp
from one_step import AUXILIARY, BACKBONE, array, features, grid_of, main, uniform

# Fewer images than pixels and more, grey and colour; the auxiliary network's last feature map has 16 entries.
SHAPES = {"grey": (4, 5, 1), "colour": (8, 8, 3), "wide": (8, 12, 3)}
CLASSES = {"grey": ["a", "b", "c"], "colour": ["cup", "hat", "key", "pen"], "wide": ["x", "y", "z"]}
TRAINING, TEST = 36, 6


def labels(task):
    """In turn, a few of them wrong, so that classes differ in size."""
    count = len(CLASSES[task])
    return [(i + (i % 7 == 3)) % count for i in range(TRAINING + TEST)]


def images(task):
    """A picture for each class under noise, [n, H, W, C] in 0..255."""
    pictures = uniform(f"pictures of {task}", (len(CLASSES[task]), *SHAPES[task]), 0, 256)
    noise = uniform(f"noise of {task}", (TRAINING + TEST, *SHAPES[task]), 0, 256)
    return jnp.floor(0.3 * pictures[jnp.array(labels(task))] + 0.7 * noise)


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


def discriminants(x, of_class, d, epsilon):
    """The d leading discriminants [d_t, d] under MᵀS_tM + εMᵀM = I, and the between-class scatter that they keep."""
    means = (of_class / of_class.sum(0)).T @ x  # [c, d_t]
    own = of_class @ means  # of each image its class's, [n, d_t]
    between, within = (m.T @ m / len(x) for m in (own, x - own))
    within += epsilon * jnp.trace(between + within) / x.shape[1] * jnp.eye(x.shape[1])
    root = jnp.linalg.inv(jnp.linalg.cholesky(between + within))
    kept, directions = jnp.linalg.eigh(root @ between @ root.T)
    return root.T @ directions[:, -d:], float(kept[-d:].sum())


def logits(z, prototypes):
    """−‖z − q‖² of the nearest q of each class, [n, c]; the prototypes [n_k, d] by class."""
    return jnp.stack([-((z[:, None] - q) ** 2).sum(2).min(1) for q in prototypes], 1)


def solved(case):
    """The largest λ, and each task's log-probabilities of all its images."""
    kept, of_tasks = 0, {}
    for task in case["tasks"]:
        x = vectors(task, case["settings"]["features"])
        x = x - x[:TRAINING].mean(0)
        own = jnp.array(labels(task)[:TRAINING])
        of_class = jnp.eye(len(CLASSES[task]))[own]  # [n, c]
        projection, own_kept = discriminants(
            x[:TRAINING], of_class, case["settings"]["d"], case["settings"]["epsilon"]
        )
        kept += own_kept
        z = x @ projection
        prototypes = [z[:TRAINING][own == k] for k in range(len(CLASSES[task]))]
        if case["settings"]["classifier"] == "nearest_mean":
            prototypes = [q.mean(0, keepdims=True) for q in prototypes]
        of_tasks[task] = jax.nn.log_softmax(logits(z, prototypes), 1)
    left = len(case["tasks"]) * case["settings"]["d"] - kept
    return kept / left, of_tasks


def cases():
    """What defines each; no task has fewer than d discriminants of its own, or M_tP would not be unique."""
    for features_of in ("pixels", "auxiliary"):
        for tasks, d in ((["grey"], 2), (["colour"], 3), (["colour"], 1), (["grey", "colour"], 2),
                         (["grey", "colour", "wide"], 2), (["colour", "wide"], 2)):
            for classifier in ("nearest_mean", "nearest_neighbour"):
                for sharing in ("joint", "separate") if len(tasks) == 1 else ("joint",):
                    yield {
                        "name": f"{sharing} {'+'.join(tasks)} by {d} of {features_of}, {classifier}",
                        "tasks": tasks,
                        "settings": {
                            "sharing": sharing, "features": features_of, "d": d, "epsilon": 0.1,
                            "classifier": classifier,
                        },
                    }


def document():
    """All that MtdaReferenceTest reads."""
    computed = []
    for defined in cases():
        objective, of_tasks = solved(defined)
        logs = {task: array(log) for task, log in of_tasks.items()}
        computed.append({**defined, "objective": float(f"{objective:.9g}"), "logProbabilities": logs})
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
        "cases": computed,
    }


if __name__ == "__main__":
    main(document, __doc__)
