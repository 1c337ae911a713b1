//! One moment on the way back: the rates of the adjoint's rows and of its quadratic forms, and what the
//! moment adds to the integrals. It goes nowhere: that is `adjoint`'s.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};

use super::super::backward::Integrals;
use super::effects::PairAt;
use super::features::Relaxation;
use super::forward::{AtomKick, BlockForward};
use super::left_out::{degrees_left_out, of_class, self_interaction_left_out};
use super::setup::BlockSetup;

/// One moment of the way.
pub(super) struct BlockMoment<'a> {
    forward: &'a BlockForward,
    state: &'a [f64],
    pub(super) relaxation: Relaxation,
    /// H of each mode.
    heights: Vec<f64>,
    /// H at the nodes of each class.
    node_heights: Vec<Vec<f64>>,
    /// e at the nodes of each class.
    node_residuals: Vec<Vec<f64>>,
    /// w λ.
    slopes: Array1<f64>,
}

impl<'a> BlockMoment<'a> {
    pub(super) fn new(forward: &'a BlockForward, state: &'a [f64], slopes: &Array1<f64>) -> Self {
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
    pub(super) fn integrals_of_neurons(&self, rows: &[Array1<f64>; 3], kick: &AtomKick) -> Integrals {
        let (_, left_out) = self_interaction_left_out(self.forward);
        let shift = ArrayView1::from(&kick.shift[..]);
        let covariance = ArrayView1::from(&kick.covariance[..]);
        let functions = [&self.node_heights[..], &self.node_residuals[..]];
        Integrals {
            steps: [self.slopes.dot(&shift) + rows[2].dot(&covariance), 0.0],
            left_out: -self.slopes.dot(&left_out),
            second: [degrees_left_out(self.forward, &self.relaxation, functions, &rows[1]), 0.0],
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

    pub(super) fn rows_rate(&self, rows: &[Array1<f64>; 3]) -> [Array1<f64>; 3] {
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

    /// L^T P + P L + B.
    pub(super) fn quadratic_rate(&self, pair: &PairAt, form: &Array2<f64>) -> Array2<f64> {
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
    pub(super) fn add_steps(
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
    pub(super) fn add_second(
        &self,
        pair: &PairAt,
        index: usize,
        form: &Array2<f64>,
        integrals: &mut Integrals,
    ) {
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
            for (k, (one, weights)) in parts.iter().zip(functions).enumerate() {
                mean.scaled_add(class.weight, &one.dot(&pair.means(weights)));
                let covered = self.covered(pair, index, *one);
                for (l, (other, more)) in parts.iter().zip(functions).enumerate() {
                    let labels = if k + l == 0 { setup.label_variance } else { 0.0 };
                    let products: Vec<f64> = weights.iter().zip(more).map(|(a, b)| a * b + labels).collect();
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
    pub(super) fn outputs(&self) -> Array2<f64> {
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
    pub(super) fn add_atoms(&self, form: &mut Array2<f64>, own: &Array1<f64>, crossed: &Array1<f64>) {
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

/// A function of (0, 0) at the nodes of each class, from its modes.
fn at_nodes(setup: &BlockSetup, modes: &[f64]) -> Vec<Vec<f64>> {
    let radial = &setup.pairs[0].radial;
    modes.chunks_exact(setup.levels()).map(|modes| radial.dot(&ArrayView1::from(modes)).to_vec()).collect()
}

/// Matrices of each atom, transposed.
fn transposed(setup: &BlockSetup, matrices: &Array1<f64>) -> Array1<f64> {
    let count = setup.atoms();
    let dimension = setup.dimension();
    let place =
        |at: usize| (at / count % dimension * dimension + at / count / dimension) * count + at % count;
    (0..matrices.len()).map(|at| matrices[place(at)]).collect()
}

/// Rows of the shape (modes, …) times π.
pub(super) fn by_mode(setup: &BlockSetup, outputs: &Array2<f64>) -> Array2<f64> {
    outputs * &Array1::from(setup.mode_weights()).insert_axis(Axis(1))
}
