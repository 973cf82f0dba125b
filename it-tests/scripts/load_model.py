#!/usr/bin/env python3
"""Loads a logged model with mlflow.pyfunc, predicts, and prints the probabilities as one line of JSON.

    load_model.py TRACKING_URI MODEL_URI [IMAGES.npy]

IMAGES.npy holds uint8 images [n, height, width, channels]; without it one black image is predicted.
MODEL_URI is models:/m-..., models:/<registered name>/<version> or models:/<registered name>@<alias>.
"""

import json
import sys


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    tracking_uri, model_uri = arguments[:2]

    import mlflow
    import numpy as np

    mlflow.set_tracking_uri(tracking_uri)
    model = mlflow.pyfunc.load_model(model_uri)
    if len(arguments) == 3:
        images = np.load(arguments[2])
    else:
        _, height, width, channels = model.metadata.get_input_schema().inputs[0].shape
        images = np.zeros((1, height, width, channels), dtype=np.uint8)
    probabilities = np.asarray(model.predict({"images": images})["probabilities"])
    print(json.dumps({"classes": model.metadata.metadata["classes"], "probabilities": probabilities.tolist()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
