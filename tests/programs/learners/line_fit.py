temperature = [14.2, 16.4, 11.9, 15.2, 18.5, 22.1, 19.4, 25.1]
ice_creams = [21.5, 32.5, 18.5, 33.2, 40.6, 52.2, 41.2, 61.4]

m = 0.5
c = 0.0
rate = 0.001
n = len(temperature)
for epoch in range(100):
    grad_m = 0.0
    grad_c = 0.0
    cost = 0.0
    for x, y in zip(temperature, ice_creams):
        guess = m * x + c
        cost += (y - guess) ** 2 / n
        grad_m += -2 / n * x * (y - guess)
        grad_c += -2 / n * (y - guess)
    m = m - rate * grad_m
    c = c - rate * grad_c
print("sold =", m, "* temperature +", c, "cost", cost)
