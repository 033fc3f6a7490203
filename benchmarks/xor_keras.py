"""The XOR of xor.py in Keras: the same network, loss, first weights and training, in Keras's usual float32.

It runs on the backend that Keras is set to, for example with KERAS_BACKEND=torch in the environment.
"""

import keras
import numpy as np
from keras import layers


def main():
    keras.utils.set_random_seed(0)
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    Y = np.array([[0], [1], [1], [0]])
    normal = keras.initializers.RandomNormal(stddev=0.5)
    network = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(4, activation="sigmoid", kernel_initializer=normal),
            layers.Dense(1, activation="sigmoid", kernel_initializer=normal),
        ]
    )
    network.compile(optimizer=keras.optimizers.SGD(5.0), loss="mean_squared_error")
    network.fit(X, Y, batch_size=4, epochs=2000, verbose=0)
    for output in network.predict(X, verbose=0).flatten():
        print(f"{output:.3f}")


if __name__ == "__main__":
    main()
