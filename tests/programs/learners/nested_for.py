import math
import random

random.seed(8)
N_IN, N_HID = 2, 3
w_in = [[random.uniform(-1, 1) for _ in range(N_HID)] for _ in range(N_IN)]
b_hid = [random.uniform(-1, 1) for _ in range(N_HID)]
w_out = [random.uniform(-1, 1) for _ in range(N_HID)]
b_out = random.uniform(-1, 1)
table = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]

for epoch in range(200):
    total = 0.0
    for inputs, target in table:
        hid = []
        for j in range(N_HID):
            s = b_hid[j]
            for i in range(N_IN):
                s += w_in[i][j] * inputs[i]
            hid.append(math.tanh(s))
        s = b_out
        for j in range(N_HID):
            s += w_out[j] * hid[j]
        out = 1 / (1 + math.exp(-s))
        total += (target - out) ** 2 / 2

        d_out = (out - target) * out * (1 - out)
        for j in range(N_HID):
            d_hid = d_out * w_out[j] * (1 - hid[j] ** 2)
            w_out[j] -= 0.5 * d_out * hid[j]
            for i in range(N_IN):
                w_in[i][j] -= 0.5 * d_hid * inputs[i]
            b_hid[j] -= 0.5 * d_hid
        b_out -= 0.5 * d_out
    if epoch % 50 == 0:
        print(epoch, total)
