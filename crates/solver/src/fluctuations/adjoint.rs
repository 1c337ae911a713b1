//! The equations backwards from one time t: how R(t) depends on where neurons were at s, to second order.
//! They give the second chaos, the variance of the quadratic part of R's fluctuations, which the first order
//! in N and ε leaves out; and b, c, v_N, v_ε once more, independently of the forward equations.
//!
//! With R(t) = Σ_j w_j (μ_j ν_j + λ_j δr_j) + Σ_ℓ z_ℓ^T P_ℓ z_ℓ, z = (ν/√D, α, β), L the linear rate of z, Q
//! its outputs and H_g = Σ_j w_j λ_j f_0'(j, g):
//!
//! ```text
//!   −λ̇ = −2ψ'' λ − 2 Σ_g W_g f_0' H_g          −Ṗ = L^T P + P L − (V^T Q + Q^T V) + diagonal parts
//!   Var₂ = Σ_ℓ (2/D) Tr[(P Γ(0))²] + Σ_ℓ ∫ (εξ/D) Σ_g W_g k_g^T Γ(s) k_g ds
//!   k_g = 2 P v_g − 2√D H_g Q_g + 2e_g w λ (0 | f̂'' | √Λ f̂'/r)        (ℓ = 0: less its mean over g)
//! ```
//! k_g is what one sample does to R through the present fluctuation: the second and the third part are the
//! sample's own dependence on it. Covariances of the first with the third chaos, of the same order, are left
//! out.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate, s};

use super::backward::{Adjoint, Backward, BackwardEquations, Integrals, go_back};
use super::effects::DegreeAt;
use super::features::DegreeFeatures;
use super::forward::{Forward, Kick};
use super::history::{BackwardStep, History};
use super::layout::Layout;
use super::setup::Setup;

/// One moment of the way.
struct Here<'a> {
    forward: &'a Forward,
    state: &'a [f64],
    relaxation: Vec<f64>,
    /// H_g.
    heights: Vec<f64>,
    /// w_j λ_j.
    slopes: Array1<f64>,
}

/// Goes back from s; None beyond the history.
pub(super) fn backward(history: &History<Setup>, clock: f64) -> Option<Backward> {
    let (mut forward, start) = Forward::new(history.setup.clone());
    go_back(history, &mut forward, &start, clock)
}

/// Σ_j w_j U and each neuron's U', of the degrees that are left out, all of U(θ, θ) less those at hand.
fn self_interaction_left_out(forward: &Forward) -> (f64, Array1<f64>) {
    let setup = &forward.setup;
    let count = setup.weights.len();
    let mut value = 0.0;
    let mut slopes = Array1::from_iter(forward.features.own[1].iter().map(|half| 2.0 * half));
    for i in 0..count {
        let mut own = forward.features.own[0][i];
        for features in &forward.features.degrees {
            for (g, node) in setup.nodes.iter().enumerate() {
                let f = features.value[[i, g]];
                own -= node.weight * f * f;
                slopes[i] -= 2.0 * node.weight * f * features.gradient[[i, g]];
            }
        }
        value += setup.weights[i] * own;
    }
    (value, slopes)
}

impl BackwardEquations for Forward {
    fn noise_in(&self, stretch: &BackwardStep) -> [f64; 3] {
        stretch.noise(|clock| self.setup.rate_at(clock), |clock| self.setup.noise_until(clock))
    }

