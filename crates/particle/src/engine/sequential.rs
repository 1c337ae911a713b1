//! One sample after the other, as the equation says.

use meanfield_kernel::reduction::{dot, sum};
use meanfield_model::unit::Unit;
use ndarray::{Array2, Axis};

use super::rule::Rule;
use super::training::{Batch, Engine};

/// One sample at a time; neurons with ∇σ_* = 0 are left alone. The instruction set is chosen at run time;
/// on one instruction set the bits are always the same (sums are ordered by its vector length).
#[derive(Clone)]
pub struct Sequential {
    arch: pulp::Arch,
    rule: Rule,
    seed: u64,
    weights: Array2<f64>,
    z: Vec<f64>,
    value: Vec<f64>,
    slope: Vec<f64>,
}

impl Sequential {
    /// A network of these parameters, shape (neuron, D), and the seed of its noise.
    pub fn new(rule: Rule, weights: Array2<f64>, seed: u64) -> Self {
        let [z, value, slope] = [0; 3].map(|_| vec![0.0; weights.nrows()]);
        let weights = weights.as_standard_layout().into_owned(); // rows side by side
        Self { arch: pulp::Arch::new(), rule, seed, weights, z, value, slope }
    }

    /// The step of one sample (after a constant 1, where there is b), without ridge and noise: relative to
    /// what the ridge will leave.
    fn learn(&mut self, x: &[f64], label: f64, step_size: f64) {
        let rule = &self.rule;
        let outer = rule.unit.outer();
        let gain = |c: usize| rule.gain(rule.groups.of_coordinate(rule.unit, c), step_size);
        let moves: Vec<f64> = x.iter().enumerate().map(|(i, x)| gain(outer + i) * x).collect();
        let outer_gain = gain(0);
        let Self { arch, rule, weights, z, value, slope, .. } = self;
        if let Some(weights) = weights.as_slice_mut() {
            let sample = (x, label);
            let moves = &moves;
            arch.dispatch(Step { rule, weights, sample, moves, outer_gain, step_size, z, value, slope });
        }
    }
}

impl Engine for Sequential {
    fn train(&mut self, batch: &Batch) {
        let affine = self.rule.unit == Unit::Affine;
        let samples = batch.x.axis_iter(Axis(0)).zip(batch.y).zip(batch.step_sizes);
        for (step, ((x, y), step_size)) in samples.enumerate() {
            let before = affine.then_some(1.0);
            let x: Vec<f64> = before.into_iter().chain(x.iter().copied()).collect();
            // ŷ and ∇σ_* are those of θ_k: the gradient comes first.
            self.learn(&x, *y, *step_size);
            let lengths = [*step_size, batch.cooling_at(step)];
            self.rule.shrink_and_disturb(&mut self.weights, lengths, self.seed, batch.first + step as u64);
        }
    }

    fn weights(&self) -> Array2<f64> {
        self.weights.clone()
    }

    fn block(&self) -> usize {
        1
    }

