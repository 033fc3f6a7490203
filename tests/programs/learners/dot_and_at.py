import numpy as np

np.random.seed(0)
pixels = np.random.rand(12, 9)
digit = (pixels[:, 4] > 0.5).astype(int) + (pixels[:, 0] > 0.5)

w_ih = np.random.normal(0, 0.3, (9, 7))
b_h = np.zeros((1, 7))
w_ho = np.random.normal(0, 0.3, (7, 3))
b_o = np.zeros((1, 3))

for epoch in range(40):
    for k in range(12):
        image = pixels[k : k + 1]
        target = np.zeros((1, 3))
        target[0, digit[k]] = 1
        hidden = 1 / (1 + np.exp(-(np.dot(image, w_ih) + b_h)))
        answer = 1 / (1 + np.exp(-(hidden @ w_ho + b_o)))

        delta_o = (answer - target) * answer * (1 - answer)
        delta_h = np.dot(delta_o, w_ho.T) * hidden * (1 - hidden)

        w_ho -= 0.3 * (hidden.T @ delta_o)
        b_o -= 0.3 * delta_o
        w_ih -= 0.3 * np.dot(image.T, delta_h)
        b_h -= 0.3 * delta_h
