"""Three layers in the mean-field scaling as a user would train them in PyTorch and in JAX: the same samples, the same start.

    layers.py check NAME FOLDER    largest difference from meanfield's result, relative to the largest weight or rate
    layers.py time NAME FOLDER     CPU microseconds of a step or of a right-hand side, the minimum over short blocks

FOLDER is what the benchmark `layers write` has written. NAME: torch (in place, derivatives by hand), torch-autograd, jax (one
scan), and for the gradient flow's right-hand side over all data torch-flow and jax-flow. Of several sensible ways of writing
one, all are checked and the fastest is timed. Compiling is not timed.
"""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

BLOCKS = 10
STEPS = {"torch": 200, "torch-autograd": 200, "jax": 1000, "torch-flow": 20, "jax-flow": 20}


class Problem:
    """What the files hold."""

    def __init__(self, folder):
        read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8")
        width, dimension, self.compared, self.step_size = read("setting")
        self.width, self.dimension, self.compared = int(width), int(dimension), int(self.compared)
        self.points = read("points").astype(int)
        self.inputs, self.labels = read("inputs").reshape(-1, self.dimension), read("labels")
        self.start, self.trained = self.layers(read("start")), self.layers(read("trained"))
        self.gradient = self.layers(read("gradient"))

    def layers(self, numbers):
        """W_1, W_2, W_3: (d, n), (n, n), (n,)."""
        first, second = self.dimension * self.width, self.width**2
        parts = np.split(numbers, [first, first + second])
        return parts[0].reshape(-1, self.width), parts[1].reshape(self.width, -1), parts[2]


class Way:
    """One way of writing it. Only `train` is timed: it takes what `begin` makes of the weights and a number of steps."""

    def __init__(self, train, begin, result, expected):
        self.train, self.begin, self.result, self.expected = train, begin, result, expected

    def difference(self, problem, count):
        found = self.result(self.train(self.begin(problem.start), count))
        return max(np.abs(f - e).max() / np.abs(e).max() for f, e in zip(found, self.expected))


def torch_alone():
    # Where torch stands without CUDA's libraries (scripts/rivals/install_torch), only what is called may be looked up.
    sys.setdlopenflags(os.RTLD_LAZY)
    import torch

    torch.set_num_threads(1)
    return torch


def in_torch(torch):
    return lambda layers: [torch.from_numpy(layer.copy()) for layer in layers]


def from_torch(layers):
    return [layer.detach().numpy() for layer in layers]


def torch_by_hand(problem):
    """In place; W_2 as it is, or turned."""
    torch = torch_alone()
    xs, ys = list(torch.from_numpy(problem.inputs)), problem.labels.tolist()
    points, size, share = problem.points.tolist(), problem.step_size, 1.0 / problem.width

    @torch.no_grad()
    def train(layers, steps, turned):
        w1, w2, w3 = layers
        by_column = w2.t()
        for point in points[:steps]:
            x = xs[point]
            f1 = torch.tanh(torch.mv(w1.t(), x))
            f2 = torch.tanh(torch.mv(w2 if turned else by_column, f1).mul_(share))
            delta = 2.0 * (share * torch.dot(w3, f2).item() - ys[point])
            d2 = w3 * torch.addcmul(torch.ones_like(f2), f2, f2, value=-1.0) # times n_2 share_2 = 1
            d1 = torch.mv(by_column if turned else w2, d2).mul_(share * delta)
            d1.mul_(torch.addcmul(torch.ones_like(f1), f1, f1, value=-1.0))
            w3.add_(f2, alpha=-size * delta)
            if turned:
                w2.addr_(d2, f1, alpha=-size * delta)
            else:
                w2.addr_(f1, d2, alpha=-size * delta)
            w1.addr_(x, d1, alpha=-size)
        return layers

    def begin(layers, turned):
        w1, w2, w3 = in_torch(torch)(layers)
        return [w1, w2.t().contiguous() if turned else w2, w3]

    for turned in (False, True):
        yield Way(
            lambda layers, steps, turned=turned: train(layers, steps, turned),
            lambda layers, turned=turned: begin(layers, turned),
            lambda layers, turned=turned: [w.T if turned and k == 1 else w for k, w in enumerate(from_torch(layers))],
            problem.trained,
        )


def torch_loss(torch, layers, inputs, labels, share):
    """The mean squared loss over the rows of inputs."""
    w1, w2, w3 = layers
    f1 = torch.tanh(inputs @ w1)
    f2 = torch.tanh(f1 @ w2 * share)
    return ((f2 @ w3 * share - labels) ** 2).mean()


def torch_autograd(problem):
    """autograd and optim.SGD, the mean-field scaling in the step sizes of the layers."""
    torch = torch_alone()
    inputs, labels = torch.from_numpy(problem.inputs), torch.from_numpy(problem.labels)
    xs, ys = list(inputs), list(labels)
    points, n = problem.points.tolist(), problem.width

    def train(layers, steps):
        sizes = [problem.step_size * scale for scale in (n, n * n, n)]
        optimizer = torch.optim.SGD([{"params": [layer], "lr": size} for layer, size in zip(layers, sizes)])
        for point in points[:steps]:
            optimizer.zero_grad()
            torch_loss(torch, layers, xs[point], ys[point], 1.0 / n).backward()
            optimizer.step()
        return layers

    begin = lambda layers: [layer.requires_grad_() for layer in in_torch(torch)(layers)]
    yield Way(train, begin, from_torch, problem.trained)


