"""Tell apart spirals that wind around each other, with the generic network.

No straight line and no small number of them parts the spirals; fifteen hidden nodes, each of which sees
one line, do it together. The picture shows the map of the answers, the paler the less sure, and what each
hidden node sees.

New compared with noisy_xor.py: nothing is written out any more; network1.Network is told what to be.

Run:  python spirals.py
Try:  python spirals.py --hidden-nodes 8 8
      python spirals.py --hidden-nodes 4
      python spirals.py --arms 8 --noise 0.05 --activation relu
"""

import numpy as np

import command_line
import dataset
import experiment
import plot
from network1 import Network


def main(arguments=None):
    parser = command_line.parser(__doc__, epochs=1000, learning_rate=0.5)
    parser.option("--arms", 4, "the number of spirals, 2 to 8", type=command_line.whole_in_range(2, 8))
    parser.option("--noise", 0.2, "of the angle, in radians", type=command_line.in_range(0, 10), metavar="D")
    parser.option("--samples", 200, "training samples on each arm", type=command_line.whole_in_range(1, 10**5))
    parser.option("--hidden-nodes", [15], "for each hidden layer", type=command_line.NODES, nargs="+")
    parser.option("--activation", "tanh", "of the hidden layers", choices=command_line.HIDDEN_ACTIVATIONS)
    parser.option(
        "--momentum", 0.95, "the share of the last step that goes on", type=command_line.momentum, metavar="M"
    )
    options = parser.parse_args(arguments)

    def start(rng):
        X, Y = dataset.spirals(options.samples, options.arms, options.noise, rng)
        activations = [options.activation] * len(options.hidden_nodes) + ["softmax"]
        return X, Y, Network([2, *options.hidden_nodes, options.arms], activations, rng=rng)

    def train(X, Y, network, epochs, learning_rate, watch):
        return network.train(X, Y, epochs, learning_rate, options.momentum, watch=watch)

    def accuracy(X, Y, network):
        return np.mean(network.predict(X) == Y.argmax(axis=1))

    def measure(network, rng):
        return 100 * accuracy(*dataset.spirals(2000 // options.arms, options.arms, options.noise, rng), network)

    if options.sweep:
        return experiment.sweep(train, start, None, options, measure=measure)

    def draw(figure, network, losses, epoch):
        plot.spirals_run(figure, network.layers, losses, epoch, X, Y)

    rng = np.random.default_rng(options.seed)
    X, Y, network = start(rng)
    run = experiment.run(train, X, Y, network, options, plot.live(options, "spirals", draw))
    experiment.print_losses(run.losses)
    print(f"\naccuracy on the training points:   {accuracy(X, Y, network):.2%}")
    print(f"accuracy on {2000 // options.arms * options.arms} fresh points:     {measure(network, rng):.2f}%")
    plot.picture(options, "spirals", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
