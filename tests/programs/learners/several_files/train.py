import data
from parts.network import Network

x, y = data.parity()
net = Network(3, 6, 1)
for epoch in range(200):
    error = net.learn(x, y, 0.5)
    if epoch % 50 == 0:
        print("epoch", epoch, "error", error)
print(net.predict(x).round(1))
