"""One step of the four-parameter PDE as a user would write it in numba and in NumPy: the same step, the same input.

    four_parameters.py check FOLDER                largest difference of either from what meanfield found, relative to its size
    four_parameters.py numba|numpy FOLDER          CPU seconds of one step, the minimum

FOLDER is what the benchmark `four_parameters write` has written. A step: P = v + m1 h1 + m2 h2, upwind fluxes in a P, masses
after the step, and their moments of a h1 and a h2.
"""

import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numba
import numpy as np

STEPS = {"numba": 20, "numpy": 3}
AXES = ("a", "b", "r1", "r2")
MOMENTS = (0.3, -0.2)


def load(folder):
    read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8")
    data = {name: read(name) for name in ("step", "moments")}
    faces = [read(name) for name in AXES]
    shape = tuple(len(f) - 1 for f in reversed(faces))  # the first coordinate runs fastest
    data |= {name: read(name).reshape(shape) for name in ("mass", "after")}
    data |= {name: read(name).reshape(shape[:-1]) for name in ("v", "h1", "h2")}
    centres = [0.5 * (f[1:] + f[:-1]) for f in faces]
    data["inverse_widths"] = [1.0 / np.diff(f) for f in faces]
    data["inverse_gaps"] = [1.0 / np.diff(c) for c in centres]
    data["outer"] = centres[0]
    return data


@numba.njit(fastmath=True, error_model="numpy")
def upwind(velocity, left, right):
    return velocity * (left if velocity > 0.0 else right)


@numba.njit(fastmath=True, error_model="numpy")
def step_in_loops(mass, new, potential, h1, h2, a, step, wa, wb, w1, w2, gb, g1, g2):
    """A quadruple loop; the moments are summed as the masses are made."""
    n2, n1, nb, na = mass.shape
    m1 = m2 = 0.0
    for k in range(n2):
        for j in range(n1):
            for i in range(nb):
                p = potential[k, j, i]
                along = -2.0 * step * p
                # what velocities across are in proportion to a with: towards the row below, and above; 0 at the ends
                b0 = -2.0 * step * gb[i - 1] * (p - potential[k, j, i - 1]) if i > 0 else 0.0
                b1 = -2.0 * step * gb[i] * (potential[k, j, i + 1] - p) if i + 1 < nb else 0.0
                r0 = -2.0 * step * g1[j - 1] * (p - potential[k, j - 1, i]) if j > 0 else 0.0
                r1 = -2.0 * step * g1[j] * (potential[k, j + 1, i] - p) if j + 1 < n1 else 0.0
                s0 = -2.0 * step * g2[k - 1] * (p - potential[k - 1, j, i]) if k > 0 else 0.0
                s1 = -2.0 * step * g2[k] * (potential[k + 1, j, i] - p) if k + 1 < n2 else 0.0
                im, ip = max(i - 1, 0), min(i + 1, nb - 1)
                jm, jp = max(j - 1, 0), min(j + 1, n1 - 1)
                km, kp = max(k - 1, 0), min(k + 1, n2 - 1)
                here, total = mass[k, j, i], 0.0
                below_b, above_b = mass[k, j, im], mass[k, j, ip]
                below_1, above_1 = mass[k, jm, i], mass[k, jp, i]
                below_2, above_2 = mass[km, j, i], mass[kp, j, i]
                out = new[k, j, i]
                for l in range(na):
                    m, x = here[l], a[l]
                    mb, mr, ms = wb[i] * m, w1[j] * m, w2[k] * m
                    gain = upwind(x * b0, wb[im] * below_b[l], mb) - upwind(x * b1, mb, wb[ip] * above_b[l])
                    gain += upwind(x * r0, w1[jm] * below_1[l], mr) - upwind(x * r1, mr, w1[jp] * above_1[l])
                    gain += upwind(x * s0, w2[km] * below_2[l], ms) - upwind(x * s1, ms, w2[kp] * above_2[l])
                    enters = upwind(along, wa[l - 1] * here[l - 1], wa[l] * m) if l > 0 else 0.0
                    leaves = upwind(along, wa[l] * m, wa[l + 1] * here[l + 1]) if l + 1 < na else 0.0
                    after = m + gain + enters - leaves
                    out[l] = after
                    total += x * after
                m1 += h1[k, j, i] * total
                m2 += h2[k, j, i] * total
    return m1, m2


def in_numba(data):
    mass, new = data["mass"], np.empty_like(data["mass"])
    a, widths, gaps = data["outer"], data["inverse_widths"], data["inverse_gaps"]

    def step():
        potential = data["v"] + MOMENTS[0] * data["h1"] + MOMENTS[1] * data["h2"]
        moments = step_in_loops(
            mass, new, potential, data["h1"], data["h2"], a, data["step"][0], *widths, *gaps[1:]
        )
        return new, moments

    return step


def in_numpy(data):
    """Whole arrays and slices of them."""
    mass, a, step = data["mass"], data["outer"], data["step"][0]

    def transport():
        potential = data["v"] + MOMENTS[0] * data["h1"] + MOMENTS[1] * data["h2"]
        new = mass.copy()
        for axis in range(4):  # of coordinates; axis 3 - axis of the arrays
            at = 3 - axis
            lower = tuple(slice(None, -1) if i == at else slice(None) for i in range(4))
            upper = tuple(slice(1, None) if i == at else slice(None) for i in range(4))
            along = lambda numbers: numbers.reshape([-1 if i == at else 1 for i in range(4)])
            density = mass * along(data["inverse_widths"][axis])
            if axis == 0:
                velocity = -2.0 * step * potential[..., None]
            else:
                slope = np.diff(potential, axis=at)[..., None] * along(data["inverse_gaps"][axis])
                velocity = -2.0 * step * slope * a
            flux = velocity * np.where(velocity > 0.0, density[lower], density[upper])
            new[lower] -= flux
            new[upper] += flux
        sums = new @ a
        return new, (np.vdot(data["h1"], sums), np.vdot(data["h2"], sums))

    return transport


WAYS = {"numba": in_numba, "numpy": in_numpy}


def check(data):
    for name, way in WAYS.items():
        after, moments = way(data)()
        size = np.abs(data["after"]).max()
        print(name, np.abs(after - data["after"]).max() / size, np.abs(np.array(moments) / data["moments"] - 1.0).max())


def seconds(call, count):
    call()
    best = float("inf")
    for _ in range(count):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def main(command, folder):
    data = load(folder)
    if command == "check":
        check(data)
    else:
        print(f"{seconds(WAYS[command](data), STEPS[command]):.9f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
