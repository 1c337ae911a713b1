//! What one pair of degrees of the fluctuations does: how it changes by itself, and what it adds to the
//! means.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use super::features::{BlockFeatures, PairFeatures, Relaxation};
use super::setup::{BlockSetup, HarmonicPair};

/// What a pair adds to the equations of the means; products of two fluctuations, in units of 1/N or of ε.
#[derive(Clone, Debug)]
pub(super) struct BlockEffects {
    /// E ∂_kη α_l of each atom.
    pub along: Vec<f64>,
    /// E (∂_k∂_lη α_l + …) of each atom.
    pub shift: Vec<f64>,
    /// E ν ∂_kη of each atom, without what ν does to itself.
    pub label: Vec<f64>,
    /// E Ŷ² of each mode, without the part of ν alone.
    pub output: Array1<f64>,
}

/// One pair at one law.
pub(super) struct PairAt<'a> {
    pub setup: &'a BlockSetup,
    pub pair: &'a HarmonicPair,
    pub own: &'a PairFeatures,
    pub relaxation: &'a Relaxation,
}

impl BlockEffects {
    /// No effects.
    pub fn none(setup: &BlockSetup) -> Self {
        let [vector, matrix] = [1, 2].map(|power| setup.dimension().pow(power) * setup.atoms());
        Self {
            along: vec![0.0; matrix],
            shift: vec![0.0; vector],
            label: vec![0.0; vector],
            output: Array1::zeros(setup.modes_of_data()),
        }
    }

    /// Adds those of another pair.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.along, &other.along),
            (&mut self.shift, &other.shift),
            (&mut self.label, &other.label),
        ] {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self.output += &other.output;
    }
}

