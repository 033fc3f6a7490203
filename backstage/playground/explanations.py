"""What playground.py says about a weight, a node, and the stages of a slow step."""


def weight(layer, place, value, derivative):
    """A weight of a layer, counted from 1, and the derivative of the loss with respect to it."""
    i, j = place
    return f"W{layer}[{i}, {j}] = {value:+.4g}     the derivative of the loss: {derivative:+.3g}     wheel: change it"


def node(layer, j, names, weights, bias, function):
    """The formula of node j of a layer, counted from 1, with its numbers; names are those of what goes in."""
    terms = " ".join(f"{weight:+.3g} {name}" for weight, name in zip(weights, names, strict=True))
    applied = f"{function}(z{layer})[{j}]" if function == "softmax" else f"{function}(z{layer}[{j}])"
    return f"z{layer}[{j}] = {terms} {bias:+.3g}\na{layer}[{j}] = {applied}     wheel: change the bias"


def slow_step(activations, loss_name, where, loss, momentum=0.0, weight_decay=0.0):
    """What to say at the stages of a step with one point: the inputs, the layers forward, the loss, and back."""
    last = len(activations)
    forward = [
        f"forward: z{k} = {f'a{k - 1}' if k > 1 else 'X'} @ W{k} + b{k}, a{k} = {name}(z{k})"
        for k, name in enumerate(activations, start=1)
    ]
    back = [
        f"back: dz{k} = (dz{k + 1} @ W{k + 1}.T) * {name}.derivative(z{k}, a{k})"
        for k, name in enumerate(activations[:-1], start=1)
    ]
    if loss_name == "mean_squared_error":
        back.append(f"back: dz{last} = 2 / Y.size * (a{last} - Y) * {activations[-1]}.derivative(z{last}, a{last})")
    else:
        back.append(f"back: dz{last} = a{last} - Y, where the slope of {activations[-1]} cancels against the logarithm")
    decay = "dW += weight decay * W, " if weight_decay else ""
    plain, with_momentum = "W -= learning rate * dW", "step = momentum * step - learning rate * dW, W += step"
    step = f"the step: {decay}{with_momentum if momentum else plain}, and so for b; the loss is now {loss:.4g}"
    words = f"the loss of this point: {loss:.4g} ({loss_name.replace('_', ' ')})"
    return [f"one step with one point: {where}", *forward, words, *back[::-1], step]
