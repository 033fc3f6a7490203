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
    return text[:first], text[first:]


def go_on(framework, outputs_of, modules):
    """How far outputs and then losses are apart, ours and those of the README's block for a framework."""
    X, Y = dataset.truth_table("xor")
    network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=0)
    network.train(X, Y, epochs=100, learning_rate=2.0)
    copy, train = block(framework)
    space = {"X": X, "Y": Y, "network": network, **modules}
    exec(copy, space)
    outputs = np.abs(outputs_of(space["model"], X) - network.outputs(X)).max()
    exec(train, space)
    losses = network.train(X, Y, epochs=10, learning_rate=2.0)
    assert losses[-1] < 0.9 * losses[0]  # so that there is something to agree on
    return outputs, np.abs(np.subtract(space["losses"], losses)).max()


@pytest.mark.filterwarnings("ignore")  # of the frameworks themselves
def test_pytorch():
    torch = pytest.importorskip("torch")
    apart = go_on(
        "torch", lambda model, X: model(torch.from_numpy(X)).detach().numpy(), {"torch": torch, "nn": torch.nn}
    )
    assert max(apart) < 1e-12


@pytest.mark.filterwarnings("ignore")
def test_keras(monkeypatch):
    pytest.importorskip("torch")  # a backend, without which Keras cannot be imported
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    apart = go_on("keras", lambda model, X: model.predict(X, verbose=0), {"keras": keras})
    assert max(apart) < 1e-6


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_block(framework):
    """Also where the framework is not installed: the block is there, and Python understands it."""
    for part in block(framework):
        compile(part, "README.md", "exec")
