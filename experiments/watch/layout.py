"""Where the drawn agents stand: seeded, computed once, kept on disk under the hash of the graph.

Neighbours pull each other; everybody pushes everybody else away, by the slope of a smoothed
density on a coarse grid, so that a step costs one sparse product and one small Fourier transform,
not all pairs.  It starts from the slow vectors of the graph, found by averaging over neighbours,
which lay out its large shape before any force acts.
"""

import contextlib
import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from agents.compiled import cache_folder
from agents.draws import below, stream, uniform
from experiments.watch.drawn import Drawn

VERSION = 3
GRID = 96
AVERAGED, STEPS = 40, 110
PULL, PUSH = 0.55, 0.020
LARGEST_STEP = 0.06
MOSTLY = 0.2  # of developers have to be employed for firms to order the picture
SPREADING, SPREAD, HOLD = 60, 0.0012, 0.035
JITTER, FIRM_STEP = 0.03, 0.25
SMOOTHED = (1.2, 4.0, 14.0)  # cells, from what keeps neighbours apart to what spreads the whole
EVEN = 0.9
KEPT = 32  # layouts on disk

Points = NDArray[np.float64]


def positions(drawn: Drawn, seed: int) -> NDArray[np.float32]:
    """Place of each node in the unit square, (nodes, 2), from the cache where it is there."""
    name = hashlib.sha256(
        b"%d %d %d " % (VERSION, seed, drawn.nodes) + np.ascontiguousarray(drawn.edges).tobytes()
    ).hexdigest()
    folder = cache_folder() / "layouts"
    with contextlib.suppress(OSError, ValueError, EOFError):
        found: NDArray[np.float32] = np.load(folder / f"{name}.npy", allow_pickle=False)
        if found.shape == (drawn.nodes, 2) and found.dtype == np.float32:
            return found
    made = laid_out(drawn, seed).astype(np.float32)
    with contextlib.suppress(OSError):
        keep(folder, name, made)
    return made


def keep(folder: Path, name: str, made: NDArray[np.float32]) -> None:
    """Put a layout on disk, and remove the oldest ones."""
    folder.mkdir(parents=True, exist_ok=True)
    content = BytesIO()
    np.save(content, made, allow_pickle=False)
    (folder / f"{name}.npy").write_bytes(content.getvalue())
    files = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)


def laid_out(drawn: Drawn, seed: int) -> Points:
    """Places of the nodes, computed."""
    if drawn.nodes == 0:
        return np.zeros((0, 2))
    pairs = drawn.edges.astype(np.int64)
    first = len(drawn.developers)
    if drawn.employed < MOSTLY * first:
        return fitted(pulled_apart(pairs, drawn.nodes, seed))
    # Firms first, by their own network; then their people around them, and who works for nobody
    # among the people that they know.
    among = drawn.between + drawn.employed
    firms = fitted(pulled_apart(pairs[among:] - first, len(drawn.enterprises), seed))
    workers, employer = pairs[drawn.between : among].T
    homes = np.full((drawn.nodes, 2), np.nan)
    homes[first:] = firms
    homes[workers] = homes[employer]
    homes = among_neighbours(homes, pairs[: drawn.between])
    luck = uniform(below(stream(seed, "watch.homes"), np.arange(2 * drawn.nodes)))
    return fitted(spread_out(homes, luck.reshape(-1, 2) - 0.5, first))


def among_neighbours(homes: Points, pairs: NDArray[np.int64]) -> Points:
    """Homes in which whoever has none stands in the middle of the neighbours that have one."""
    known = np.isfinite(homes[:, 0])
    sums = np.zeros((len(homes), 3))
    for one, other in (pairs.T, pairs.T[::-1]):
        there = known[other]
        for axis in range(2):
            sums[:, axis] += np.bincount(
                one[there], homes[other[there], axis], minlength=len(homes)
            )
        sums[:, 2] += np.bincount(one[there], minlength=len(homes))
    middle = sums[:, :2] / np.maximum(sums[:, 2:], 1.0)
    middle[sums[:, 2] == 0] = 0.5
    return np.where(known[:, None], homes, middle)


def spread_out(homes: Points, luck: Points, first: int) -> Points:
    """Homes with room for everybody: nodes push each other away, and their homes hold them."""
    points = homes + JITTER * luck
    for _ in range(SPREADING):
        move = SPREAD * pushes(points) + HOLD * (homes - points)
        move[first:] *= FIRM_STEP
        length = np.hypot(*move.T)[:, None]
        points = points + move * np.minimum(1.0, LARGEST_STEP / 4 / np.maximum(length, 1e-12))
    return points


