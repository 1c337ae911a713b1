"""Neural feature flow of a residual network as a user would follow it in JAX: the same start, tolerance and steps.

    residual.py check NAME FOLDER    largest difference from meanfield's result, relative to the largest number of its kind
    residual.py time NAME FOLDER     CPU seconds of the flow until its end; of `drift`, CPU microseconds

FOLDER is what the benchmark `residual write` has written. NAME: flow-grad (every stage is jax.grad of the loss, matrices
throughout), flow-sides (derivatives by hand, a stage's matrices kept as their two sides, as meanfield does), drift-grad and
drift-hand (the right-hand side at the start). All of a flow is one compiled loop; compiling is not timed.
"""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)  # computes in the thread that is timed

import jax.numpy as jnp
import numpy as np

# Dormand & Prince's pair 5(4): stages, and fifth order less fourth.
A = [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
FIRST_STEP = 1e-3
EVALUATIONS, BLOCKS, RUNS = 50, 20, 3


class Problem:
    """What the files hold."""

    def __init__(self, folder):
        read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8")
        *counts, self.tolerance, self.end = read("setting")
        self.width, self.points, self.dimension, self.depth = map(int, counts)
        self.inputs, self.labels = read("inputs").reshape(self.points, self.dimension), read("labels")
        self.start, self.drift = self.layers(read("start")), self.layers(read("drift"))
        self.features, self.outputs = read("features").reshape(self.points, -1), read("outputs")

    def layers(self, numbers):
        """v_1, v_2 … v_L, v_{L+1}: (d, m), (m, m), …, (m,)."""
        first, pair = self.dimension * self.width, self.width**2
        parts = np.split(numbers, [first + pair * k for k in range(self.depth)])
        square = [part.reshape(self.width, -1) for part in parts[1:-1]]
        return [parts[0].reshape(-1, self.width), *square, parts[-1]]


def forward(problem, layers):
    """β_L and f."""
    xs, share = jnp.asarray(problem.inputs), 1.0 / problem.width
    beta = xs @ layers[0] / problem.dimension
    for pair in layers[1:-1]:
        beta = beta + jnp.tanh(jnp.tanh(beta) @ pair * share)
    return beta, jnp.tanh(beta) @ layers[-1] * share


def by_grad(problem):
    """The drifts G: derivatives of the loss, times d m for v_1 as it is fed by x/d, m² and m for the others."""
    ys, m, d = jnp.asarray(problem.labels), problem.width, problem.dimension
    loss = lambda layers: jnp.mean((forward(problem, layers)[1] - ys) ** 2)
    scales = [d * m] + [m * m] * (problem.depth - 1) + [m]
    return lambda layers: [scale * g for scale, g in zip(scales, jax.grad(loss)(layers))]


def sides(problem, first, send, send_back, last):
    """By hand: G_1, the two sides h₁(β_{ℓ−1}) and D^α_ℓ of G_ℓ, G_{L+1}. `send(k, x)` is x v, `send_back(k, y)` y vᵀ."""
    xs, ys, n = jnp.asarray(problem.inputs), jnp.asarray(problem.labels), problem.points
    share = 1.0 / problem.width
    values, residuals = [], []
    beta = xs @ first / problem.dimension
    for k in range(problem.depth - 1):
        values.append(jnp.tanh(beta))
        residuals.append(jnp.tanh(send(k, values[-1] * share)))
        beta = beta + residuals[-1]
    top = jnp.tanh(beta)
    slopes = 2.0 / n * (top @ last * share - ys)
    delta = slopes[:, None] * last * (1.0 - top * top)
    rights = [None] * len(values)
    for k in reversed(range(len(values))):
        rights[k] = delta * (1.0 - residuals[k] ** 2)
        delta = delta + send_back(k, rights[k] * share) * (1.0 - values[k] ** 2)
    return xs.T @ delta, values, rights, top.T @ slopes


def by_hand(problem):
    """The same as `by_grad`, the matrices of the drift as their two sides."""

    def drift(layers):
        first, *pairs, last = layers
        return sides(problem, first, lambda k, x: x @ pairs[k], lambda k, y: y @ pairs[k].T, last)

    return drift


def growth(error):
    """By how much the next step may differ from one with this error in units of the tolerance."""
    return jnp.where(jnp.isnan(error), 0.2, jnp.clip(0.9 * jnp.maximum(error, 1e-30) ** -0.2, 0.2, 5.0))


def steps(problem, attempt):
    """The loop of steps: `attempt(layers, step)` gives layers after it and the error in units of the tolerance."""

    def body(state):
        at, planned, layers = state
        longest = problem.end - at
        step = jnp.minimum(planned, longest)
        after, error = attempt(layers, step)
        wanted = step * growth(error)
        accepted = error <= 1.0
        layers = jax.lax.cond(accepted, lambda: after, lambda: layers)
        reached = jnp.where(step == longest, problem.end, at + step)
        return jnp.where(accepted, reached, at), wanted, layers

    run = lambda layers: jax.lax.while_loop(lambda state: state[0] < problem.end, body, (0.0, FIRST_STEP, layers))[2]
    return jax.jit(run)


def moved(base, rates, weights, step):
    for rate, weight in zip(rates, weights):
        base = base - step * weight * rate
    return base


def attempt_by_grad(problem):
    """Stages as matrices. Errors of v between paths are those of α: what they are multiplied by is of the last stage."""
    drift = by_grad(problem)

    def attempt(layers, step):
        stages = []
        for weights in A:
            after = [moved(base, [s[k] for s in stages], weights, step) for k, base in enumerate(layers)]
            stages.append(drift(after))
        errors = [moved(0.0, [s[k] for s in stages], E, step) for k in range(len(layers))]
        worst = jnp.abs(errors[0]).max() + jnp.abs(errors[-1]).max()
        beta = jnp.asarray(problem.inputs) @ after[0] / problem.dimension
        for pair, error in zip(after[1:-1], errors[1:-1]):
            values = jnp.tanh(beta) / problem.width
            worst += jnp.abs(values @ error).max()
            beta = beta + jnp.tanh(values @ pair)
        return after, worst / problem.tolerance

    return attempt


def attempt_by_sides(problem):
    """Stages as two sides: what they add to v is multiplied side by side, and v itself is changed once a step."""

    def attempt(layers, step):
        first, *pairs, last = layers
        firsts, lefts, rights, lasts = [], [], [], []

        def change(k, x, weights, turned):
            """x times what the stages have added to v_k."""
            own, other = (rights, lefts) if turned else (lefts, rights)
            found = jnp.zeros((problem.points, problem.width))
            terms = [(w, o[k], p[k]) for w, o, p in zip(weights, own, other) if w]
            if terms:
                factors = jnp.concatenate([jnp.full(problem.points, -step * w) for w, _, _ in terms])
                stacked, others = (jnp.concatenate(parts) for parts in list(zip(*terms))[1:])
                found = ((x @ stacked.T) * factors) @ others
            return found

        for weights in A:
            now, end = moved(first, firsts, weights, step), moved(last, lasts, weights, step)
            send = lambda k, x, weights=weights: x @ pairs[k] + change(k, x, weights, False)
            back = lambda k, y, weights=weights: y @ pairs[k].T + change(k, y, weights, True)
            drift = sides(problem, now, send, back, end)
            for kept, new in zip((firsts, lefts, rights, lasts), drift):
                kept.append(new)
        worst = jnp.abs(moved(0.0, firsts, E, step)).max() + jnp.abs(moved(0.0, lasts, E, step)).max()
        for k in range(len(pairs)):
            worst += jnp.abs(change(k, lefts[-1][k] / problem.width, E, False)).max()
        added = []
        for k, pair in enumerate(pairs):
            left = jnp.concatenate([-step * w * left[k] for w, left in zip(A[-1], lefts) if w])
            added.append(pair + left.T @ jnp.concatenate([right[k] for w, right in zip(A[-1], rights) if w]))
        return [now, *added, end], worst / problem.tolerance

    return attempt


FLOWS = {"flow-grad": attempt_by_grad, "flow-sides": attempt_by_sides}
DRIFTS = {"drift-grad": by_grad, "drift-hand": by_hand}


def start(problem):
    return [jnp.array(layer) for layer in problem.start]


def apart(found, expected):
    return np.abs(np.asarray(found) - expected).max() / np.abs(expected).max()


def check(name, problem):
    if name in FLOWS:
        beta, outputs = forward(problem, steps(problem, FLOWS[name](problem))(start(problem)))
        return max(apart(beta, problem.features), apart(outputs, problem.outputs))
    found = jax.jit(DRIFTS[name](problem))(start(problem))
    if name == "drift-hand":
        first, lefts, rights, last = found
        found = [first, *(left.T @ right for left, right in zip(lefts, rights)), last]
    return max(apart(f, e) for f, e in zip(found, problem.drift))


def cpu_seconds(call, layers, times):
    begin = time.process_time()
    for _ in range(times):
        found = call(layers)
    jax.block_until_ready(found)
    return (time.process_time() - begin) / times


def measure(name, problem):
    layers = start(problem)
    call = steps(problem, FLOWS[name](problem)) if name in FLOWS else jax.jit(DRIFTS[name](problem))
    jax.block_until_ready(call(layers))
    if name in FLOWS:
        return min(cpu_seconds(call, layers, 1) for _ in range(RUNS))
    return 1e6 * min(cpu_seconds(call, layers, EVALUATIONS) for _ in range(BLOCKS))


def main(command, name, folder):
    problem = Problem(folder)
    print(f"{check(name, problem):.3e}" if command == "check" else f"{measure(name, problem):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
