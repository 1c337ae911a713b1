//! The equations backwards from one time t, as `adjoint` has them in one radius: how R(t) depends on where
//! neurons were at s, to second order. They give the second chaos, and b, c, v_N, v_ε once more,
//! independently of the forward equations.
//!
//! Of a sample of class c and lengths X the step in a pair L is 2 e(X) Σ_m B_m R_m(X); what it does to R
//! through the present fluctuation is k(X) = Σ_m (e(X) K_m + H(X) J_m) R_m(X), of which only the second
//! moments E e² R R, E e H R R and E H² R R enter.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};

use super::super::backward::{Adjoint, Backward, BackwardEquations, Integrals, go_back};
use super::super::evolution::Evolution;
use super::super::history::{BackwardStep, History};
use super::effects::PairAt;
use super::features::Relaxation;
use super::forward::{AtomKick, BlockForward};
use super::setup::BlockSetup;

/// One moment of the way.
struct BlockMoment<'a> {
    forward: &'a BlockForward,
    state: &'a [f64],
    relaxation: Relaxation,
    /// H of each mode.
    heights: Vec<f64>,
    /// H at the nodes of each class.
    node_heights: Vec<Vec<f64>>,
    /// e at the nodes of each class.
    node_residuals: Vec<Vec<f64>>,
    /// w λ.
    slopes: Array1<f64>,
}

/// The forward equations of a problem as they went until s.
pub fn history(setup: BlockSetup, until: f64) -> History<BlockSetup> {
    let evolution = Evolution::of_blocks(setup);
    let setup: Arc<BlockSetup> = evolution.equations.setup.clone();
    History::of_evolution(setup, evolution, until)
}

/// Goes back from s; None beyond the history.
pub fn block_backward(history: &History<BlockSetup>, clock: f64) -> Option<Backward> {
    let (mut forward, start) = BlockForward::new(history.setup.clone());
    go_back(history, &mut forward, &start, clock)
}

/// Σ_j w_j U and each neuron's ∂_kU, of the degrees that are left out: all of U(θ, θ) less those at hand.
fn self_interaction_left_out(forward: &BlockForward) -> (f64, Array1<f64>) {
    let setup = &forward.setup;
    let count = setup.atoms();
    let weights = setup.mode_weights();
    let mut own = forward.features.own[0].clone();
    let mut slopes: Array1<f64> = forward.features.own[1].iter().map(|half| 2.0 * half).collect();
    for features in &forward.features.pairs {
        for (m, weight) in weights.iter().enumerate() {
            for (i, own) in own.iter_mut().enumerate() {
                *own -= weight * features.value[[i, m]].powi(2);
            }
            for (place, slope) in slopes.iter_mut().enumerate() {
                *slope -= 2.0 * weight * features.value[[place % count, m]] * features.gradient[[place, m]];
            }
        }
    }
    (own.iter().zip(&setup.weights).map(|(u, w)| u * w).sum(), slopes)
}

impl BackwardEquations for BlockForward {
    fn noise_in(&self, stretch: &BackwardStep) -> [f64; 3] {
        stretch.noise(|clock| self.setup.rate_at(clock), |clock| self.setup.noise_until(clock))
    }

