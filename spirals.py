"""Tell apart spirals that wind around each other, with the generic network.

No straight line and no small number of them parts the spirals; fifteen hidden nodes, each of which sees
one line, do it together. The picture shows every node as a map; on the large one each class has a colour,
the paler the less sure.

New compared with noisy_xor.py: nothing is written out any more; network1.Network is told what to be.

Run:  python spirals.py
Try:  python spirals.py --hidden-nodes 8 8
      python spirals.py --hidden-nodes 4
      python spirals.py --arms 8 --noise 0.05 --activation relu
"""

import numpy as np

import activation
import dataset
from network1 import Network


def accuracy(X, Y, network):
    """The share of points whose most likely class is the right one."""
    return np.mean(network.predict(X) == Y.argmax(axis=1))


def fresh(options, rng):
    """Points that are not part of the training: about 2000, as many on each arm."""
    return dataset.spirals(2000 // options.arms, options.arms, options.noise, rng)


def fresh_right(options, network, rng):
    """How many fresh points the network gets right, in percent."""
    return {"fresh samples right, percent": 100 * accuracy(*fresh(options, rng), network)}


def compare(network, training, new):
    """Print how good the network is where it was trained, and where it was not; both are pairs X, Y."""
    print(f"\naccuracy on the training points:   {accuracy(*training, network):.2%}")
    print(f"accuracy on {len(new[0])} fresh points:     {accuracy(*new, network):.2%}")
    print(f"always the same arm:               {1 / new[1].shape[1]:.2%}")


def train(X, Y, network, epochs, learning_rate, momentum):
    """The loop over the epochs that the scripts before wrote out; network1 has it."""
    return network.steps(X, Y, epochs, learning_rate, momentum)


def start(options, rng):
    """The samples X, Y and a new network."""
    X, Y = dataset.spirals(options.samples, options.arms, options.noise, rng)
    activations = [options.activation] * len(options.hidden_nodes) + ["softmax"]
    return X, Y, Network([2, *options.hidden_nodes, options.arms], activations, rng=rng)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.parser(__file__, __doc__, epochs=1000, learning_rate=0.5)
    parser.option("--arms", 4, "the number of spirals, 2 to 8", type=command_line.whole_in_range(2, 8))
    parser.option("--noise", 0.2, "of the angle, in radians")
    parser.option("--samples", 200, "training samples on each arm", type=command_line.whole_in_range(1, 10**5))
    parser.option("--hidden-nodes", [15], "for each hidden layer", nargs="+")
    parser.option("--activation", "tanh", "of the hidden layers", choices=activation.HIDDEN)
    parser.option("--momentum", 0.95)
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, measure=fresh_right, momentum=options.momentum)
    rng = np.random.default_rng(options.seed)
    X, Y, network = start(options, rng)
    draw = plot.classes(network.forward, (X, Y))
    steps = train(X, Y, network, options.epochs, options.learning_rate, options.momentum)
    watch = training.watched(steps, network.parameters, options, draw)  # Ctrl-C ends the training, not the program
    report.losses(watch.losses)
    compare(network, (X, Y), fresh(options, rng))
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