    fn at_the_end(&mut self, state: &[f64]) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let setup = &self.setup;
        let weights = ArrayView1::from(&setup.weights[..]);
        let [value, slope, curvature, _] =
            self.features.potential.each_ref().map(|psi| Array1::from(psi.clone()));
        let relaxation = self.features.relaxation(setup);
        let quadratic = self.degrees(&relaxation).map(|(_, degree)| {
            let outputs = degree.outputs();
            let mut form = outputs.t().dot(&by_node(setup, &outputs));
            let own = &curvature * &weights;
            let crossed = &slope * &weights * degree.degree.root;
            add_diagonals(&mut form, &own, &crossed);
            form
        });
        Some(Adjoint {
            quadratic: quadratic.collect(),
            rows: [2.0 * value, 2.0 * slope, &curvature * &weights],
            integrals: Integrals::default(),
        })
    }

    fn rate_backwards(&mut self, adjoint: &Adjoint, state: &[f64], noise: f64) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let here = Here::new(self, state, &adjoint.rows[1]);
        let squares = self.features.squared_residuals(&self.setup);
        let mut integrals = here.integrals_of_neurons(&adjoint.rows, &self.kick(&squares));
        let mut quadratic = Vec::with_capacity(adjoint.quadratic.len());
        for ((l, degree), form) in self.degrees(&here.relaxation).zip(&adjoint.quadratic) {
            quadratic.push(here.quadratic_rate(&degree, form));
            here.add_degree(&degree, l, form, &adjoint.rows[2], &squares, &mut integrals);
        }
        let integrals = integrals.with_noise(noise);
        Some(Adjoint { rows: here.rows_rate(&adjoint.rows), quadratic, integrals })
    }

    fn left_out(&self) -> f64 {
        self_interaction_left_out(self).0
    }

    fn found(&mut self, adjoint: &Adjoint, start: &[f64], left_out: f64) -> Backward {
        self.look(start);
        let setup = &self.setup;
        let weights = ArrayView1::from(&setup.weights[..]);
        let gradient = &adjoint.rows[0] * &weights;
        let mean = gradient.sum();
        let relaxation = self.features.relaxation(setup);
        let count = setup.weights.len();
        let mut bias = left_out;
        let mut second = 0.0;
        for ((_, degree), form) in self.degrees(&relaxation).zip(&adjoint.quadratic) {
            let of_labels = form.slice(s![..count, ..count]).to_owned();
            let product = degree.times_start(&of_labels);
            bias += product.diag().sum();
            second += 2.0 / degree.degree.root.powi(2) * (&product * &product.t()).sum();
        }
        let [of_steps, spread_of_steps] = adjoint.integrals.steps;
        let spread = (&gradient * &adjoint.rows[0]).sum() - mean * mean;
        let [crossed, of_samples] = adjoint.integrals.second;
        Backward { first: [bias, of_steps, spread, spread_of_steps], second: [second, crossed, of_samples] }
    }
}

impl<'a> Here<'a> {
    fn new(forward: &'a Forward, state: &'a [f64], slopes: &Array1<f64>) -> Self {
        let setup = &forward.setup;
        let heights = forward.features.output_of(setup, 1, &slopes.to_vec());
        let weighted = slopes * &ArrayView1::from(&setup.weights[..]);
        Self { forward, state, relaxation: forward.features.relaxation(setup), heights, slopes: weighted }
    }

    /// c's share that no degree carries, and the parts of b and v_Nε that the degrees at hand leave out.
    fn integrals_of_neurons(&self, rows: &[Array1<f64>; 3], kick: &Kick) -> Integrals {
        let mut integrals = Integrals::default();
        let (_, left_out) = self_interaction_left_out(self.forward);
        for i in 0..self.slopes.len() {
            integrals.steps[0] += self.slopes[i] * kick.shift[i] + rows[2][i] * kick.variance[i];
            integrals.left_out -= self.slopes[i] * left_out[i];
        }
        integrals.second[0] += self.degrees_left_out(&rows[1]);
        integrals
    }

    /// Σ_g W_g H_g f_0^(order)(i, g).
    fn force(&self, order: usize) -> Array1<f64> {
        let nodes = &self.forward.setup.nodes;
        let weighted: Array1<f64> =
            nodes.iter().zip(&self.heights).map(|(node, h)| node.weight * h).collect();
        self.forward.features.mean[order].dot(&weighted)
    }

    fn rows_rate(&self, rows: &[Array1<f64>; 3]) -> [Array1<f64>; 3] {
        let setup = &self.forward.setup;
        let weights = ArrayView1::from(&setup.weights[..]);
        let along = ArrayView1::from(&self.relaxation[..setup.weights.len()]);
        [
            -2.0 * self.force(0),
            &along * &rows[1] - 2.0 * self.force(1),
            2.0 * &along * &rows[2] - self.own_curvature(&weights),
        ]
    }

