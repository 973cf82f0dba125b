#!/usr/bin/env python3
"""The training loop in two other frameworks: images a second, beside `benchmarks/training/run`.

    pip install torch numpy            # for the first
    pip install tensorflow-cpu numpy   # for the second
    python benchmarks/training/peers.py torch|keras [threads] [steps]

Both train the networks of TrainingBenchmark.java, one task, as a user of the framework would write it, with
the setting that it measures: pictures in memory (bytes), each shifted by up to two pixels and mirrored at
random, SGD with momentum 0.9, weight decay 5e-4, the gradient's norm clipped at 5, dropout 0.3, float32.
Timed from the sixth step to the last. Nothing is evaluated meanwhile.

  torch  eager, channels_last; whole batches are shifted and mirrored by index
  keras  model.fit on a tf.data pipeline that maps one picture at a time and prefetches
"""

import sys
import time

import numpy

WARM_UP = 5
CLASSES = 9
HIDDEN = [256, 256]
SHIFT = 2
NETWORKS = [
    ("five blocks", "32 M 64 M 128 M 256 M 256 M", 32, 32),
    ("VGG-16", "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M", 32, 32),
    ("VGG-16", "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M", 64, 128),
]


def pictures(count, side):
    rng = numpy.random.default_rng(1)
    return rng.integers(0, 256, (count, side, side, 3), "uint8"), rng.integers(0, CLASSES, count)


def with_torch(layers, side, batch, threads, steps):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    modules, channels = [], 3
    for layer in layers.split():
        if layer == "M":
            modules.append(nn.MaxPool2d(2))
        else:
            modules += [nn.Conv2d(channels, int(layer), 3, padding=1), nn.ReLU()]
            channels = int(layer)
    modules.append(nn.Flatten())
    features = channels * (side // 32) ** 2
    for units in HIDDEN:
        modules += [nn.Linear(features, units), nn.ReLU(), nn.Dropout(0.3)]
        features = units
    network = nn.Sequential(*modules, nn.Linear(features, CLASSES)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), 0.001, momentum=0.9, weight_decay=5e-4)
    images, labels = (torch.from_numpy(each) for each in pictures(batch * (WARM_UP + steps), side))
    order = torch.randperm(len(images))
    for step in range(WARM_UP + steps):
        if step == WARM_UP:
            begin = time.perf_counter()
        rows = order[step * batch : (step + 1) * batch]
        x = shifted_and_mirrored(torch, images, rows, side).float().div_(255).sub_(0.5)
        x = x.permute(0, 3, 1, 2)  # [B, 3, side, side], in memory as channels_last
        loss = nn.functional.cross_entropy(network(x), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5)
        optimizer.step()
    return batch * steps / (time.perf_counter() - begin)


def shifted_and_mirrored(torch, images, rows, side):
    """[B, side, side, 3]; what is shifted in repeats the edge."""
    place = torch.arange(side)
    y = (place + torch.randint(-SHIFT, SHIFT + 1, (len(rows), 1))).clamp(0, side - 1)  # [B, side]
    x = (place + torch.randint(-SHIFT, SHIFT + 1, (len(rows), 1))).clamp(0, side - 1)
    x = torch.where(torch.rand(len(rows), 1) < 0.5, x.flip(1), x)
    return images[rows[:, None, None], y[:, :, None], x[:, None, :]]


def with_keras(layers, side, batch, threads, steps):
    import os

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    keras = tf.keras
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    network = keras.Sequential([keras.layers.Input((side, side, 3)), keras.layers.Rescaling(1 / 255, -0.5)])
    for layer in layers.split():
        if layer == "M":
            network.add(keras.layers.MaxPooling2D())
        else:
            network.add(keras.layers.Conv2D(int(layer), 3, padding="same", activation="relu"))
    network.add(keras.layers.Flatten())
    for units in HIDDEN:
        network.add(keras.layers.Dense(units, activation="relu"))
        network.add(keras.layers.Dropout(0.3))
    network.add(keras.layers.Dense(CLASSES))
    network.compile(
        keras.optimizers.SGD(0.001, momentum=0.9, weight_decay=5e-4, global_clipnorm=5),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )

    def augmented(image, label):
        image = tf.pad(image, [[SHIFT, SHIFT], [SHIFT, SHIFT], [0, 0]], "SYMMETRIC")
        return tf.image.random_flip_left_right(tf.image.random_crop(image, [side, side, 3])), label

    count = batch * (WARM_UP + steps)
    data = tf.data.Dataset.from_tensor_slices(pictures(count, side)).shuffle(count)
    data = data.map(augmented, num_parallel_calls=threads).batch(batch, drop_remainder=True).prefetch(2)

    class Stopwatch(keras.callbacks.Callback):
        def on_train_batch_end(self, step, logs=None):
            self.end = time.perf_counter()
            if step == WARM_UP - 1:
                self.begin = self.end

    stopwatch = Stopwatch()
    network.fit(data, epochs=1, shuffle=False, verbose=0, callbacks=[stopwatch])
    return batch * steps / (stopwatch.end - stopwatch.begin)


def main():
    peers = {"torch": with_torch, "keras": with_keras}
    if len(sys.argv) < 2 or sys.argv[1] not in peers:
        sys.exit(__doc__)
    train = peers[sys.argv[1]]
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    print(f"| network | images | batch | {sys.argv[1]}, images/s |")
    print("|---|---|---|---|")
    for name, layers, side, batch in NETWORKS:
        rate = train(layers, side, batch, threads, steps)
        print(f"| {name} | {side} × {side} | {batch} | {rate:.0f} |", flush=True)


if __name__ == "__main__":
    main()