def pulled_apart(pairs: NDArray[np.int64], count: int, seed: int) -> Points:
    """Places under the pull of neighbours and the push of all, of a graph of any kind."""
    links, weight = pulls(pairs, count)
    points = beginning(links, weight, count, seed)
    for step in range(STEPS):
        heat = 1.0 - step / STEPS
        pull = (links @ points - weight[:, None] * points) / np.maximum(weight, 1.0)[:, None]
        move = PULL * pull + PUSH * pushes(points)
        length = np.hypot(*move.T)[:, None]
        limit = LARGEST_STEP * heat + 1e-4
        points = points + move * np.minimum(1.0, limit / np.maximum(length, 1e-12))
        points = points - points.mean(axis=0)
    return points


def pulls(pairs: NDArray[np.int64], count: int) -> tuple[csr_array, Points]:
    """Strength of the pull between each two nodes, and of all on each, (nodes,)."""
    one, other = pairs.T
    links = csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
    links = (links + links.T).tocsr()
    # A hub pulls its many neighbours together less than they pull each other.
    degree = np.diff(links.indptr)
    at = np.repeat(np.arange(count), degree)
    links.data /= np.sqrt(np.maximum(np.minimum(degree[at], degree[links.indices]), 1))
    return links, np.asarray(links.sum(axis=1)).ravel()


def beginning(links: csr_array, weight: Points, count: int, seed: int) -> Points:
    """The two slowest vectors of the graph, near enough, spread evenly over a disc."""
    key = stream(seed, "watch.layout")
    luck = uniform(below(key, np.arange(2 * count))).reshape(count, 2) - 0.5
    points = luck.copy()
    inverse = 1.0 / np.maximum(weight, 1e-12)[:, None] * (weight > 0)[:, None]
    for _ in range(AVERAGED):
        points = 0.5 * points + 0.5 * inverse * (links @ points)
        points -= points.mean(axis=0)
        points, _ = np.linalg.qr(points)
        points = points if points.shape[1] == 2 else luck
    points = points / np.maximum(points.std(axis=0), 1e-12)
    angle = np.arctan2(points[:, 1], points[:, 0])
    rank = np.empty(count)
    rank[np.argsort(np.hypot(*points.T), kind="stable")] = np.arange(count)
    radius = np.sqrt((rank + 0.5) / count)
    disc = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(disc + 0.02 * luck)


def pushes(points: Points) -> Points:
    """Which way the smoothed density falls at each point, (nodes, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = float(np.max(high - low)) * 1.05 + 1e-9
    cell = (points - (low + high) / 2) / span * GRID + GRID / 2
    base = np.clip(np.floor(cell - 0.5).astype(np.int64), 0, GRID - 2)
    part = np.clip(cell - 0.5 - base, 0.0, 1.0)
    density = np.zeros(GRID * GRID)
    for dx, dy in CORNERS:
        share = abs(1 - dx - part[:, 0]) * abs(1 - dy - part[:, 1])
        density += np.bincount(
            (base[:, 0] + dx) * GRID + base[:, 1] + dy, share, minlength=GRID * GRID
        )
    field = smoothed(density.reshape(GRID, GRID) * (GRID * GRID / len(points)))
    found = np.zeros_like(points)
    slopes = [slope.ravel() for slope in np.gradient(field)]
    for dx, dy in CORNERS:
        share = abs(1 - dx - part[:, 0]) * abs(1 - dy - part[:, 1])
        place = (base[:, 0] + dx) * GRID + base[:, 1] + dy
        for axis in range(2):
            found[:, axis] -= share * slopes[axis][place]
    return found


CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
SIZE = 2 * GRID  # twice as wide, so that what leaves on one side does not come in on the other
FREQUENCY = np.fft.fftfreq(SIZE)[:, None] ** 2 + np.fft.rfftfreq(SIZE)[None, :] ** 2
KERNEL = sum(width * np.exp(-2 * (np.pi * width) ** 2 * FREQUENCY) for width in SMOOTHED)


def smoothed(density: Points) -> Points:
    """Density spread by bells of several widths, the wide ones weighing more."""
    spread = np.fft.irfft2(np.fft.rfft2(density, (SIZE, SIZE)) * KERNEL, (SIZE, SIZE))
    return np.asarray(spread[:GRID, :GRID])


def fitted(points: Points) -> Points:
    """Points moved into the unit square, half way to a disc in which they are equally dense."""
    points = points - np.median(points, axis=0)
    radius = np.hypot(*points.T)
    rank = np.empty(len(points))
    rank[np.argsort(radius, kind="stable")] = np.arange(len(points))
    even = np.sqrt((rank + 0.5) / len(points))
    reach = np.quantile(radius, 0.995) + 1e-12
    wanted = (1 - EVEN) * np.minimum(radius / reach, 1.0) + EVEN * even
    return np.asarray(0.5 + 0.49 * points * (wanted / np.maximum(radius, 1e-12))[:, None])
