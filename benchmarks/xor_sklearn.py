"""The XOR of xor.py in scikit-learn: the same network and training, but MLPClassifier descends the log loss, not
the mean squared error, and draws its first weights and biases in its own way.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier


def main():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    network = MLPClassifier(
        hidden_layer_sizes=(4,),
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=4,
        learning_rate_init=5,
        momentum=0,
        max_iter=2000,
        tol=0,
        n_iter_no_change=2000,
        random_state=0,
    )
    network.fit(X, y)
    for output in network.predict_proba(X)[:, 1]:
        print(f"{output:.3f}")


if __name__ == "__main__":
    main()
