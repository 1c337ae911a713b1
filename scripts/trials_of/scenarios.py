"""The scenarios of the trials: as small as can be, and between them every form of a law and every kind of file.

None is about physics; what they take is nearly all the drawing of figures (0.2 CPU s)."""
ISOTROPIC = """title = "A small scenario"
[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
"""
ANISOTROPIC = """title = "A small scenario of two blocks"
[model]
data.anisotropic-gaussians = { dimension = 40, relevant-dimension = 10, separation = 0.4 }
activation.relu = {}
unit.affine = {}
initial.gaussian = { scale = 0.8, a = { mean = 1.0, deviation = 0.1 }, b = { mean = 1.0, deviation = 0.1 } }
"""
TIME = """[dynamics]
end-time = 0.5
schedule.constant = {}
[observe]
times = "0..0.5:6"
snapshots = [0.1, 0.5]
"""
NETWORK = """[systems.sgd.finite-network]
neurons = 30
step-size = 1e-3
seeds = [1, 2]
"""
CLAIM = """[compare]
reference = "atoms"
[[compare.claim]]
system = "sgd"
quantity = "risk"
within = 10.0
"""
ATOMS = """[systems.atoms.characteristics]
atoms = 20
"""
CELLS = """[systems.pde.finite-volume]
cells = [100]
"""

# Cells, panels, atoms; a claim, two seeds: the one that is run thousands of times.
SMALL = ISOTROPIC + TIME + CELLS + ATOMS + NETWORK + CLAIM
# The same with another start: the result that was there before.
OLD = SMALL.replace("scale = 0.8", "scale = 0.7").replace("A small", "An older")
# It takes long enough to be stopped on the way: half a second of SGD.
LONGER = SMALL.replace("neurons = 30", "neurons = 100").replace("1e-3", "5e-6")
# Marginals of four coordinates on a moving grid, panels in four coordinates.
FOUR = (ANISOTROPIC + TIME + """[systems.pde.finite-volume]
cells = [8, 8, 8, 8]
kernel-tolerance = 1e-3
[systems.atoms.characteristics]
atoms = 81
most-atoms = 200
sampling-tolerance = 0.1
tolerance = 1e-3
kernel-tolerance = 1e-3
""" + NETWORK + CLAIM)
# Two radii on a moving grid of cells.
TWO = (ANISOTROPIC.replace("unit.affine = {}\n", "").replace(", a = { mean = 1.0, deviation = 0.1 }, b = { mean = 1.0, deviation = 0.1 }", "")
       + TIME + """[systems.pde.finite-volume]
cells = [12, 12]
kernel-tolerance = 1e-3
[systems.atoms.characteristics]
atoms = 25
kernel-tolerance = 1e-3
[compare]
reference = "atoms"
""")
# A Gibbs state over the temperature (static, varied), and the PDE that goes to it.
GIBBS = (ISOTROPIC + TIME.replace("[observe]", "temperature = 0.03\nridge = 0.2\n[observe]") + CELLS + """[systems.gibbs.landscape]
[vary]
dynamics.temperature = [0.03, 0.1]
[compare]
reference = "gibbs"
""")
# Least risk on a box: atoms without dynamics; minimising movements; errors from companions.
LEAST = (ISOTROPIC.replace("[model]", "refinement = true\n[model]", 1) + TIME + """[systems.least.landscape]
largest-radius = 10.0
[systems.atoms.characteristics]
atoms = 20
[systems.movements.jko]
atoms = 20
step = 0.05
[compare]
reference = "atoms"
""")
KINDS = {"small": SMALL, "four": FOUR, "two": TWO, "gibbs": GIBBS, "least": LEAST}
# Many points, whose rows go to a journal.
SWEEP = ISOTROPIC + TIME.replace("snapshots = [0.1, 0.5]\n", "") + ATOMS + """[systems.movements.jko]
atoms = 20
step = 0.1
[compare]
reference = "atoms"
"""
SWEEP_KEYS = ("--vary", "model.data.isotropic-gaussians.separation=0.2..0.8:4", "--vary", "model.initial.gaussian.scale=0.5,0.8,1.1")
