"""The XOR of xor.py in PyTorch: the same network, loss, first weights and training, in PyTorch's usual float32."""

import torch
from torch import nn


def main():
    torch.manual_seed(0)
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    network = nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1), nn.Sigmoid())
    for layer in (network[0], network[2]):
        nn.init.normal_(layer.weight, std=0.5)
        nn.init.zeros_(layer.bias)
    mean_squared_error = nn.MSELoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=5)
    for _ in range(2000):
        optimizer.zero_grad()
        mean_squared_error(network(X), Y).backward()
        optimizer.step()
    for output in network(X).flatten().tolist():
        print(f"{output:.3f}")


if __name__ == "__main__":
    main()