    fn at_the_end(&mut self, state: &[f64]) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let [value, slope] = [0, 1].map(|order: usize| Array1::from(self.features.potential[order].clone()));
        let relaxation = self.features.relaxation(&self.setup);
        let own = self.by_weight(&self.features.potential[2]);
        let crossed = self.by_weight(&self.features.potential[1]);
        let quadratic = self.pairs(&relaxation).map(|pair| {
            let outputs = pair.outputs();
            let mut form = outputs.t().dot(&by_mode(&self.setup, &outputs));
            pair.add_atoms(&mut form, &own, &(&crossed * pair.pair.root));
            form
        });
        let quadratic = quadratic.collect();
        Some(Adjoint { quadratic, rows: [2.0 * value, 2.0 * slope, own], integrals: Integrals::default() })
    }

    fn rate_backwards(&mut self, adjoint: &Adjoint, state: &[f64], noise: f64) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let here = BlockMoment::new(self, state, &adjoint.rows[1]);
        let squares = self.features.squared_residuals(&self.setup);
        let kick = self.kick(&squares, &here.relaxation);
        let mut integrals = here.integrals_of_neurons(&adjoint.rows, &kick);
        let mut quadratic = Vec::with_capacity(adjoint.quadratic.len());
        for ((l, pair), form) in self.pairs(&here.relaxation).enumerate().zip(&adjoint.quadratic) {
            quadratic.push(here.quadratic_rate(&pair, form));
            here.add_steps(&pair, form, &adjoint.rows[2], &squares, &mut integrals);
            here.add_second(&pair, l, form, &mut integrals);
        }
        let integrals = integrals.with_noise(noise);
        Some(Adjoint { rows: here.rows_rate(&adjoint.rows), quadratic, integrals })
    }

    fn left_out(&self) -> f64 {
        self_interaction_left_out(self).0
    }

    fn found(&mut self, adjoint: &Adjoint, start: &[f64], left_out: f64) -> Backward {
        self.look(start);
        let gradient = self.by_weight(&adjoint.rows[0].to_vec());
        let mean = gradient.sum();
        let relaxation = self.features.relaxation(&self.setup);
        let count = self.setup.atoms();
        let mut bias = left_out;
        let mut second = 0.0;
        for (pair, form) in self.pairs(&relaxation).zip(&adjoint.quadratic) {
            let product = pair.times_start(&form.slice(s![..count, ..count]).to_owned());
            bias += product.diag().sum();
            second += 2.0 / pair.pair.root.powi(2) * (&product * &product.t()).sum();
        }
        let [of_steps, spread_of_steps] = adjoint.integrals.steps;
        let spread = (&gradient * &adjoint.rows[0]).sum() - mean * mean;
        let [crossed, of_samples] = adjoint.integrals.second;
        Backward { first: [bias, of_steps, spread, spread_of_steps], second: [second, crossed, of_samples] }
    }
}

impl<'a> BlockMoment<'a> {
    fn new(forward: &'a BlockForward, state: &'a [f64], slopes: &Array1<f64>) -> Self {
        let setup = &forward.setup;
        let heights = forward.features.output_of_shift(setup, &slopes.to_vec());
        Self {
            forward,
            state,
            relaxation: forward.features.relaxation(setup),
            node_heights: at_nodes(setup, &heights),
            node_residuals: at_nodes(setup, &forward.features.residuals),
            heights,
            slopes: forward.by_weight(&slopes.to_vec()),
        }
    }

    /// c's share that no degree carries, and the parts of b and v_Nε that the degrees at hand leave out.
    fn integrals_of_neurons(&self, rows: &[Array1<f64>; 3], kick: &AtomKick) -> Integrals {
        let (_, left_out) = self_interaction_left_out(self.forward);
        let shift = ArrayView1::from(&kick.shift[..]);
        let covariance = ArrayView1::from(&kick.covariance[..]);
        Integrals {
            steps: [self.slopes.dot(&shift) + rows[2].dot(&covariance), 0.0],
            left_out: -self.slopes.dot(&left_out),
            second: [self.degrees_left_out(&rows[1]), 0.0],
        }
    }

    /// π H of each mode.
    fn weighted_heights(&self) -> Array1<f64> {
        let weights = self.forward.setup.mode_weights();
        weights.iter().zip(&self.heights).map(|(weight, h)| weight * h).collect()
    }

    /// Σ_m π_m H_m ∂_k F_m of each atom.
    fn force(&self) -> Array1<f64> {
        self.forward.features.pairs[0].gradient.dot(&self.weighted_heights())
    }

    fn rows_rate(&self, rows: &[Array1<f64>; 3]) -> [Array1<f64>; 3] {
        let values = self.forward.features.pairs[0].value.dot(&self.weighted_heights());
        let slopes = Array1::from(self.forward.along(&self.relaxation, &rows[1].to_vec()));
        [-2.0 * values, slopes - 2.0 * self.force(), self.relaxed_twice(&rows[2]) - self.own_curvature()]
    }

