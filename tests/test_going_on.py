"""Weights carried over to Keras and PyTorch as the README says: the same outputs, and the same losses from there on."""

import re

import numpy as np
import pytest
from helpers import FOLDER

import dataset
from network1 import Network

README = (FOLDER / "README.md").read_text("utf-8")


def block(framework):
    """The README's block for a framework in two parts: the copy, and the training."""
    text = re.search(rf"^```python {framework}\n(.*?)^```", README, re.M | re.S)[1]
    first = re.search(r"^(model\.compile|optimizer)", text, re.M).start()
    return [compile(part, "README.md", "exec") for part in (text[:first], text[first:])]


@pytest.mark.filterwarnings("ignore")  # of the frameworks themselves
@pytest.mark.parametrize(("framework", "most"), [("torch", 1e-12), ("keras", 1e-6)])
def test_going_on(framework, most, monkeypatch):
    """Also where the framework is not installed the block is there, and Python understands it."""
    copy, train = block(framework)
    torch = pytest.importorskip("torch")  # a backend, without which Keras cannot be imported
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    module = pytest.importorskip(framework)
    X, Y = dataset.truth_table("xor")
    network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=0)
    network.train(X, Y, epochs=100, learning_rate=2.0)
    space = {"X": X, "Y": Y, "network": network, framework: module, "nn": torch.nn}
    exec(copy, space)
    model = space["model"]
    outputs = model(torch.from_numpy(X)).detach().numpy() if framework == "torch" else model.predict(X, verbose=0)
    assert np.abs(outputs - network.outputs(X)).max() < most
    exec(train, space)
    losses = network.train(X, Y, epochs=10, learning_rate=2.0)
    assert losses[-1] < 0.9 * losses[0]  # so that there is something to agree on
    assert np.abs(np.subtract(space["losses"], losses)).max() < most
