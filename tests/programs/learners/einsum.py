import numpy as np

rng = np.random.default_rng(70)
x = rng.normal(size=(24, 3))
y = np.einsum("ni,ni->n", x, x)[:, None] / 3
W = {"in": rng.normal(size=(3, 9)) * 0.5, "out": rng.normal(size=(9, 1)) * 0.5}
B = {"in": np.zeros(9), "out": np.zeros(1)}

for step in range(100):
    h = np.tanh(np.einsum("ni,ij->nj", x, W["in"]) + B["in"])
    o = np.einsum("nj,jk->nk", h, W["out"]) + B["out"]
    loss = np.einsum("nk,nk->", o - y, o - y) / len(x)
    do = 2 * (o - y) / len(x)
    dz = np.einsum("nk,jk->nj", do, W["out"]) * (1 - h**2)
    grads = {"in": np.einsum("ni,nj->ij", x, dz), "out": np.einsum("nj,nk->jk", h, do)}
    slopes = {"in": np.einsum("nj->j", dz), "out": np.einsum("nk->k", do)}
    for name in W:
        W[name] -= 0.1 * grads[name]
        B[name] -= 0.1 * slopes[name]
print(loss)