    /// H p + p H of a symmetric matrix p of each atom.
    fn relaxed_twice(&self, matrix: &Array1<f64>) -> Array1<f64> {
        let setup = &self.forward.setup;
        let vector = setup.atoms() * setup.dimension();
        // p's columns one by one: entry (k, l) of p stands with those of the vector l of its column k.
        let half: Vec<f64> = matrix
            .to_vec()
            .chunks_exact(vector)
            .flat_map(|column| self.forward.along(&self.relaxation, column))
            .collect();
        let half = Array1::from(half);
        &half + &transposed(setup, &half)
    }

    /// w (λ ∂³ψ + Σ_m π_m H_m ∂²F_m), a matrix of each atom.
    fn own_curvature(&self) -> Array1<f64> {
        let setup = &self.forward.setup;
        let count = setup.atoms();
        let weighted = self.weighted_heights();
        let slopes = &self.forward.features.pairs[0].slopes;
        let bent: Vec<f64> = slopes.iter().flat_map(|slopes| slopes.dot(&weighted).to_vec()).collect();
        let mut own = self.forward.by_weight(&bent);
        let squared = own.len();
        for (n, third) in self.forward.features.potential[3].chunks_exact(squared).enumerate() {
            for (place, third) in third.iter().enumerate() {
                own[place] += self.slopes[n * count + place % count] * third;
            }
        }
        own
    }

    /// What the degrees that are left out add to v_Nε: there k is H σ_* − e Σ_k λ_k ∂_kσ_* of single neurons,
    /// twice; all degrees less those at hand.
    fn degrees_left_out(&self, slopes: &Array1<f64>) -> f64 {
        let setup = &self.forward.setup;
        let functions = [&self.node_heights, &self.node_residuals];
        let [of_heights, crossed, of_residuals] =
            [[0, 0], [0, 1], [1, 1]].map(|[a, b]| products_at_nodes(functions[a], functions[b]));
        let mut rest = self.squares_of_neurons(slopes, [&of_heights, &crossed, &of_residuals]);
        for pair in self.forward.pairs(&self.relaxation) {
            let steep = along_slopes(setup, &pair.own.gradient, slopes);
            for (c, class) in setup.modes.data().classes.iter().enumerate() {
                let value = pair.own.value.slice(s![.., of_class(setup, c)]);
                let steep = steep.slice(s![.., of_class(setup, c)]);
                let of_value = value.dot(&pair.products(&of_heights[c]));
                let of_value = of_value - 2.0 * steep.dot(&pair.products(&crossed[c]));
                let of_steep = steep.dot(&pair.products(&of_residuals[c]));
                let at_hand = (of_value * value + of_steep * steep).sum_axis(Axis(1));
                rest.iter_mut().zip(&at_hand).for_each(|(rest, own)| *rest -= 4.0 * class.weight * own);
            }
        }
        rest.iter().zip(&setup.weights).map(|(rest, w)| rest * w).sum()
    }

    /// 4 E (H σ_* − e Σ_k λ_k ∂_kσ_*)² of each atom, for H², e H and e² at the nodes of each class.
    fn squares_of_neurons(&self, slopes: &Array1<f64>, weights: [&[Vec<f64>]; 3]) -> Vec<f64> {
        let setup = &self.forward.setup;
        let features = &self.forward.features;
        let count = setup.atoms();
        let dimension = setup.dimension();
        let mut squares = features.squared_outputs(setup, weights[0]);
        for (place, half) in features.half_slopes_of_squares(setup, weights[1]).iter().enumerate() {
            squares[place % count] -= 2.0 * slopes[place] * half;
        }
        for (place, along) in features.noise(setup, weights[2]).along.iter().enumerate() {
            let [which, i] = [place / count, place % count];
            let [k, l] = [which / dimension, which % dimension];
            squares[i] += slopes[k * count + i] * slopes[l * count + i] * along;
        }
        squares
    }

