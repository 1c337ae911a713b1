//! Everything that the equations need of σ and of the data at one law of atoms: the output's coefficients F
//! in each pair of degrees with their derivatives, residuals, derivatives of the potential, and what a
//! sample does to one neuron. Fields stand component by component, all atoms of the first, then of the
//! next.

use meanfield_model::block_modes::noise::{NoiseContractions, SampleNoise};
use meanfield_model::block_modes::{BlockNeuron, InputClass};
use ndarray::Array2;

use super::setup::{BlockSetup, HarmonicPair};

/// One pair of degrees.
#[derive(Clone, Debug)]
pub(super) struct PairFeatures {
    /// F, of the shape (atoms, modes).
    pub value: Array2<f64>,
    /// ∂_k F above √Λ_t F/r_t: gradients of the output along (α, β), of the shape (field, modes).
    pub gradient: Array2<f64>,
    /// ∂_k of both but for r_t, for each coordinate k.
    pub slopes: Vec<Array2<f64>>,
}

/// All features.
#[derive(Clone, Debug)]
pub(super) struct BlockFeatures {
    /// Atoms.
    pub positions: Vec<f64>,
    /// Of each pair; the first is (0, 0).
    pub pairs: Vec<PairFeatures>,
    /// y − ŷ, of each mode.
    pub residuals: Vec<f64>,
    /// ŷ.
    pub outputs: Vec<f64>,
    /// ψ, and its derivatives by one, two and three coordinates, without the ridge.
    pub potential: [Vec<f64>; 4],
    /// U(θ, θ), and half its derivatives.
    pub own: [Vec<f64>; 2],
    /// Neurons as each class sees them, class by class.
    neurons: Vec<BlockNeuron>,
}

/// −2 (∂²ψ + λ) along the coordinates, −2 (∂_{r_t}ψ/r_t + λ) across each block.
pub(super) struct Relaxation {
    /// (k, l) of each atom.
    pub along: Vec<f64>,
    /// Of each block.
    pub across: Vec<Vec<f64>>,
}

/// Second moments of a sample's step at each atom.
pub(super) struct AtomNoise {
    /// (k, l) of each atom.
    pub along: Vec<f64>,
    /// Across each block, all directions together.
    pub across: Vec<Vec<f64>>,
}

impl BlockFeatures {
    /// Empty features.
    pub fn new(setup: &BlockSetup) -> Self {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let modes = setup.modes_of_data();
        let of_pair = |pair: &HarmonicPair| {
            let field = (dimension + pair.across.len()) * count;
            PairFeatures {
                value: Array2::zeros((count, modes)),
                gradient: Array2::zeros((field, modes)),
                slopes: vec![Array2::zeros((field, modes)); dimension],
            }
        };
        Self {
            positions: Vec::new(),
            pairs: setup.pairs.iter().map(of_pair).collect(),
            residuals: vec![0.0; modes],
            outputs: vec![0.0; modes],
            potential: [0, 1, 2, 3].map(|power| vec![0.0; count * dimension.pow(power)]),
            own: [1, dimension].map(|length| vec![0.0; length * count]),
            neurons: Vec::new(),
        }
    }

    /// The features of other atoms.
    pub fn update(&mut self, setup: &BlockSetup, positions: &[f64]) {
        self.positions = positions.to_vec();
        self.neurons.clear();
        for (index, class) in setup.modes.data().classes.iter().enumerate() {
            let neuron = |i: usize| setup.modes.neuron(index, setup.neuron(positions, i, class));
            self.neurons.extend((0..setup.atoms()).map(neuron));
        }
        for (pair, features) in setup.pairs.iter().zip(&mut self.pairs) {
            features.update(setup, pair, &self.neurons, positions);
        }
        self.set_outputs(setup);
        self.set_potential(setup);
        self.set_own(setup);
    }

