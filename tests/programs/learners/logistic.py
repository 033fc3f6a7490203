import numpy as np

rng = np.random.default_rng(31)
hours = rng.uniform(0, 10, 40)
sleep = rng.uniform(3, 9, 40)
passed = (hours + 0.7 * sleep + rng.normal(0, 1, 40) > 9.5).astype(float)
features = np.stack([hours / 10, sleep / 10], axis=1)

w = np.zeros(2)
b = 0.0
for epoch in range(200):
    p = 1 / (1 + np.exp(-(features @ w + b)))
    loss = -(passed * np.log(p) + (1 - passed) * np.log(1 - p)).mean()
    error = p - passed
    w -= 1.5 * (features.T @ error) / 40
    b -= 1.5 * error.mean()
    if epoch % 50 == 0:
        print(f"{epoch:4} loss {loss:.3f} right {((p > 0.5) == passed).mean():.0%}")