    /// L^T P + P L + B.
    fn quadratic_rate(&self, pair: &PairAt, form: &Array2<f64>) -> Array2<f64> {
        let setup = &self.forward.setup;
        let count = setup.atoms();
        let root = pair.pair.root;
        // P F, F = −2 D^(−½) B π the force of an output, less V^T: what a force does to R beside.
        let mut forced = -2.0 / root * form.slice(s![.., count..]).dot(&pair.own.gradient);
        forced.slice_mut(s![count.., ..]).scaled_add(-1.0 / root, &self.sensitivity(pair));
        let mut half = forced.dot(&by_mode(setup, &pair.outputs()));
        let relaxed = pair.relaxed(form.slice(s![count.., ..]));
        half.slice_mut(s![.., count..]).scaled_add(1.0, &relaxed.t());
        // The parts of single atoms, halved: they are added to their own transpose.
        let crossed = -0.5 * root * self.forward.by_weight(&self.force().to_vec());
        pair.add_atoms(&mut half, &(-0.5 * self.own_curvature()), &crossed);
        &half + &half.t()
    }

    /// Σ_k w λ_k times the derivative of the gradients by k, of the shape (field, modes).
    fn sensitivity(&self, pair: &PairAt) -> Array2<f64> {
        let count = self.forward.setup.atoms();
        let mut sum = Array2::zeros(pair.own.gradient.raw_dim());
        for (k, slopes) in pair.own.slopes.iter().enumerate() {
            for (place, (mut row, slope)) in sum.rows_mut().into_iter().zip(slopes.rows()).enumerate() {
                row.scaled_add(self.slopes[k * count + place % count], &slope);
            }
        }
        sum
    }

    /// What one pair adds to c and v_ε.
    fn add_steps(
        &self,
        pair: &PairAt,
        form: &Array2<f64>,
        high: &Array1<f64>,
        squares: &[Vec<f64>],
        integrals: &mut Integrals,
    ) {
        let count = self.forward.setup.atoms();
        let dimension = self.forward.setup.dimension();
        let source = pair.source(&self.forward.features, squares);
        integrals.steps[0] += (&form.slice(s![count.., count..]) * &source).sum();
        for (place, high) in high.iter().enumerate() {
            let [which, i] = [place / count, place % count];
            integrals.steps[0] -=
                high * source[[which / dimension * count + i, which % dimension * count + i]];
        }
        if pair.pair.is_mean() {
            integrals.steps[1] += self.slopes.dot(&source.dot(&self.slopes));
        }
    }

    /// What one pair adds to v_Nε and v_εε.
    fn add_second(&self, pair: &PairAt, index: usize, form: &Array2<f64>, integrals: &mut Integrals) {
        let setup = &self.forward.setup;
        let count = setup.atoms();
        let mut of_residual = 4.0 * form.slice(s![.., count..]).dot(&pair.own.gradient);
        of_residual.slice_mut(s![count.., ..]).scaled_add(2.0, &self.sensitivity(pair));
        let of_height = -2.0 * pair.pair.root * pair.outputs().t().to_owned();
        let mut mean: Array1<f64> = Array1::zeros(form.nrows());
        let mut sums = [0.0; 2];
        for (c, class) in setup.modes.data().classes.iter().enumerate() {
            let [residuals, heights] = [&self.node_residuals[c], &self.node_heights[c]];
            let parts = [&of_residual, &of_height].map(|all| all.slice(s![.., of_class(setup, c)]));
            let functions = [residuals, heights];
            for (one, weights) in parts.iter().zip(functions) {
                mean.scaled_add(class.weight, &one.dot(&pair.means(weights)));
                let covered = self.covered(pair, index, *one);
                for (other, more) in parts.iter().zip(functions) {
                    let products: Vec<f64> = weights.iter().zip(more).map(|(a, b)| a * b).collect();
                    let products = other.dot(&pair.products(&products));
                    for (sum, covered) in sums.iter_mut().zip(&covered) {
                        *sum += class.weight * (covered * &products).sum();
                    }
                }
            }
        }
        if pair.pair.is_mean() {
            let mean = mean.insert_axis(Axis(1));
            let covered = self.covered(pair, index, mean.view());
            sums.iter_mut().zip(&covered).for_each(|(sum, covered)| *sum -= (covered * &mean).sum());
        }
        let harmonics = pair.pair.root.powi(2);
        integrals.second[0] += sums[0] / harmonics;
        integrals.second[1] += sums[1] / harmonics;
    }

