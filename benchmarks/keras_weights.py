"""Carry a trained Network over to Keras, and see how far the outputs of the two agree.

Run:  python benchmarks/keras_weights.py        (Keras and a backend for it have to be installed)
"""

import sys
from pathlib import Path

import keras
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))

import dataset
from network1 import Network

X, Y = dataset.truth_table("xor")
network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=np.random.default_rng(0))
network.train(X, Y, epochs=1000, learning_rate=2.0, momentum=0.5)

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1, "sigmoid")])
model.set_weights(network.parameters)

there, here = model.predict(X, verbose=0), network.outputs(X)
print("Network:", here.ravel().round(6))
print("Keras:  ", there.ravel().round(6))
print(f"largest difference: {np.abs(there - here).max():.1e}")