    fn set_outputs(&mut self, setup: &BlockSetup) {
        let levels = setup.levels();
        for m in 0..self.outputs.len() {
            let column = self.pairs[0].value.column(m);
            self.outputs[m] = column.iter().zip(&setup.weights).map(|(f, w)| f * w).sum();
            let label = if m % levels == 0 { setup.modes.data().classes[m / levels].label } else { 0.0 };
            self.residuals[m] = label - self.outputs[m];
        }
    }

    fn set_potential(&mut self, setup: &BlockSetup) {
        let weighted: Vec<f64> =
            setup.mode_weights().iter().zip(&self.residuals).map(|(weight, e)| -weight * e).collect();
        let mean = &self.pairs[0];
        self.potential[0] = times(&mean.value, &weighted);
        self.potential[1] = times(&mean.gradient, &weighted);
        self.potential[2] = mean.slopes.iter().flat_map(|slopes| times(slopes, &weighted)).collect();
        self.set_third(setup, &weighted);
    }

    /// The third derivatives, which nothing else needs.
    fn set_third(&mut self, setup: &BlockSetup, weighted: &[f64]) {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let pair = &setup.pairs[0];
        let orders = setup.modes.length_orders();
        for (place, third) in self.potential[3].iter_mut().enumerate() {
            let which = place / count;
            let [k, l, n] = [which / dimension.pow(2), which / dimension % dimension, which % dimension];
            let atom = place % count;
            let terms = weighted.iter().enumerate().map(|(m, weight)| {
                let [class, level] = [m / orders.len(), m % orders.len()];
                let neuron = &self.neurons[class * count + atom];
                let (by, factor) = setup.derivative(&[k, l, n], &setup.modes.data().classes[class]);
                weight * factor * pair.factors[level] * neuron.output(pair.degrees, orders[level], by)
            });
            *third = terms.sum();
        }
    }

    fn set_own(&mut self, setup: &BlockSetup) {
        let count = setup.atoms();
        self.own.iter_mut().for_each(|row| row.fill(0.0));
        for (place, neuron) in self.neurons.iter().enumerate() {
            let class = &setup.modes.data().classes[place / count];
            let atom = place % count;
            let (value, slopes) = neuron.square();
            self.own[0][atom] += class.weight * value;
            for (k, slope) in setup.by_coordinate(&slopes, class).enumerate() {
                self.own[1][k * count + atom] += class.weight * slope;
            }
        }
    }

    /// R = Σ_m π_m e_m², and what labels' noise adds.
    pub fn risk(&self, setup: &BlockSetup) -> f64 {
        let squares = setup.mode_weights().into_iter().zip(&self.residuals).map(|(weight, e)| weight * e * e);
        squares.sum::<f64>() + setup.label_variance
    }

    /// ∫U(θ, θ) dρ − ∬U dρdρ.
    pub fn independent_bias(&self, setup: &BlockSetup) -> f64 {
        let own: f64 = self.own[0].iter().zip(&setup.weights).map(|(u, w)| u * w).sum();
        let shared = setup.mode_weights().into_iter().zip(&self.outputs).map(|(weight, y)| weight * y * y);
        own - shared.sum::<f64>()
    }

    /// The drift −2 (∂ψ + λ z).
    pub fn drift(&self, setup: &BlockSetup) -> Vec<f64> {
        let slopes = self.potential[1].iter().zip(&self.positions);
        slopes.map(|(slope, position)| -2.0 * (slope + setup.ridge * position)).collect()
    }

    /// H of each atom.
    pub fn relaxation(&self, setup: &BlockSetup) -> Relaxation {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let mut along: Vec<f64> = self.potential[2].iter().map(|curvature| -2.0 * curvature).collect();
        for k in 0..dimension {
            let from = (k * dimension + k) * count;
            along[from..from + count].iter_mut().for_each(|rate| *rate -= 2.0 * setup.ridge);
        }
        let across = (0..setup.blocks()).map(|block| {
            let from = setup.radius(block) * count;
            let slopes =
                self.potential[1][from..from + count].iter().zip(&self.positions[from..from + count]);
            slopes.map(|(slope, radius)| -2.0 * (slope / radius + setup.ridge)).collect()
        });
        Relaxation { along, across: across.collect() }
    }

