"""Where to draw the nodes of a small network: a seeded force layout, computed once.

Springs along the edges, repulsion between all pairs, a weak pull to the middle, and a step that
cools down (Fruchterman and Reingold 1991, doi:10.1002/spe.4380211102).  Repulsion grows with
degree, which keeps hubs apart (Jacomy et al. 2014, doi:10.1371/journal.pone.0098679).
"""

import numpy as np
from numpy.typing import NDArray

from agents.draws import below, stream, uniform

STEPS = 130
GRAVITY = 0.06
REPULSION = 0.35
START_STEP = 0.12
BODY = 0.8
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

Places = NDArray[np.float64]
Edges = NDArray[np.int64]


def force_layout(count: int, edges: Edges, seed: int) -> Places:
    """Places (N, 2) within the square from -1 to 1; `edges` (E, 2) join nodes 0..N-1."""
    if count == 0:
        return np.zeros((0, 2))
    keys = below(stream(seed, "figure.layout"), np.arange(2 * count))
    at = (uniform(keys).reshape(count, 2) - 0.5).astype(np.float32)
    degree = np.bincount(edges.ravel(), minlength=count).astype(np.float32)
    mass = np.sqrt(degree + 1)
    length = np.float32(1 / np.sqrt(count))
    for step in range(STEPS):
        push = repulsion(at, mass) * (REPULSION * length**2)
        pull = springs(at, edges, count) / length / 8
        force = push + pull - GRAVITY * at * mass[:, None]
        size = np.sqrt((force**2).sum(axis=1, keepdims=True)) + np.float32(1e-9)
        reach = np.float32(START_STEP * (1 - step / STEPS) ** 1.5 + 0.002)
        at = at + force / size * np.minimum(size, reach)
    return within_square(at.astype(np.float64))


def repulsion(at: NDArray[np.float32], mass: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum over all others of mass x mass / distance, pointing away: (N, 2)."""
    x, y = at[:, 0], at[:, 1]
    right, up = x[:, None] - x[None, :], y[:, None] - y[None, :]
    strength = right * right
    strength += up * up
    strength += np.float32(1e-5)
    np.divide(mass[None, :], strength, out=strength)
    push = np.stack([(right * strength).sum(axis=1), (up * strength).sum(axis=1)], axis=1)
    return np.asarray(push * mass[:, None], np.float32)


def springs(at: NDArray[np.float32], edges: Edges, count: int) -> NDArray[np.float32]:
    """Sum over edges of the vector to the neighbour times its length: (N, 2)."""
    if len(edges) == 0:
        return np.zeros((count, 2), np.float32)
    along = at[edges[:, 1]] - at[edges[:, 0]]
    along *= np.sqrt((along**2).sum(axis=1, keepdims=True))
    total = [
        np.bincount(edges[:, 0], along[:, k], count) - np.bincount(edges[:, 1], along[:, k], count)
        for k in (0, 1)
    ]
    return np.stack(total, axis=1).astype(np.float32)


def within_square(at: Places) -> Places:
    """Scaled to fill the square [-1, 1] x [-1, 1]; the outermost nodes are drawn in smoothly."""
    low, high = np.quantile(at, [0.03, 0.97], axis=0)
    middle, reach = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    scaled = BODY * (at - middle) / reach
    beyond = np.maximum(np.abs(scaled) - BODY, 0.0)
    drawn_in = BODY + (1 - BODY) * np.tanh(beyond / (1 - BODY))
    return np.asarray(np.where(beyond > 0, np.sign(scaled) * drawn_in, scaled), np.float64)


def sunflower(count: int) -> Places:
    """Places (N, 2) spread evenly over the unit circle, for nodes without edges."""
    ranks = np.arange(count) + 0.5
    radius, angle = np.sqrt(ranks / max(count, 1)), GOLDEN_ANGLE * ranks
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
