"""Files that go in and out: networks in .npz, tables in .csv, and whatever is written whole or not at all."""

import contextlib
import io
import os
import shutil

from backstage import Refused, terminal

import numpy as np

CONTENTS = "names of all arrays"  # in a file, beside them, so that none can get lost
FEWEST_WORDS, MOST_SIGNS = 100, 60  # in a list of words


@contextlib.contextmanager
def whole(path):
    """Give the name of a file to write, which then replaces the one at path, but not after an error or Ctrl-C.

    It stands in a folder of its own beside path, so that two writers never spoil each other's file.
    """
    import tempfile  # as zipfile below, only where a file is written or read: a training may be over sooner

    target, own = os.path.realpath(path), None
    try:
        with terminal.signals_wait():  # a folder half made, or half removed, would be left behind
            own = tempfile.TemporaryDirectory(prefix=".part-", dir=os.path.dirname(target))
        part = os.path.join(own.name, os.path.basename(target))
        yield part
        if os.path.exists(target):
            shutil.copymode(target, part)
        os.replace(part, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), path) from None
    finally:
        with terminal.signals_wait():
            if own:
                own.cleanup()


def write(path, content):
    """Write bytes to a file, whole or not at all."""
    with whole(path) as part, open(part, "wb") as file:
        file.write(content)


def save_network(network, path, **notes):
    """Write a network1.Network to a .npz file, whole or not at all; notes are further arrays to keep with it."""
    if not len(network.weights) == len(network.biases) == len(network.shape) - 1:
        had = f"{len(network.weights)} weights and {len(network.biases)} biases"
        raise Refused(f"{had} are not those of {network.shape}")
    arrays = {"shape": network.shape, "activations": network.activation_names(), "loss": network.loss_name}
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        arrays |= {f"W{layer}": W, f"b{layer}": b}
    taken = notes.keys() & {*arrays, "file", "allow_pickle"}
    if taken:
        raise Refused(f"a note cannot be called {', '.join(sorted(taken))}")
    network_of(type(network), arrays, None)  # what could not be loaded is not saved
    arrays |= notes
    if any(np.asarray(values).dtype.hasobject for values in arrays.values()):
        raise Refused("only numbers and texts can be saved, because Python objects could not be loaded safely")
    content = io.BytesIO()
    np.savez(content, **{CONTENTS: list(arrays)}, **arrays)
    write(path, content.getvalue())


def load_network(kind, path, rng):
    """The network that save_network wrote, a kind(shape, activations, loss, rng, dtype), with its notes in .notes.

    Raises Refused where the file is damaged, or its arrays do not make a network; OSError where there is none.
    """
    arrays = read_arrays(path)
    try:
        return network_of(kind, arrays, rng)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"{path} is not a saved network: {error}") from None


def network_of(kind, arrays, rng):
    """The network made of the arrays that save_network wrote, by name; the arrays left over are its notes."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    shape, names = arrays.pop("shape").tolist(), arrays.pop("activations").tolist()
    weights, biases = ([arrays.pop(f"{letter}{i}") for i in range(1, len(shape))] for letter in "Wb")
    fits = [W.shape for W in weights] == list(zip(shape[:-1], shape[1:], strict=True))
    if not fits or [b.shape for b in biases] != [(nodes,) for nodes in shape[1:]]:
        raise Refused(f"the weights and biases do not have the shapes of a network {shape}")
    types = {array.dtype for array in weights + biases}
    if types not in ({np.dtype(np.float64)}, {np.dtype(np.float32)}) or not all(
        np.isfinite(array).all() for array in weights + biases
    ):
        raise Refused("the weights and biases are not all finite numbers of one type, float64 or float32")
    network = kind(shape, names, str(arrays.pop("loss")), rng, types.pop())
    network.weights, network.biases, network.notes = weights, biases, arrays
    return network


def read_arrays(path):
    """The arrays of a .npz file in a dictionary, read without pickle.

    Raises Refused where the file is not one, is damaged, or unpacks to much more than it holds, which no network
    does; OSError where it cannot be opened.
    """
    import warnings
    import zipfile

    with open(path, "rb") as file:
        try:
            unpacked = sum(member.file_size for member in zipfile.ZipFile(file).infolist())
            if unpacked > 10**6 + 2 * os.path.getsize(path):
                raise Refused(f"it unpacks to {unpacked:,} bytes")
            file.seek(0)
            with np.load(file, allow_pickle=False) as members, warnings.catch_warnings():
                warnings.simplefilter("error")
                arrays = dict(members)
            for name, values in arrays.items():
                if not isinstance(values, np.ndarray):
                    raise Refused(f"{name!r} in it is no array")
                if values.size > 0 == values.itemsize:
                    raise Refused(f"{name!r} in it is an array of nothing")
            missing = set(arrays.pop(CONTENTS, np.array([])).tolist()) - arrays.keys()
            if missing:
                raise Refused(f"{sorted(missing)} is missing in it")
            return arrays
        except MemoryError:
            raise Refused(f"{path} needs more memory than there is") from None
        except Exception as error:  # a damaged file raises what the broken part happens to raise
            why = (str(error) or type(error).__name__).splitlines()[0]
            raise Refused(f"{path} is not a saved network: {why}") from None


def read_words(path):
    """The words of a text file, one a line, in small letters, each once, in random order; and their alphabet.

    The alphabet is a dot, which ends every word, and behind it whatever occurs in them, in order. Raises Refused where
    the file is not such a list, OSError where it cannot be opened.
    """
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    words = {}  # a dictionary, because it keeps their order
    for number, line in enumerate(lines, start=1):
        try:
            word = line.decode("utf-8-sig").strip().lower()
        except UnicodeDecodeError:
            raise Refused(f"{path}, line {number}: this is no text in UTF-8") from None
        if not word.isprintable() or "." in word:
            raise Refused(
                f"{path}, line {number}: {word[:20]!r} is no word: it has a dot or a sign that is not printed"
            )
        if word:
            words[word] = number
    alphabet = "".join(sorted(set("".join(words))))
    if len(words) < FEWEST_WORDS:
        raise Refused(f"{path} has {len(words)} different words, one a line, but needs {FEWEST_WORDS} to learn from")
    if len(alphabet) > MOST_SIGNS:
        raise Refused(f"{path} has words of {len(alphabet)} different letters, but at most {MOST_SIGNS} can be learnt")
    return np.random.default_rng(0).permutation(list(words)).tolist(), f".{alphabet}"