    /// Σ_m π_m ∂_k F_m y_m of a change y of the output.
    pub fn force_of(&self, setup: &BlockSetup, outputs: &[f64]) -> Vec<f64> {
        let weighted: Vec<f64> =
            setup.mode_weights().iter().zip(outputs).map(|(weight, y)| weight * y).collect();
        times(&self.pairs[0].gradient, &weighted)
    }

    /// Σ_j w_j ∂_k F_jm h_kj.
    pub fn output_of_shift(&self, setup: &BlockSetup, shift: &[f64]) -> Vec<f64> {
        sum_over_atoms(setup, &self.pairs[0].gradient, shift)
    }

    /// Σ_j w_j ∂_k∂_l F_jm C_klj.
    pub fn output_of_covariance(&self, setup: &BlockSetup, covariance: &[f64]) -> Vec<f64> {
        let parts = covariance.chunks_exact(setup.atoms() * setup.dimension());
        let mut outputs = vec![0.0; self.outputs.len()];
        for (slopes, part) in self.pairs[0].slopes.iter().zip(parts) {
            let more = sum_over_atoms(setup, slopes, part);
            outputs.iter_mut().zip(more).for_each(|(output, more)| *output += more);
        }
        outputs
    }

    /// E (y − ŷ)² at each node of the lengths, class by class, labels' noise included.
    pub fn squared_residuals(&self, setup: &BlockSetup) -> Vec<Vec<f64>> {
        let of_class = |residuals: &[f64]| {
            let rows = setup.pairs[0].radial.rows().into_iter();
            let at_node = rows.map(|row| row.iter().zip(residuals).map(|(r, e)| r * e).sum::<f64>());
            at_node.map(|e| e * e + setup.label_variance).collect()
        };
        self.residuals.chunks_exact(setup.levels()).map(of_class).collect()
    }

    /// 4 E h σ_*² of each atom for weights h at the nodes of each class.
    pub fn squared_outputs(&self, setup: &BlockSetup, weights: &[Vec<f64>]) -> Vec<f64> {
        let count = setup.atoms();
        let mut squares = vec![0.0; count];
        let classes = setup.modes.data().classes.iter().zip(weights);
        for ((class, weights), neurons) in classes.zip(self.neurons.chunks_exact(count)) {
            let contracted = NoiseContractions::new(&setup.modes, &setup.nodes, weights);
            for (square, neuron) in squares.iter_mut().zip(neurons) {
                let found = SampleNoise::new(&setup.modes, neuron, &contracted);
                *square += 4.0 * class.weight * neuron.outer.powi(2) * found.along[0][0];
            }
        }
        squares
    }

    /// 4 E h σ_* ∂_kσ_* of each coordinate and atom for weights h at the nodes of each class.
    pub fn half_slopes_of_squares(&self, setup: &BlockSetup, weights: &[Vec<f64>]) -> Vec<f64> {
        let count = setup.atoms();
        let mut slopes = vec![0.0; setup.dimension() * count];
        let classes = setup.modes.data().classes.iter().zip(weights);
        for ((class, weights), neurons) in classes.zip(self.neurons.chunks_exact(count)) {
            let contracted = NoiseContractions::new(&setup.modes, &setup.nodes, weights);
            for (i, neuron) in neurons.iter().enumerate() {
                let along = SampleNoise::new(&setup.modes, neuron, &contracted).along[0];
                for (k, along) in setup.by_coordinate(&along, class).enumerate() {
                    // σ_* is a times its derivative by a.
                    slopes[k * count + i] += 4.0 * class.weight * neuron.outer * along;
                }
            }
        }
        slopes
    }

