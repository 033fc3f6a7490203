import random

random.seed(30)
weights = [0.0, 0.0, 0.0]
examples = []
for _ in range(20):
    point = [1.0, random.uniform(-1, 1), random.uniform(-1, 1)]
    examples.append((point, 1.0 if point[1] + point[2] > 0.2 else -1.0))

for epoch in range(10):
    wrong = 0
    for point, label in examples:
        activation = sum(w * x for w, x in zip(weights, point))
        error = label - activation
        for i in range(len(weights)):
            weights[i] += 0.1 * error * point[i]
        if activation * label <= 0:
            wrong += 1
    print("epoch", epoch, "mistakes", wrong)
