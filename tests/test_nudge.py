"""nudge.py: the derivative is what the nudges come to, and the steps go down the bowl."""

from backstage import training

import pytest

import nudge

X, Y = nudge.X, nudge.Y
STEEPNESS = 2 * (1 + 4 + 9) / 3  # of the derivative: 2 * mean(x²), so the derivative is this times (weight - 2)


@pytest.mark.parametrize("weight", [-3.0, 0.0, 1.9, 2.0, 7.0])
def test_derivative(weight):
    """The smaller the nudge, the nearer to that by the formula: what is off shrinks as the nudge does."""
    exact = STEEPNESS * (weight - 2)
    off = [nudge.derivative(X, Y, weight, size) - exact for size in (1, 0.1, 0.01)]
    assert off == pytest.approx([STEEPNESS / 2, STEEPNESS / 20, STEEPNESS / 200])
    assert nudge.derivative(X, Y, weight, 1e-6) == pytest.approx(exact, abs=1e-4)


def test_steps():
    """By hand: at rate 0.05 a step leaves 1 - 0.05 * 28/3 = 8/15 of what the weight is off."""
    weights = list(nudge.train(X, Y, 0.0, 5, 0.05, 1e-6))
    assert [2 - weight for weight in weights] == pytest.approx([2 * (8 / 15) ** step for step in range(6)], abs=1e-5)
    losses = [nudge.loss(X, Y, weight) for weight in weights]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize(("rate", "ends_well"), [(0.2, True), (0.214, True), (0.215, False), (0.25, False)])
def test_learning_rate(rate, ends_well):
    """Above 2 divided by the steepness, 3/14, every step lands further off."""
    *_, last = nudge.train(X, Y, 0.0, 40, rate, 1e-6)
    assert (abs(last - 2) < 2) == ends_well


def test_divergence():
    """Long before the weight is so large that a nudge is lost in its digits, and the derivative seems to be 0."""
    with pytest.raises(training.Diverged, match="without end in step 7"):
        training.passed(nudge.train(X, Y, 0.0, 10_000, 1.0, 1e-6))


def test_output(capsys):
    nudge.main(["--no-figure", "--steps", "3", "--weight", "5"])
    printed = capsys.readouterr().out
    assert "at weight 5 the loss is 42.0000" in printed
    off = 3 * (8 / 15) ** 3  # by hand: 8/15 is left at each step
    numbers = (2 + off, STEEPNESS / 2 * off**2, STEEPNESS * off)
    assert printed.splitlines()[-1].split() == ["3", *(f"{number:.4f}" for number in numbers)]
    assert "-0.0000" not in printed
