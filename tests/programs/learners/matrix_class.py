import numpy as np

np.random.seed(50)
X = np.matrix(np.random.rand(18, 2))
T = np.matrix((X[:, 0] > X[:, 1]).astype(float))
W1 = np.matrix(np.random.rand(2, 4) - 0.5)
W2 = np.matrix(np.random.rand(4, 1) - 0.5)
B1 = np.matrix(np.zeros((1, 4)))
B2 = np.matrix(np.zeros((1, 1)))

# with matrices * is the matrix product, and np.multiply goes element by element
for k in range(100):
    A1 = 1 / (1 + np.exp(-(X * W1 + B1)))
    A2 = 1 / (1 + np.exp(-(A1 * W2 + B2)))
    D2 = np.multiply(A2 - T, np.multiply(A2, 1 - A2))
    D1 = np.multiply(D2 * W2.T, np.multiply(A1, 1 - A1))
    W2 = W2 - 0.5 * A1.T * D2
    B2 = B2 - 0.5 * D2.sum(axis=0)
    W1 = W1 - 0.5 * X.T * D1
    B1 = B1 - 0.5 * D1.sum(axis=0)
print(np.hstack([T, A2.round(2)]))