    fn fork(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

/// One step and its buffers.
struct Step<'a> {
    rule: &'a Rule,
    weights: &'a mut [f64],
    /// (x, y).
    sample: (&'a [f64], f64),
    /// x, each coordinate times its group's gain.
    moves: &'a [f64],
    /// That of a.
    outer_gain: f64,
    step_size: f64,
    z: &'a mut [f64],
    value: &'a mut [f64],
    slope: &'a mut [f64],
}

impl pulp::WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { rule, weights, sample: (x, y), moves, outer_gain, step_size, z, value, slope } = self;
        let outer = rule.unit.outer();
        let rows = outer + x.len();
        for (z, row) in z.iter_mut().zip(weights.chunks_exact(rows)) {
            *z = dot::<S, 2>(simd, &row[outer..], x);
        }
        rule.activation.evaluate(z, value, slope);
        let output = match rule.unit {
            Unit::Inner => sum(simd, value),
            Unit::Affine => value.iter().zip(weights.chunks_exact(rows)).map(|(v, row)| v * row[0]).sum(),
        };
        let push = rule.push(step_size, y, output / value.len() as f64);
        for ((slope, value), row) in slope.iter().zip(value).zip(weights.chunks_exact_mut(rows)) {
            let (a, row) = row.split_at_mut(outer);
            let factor = push * slope * a.first().copied().unwrap_or(1.0);
            a.iter_mut().for_each(|a| *a += outer_gain * push * *value);
            if factor != 0.0 {
                row.iter_mut().zip(moves).for_each(|(w, x)| *w += factor * x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
    use meanfield_model::loss::Loss;
    use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
    use ndarray::array;

    fn sigmas() -> [Activation; 2] {
        let kinked = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let smooth = Smooth {
            shape: Shape::Tanh,
            place: Placement { height: 2.0, offset: 0.5, ..Placement::default() },
        };
        [Activation::PiecewiseLinear(kinked), Activation::Smooth(smooth)]
    }

    /// The equation as printed, with ndarray and no buffers.
    fn textbook(
        (sigma, loss): (&Activation, Loss),
        weights: &Array2<f64>,
        x: &ndarray::Array1<f64>,
        y: f64,
        s: f64,
    ) -> Array2<f64> {
        let z = weights.dot(x);
        let output = z.mapv(|z| sigma.value(z)).mean().expect("neurons");
        let push = if loss == Loss::Squared { 2.0 * s * (y - output) } else { -s * loss.slope(y, output) };
        let mut next = weights.clone();
        for (mut w, z) in next.rows_mut().into_iter().zip(&z) {
            w.scaled_add(push * sigma.slope(*z), x);
        }
        next
    }

    #[test]
    fn a_step_is_the_equation() {
        let weights = array![[0.9, 0.1, -0.3], [0.4, 0.8, 0.2], [-1.0, 0.2, 0.1], [2.0, 2.0, 2.0]];
        let x = array![[1.0, 0.5, -0.2], [0.3, 1.2, 0.4]];
        let y = [1.0, -1.0];
        let step_sizes = [0.05, 0.02];
        for sigma in sigmas() {
            for loss in Loss::ALL {
                let groups = ParameterGroups::default();
                let activation = sigma.clone();
                let rule = Rule { activation, loss, unit: Unit::Inner, ridge: 0.0, temperature: 0.0, groups };
                let mut exact = weights.clone();
                let batch = Batch { x: x.view(), y: &y, step_sizes: &step_sizes, cooling: &[], first: 0 };
                let mut engine = Sequential::new(rule, weights.clone(), 0);
                engine.train(&batch);
                let trained = engine.weights();
                for k in 0..2 {
                    exact = textbook((&sigma, loss), &exact, &x.row(k).to_owned(), y[k], step_sizes[k]);
                }
                assert!((&trained - &exact).iter().all(|e| e.abs() < 1e-15), "{trained}\n{exact}");
                assert_ne!(trained.row(0), weights.row(0));
            }
        }
    }

    #[test]
    fn groups_have_their_own_steps_and_ridge() {
        let group = |factor: f64, has_ridge: bool| ParameterGroup { factor, has_ridge };
        let groups = ParameterGroups { a: group(0.0, true), b: group(2.0, false), w: group(0.5, true) };
        let [activation, _] = sigmas();
        let (ridge, s, y) = (0.3, 0.05, 1.0);
        let rule = Rule {
            activation: activation.clone(),
            loss: Loss::Squared,
            unit: Unit::Affine,
            ridge,
            temperature: 0.0,
            groups,
        };
        let [a, b, w, x] = [0.7, 0.4, 0.6, 1.2];
        let mut engine = Sequential::new(rule, array![[a, b, w]], 0);
        let input = array![[x]];
        engine.train(&Batch { x: input.view(), y: &[y], step_sizes: &[s], cooling: &[], first: 0 });
        let z = w * x + b;
        let gain = 2.0 * s * (y - a * activation.value(z)) * a * activation.slope(z);
        let exact = array![[a, b + 2.0 * gain, (1.0 - ridge * s) * w + 0.5 * gain * x]];
        assert!((&engine.weights() - &exact).iter().all(|e| e.abs() < 1e-15), "{} {exact}", engine.weights());
        assert!(gain.abs() > 1e-3);
    }
}