def torch_flow(problem):
    torch = torch_alone()
    inputs, labels, n = torch.from_numpy(problem.inputs), torch.from_numpy(problem.labels), problem.width

    def train(layers, steps):
        for _ in range(steps):
            gradients = torch.autograd.grad(torch_loss(torch, layers, inputs, labels, 1.0 / n), layers)
            for gradient, scale in zip(gradients, (n, n * n, n)):
                gradient.mul_(scale)
        return gradients

    begin = lambda layers: [layer.requires_grad_() for layer in in_torch(torch)(layers)]
    yield Way(train, begin, from_torch, problem.gradient)


def jax_alone():
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # computes in the thread that is timed
    return jax


def jax_scan(problem):
    """One scan over the samples; derivatives by hand, W_2 as it is or turned, and by jax.grad."""
    jax = jax_alone()
    jnp = jax.numpy
    n, size = problem.width, problem.step_size
    share = 1.0 / n
    xs, ys = jnp.asarray(problem.inputs), jnp.asarray(problem.labels)

    def by_hand(layers, point, turned):
        (w1, w2, w3), x = layers, xs[point]
        f1 = jnp.tanh(x @ w1)
        f2 = jnp.tanh((w2 @ f1 if turned else f1 @ w2) * share)
        delta = 2.0 * (share * (w3 @ f2) - ys[point])
        d2 = delta * w3 * (1.0 - f2 * f2)
        d1 = (d2 @ w2 if turned else w2 @ d2) * share * (1.0 - f1 * f1)
        change = jnp.outer(d2, f1) if turned else jnp.outer(f1, d2)
        return (w1 - size * jnp.outer(x, d1), w2 - size * change, w3 - size * delta * f2), None

    def by_grad(layers, point, _):
        gradients = jax.grad(jax_loss(jnp, xs[point], ys[point], share))(layers)
        return tuple(w - size * s * g for w, g, s in zip(layers, gradients, (n, n * n, n))), None

    for step, turned in ((by_hand, False), (by_hand, True), (by_grad, False)):
        turn = lambda layers, turned=turned: [w.T if turned and k == 1 else w for k, w in enumerate(layers)]
        scan = jax.jit(
            lambda layers, points, step=step, turned=turned: jax.lax.scan(
                lambda layers, point: step(layers, point, turned), layers, points
            )[0]
        )
        yield Way(
            lambda layers, steps, scan=scan: jax.block_until_ready(scan(layers, jnp.asarray(problem.points[:steps]))),
            lambda layers, turn=turn: tuple(jnp.array(layer) for layer in turn(layers)),
            lambda layers, turn=turn: turn([np.asarray(layer) for layer in layers]),
            problem.trained,
        )


def jax_loss(jnp, inputs, labels, share):
    def loss(layers):
        w1, w2, w3 = layers
        f2 = jnp.tanh(jnp.tanh(inputs @ w1) @ w2 * share)
        return jnp.mean((f2 @ w3 * share - labels) ** 2)

    return loss


def jax_flow(problem):
    """One compiled call a right-hand side, and many in one compiled loop, each of other weights so that none is left out."""
    jax = jax_alone()
    jnp = jax.numpy
    n = problem.width
    xs, ys = jnp.asarray(problem.inputs), jnp.asarray(problem.labels)
    loss = jax_loss(jnp, xs, ys, 1.0 / n)

    @jax.jit
    def rates(layers):
        return tuple(s * g for s, g in zip((n, n * n, n), jax.grad(loss)(layers)))

    def train(layers, steps):
        for _ in range(steps):
            found = rates(layers)
        return jax.block_until_ready(found)

    begin = lambda layers: tuple(jnp.array(layer) for layer in layers)
    yield Way(train, begin, lambda layers: [np.asarray(layer) for layer in layers], problem.gradient)


WAYS = {
    "torch": torch_by_hand,
    "torch-autograd": torch_autograd,
    "jax": jax_scan,
    "torch-flow": torch_flow,
    "jax-flow": jax_flow,
}


def seconds(way, problem, steps):
    layers = way.begin(problem.start)
    begin = time.process_time()
    way.train(layers, steps)
    return (time.process_time() - begin) / steps


def microseconds(name, problem):
    steps = STEPS[name]
    first = {way: min(seconds(way, problem, steps) for _ in range(3)) for way in WAYS[name](problem)}
    fastest = min(first, key=first.get)
    return 1e6 * min(seconds(fastest, problem, steps) for _ in range(BLOCKS))


def main(command, name, folder):
    problem = Problem(folder)
    if command == "time":
        print(f"{microseconds(name, problem):.3f}")
    else:
        count = 1 if name.endswith("-flow") else problem.compared
        print(f"{max(way.difference(problem, count) for way in WAYS[name](problem)):.3e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
