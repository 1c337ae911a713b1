"""SGD on Fig. 1's network as a user would write it in NumPy, numba, JAX and PyTorch: the same samples, the same start.

    training.py check NAME FOLDER    largest difference from meanfield's weights, relative to how far those have moved
    training.py time NAME FOLDER     CPU microseconds of a step, the minimum over short blocks

FOLDER is what the benchmark `training write` has written. Where there are several sensible ways of writing it (NumPy: BLAS's
rank-one update or active rows only; JAX: weights by neuron or by coordinate), all are checked and the fastest is timed.
Compiling is not timed. `jax-sampling` draws its own samples in the loop; it is checked by its samples' moments.
"""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

BLOCKS = 20
DELTA = 0.8


class Problem:
    """What the files hold."""

    def __init__(self, folder):
        read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8")
        self.neurons, self.dimension, self.steps, self.step_size, _ = read("setting")
        shape = (int(self.neurons), int(self.dimension))
        self.start, self.trained = read("start").reshape(shape), read("trained").reshape(shape)
        self.x, self.y = read("x").reshape(-1, shape[1]), read("y")


class Way:
    """One way of writing it. Only `train` is timed: it takes what `begin` makes of the weights, shape (neuron, d)."""

    def __init__(self, train, begin=np.copy, weights=lambda trained: trained):
        self.train, self.begin, self.weights = train, begin, weights


def numpy_rank_one(problem):
    from scipy.linalg.blas import dger

    xs, ys = list(problem.x), problem.y.tolist()

    def train(weights, steps):
        by_column = weights.T
        for x, y in zip(xs[:steps], ys[:steps]):
            z = weights @ x
            output = (10.0 * np.minimum(np.maximum(z - 0.5, 0.0), 1.0) - 2.5).mean()
            slope = 10.0 * ((z > 0.5) & (z < 1.5))
            dger(2.0 * problem.step_size * (y - output), x, slope, a=by_column, overwrite_a=True)
        return weights

    return Way(train)


def numpy_active_rows(problem):
    xs, ys = list(problem.x), problem.y.tolist()

    def train(weights, steps):
        for x, y in zip(xs[:steps], ys[:steps]):
            z = weights @ x
            output = (10.0 * np.minimum(np.maximum(z - 0.5, 0.0), 1.0) - 2.5).mean()
            active = np.flatnonzero((z > 0.5) & (z < 1.5))
            weights[active] += 20.0 * problem.step_size * (y - output) * x
        return weights

    return Way(train)


def numba_loops(problem):
    import numba

    step_size = problem.step_size

    @numba.njit(fastmath=True)
    def loops(weights, xs, ys):
        neurons, dimension = weights.shape
        slope = np.empty(neurons)
        for k in range(len(ys)):
            total = 0.0
            for i in range(neurons):
                z = 0.0
                for j in range(dimension):
                    z += weights[i, j] * xs[k, j]
                total += 10.0 * min(max(z - 0.5, 0.0), 1.0) - 2.5
                slope[i] = 10.0 * ((z > 0.5) & (z < 1.5))  # & is no branch
            push = 2.0 * step_size * (ys[k] - total / neurons)
            for i in range(neurons):
                if slope[i] != 0.0:
                    factor = push * slope[i]
                    for j in range(dimension):
                        weights[i, j] += factor * xs[k, j]
        return weights

    return Way(lambda weights, steps: loops(weights, problem.x[:steps], problem.y[:steps]))


def torch_in_place(problem):
    # Where torch stands without CUDA's libraries (scripts/rivals/install_torch), only what is called may be looked up.
    sys.setdlopenflags(os.RTLD_LAZY)
    import torch

    torch.set_num_threads(1)
    xs, ys = list(torch.from_numpy(problem.x)), problem.y.tolist()

    @torch.no_grad()
    def train(weights, steps):
        for x, y in zip(xs[:steps], ys[:steps]):
            z = torch.mv(weights, x)
            output = (z - 0.5).clamp_(0.0, 1.0).mean().item() * 10.0 - 2.5
            active = ((z > 0.5) & (z < 1.5)).to(torch.float64)
            weights.addr_(active, x, alpha=20.0 * problem.step_size * (y - output))
        return weights

    return Way(train, lambda weights: torch.from_numpy(weights.copy()), lambda trained: trained.numpy())


