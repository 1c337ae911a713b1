"""The finite volumes' right-hand side as a user would write it in NumPy and in JAX: the same scheme, the same input.

    right_hand_side.py check FOLDER        largest difference of either from what meanfield found, relative to its size
    right_hand_side.py numpy|jax FOLDER    CPU microseconds of one right-hand side, the minimum over blocks

FOLDER is what the benchmark `right_hand_side write` has written.
"""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

# Long blocks: the CPU time of a thread that works for JAX is known to a tick of some milliseconds only.
BLOCK, BLOCKS = 500, 20
BLOCK_IN_JAX, BLOCKS_IN_JAX = 20_000, 5


def load(folder):
    read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8")
    data = {name: read(name) for name in ("faces", "constant", "slope", "mass", "rate", "largest_step")}
    data["features"] = read("features").reshape(len(data["constant"]), len(data["mass"]))
    data["width"] = np.diff(data["faces"])
    data["centre"] = 0.5 * (data["faces"][1:] + data["faces"][:-1])
    return data


def right_hand_side(xp, data):
    """d(mass)/dt and the largest stable step, for masses: MC-limited upwind fluxes in the field of the law itself."""
    features, constant, slope = data["features"], data["constant"], data["slope"]
    width, gap = data["width"], xp.diff(data["centre"])

    def rate(mass):
        moments = features @ mass
        potential = (constant + slope * moments) @ features
        velocity = -2.0 * xp.diff(potential) / gap
        density = mass / width
        difference = xp.diff(density)
        left, right = difference[:-1], difference[1:]
        steepest = 2.0 * xp.minimum(xp.abs(left), xp.abs(right)) / width[1:-1]
        central = 0.5 * xp.abs(left / gap[:-1] + right / gap[1:])
        inner = xp.where(left * right > 0.0, xp.minimum(central, steepest) * xp.sign(left), 0.0)
        limited = xp.concatenate([xp.zeros(1), inner, xp.zeros(1)])
        from_left = density[:-1] + 0.5 * width[:-1] * limited[:-1]
        from_right = density[1:] - 0.5 * width[1:] * limited[1:]
        flux = velocity * xp.where(velocity >= 0.0, from_left, from_right)
        flux = xp.concatenate([xp.zeros(1), flux, xp.zeros(1)])
        speed = xp.concatenate([xp.zeros(1), velocity, xp.zeros(1)])
        loss = 2.0 * xp.maximum(xp.maximum(-speed[:-1], speed[1:]), 0.0) / width
        return flux[:-1] - flux[1:], 1.0 / xp.max(xp.where(mass > 0.0, loss, 0.0))

    return rate


def in_jax(data):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    arrays = {name: jnp.asarray(array) for name, array in data.items()}
    return jax.jit(right_hand_side(jnp, arrays)), arrays["mass"]


def loop_in_jax(data):
    """BLOCK_IN_JAX right-hand sides in one compiled loop, each of another mass, so that none is left out."""
    import jax

    rate, mass = in_jax(data)

    @jax.jit
    def loop(mass):
        def body(i, mass):
            change, _ = rate(mass)
            return mass + 1e-30 * change

        return jax.lax.fori_loop(0, BLOCK_IN_JAX, body, mass)

    return lambda: loop(mass).block_until_ready()


def loop_in_numpy(data):
    rate, mass = right_hand_side(np, data), data["mass"]

    def loop():
        for _ in range(BLOCK):
            rate(mass)

    return loop


def microseconds(loop, block, blocks):
    loop()
    best = float("inf")
    for _ in range(blocks):
        start = time.process_time()
        loop()
        best = min(best, (time.process_time() - start) / block)
    return 1e6 * best


def main(command, folder):
    data = load(folder)
    if command == "check":
        size = np.abs(data["rate"]).max()
        jitted, mass = in_jax(data)
        for name, (rate, step) in {"numpy": right_hand_side(np, data)(data["mass"]), "jax": jitted(mass)}.items():
            print(name, np.abs(np.asarray(rate) - data["rate"]).max() / size, float(step) / data["largest_step"][0] - 1.0)
    else:
        measure = (loop_in_numpy, BLOCK, BLOCKS) if command == "numpy" else (loop_in_jax, BLOCK_IN_JAX, BLOCKS_IN_JAX)
        print(f"{microseconds(measure[0](data), *measure[1:]):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
