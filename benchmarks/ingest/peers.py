#!/usr/bin/env python3
"""Archive to Parquet by two other tools: images a second, beside `benchmarks/ingest/run`.

    pip install opencv-python-headless pillow pyarrow
    TWOFOLD_DATA=<folder of the archives> python benchmarks/ingest/peers.py [size] [rounds]

Both read the same archives and write the same columns that matter, a row an image: id, class, pixels
[size, size, 3] as red, green, blue, the SHA-256 of the pixels and of the file; zstd, in the order of the
names. A process a core. Neither looks for damage, duplicates or classes of one name.

  opencv  JPEGs are decoded at a half, a quarter or an eighth where that is no smaller than asked, then
          INTER_AREA
  pillow  draft() for JPEGs, then reducing_gap=2 with BILINEAR
"""

import hashlib
import io
import multiprocessing
import os
import pathlib
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy
import pyarrow
import pyarrow.parquet
from PIL import Image

ARCHIVES = ["office31-amazon", "office31-dslr", "caltech101", "tiny-imagenet-100"]
IMAGES = (".jpg", ".jpeg", ".png", ".JPEG", ".bmp")
CORES = os.cpu_count()
REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}


def with_opencv(data, size):
    width, height = Image.open(io.BytesIO(data)).size  # the header alone
    factor = max([f for f in REDUCED if min(width, height) >= f * size], default=1)
    image = cv2.imdecode(numpy.frombuffer(data, "uint8"), REDUCED.get(factor, cv2.IMREAD_COLOR))
    image = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).tobytes()


def with_pillow(data, size):
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (size, size))
    image = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return image.tobytes()


def part(prepare, archive, names, size):
    rows = []
    with zipfile.ZipFile(archive) as source:
        for name in names:
            data = source.read(name)
            pixels = prepare(data, size)
            digests = [hashlib.sha256(each).hexdigest() for each in (pixels, data)]
            rows.append((name, name.split("/")[-2], pixels, *digests))
    return rows


def ingest(prepare, pool, archive, size):
    """Number of images."""
    with zipfile.ZipFile(archive) as source:
        names = sorted(name for name in source.namelist() if name.endswith(IMAGES))
    parts = [names[i : i + 256] for i in range(0, len(names), 256)]
    results = pool.map(part, *zip(*[(prepare, archive, each, size) for each in parts]))
    schema = pyarrow.schema(
        [("id", "string"), ("class", "string"), ("pixels", "binary"), ("content", "string"), ("source", "string")]
    )
    with tempfile.TemporaryDirectory() as folder:
        with pyarrow.parquet.ParquetWriter(f"{folder}/data.parquet", schema, compression="zstd") as writer:
            for rows in results:
                columns = [pyarrow.array(column, field.type) for column, field in zip(zip(*rows), schema)]
                writer.write_table(pyarrow.table(columns, schema=schema))
    return len(names)


def main(size=64, rounds=8):
    data = pathlib.Path(os.environ["TWOFOLD_DATA"])
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(CORES, mp_context=context, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for archive in ARCHIVES:
            for name, prepare in (("opencv", with_opencv), ("pillow", with_pillow)):
                speeds = []
                for _ in range(rounds):
                    start = time.perf_counter()
                    images = ingest(prepare, pool, str(data / f"{archive}.zip"), size)
                    speeds.append(images / (time.perf_counter() - start))
                print(f"{archive} {name}", *(f"{speed:.0f}" for speed in speeds), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