    /// What the degrees that are left out add to v_Nε: there k_g is H_g σ − e_g λ ∂_r σ of single neurons,
    /// twice; all degrees less those at hand.
    fn degrees_left_out(&self, slopes: &Array1<f64>) -> f64 {
        let setup = &self.forward.setup;
        let features = &self.forward.features;
        let mut sum = 0.0;
        for (g, node) in setup.nodes.iter().enumerate() {
            let height = self.heights[g];
            for (i, weight) in setup.weights.iter().enumerate() {
                let steep = features.residuals[g] * slopes[i];
                let all = height.powi(2) * features.square[[i, g]]
                    - 2.0 * height * steep * features.square_half_slope[[i, g]]
                    + steep.powi(2) * features.square_gradient[0][[i, g]];
                let of_degree = |degree: &DegreeFeatures| {
                    (height * degree.value[[i, g]] - steep * degree.gradient[[i, g]]).powi(2)
                };
                let at_hand: f64 = features.degrees.iter().map(of_degree).sum();
                sum += 4.0 * node.weight * weight * (all - at_hand);
                if setup.label_variance > 0.0 {
                    let degrees = features.degrees.iter().map(|degree| degree.gradient[[i, g]].powi(2));
                    let rest = features.square_gradient[0][[i, g]] - degrees.sum::<f64>();
                    let noise = setup.label_variance * slopes[i].powi(2);
                    sum += 4.0 * node.weight * weight * noise * rest;
                }
            }
        }
        sum
    }

    /// w λ ψ''' + w Σ_g W_g H_g f_0''.
    fn own_curvature(&self, weights: &ArrayView1<f64>) -> Array1<f64> {
        let third = ArrayView1::from(&self.forward.features.potential[3][..]);
        &self.slopes * &third + &(weights * &self.force(2))
    }

    /// L^T P + P L + B.
    fn quadratic_rate(&self, degree: &DegreeAt, form: &Array2<f64>) -> Array2<f64> {
        let setup = &self.forward.setup;
        let weights = ArrayView1::from(&setup.weights[..]);
        let count = weights.len();
        let root = degree.degree.root;
        let outputs = degree.outputs();
        let mut relaxation = Array1::zeros(3 * count);
        relaxation.slice_mut(s![count..]).assign(&ArrayView1::from(&self.relaxation[..]));
        // P F, F = −2 D^(−½) B W the force of an output, less V^T: what a force does to R beside.
        let of_field = form.slice(s![.., count..]).dot(&degree.own.gradient);
        let mut forced = -2.0 / root * of_field;
        let beside = self.sensitivity(degree, 1.0 / root);
        forced.slice_mut(s![count.., ..]).scaled_add(-1.0, &beside);
        let mut half = form * &relaxation + forced.dot(&by_node(setup, &outputs));
        // The diagonal parts, halved: they are added to their own transpose.
        let own = -0.5 * self.own_curvature(&weights);
        let crossed = -0.5 * root * &(&weights * &self.force(1));
        add_diagonals(&mut half, &own, &crossed);
        &half + &half.t()
    }

    /// w λ times the radial derivative of the gradients, times a factor, shape (2M, G).
    fn sensitivity(&self, degree: &DegreeAt, factor: f64) -> Array2<f64> {
        let count = self.slopes.len();
        let mut rows = degree.own.gradient_slope.clone();
        for (i, mut row) in rows.rows_mut().into_iter().enumerate() {
            row *= factor * self.slopes[i % count];
        }
        rows
    }

    /// What one degree adds to the integrals.
    fn add_degree(
        &self,
        degree: &DegreeAt,
        index: usize,
        form: &Array2<f64>,
        diagonal: &Array1<f64>,
        squares: &[f64],
        integrals: &mut Integrals,
    ) {
        let count = self.slopes.len();
        let source = degree.source(&self.forward.features, squares);
        let of_field = form.slice(s![count.., count..]);
        integrals.steps[0] += (&of_field * &source).sum();
        integrals.steps[0] -= (diagonal * &source.diag().slice(s![..count])).sum();
        if degree.degree.is_mean {
            let radial = source.slice(s![..count, ..count]);
            integrals.steps[1] += self.slopes.dot(&radial.dot(&self.slopes));
        }
        let [of_start, of_steps] = self.variances(degree, index, &self.kicks(degree, form));
        integrals.second[0] += of_start / degree.degree.root.powi(2);
        integrals.second[1] += of_steps / degree.degree.root.powi(2);
        let noise = self.forward.setup.label_variance;
        if noise > 0.0 {
            let [of_start, of_steps] = self.variances(degree, index, &self.kicks_of_labels(degree, form));
            integrals.second[0] += noise * of_start / degree.degree.root.powi(2);
            integrals.second[1] += noise * of_steps / degree.degree.root.powi(2);
        }
    }

