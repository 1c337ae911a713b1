//! What one harmonic degree of the fluctuations does: how it changes by itself, and what it adds to the
//! means.
//!
//! With B = (f̂' | √Λ f̂/r) the gradients of the output along (α, β), W the data's weights and w the
//! neurons', a field z = (α, β) with weights ν = √D ν̌ gives the output and the force
//!
//! ```text
//!   Ŷ_g = Σ_j w_j f̂_jg ν̌_j + D^(−½) Σ_j w_j B_jg z_j        ż = −2 (ψ'' | ψ'/r) z − 2 D^(−½) B W Ŷ
//! ```
//! The start enters by the response X of z to ν̌, whose covariance is N⁻¹ (δ_ij/w_i − δ_ℓ0); the samples by
//! the covariance Γ of z, driven by 4 Σ_g W_g e_g² B_g B_g^T (ℓ = 0: less the mean step).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::features::{DegreeFeatures, LawFeatures};
use super::setup::{Degree, Setup};

/// What a degree adds to the equations of the means; products of two fluctuations, in units of 1/N or of ε.
#[derive(Clone, Debug)]
pub(super) struct Effects {
    /// E η'α of each radius: the potential's slope fluctuates with the radius.
    pub radial: Array1<f64>,
    /// E (η''α + η'·β-part) of each radius, which shifts its mean.
    pub shift: Array1<f64>,
    /// E ν η' of each radius, without what ν does to itself.
    pub label: Array1<f64>,
    /// E Ŷ² at each node, without the part of ν alone.
    pub output: Array1<f64>,
}

/// One degree at one state of the law.
pub(super) struct DegreeAt<'a> {
    pub setup: &'a Setup,
    pub degree: Degree,
    pub own: &'a DegreeFeatures,
    /// −2 (ψ'' | ψ'/r), with the ridge.
    pub relaxation: ArrayView1<'a, f64>,
}

impl DegreeAt<'_> {
    fn weights(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&self.setup.weights[..])
    }

    /// D^(−½) w B^T, shape (G, 2M): outputs of a field.
    pub fn output_of_field(&self) -> Array2<f64> {
        let count = self.setup.weights.len();
        let mut outputs = self.own.gradient.t().to_owned();
        for (j, mut column) in outputs.columns_mut().into_iter().enumerate() {
            column *= self.setup.weights[j % count] / self.degree.root;
        }
        outputs
    }

    /// w f̂^T, shape (G, M): outputs of weights ν̌.
    pub fn output_of_labels(&self) -> Array2<f64> {
        &self.own.value.t() * &self.weights()
    }

    /// W_g D^(−½) Ŷ_g of outputs of the shape (G, …).
    fn weighted(&self, outputs: &Array2<f64>) -> Array2<f64> {
        let mut weighted = outputs.clone();
        for (node, mut row) in self.setup.nodes.iter().zip(weighted.rows_mut()) {
            row *= node.weight / self.degree.root;
        }
        weighted
    }

    /// Rate of a field: (2M, …) from itself and from its outputs (G, …).
    fn field_rate(&self, field: ArrayView2<f64>, outputs: &Array2<f64>) -> Array2<f64> {
        let mut rate = &field * &self.relaxation.insert_axis(Axis(1));
        rate.scaled_add(-2.0, &self.own.gradient.dot(&self.weighted(outputs)));
        rate
    }

    /// Numbers (…, M) of weights times the covariance of the weights, δ_ij/w_i − δ_ℓ0.
    pub fn times_start(&self, numbers: &Array2<f64>) -> Array2<f64> {
        let mut product = numbers / &self.weights();
        if self.degree.is_mean {
            product -= &numbers.sum_axis(Axis(1)).insert_axis(Axis(1));
        }
        product
    }

    /// What E Ŷ_g z_i, shape (G, 2M), adds to the means.
    fn effects(&self, correlation: &Array2<f64>, output: Array1<f64>) -> Effects {
        let count = self.setup.weights.len();
        let weighted = self.weighted(correlation);
        let of_field = |features: &Array2<f64>| (features * &weighted.t()).sum_axis(Axis(1));
        let radial = of_field(&self.own.gradient);
        let shift = of_field(&self.own.gradient_slope);
        Effects {
            radial: radial.slice(ndarray::s![..count]).to_owned(),
            shift: &shift.slice(ndarray::s![..count]) + &shift.slice(ndarray::s![count..]),
            label: Array1::zeros(count),
            output,
        }
    }

    /// Rate of the response to the start, and its effects.
    pub fn of_start(&self, response: ArrayView2<f64>) -> (Array2<f64>, Effects) {
        let of_field = self.output_of_field().dot(&response);
        let of_labels = self.output_of_labels();
        let outputs = &of_labels + &of_field;
        let rate = self.field_rate(response, &outputs);
        let correlation = self.times_start(&outputs);
        let variance = (&correlation * &outputs).sum_axis(Axis(1));
        let own = (&self.times_start(&of_labels) * &of_labels).sum_axis(Axis(1));
        let mut effects = self.effects(&correlation.dot(&response.t()), variance - own);
        effects.label = self.label_force(&self.times_start(&of_field));
        (rate, effects)
    }

    /// E ν_i η'_i = Σ_g W_g f̂'(i, g) E Ŷ_g ν̌_i.
    fn label_force(&self, correlation: &Array2<f64>) -> Array1<f64> {
        let count = self.setup.weights.len();
        let weights: Array1<f64> = self.setup.nodes.iter().map(|node| node.weight).collect();
        let slopes = self.own.gradient.slice(ndarray::s![..count, ..]);
        (&slopes * &correlation.t()).dot(&weights)
    }

    /// Rate of the covariance that samples cause, without their source, and its effects.
    pub fn of_steps(&self, covariance: ArrayView2<f64>) -> (Array2<f64>, Effects) {
        let of_field = self.output_of_field();
        let outputs = of_field.dot(&covariance);
        let half = self.field_rate(covariance, &outputs);
        let variance = (&outputs * &of_field).sum_axis(Axis(1));
        (&half + &half.t(), self.effects(&outputs, variance))
    }

    /// The samples' source of the covariance, for these squares of the residual: second moments of a step,
    /// for ℓ = 0 less those of its mean −2ψ'.
    pub fn source(&self, features: &LawFeatures, squares: &[f64]) -> Array2<f64> {
        let mut weighted = self.own.gradient.clone();
        for (g, mut column) in weighted.columns_mut().into_iter().enumerate() {
            column *= 4.0 * self.setup.nodes[g].weight * squares[g];
        }
        let mut source = weighted.dot(&self.own.gradient.t());
        if self.degree.is_mean {
            let slopes = &features.potential[1];
            for (i, own) in slopes.iter().enumerate() {
                for (j, other) in slopes.iter().enumerate() {
                    source[[i, j]] -= 4.0 * own * other;
                }
            }
        }
        source
    }
}