impl PairAt<'_> {
    fn count(&self) -> usize {
        self.setup.atoms()
    }

    fn weights(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&self.setup.weights[..])
    }

    /// D^(−½) w B^T, of the shape (modes, field): outputs of a field.
    pub fn output_of_field(&self) -> Array2<f64> {
        let mut outputs = self.own.gradient.t().to_owned();
        for (j, mut column) in outputs.columns_mut().into_iter().enumerate() {
            column *= self.setup.weights[j % self.count()] / self.pair.root;
        }
        outputs
    }

    /// w F^T, of the shape (modes, atoms): outputs of weights ν̌.
    pub fn output_of_labels(&self) -> Array2<f64> {
        &self.own.value.t() * &self.weights()
    }

    /// π D^(−½) Ŷ of outputs of the shape (modes, …).
    pub fn weighted(&self, outputs: &Array2<f64>) -> Array2<f64> {
        let mut weighted = outputs.clone();
        for (weight, mut row) in self.setup.mode_weights().into_iter().zip(weighted.rows_mut()) {
            row *= weight / self.pair.root;
        }
        weighted
    }

    /// H times a field.
    pub fn relaxed(&self, field: ArrayView2<f64>) -> Array2<f64> {
        let count = self.count();
        let dimension = self.setup.dimension();
        let mut rate = Array2::zeros(field.raw_dim());
        for k in 0..dimension {
            for l in 0..dimension {
                for i in 0..count {
                    let share = self.relaxation.along[(k * dimension + l) * count + i];
                    rate.row_mut(k * count + i).scaled_add(share, &field.row(l * count + i));
                }
            }
        }
        for (t, (block, _)) in self.pair.across.iter().enumerate() {
            for i in 0..count {
                let row = (dimension + t) * count + i;
                rate.row_mut(row).scaled_add(self.relaxation.across[*block][i], &field.row(row));
            }
        }
        rate
    }

    /// Rate of a field of the shape (field, …) from itself and from its outputs.
    fn field_rate(&self, field: ArrayView2<f64>, outputs: &Array2<f64>) -> Array2<f64> {
        let mut rate = self.relaxed(field);
        rate.scaled_add(-2.0, &self.own.gradient.dot(&self.weighted(outputs)));
        rate
    }

    /// Numbers (…, atoms) of weights times the covariance of the weights, δ_ij/w_i − δ_L0.
    pub fn times_start(&self, numbers: &Array2<f64>) -> Array2<f64> {
        let mut product = numbers / &self.weights();
        if self.pair.is_mean() {
            product -= &numbers.sum_axis(Axis(1)).insert_axis(Axis(1));
        }
        product
    }

    /// What E Ŷ_m z_i, of the shape (modes, field), adds to the means.
    fn effects(&self, correlation: &Array2<f64>, output: Array1<f64>) -> BlockEffects {
        let count = self.count();
        let dimension = self.setup.dimension();
        let mut effects = BlockEffects { output, ..BlockEffects::none(self.setup) };
        let weighted = self.weighted(correlation);
        for k in 0..dimension {
            let gradient = self.own.gradient.slice(s![k * count..(k + 1) * count, ..]);
            for l in 0..dimension {
                let field = weighted.slice(s![.., l * count..(l + 1) * count]);
                let from = (k * dimension + l) * count;
                let product = (&gradient * &field.t()).sum_axis(Axis(1));
                effects.along[from..from + count].copy_from_slice(&product.to_vec());
            }
            let of_field = (&self.own.slopes[k] * &weighted.t()).sum_axis(Axis(1));
            for (place, product) in of_field.iter().enumerate() {
                effects.shift[k * count + place % count] += product;
            }
        }
        effects
    }

    /// Rate of the response to the start, and its effects.
    pub fn of_start(&self, response: ArrayView2<f64>) -> (Array2<f64>, BlockEffects) {
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

    /// E ν_i ∂_kη = Σ_m π_m ∂_kF(i, m) E Ŷ_m ν̌_i.
    fn label_force(&self, correlation: &Array2<f64>) -> Vec<f64> {
        let count = self.count();
        let weights = Array1::from(self.setup.mode_weights());
        let of_coordinate = |k: usize| {
            let gradient = self.own.gradient.slice(s![k * count..(k + 1) * count, ..]);
            (&gradient * &correlation.t()).dot(&weights).to_vec()
        };
        (0..self.setup.dimension()).flat_map(of_coordinate).collect()
    }

    /// Rate of the covariance that samples cause, without their source, and its effects.
    pub fn of_steps(&self, covariance: ArrayView2<f64>) -> (Array2<f64>, BlockEffects) {
        let of_field = self.output_of_field();
        let outputs = of_field.dot(&covariance);
        let half = self.field_rate(covariance, &outputs);
        let variance = (&outputs * &of_field).sum_axis(Axis(1));
        (&half + &half.t(), self.effects(&outputs, variance))
    }

    /// 4 Σ_c π_c B_c E[h R R^T] B_c^T for weights h at the nodes of each class.
    pub fn second_moments(&self, weights: &[Vec<f64>]) -> Array2<f64> {
        let levels = self.setup.levels();
        let gradient = &self.own.gradient;
        let mut moments = Array2::zeros((gradient.nrows(), gradient.nrows()));
        for (c, (class, weights)) in self.setup.modes.data().classes.iter().zip(weights).enumerate() {
            let part = gradient.slice(s![.., c * levels..(c + 1) * levels]);
            let products = self.products(weights) * (4.0 * class.weight);
            moments += &part.dot(&products).dot(&part.t());
        }
        moments
    }

    /// E h R_m R_m' of one class.
    pub fn products(&self, weights: &[f64]) -> Array2<f64> {
        let mut weighted = self.pair.radial.clone();
        for ((mut row, node), weight) in weighted.rows_mut().into_iter().zip(&self.setup.nodes).zip(weights) {
            row *= node.weight * weight;
        }
        weighted.t().dot(&self.pair.radial)
    }

    /// The samples' source of the covariance, for these squares of the residual: second moments of a step,
    /// for L = 0 less those of its mean −2 ∂ψ.
    pub fn source(&self, features: &BlockFeatures, squares: &[Vec<f64>]) -> Array2<f64> {
        let mut source = self.second_moments(squares);
        if self.pair.is_mean() {
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
