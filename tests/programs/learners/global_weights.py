import numpy as np

rate = 0.7
syn0 = 2 * np.random.RandomState(1).random_sample((3, 5)) - 1
syn1 = 2 * np.random.RandomState(2).random_sample((5, 1)) - 1


def nonlin(q):
    return 1 / (1 + np.exp(-q))


def slope(q):
    return q * (1 - q)


def train_once(inputs, answers):
    global syn0, syn1
    level1 = nonlin(np.dot(inputs, syn0))
    level2 = nonlin(np.dot(level1, syn1))
    level2_error = answers - level2
    level2_delta = level2_error * slope(level2)
    level1_error = level2_delta.dot(syn1.T)
    level1_delta = level1_error * slope(level1)
    syn1 = syn1 + rate * level1.T.dot(level2_delta)
    syn0 = syn0 + rate * inputs.T.dot(level1_delta)
    return np.abs(level2_error).mean()


inputs = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
answers = np.array([[0, 1, 1, 0]]).T
for n in range(400):
    miss = train_once(inputs, answers)
    if n % 100 == 0:
        print("mean miss", miss)
