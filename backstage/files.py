"""Files that go in and out: networks in .npz, tables in .csv, and whatever is written whole or not at all."""

import contextlib
import errno
import io
import os
import shutil
import stat

from backstage import Refused, terminal

import numpy as np

CONTENTS = "names of all arrays"  # in a file, beside them, so that none can get lost
FEWEST_WORDS, MOST_SIGNS = 100, 60  # in a list of words


def writable(path):
    """The file that is written where somebody names path, which may be a link to it.

    Raises OSError where the system would not let any program write it, and where it is no ordinary file but a device,
    a pipe, a socket or a folder.
    """
    target = os.path.realpath(path)
    folder, wrong, number = os.path.dirname(target), None, errno.EACCES
    try:
        if not stat.S_ISREG(os.stat(target).st_mode):
            wrong, number = "is no ordinary file", errno.EINVAL
        elif not os.access(target, os.W_OK):
            wrong = "cannot be written"
    except (FileNotFoundError, NotADirectoryError):
        if not os.path.isdir(folder):
            wrong, number = "is in a folder that is not there", errno.ENOENT
        elif not can_change(folder):
            wrong = "is in a folder where nothing can be written"
    except OSError as error:  # links in a circle, or a name that is too long
        wrong, number = f"cannot be written: {error.strerror}", error.errno
    if wrong:
        raise OSError(number, wrong, os.fspath(path))
    return target


def can_change(folder):
    """Whether files in a folder can be made and replaced."""
    return os.access(folder, os.W_OK | os.X_OK)


@contextlib.contextmanager
def whole(path):
    """Give the name of a file to write, which then replaces the one at path, but not after an error or Ctrl-C.

    It stands in a folder of its own beside path, so that two writers never spoil each other's file.
    """
    import tempfile  # as zipfile below, only where a file is written or read: a training may be over sooner

    target, own = writable(path), None
    folder = os.path.dirname(target)
    try:
        with terminal.signals_wait():  # a folder half made, or half removed, would be left behind
            own = tempfile.TemporaryDirectory(prefix=".part-", dir=folder if can_change(folder) else None)
        part = os.path.join(own.name, os.path.basename(target))
        yield part
        with terminal.signals_wait():
            replace(target, part)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), path) from None
    finally:
        with terminal.signals_wait():
            if own:
                own.cleanup()


def replace(target, part):
    """Put the file that is ready at part where target is, of which only the content gets lost.

    Where another file would lose its owner or its other names, or cannot be put there, it is written in place.
    """
    if os.path.exists(target):
        old, new = os.stat(target), os.stat(part)
        same_owner = (old.st_uid, old.st_gid) == (new.st_uid, new.st_gid)
        if old.st_nlink > 1 or not same_owner or not can_change(os.path.dirname(target)):
            with open(part, "rb") as source, open(target, "r+b") as file:
                shutil.copyfileobj(source, file)
                file.truncate()
            return
        shutil.copymode(target, part)
    os.replace(part, target)


def write(path, content):
    """Write bytes to a file, whole or not at all."""
    with whole(path) as part, open(part, "wb") as file:
        file.write(content)


def write_table(path, rows):
    """Write rows to a CSV file, whole or not at all."""
    import csv

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    write(path, text.getvalue().encode("utf-8"))


def save_network(network, path, **notes):
    """Write a network1.Network to a .npz file, whole or not at all; notes are further arrays to keep with it."""
    if not len(network.weights) == len(network.biases) == len(network.shape) - 1:
        had = f"{len(network.weights)} weights and {len(network.biases)} biases"
        raise Refused(f"{had} are not those of {network.shape}")
    network.check()
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
    except KeyError as error:
        raise Refused(f"{path} is not a saved network: there is no {error.args[0]}") from None
    except (TypeError, ValueError) as error:
        raise Refused(f"{path} is not a saved network: {error}") from None


def network_of(kind, arrays, rng):
    """The network made of the arrays that save_network wrote, by name; the arrays left over are its notes."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    shape, names = arrays.pop("shape").tolist(), arrays.pop("activations").tolist()
    weights, biases = ([arrays.pop(f"{letter}{i}") for i in range(1, len(shape))] for letter in "Wb")
    fits = [W.shape for W in weights] == list(zip(shape[:-1], shape[1:], strict=True))
    if not fits or [b.shape for b in biases] != [(nodes,) for nodes in shape[1:]]:
        raise Refused(f"the weights and biases do not have the shapes of a network {shape}")
    network = kind(shape, names, str(arrays.pop("loss")), rng, weights[0].dtype if weights else None)
    network.weights, network.biases, network.notes = weights, biases, arrays
    network.check()
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
            if not zipfile.is_zipfile(file):
                raise Refused("it is no .npz file")
            members = zipfile.ZipFile(file).infolist()
            if len({member.filename.removesuffix(".npy") for member in members}) < len(members):
                raise Refused("two arrays in it have the same name")
            unpacked = sum(member.file_size for member in members)
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
            for name in arrays.pop(CONTENTS, np.array([])).tolist():
                if name not in arrays:
                    raise Refused(f"there is no {terminal.printable(name)}")
            return arrays
        except MemoryError:
            raise Refused(f"{path} needs more memory than there is") from None
        except Exception as error:  # a damaged file raises what the broken part happens to raise
            why = (str(error) or type(error).__name__).splitlines()[0]
            why = "it holds Python objects, not only numbers and texts" if "allow_pickle" in why else why
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
