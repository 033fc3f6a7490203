"""Find one weight by nudging it: change it a little, look at the loss, and go where the loss falls.

The node has one input and one weight, no bias and no activation: it answers weight * x. The targets are
2 * x, so the weight ought to be 2; but all that the program asks is how wrong the answers are, which is the
loss. By how much the loss changes, for each unit by which the weight changes, is the derivative of the loss.
A nudge measures it.

New compared with 2x2_image_predefined_2.py: nobody sets the weight; the derivative tells where to go.

Run:  python nudge.py
Try:  python nudge.py --learning-rate 0.2
      python nudge.py --weight 5
      python nudge.py --nudge 1
"""

import numpy as np

X = np.array([1.0, 2.0, 3.0])
Y = 2 * X


def forward(X, weight):
    """The outputs of the node."""
    return weight * X


def loss(X, Y, weight):
    """The mean squared error: how far the answers are from the targets, squared, on average."""
    return np.mean((forward(X, weight) - Y) ** 2)


def derivative(X, Y, weight, nudge):
    """By how much the loss changes with a nudge of the weight, for each unit of the nudge."""
    return (loss(X, Y, weight + nudge) - loss(X, Y, weight)) / nudge


def train(X, Y, weight, steps, learning_rate, nudge):
    """Gradient descent with one weight: yield the weights it passes, from the first to the last."""
    yield weight
    for _ in range(steps):
        weight -= learning_rate * derivative(X, Y, weight, nudge)
        yield weight


def print_nudges(weight):
    """Print what smaller and smaller nudges say of the derivative."""
    print(f"at weight {weight:g} the loss is {loss(X, Y, weight):.4f}\n")
    print("nudge     loss there       change  change / nudge")
    for nudge in (1, 0.1, 0.01, 0.001, 1e-6):
        there = loss(X, Y, weight + nudge)
        change = there - loss(X, Y, weight)
        print(f"{nudge:<8g}  {there:10.4f}  {round(change, 7) + 0:11.7f}  {round(change / nudge, 4) + 0:14.4f}")


def print_steps(weights, nudge):
    """Print the weight, the loss and its derivative before each step, and after the last."""
    print("\nstep    weight      loss  derivative")
    for step, weight in enumerate(weights):
        print(
            f"{step:4}  {weight:8.4f}  {loss(X, Y, weight):8.4f}  {round(derivative(X, Y, weight, nudge), 4) + 0:10.4f}"
        )


def main(arguments=None):
    from backstage import command_line, picture, plot, training

    parser = command_line.parser(__file__, __doc__, seeded=False)
    parser.option("--weight", 0.0, "the first weight", type=command_line.in_range(-10, 10), metavar="W")
    parser.option("--steps", 10, "how many steps to take", type=command_line.whole_number)
    parser.option("--learning-rate", 0.05)
    parser.option("--nudge", 1e-6, "the nudge of each step", type=command_line.in_range(1e-9, 10), metavar="H")
    options = parser.parse_args(arguments)
    steps = train(X, Y, options.weight, options.steps, options.learning_rate, options.nudge)
    weights = training.passed(steps)
    print_nudges(options.weight)
    print_steps(weights, options.nudge)
    picture.show(options, plot.nudge(loss, X, Y, weights))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