    /// k_g, shape (3M, G).
    fn kicks(&self, degree: &DegreeAt, form: &Array2<f64>) -> Array2<f64> {
        let setup = &self.forward.setup;
        let count = self.slopes.len();
        let residuals = ArrayView1::from(&self.forward.features.residuals[..]);
        let steps = &degree.own.gradient * &(2.0 * &residuals);
        let mut kicks = 2.0 * form.slice(s![.., count..]).dot(&steps);
        let heights = ArrayView1::from(&self.heights[..]);
        kicks.scaled_add(-2.0 * degree.degree.root, &(&degree.outputs().t() * &heights));
        let beside = self.sensitivity(degree, 2.0) * residuals;
        kicks.slice_mut(s![count.., ..]).scaled_add(1.0, &beside);
        if degree.degree.is_mean {
            let weights: Array1<f64> = setup.nodes.iter().map(|node| node.weight).collect();
            kicks -= &kicks.dot(&weights).insert_axis(Axis(1));
        }
        kicks
    }

    /// What a unit of a label's noise adds to k_g, shape (3M, G): it moves no output.
    fn kicks_of_labels(&self, degree: &DegreeAt, form: &Array2<f64>) -> Array2<f64> {
        let count = self.slopes.len();
        let mut kicks = 4.0 * form.slice(s![.., count..]).dot(&degree.own.gradient);
        let beside = self.sensitivity(degree, 2.0);
        kicks.slice_mut(s![count.., ..]).scaled_add(1.0, &beside);
        kicks
    }

    /// Σ_g W_g k_g^T Γ k_g with the covariances of the N part and of the ε part.
    fn variances(&self, degree: &DegreeAt, index: usize, kicks: &Array2<f64>) -> [f64; 2] {
        let setup = &self.forward.setup;
        let count = self.slopes.len();
        let layout: Layout = self.forward.layout;
        let of_field = kicks.slice(s![count.., ..]);
        let of_labels =
            &kicks.slice(s![..count, ..]) + &layout.response(self.state, index).t().dot(&of_field);
        let of_labels = of_labels.t().to_owned();
        let start = (&degree.times_start(&of_labels) * &of_labels).sum_axis(Axis(1));
        let steps = (&layout.covariance(self.state, index).dot(&of_field) * &of_field).sum_axis(Axis(0));
        let weights: Array1<f64> = setup.nodes.iter().map(|node| node.weight).collect();
        [start.dot(&weights), self.forward.unit * steps.dot(&weights)]
    }
}

impl DegreeAt<'_> {
    /// Q: outputs of (ν/√D, α, β), shape (G, 3M).
    fn outputs(&self) -> Array2<f64> {
        let parts = [self.output_of_labels(), self.output_of_field()];
        concatenate![Axis(1), parts[0], parts[1]]
    }
}

/// Rows of the shape (G, …) times the data's weights.
fn by_node(setup: &Setup, outputs: &Array2<f64>) -> Array2<f64> {
    let mut weighted = outputs.clone();
    for (node, mut row) in setup.nodes.iter().zip(weighted.rows_mut()) {
        row *= node.weight;
    }
    weighted
}

/// Adds a diagonal to the block αα, and another to the blocks αν and να, of a form of the shape (3M, 3M).
fn add_diagonals(form: &mut Array2<f64>, own: &Array1<f64>, crossed: &Array1<f64>) {
    let count = own.len();
    for i in 0..count {
        form[[count + i, count + i]] += own[i];
        form[[i, count + i]] += crossed[i];
        form[[count + i, i]] += crossed[i];
    }
}
