#!/usr/bin/env python
# coding: utf-8

# # Two moons
# My notes for week 3.

# In[1]:


import matplotlib.pyplot as plt
import numpy as np

# In[2]:


t = np.linspace(0, np.pi, 25)
upper = np.c_[np.cos(t), np.sin(t)]
lower = np.c_[1 - np.cos(t), 0.4 - np.sin(t)]
X = np.r_[upper, lower]
y = np.r_[np.zeros(25), np.ones(25)][:, None]
plt.scatter(X[:, 0], X[:, 1], c=y.ravel())
plt.show()

# In[3]:


np.random.seed(0)
W = [np.random.randn(2, 6), np.random.randn(6, 1)]
B = [np.zeros(6), np.zeros(1)]
losses = []

# In[4]:


for epoch in range(150):
    a = np.tanh(X @ W[0] + B[0])
    p = 1 / (1 + np.exp(-(a @ W[1] + B[1])))
    losses.append(float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()))
    dp = (p - y) / len(y)
    da = dp @ W[1].T * (1 - a**2)
    W[1] -= 2 * a.T @ dp
    B[1] -= 2 * dp.sum(0)
    W[0] -= 2 * X.T @ da
    B[0] -= 2 * da.sum(0)

# In[5]:


fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(losses)
ax.set_xlabel("epoch")
plt.savefig("moons.png")
print("last loss:", losses[-1])
losses[-3:]