    /// The covariance of (ν/√D, α, β) of the N part and of the ε part times columns.
    fn covered(&self, pair: &PairAt, index: usize, columns: ArrayView2<f64>) -> [Array2<f64>; 2] {
        let count = self.forward.setup.atoms();
        let layout = &self.forward.layout;
        let response = layout.response(self.state, index);
        let of_field = columns.slice(s![count.., ..]);
        let of_labels = &columns.slice(s![..count, ..]) + &response.t().dot(&of_field);
        let labels = pair.times_start(&of_labels.t().to_owned()).t().to_owned();
        let start = concatenate![Axis(0), labels.clone(), response.dot(&labels)];
        let mut steps = Array2::zeros(columns.raw_dim());
        let covariance = layout.covariance(self.state, index);
        steps.slice_mut(s![count.., ..]).assign(&(self.forward.unit * covariance.dot(&of_field)));
        [start, steps]
    }
}

impl PairAt<'_> {
    /// Q: outputs of (ν/√D, α, β), of the shape (modes, atoms + field).
    fn outputs(&self) -> Array2<f64> {
        concatenate![Axis(1), self.output_of_labels(), self.output_of_field()]
    }

    /// E h R_m of one class.
    fn means(&self, weights: &[f64]) -> Array1<f64> {
        let weighted: Array1<f64> =
            self.setup.nodes.iter().zip(weights).map(|(node, weight)| node.weight * weight).collect();
        self.pair.radial.t().dot(&weighted)
    }

    /// Adds matrices of single atoms to the block αα, and vectors to the blocks αν and να, of a form on
    /// (ν/√D, α, β).
    fn add_atoms(&self, form: &mut Array2<f64>, own: &Array1<f64>, crossed: &Array1<f64>) {
        let count = self.setup.atoms();
        let dimension = self.setup.dimension();
        for (place, own) in own.iter().enumerate() {
            let [which, i] = [place / count, place % count];
            form[[(1 + which / dimension) * count + i, (1 + which % dimension) * count + i]] += own;
        }
        for (place, crossed) in crossed.iter().enumerate() {
            form[[place % count, count + place]] += crossed;
            form[[count + place, place % count]] += crossed;
        }
    }
}

/// The modes of a class.
fn of_class(setup: &BlockSetup, class: usize) -> std::ops::Range<usize> {
    class * setup.levels()..(class + 1) * setup.levels()
}

/// A function of (0, 0) at the nodes of each class, from its modes.
fn at_nodes(setup: &BlockSetup, modes: &[f64]) -> Vec<Vec<f64>> {
    let radial = &setup.pairs[0].radial;
    modes.chunks_exact(setup.levels()).map(|modes| radial.dot(&ArrayView1::from(modes)).to_vec()).collect()
}

/// The product of two functions at the nodes of each class.
fn products_at_nodes(own: &[Vec<f64>], other: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let classes = own.iter().zip(other);
    classes.map(|(own, other)| own.iter().zip(other).map(|(a, b)| a * b).collect()).collect()
}

/// Σ_k λ_k times the gradient along k, of the shape (atoms, modes).
fn along_slopes(setup: &BlockSetup, gradient: &Array2<f64>, slopes: &Array1<f64>) -> Array2<f64> {
    let count = setup.atoms();
    let mut sum = Array2::zeros((count, gradient.ncols()));
    for (place, slope) in slopes.iter().enumerate() {
        sum.row_mut(place % count).scaled_add(*slope, &gradient.row(place));
    }
    sum
}

/// Rows of the shape (modes, …) times π.
fn by_mode(setup: &BlockSetup, outputs: &Array2<f64>) -> Array2<f64> {
    outputs * &Array1::from(setup.mode_weights()).insert_axis(Axis(1))
}

/// Matrices of each atom, transposed.
fn transposed(setup: &BlockSetup, matrices: &Array1<f64>) -> Array1<f64> {
    let count = setup.atoms();
    let dimension = setup.dimension();
    let place =
        |at: usize| (at / count % dimension * dimension + at / count / dimension) * count + at % count;
    (0..matrices.len()).map(|at| matrices[place(at)]).collect()
}