def jax_scan(problem, by_coordinate, sampling):
    """One scan over the samples, or over keys from which it draws them; weights (neuron, d) or (d, neuron)."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # computes in the thread that is timed
    import jax.numpy as jnp

    def step(weights, sample):
        x, y = draw(jax, problem, sample) if sampling else sample
        z = x @ weights if by_coordinate else weights @ x
        output = (10.0 * jnp.clip(z - 0.5, 0.0, 1.0) - 2.5).mean()
        slope = jnp.where((z > 0.5) & (z < 1.5), 10.0, 0.0)
        push = 2.0 * problem.step_size * (y - output)
        return weights + push * (jnp.outer(x, slope) if by_coordinate else jnp.outer(slope, x)), None

    scan = jax.jit(lambda weights, samples: jax.lax.scan(step, weights, samples)[0])
    samples = jnp.asarray(problem.x), jnp.asarray(problem.y)

    def train(weights, steps):
        if sampling:
            return scan(weights, jax.random.split(jax.random.key(1), steps)).block_until_ready()
        return scan(weights, samples).block_until_ready()

    turned = np.transpose if by_coordinate else np.asarray
    return Way(train, lambda weights: jnp.array(turned(weights)), lambda trained: turned(np.asarray(trained)))


def draw(jax, problem, key):
    label, normal = jax.random.split(key)
    y = jax.random.rademacher(label, (), dtype="float64")
    return (1.0 + DELTA * y) * jax.random.normal(normal, (int(problem.dimension),), dtype="float64"), y


def ways(name, problem):
    if name == "numpy":
        return [numpy_rank_one(problem), numpy_active_rows(problem)]
    if name == "numba":
        return [numba_loops(problem)]
    if name == "torch":
        return [torch_in_place(problem)]
    return [jax_scan(problem, by_coordinate, name == "jax-sampling") for by_coordinate in (False, True)]


def difference(way, problem):
    found = way.weights(way.train(way.begin(problem.start), len(problem.y)))
    return np.abs(found - problem.trained).max() / np.abs(problem.trained - problem.start).max()


def deviations(problem):
    """Mean label and mean squares of either class's coordinates, of what `draw` draws, in their standard errors."""
    import jax

    jax.config.update("jax_enable_x64", True)
    count = 20_000
    x, y = jax.vmap(lambda key: draw(jax, problem, key))(jax.random.split(jax.random.key(2), count))
    yield y.mean() * count**0.5
    for label in (-1.0, 1.0):
        squares = np.asarray(x)[np.asarray(y) == label] ** 2 / (1.0 + DELTA * label) ** 2
        yield (squares.mean() - 1.0) / (2.0 / squares.size) ** 0.5


def seconds(way, problem, steps):
    weights = way.begin(problem.start)
    begin = time.process_time()
    way.train(weights, steps)
    return (time.process_time() - begin) / steps


def microseconds(name, problem):
    """NumPy and PyTorch take fewer steps a block, so that everyone's blocks are about as short."""
    steps = len(problem.y) // (8 if name in ("numpy", "torch") else 1)
    first = {way: min(seconds(way, problem, steps) for _ in range(3)) for way in ways(name, problem)}
    fastest = min(first, key=first.get)
    return 1e6 * min(seconds(fastest, problem, steps) for _ in range(BLOCKS))


def main(command, name, folder):
    problem = Problem(folder)
    if command == "time":
        print(f"{microseconds(name, problem):.3f}")
    elif name == "jax-sampling":
        print(*(f"{abs(float(deviation)):.2f}" for deviation in deviations(problem)))
    else:
        print(f"{max(difference(way, problem) for way in ways(name, problem)):.3e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