    /// 4 E h ∂_kσ_* ∂_lσ_* for weights h at the nodes of each class, and the same across each block.
    pub fn noise(&self, setup: &BlockSetup, weights: &[Vec<f64>]) -> AtomNoise {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let across = vec![vec![0.0; count]; setup.blocks()];
        let mut noise = AtomNoise { along: vec![0.0; dimension * dimension * count], across };
        let classes = setup.modes.data().classes.iter().zip(weights);
        for ((class, weights), neurons) in classes.zip(self.neurons.chunks_exact(count)) {
            let contracted = NoiseContractions::new(&setup.modes, &setup.nodes, weights);
            for (i, neuron) in neurons.iter().enumerate() {
                let found = SampleNoise::new(&setup.modes, neuron, &contracted);
                noise.add(setup, i, class, &found);
            }
        }
        noise
    }
}

impl AtomNoise {
    fn add(&mut self, setup: &BlockSetup, atom: usize, class: &InputClass, found: &SampleNoise) {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let weight = 4.0 * class.weight;
        for l in 0..dimension {
            let column = found.along.map(|row| setup.entry(&row, l, class));
            for (k, entry) in setup.by_coordinate(&column, class).enumerate() {
                self.along[(k * dimension + l) * count + atom] += weight * entry;
            }
        }
        for (sums, across) in self.across.iter_mut().zip(found.across) {
            sums[atom] += weight * across;
        }
    }

    /// The sum along all coordinates and across every block, of each atom.
    pub fn in_all(&self, setup: &BlockSetup) -> Vec<f64> {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let along =
            |i: usize| (0..dimension).map(|k| self.along[(k * dimension + k) * count + i]).sum::<f64>();
        (0..count).map(|i| along(i) + self.across.iter().map(|across| across[i]).sum::<f64>()).collect()
    }
}

impl PairFeatures {
    fn update(
        &mut self,
        setup: &BlockSetup,
        pair: &HarmonicPair,
        neurons: &[BlockNeuron],
        positions: &[f64],
    ) {
        let orders = setup.modes.length_orders();
        let count = setup.atoms();
        for (place, neuron) in neurons.iter().enumerate() {
            let [class, atom] = [place / count, place % count];
            for (level, order) in orders.iter().enumerate() {
                let mode = class * orders.len() + level;
                let output = |by: &[usize]| {
                    let (by, factor) = setup.derivative(by, &setup.modes.data().classes[class]);
                    factor * pair.factors[level] * neuron.output(pair.degrees, *order, by)
                };
                self.set(setup, pair, positions, [atom, mode], output);
            }
        }
    }

    /// The features of one atom in one mode, from the derivatives of its output.
    fn set(
        &mut self,
        setup: &BlockSetup,
        pair: &HarmonicPair,
        positions: &[f64],
        [atom, mode]: [usize; 2],
        output: impl Fn(&[usize]) -> f64,
    ) {
        let count = setup.atoms();
        let dimension = setup.dimension();
        let value = output(&[]);
        self.value[[atom, mode]] = value;
        for k in 0..dimension {
            let slope = output(&[k]);
            self.gradient[[k * count + atom, mode]] = slope;
            for l in 0..=k {
                let curvature = output(&[k, l]);
                self.slopes[k][[l * count + atom, mode]] = curvature;
                self.slopes[l][[k * count + atom, mode]] = curvature;
            }
            for (t, (block, gradient)) in pair.across.iter().enumerate() {
                let across = gradient / positions[setup.radius(*block) * count + atom];
                let row = (dimension + t) * count + atom;
                self.gradient[[row, mode]] = across * value;
                self.slopes[k][[row, mode]] = across * slope;
            }
        }
    }
}

/// Rows times numbers.
fn times(rows: &Array2<f64>, numbers: &[f64]) -> Vec<f64> {
    rows.rows().into_iter().map(|row| row.iter().zip(numbers).map(|(a, b)| a * b).sum()).collect()
}

/// Σ_j w_j over the atoms of all components of a field, times the numbers of the field.
fn sum_over_atoms(setup: &BlockSetup, rows: &Array2<f64>, numbers: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; rows.ncols()];
    for (place, (row, number)) in rows.rows().into_iter().zip(numbers).enumerate() {
        let weight = setup.weights[place % setup.atoms()] * number;
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
    }
    sums
}
