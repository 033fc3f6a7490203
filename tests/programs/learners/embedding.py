import numpy as np

text = "the cat sat on the mat and the dog sat on the log and the cat saw the dog"
words = text.split()
vocab = sorted(set(words))
ids = np.array([vocab.index(word) for word in words])
pairs = np.stack([ids[:-2], ids[1:-1]], axis=1)
nxt = ids[2:]
rng = np.random.default_rng(28)
table = rng.normal(0, 0.5, (len(vocab), 4))
W = rng.normal(0, 0.5, (8, len(vocab)))
b = np.zeros(len(vocab))
n = len(nxt)

for epoch in range(100):
    vectors = table[pairs].reshape(n, 8)
    h = np.tanh(vectors)
    logits = h @ W + b
    probs = np.exp(logits)
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), nxt]).mean()

    dlogits = probs.copy()
    dlogits[np.arange(n), nxt] -= 1
    dlogits /= n
    dW = h.T @ dlogits
    db = dlogits.sum(axis=0)
    dvectors = (dlogits @ W.T) * (1 - h**2)
    dtable = np.zeros_like(table)
    np.add.at(dtable, pairs, dvectors.reshape(n, 2, 4))
    table -= 2.0 * dtable
    W -= 2.0 * dW
    b -= 2.0 * db
print("loss", loss)
