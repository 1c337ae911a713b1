//! The law on nodes with its fluctuations, step by step: exact for a law at rest, of the second order in how
//! it moves. Sources enter by Simpson's rule, since a sample's effect decays within a step or two at first.

use ndarray::{Array1, Array2};

use super::exponential::{exponential, propagated};
use super::model::{LawMoment, NoisyModel};
use super::sources::outer;
use crate::fluctuations::statistics::Statistics;

/// A step takes this share of the time in which samples act on harmonics of degree 1, d/(2 E|∇σ_*|²), and at
/// first much less.
const SHARE: f64 = 1.0;
const FIRST: f64 = 0.02;
/// A step is at most the first one and this share of the time reached.
const GROWTH: f64 = 0.03;

/// What independent neurons, or single samples, have made.
#[derive(Clone, Debug)]
pub(super) struct NoisyPart {
    /// g of each degree.
    pub covariances: Vec<Array2<f64>>,
    /// p₂.
    pub shift: Array1<f64>,
}

/// The law with its fluctuations at s.
#[derive(Clone, Debug)]
pub(super) struct NoisyEvolution {
    pub model: NoisyModel,
    pub moment: LawMoment,
    /// In units of 1/N, and of ε.
    pub parts: [NoisyPart; 2],
    /// s.
    pub clock: f64,
    /// Steps are so many times as long.
    pace: f64,
    /// Evaluations of rates so far.
    pub evaluations: u64,
}

/// What the equations backwards need of a step.
#[derive(Clone, Debug)]
pub(super) struct NoisyStep {
    /// s at its start.
    pub from: f64,
    pub length: f64,
    /// ∫ξ ds over it.
    pub noise: f64,
    /// The law in its middle, and at its end.
    pub middle: LawMoment,
    pub end: Array1<f64>,
    /// The propagators of its halves, by degree.
    pub halves: Vec<Array2<f64>>,
    /// The covariances in its middle, of 1/N and ε.
    pub covariances: [Vec<Array2<f64>>; 2],
}

/// Sources at the start, in the middle and at the end of a step.
struct Simpson<'a, S> {
    sources: [&'a S; 3],
    /// The length of the step, or the share of noise in it.
    weight: f64,
}

impl NoisyEvolution {
    /// At s = 0, with steps so many times as long as is usual.
    pub fn new(mut model: NoisyModel, pace: f64) -> Self {
        let mass = Array1::from(model.setup.weights.clone());
        let moment = model.moment(mass);
        let count = model.radii.len();
        let none = || NoisyPart {
            covariances: vec![Array2::zeros((count, count)); model.outputs.len()],
            shift: Array1::zeros(count),
        };
        let mut parts = [none(), none()];
        parts[0].covariances[0] = -outer(&moment.mass);
        Self { model, moment, parts, clock: 0.0, pace, evaluations: 0 }
    }

    /// The length of the next step towards s = `until`, which a whole number of such steps reaches.
    pub fn next_length(&self, until: f64) -> f64 {
        let gain = self.step_gain();
        let longest = SHARE * self.model.dimension / gain;
        let usual = self.pace * longest.min(FIRST * longest + GROWTH * self.clock);
        let left = until - self.clock;
        left / (left / usual - 1e-9).ceil().max(1.0)
    }

    /// 2 E|∇σ_*|².
    fn step_gain(&self) -> f64 {
        let ones = vec![0.25; self.model.setup.nodes.len()];
        let [along, across] = self.model.features.noise(&self.model.setup, &ones).map(Array1::from);
        2.0 * self.moment.mass.dot(&(along + across))
    }

    /// One step.
    pub fn step(&mut self, length: f64) -> NoisyStep {
        let setup = &self.model.setup;
        let noise = setup.noise_until(self.clock + length) - setup.noise_until(self.clock);
        let middle = self.middle(length);
        let end = propagated(&middle.generator, length, &self.moment.mass);
        let end = self.model.moment(end);
        let halves = self.halves(&middle, length);
        let before = [0, 1].map(|part: usize| self.model.correlated_force(&self.parts[part].covariances));
        let covariances = self.step_covariances(&middle, &end, &halves, [length, noise]);
        self.step_shifts(&middle, &end, &halves[0], [length, noise], &before, &covariances);
        let step =
            NoisyStep { from: self.clock, length, noise, middle, end: end.mass.clone(), halves, covariances };
        self.moment = end;
        self.clock += length;
        self.evaluations += 3;
        step
    }

    /// The law half a step later.
    fn middle(&mut self, length: f64) -> LawMoment {
        let quarter = propagated(&self.moment.generator, 0.25 * length, &self.moment.mass);
        let quarter = self.model.moment(quarter);
        let half = propagated(&quarter.generator, 0.5 * length, &self.moment.mass);
        self.model.moment(half)
    }

    /// The propagators of half a step.
    pub fn halves(&self, middle: &LawMoment, length: f64) -> Vec<Array2<f64>> {
        let rates = self.model.degrees().map(|degree| {
            let response = self.model.response(middle, degree);
            exponential(&(0.5 * length * self.model.rate(middle, degree, &response)))
        });
        rates.collect()
    }

    /// Steps the covariances; returns them in the middle.
    fn step_covariances(
        &mut self,
        middle: &LawMoment,
        end: &LawMoment,
        halves: &[Array2<f64>],
        weights: [f64; 2],
    ) -> [Vec<Array2<f64>>; 2] {
        let sources = [&self.moment, middle, end].map(|moment| self.model.covariance_sources(moment));
        let mut between = [const { Vec::new() }; 2];
        for (part, weight) in weights.into_iter().enumerate() {
            for (degree, half) in halves.iter().enumerate() {
                let own = sources.each_ref().map(|all| {
                    let of_part = if part == 0 { &all.start } else { &all.steps };
                    &of_part[degree]
                });
                let covariance = &mut self.parts[part].covariances[degree];
                between[part].push(Simpson { sources: own, weight }.advance(covariance, half));
            }
        }
        between
    }

    /// Steps the mean law's second order.
    fn step_shifts(
        &mut self,
        middle: &LawMoment,
        end: &LawMoment,
        half: &Array2<f64>,
        [length, noise]: [f64; 2],
        before: &[Array1<f64>; 2],
        between: &[Vec<Array2<f64>>; 2],
    ) {
        let own = [&self.moment, middle, end].map(|moment| self.model.mean_sources(moment));
        for part in 0..2 {
            let covariances = [&between[part], &self.parts[part].covariances];
            let [later, last] = covariances.map(|covariances| self.model.correlated_force(covariances));
            let forces = [&before[part], &later, &last];
            let sums = [0, 1, 2].map(|k: usize| match part {
                0 => length * (&own[k].start + forces[k]),
                _ => noise * &own[k].steps + length * forces[k],
            });
            let shift = &self.parts[part].shift + &(&sums[0] / 6.0);
            let shift = half.dot(&shift) + &sums[1] * (4.0 / 6.0);
            self.parts[part].shift = half.dot(&shift) + &sums[2] / 6.0;
        }
    }

    /// Means and spreads now.
    pub fn statistics(&self) -> Statistics {
        let Self { model, moment, parts: [start, steps], .. } = self;
        let psi = &moment.potential[0];
        let [own, _] = model.own();
        let mass = &moment.mass;
        let squares = |numbers: &Array1<f64>| (numbers * numbers).dot(mass);
        let variance =
            |part: &NoisyPart, numbers: &Array1<f64>| part.covariances[0].dot(numbers).dot(numbers);
        let risk = (&moment.residuals * &moment.residuals).dot(&model.data_weights());
        Statistics {
            risk,
            bias_per_neuron: 2.0 * psi.dot(&start.shift) + own.dot(mass) + model.output_variance(start),
            bias_per_step: 2.0 * psi.dot(&steps.shift) + model.output_variance(steps),
            variance_per_neuron: 4.0 * (squares(psi) + variance(start, psi)),
            variance_per_step: 4.0 * variance(steps, psi),
            radius: [
                model.radii.dot(&start.shift),
                model.radii.dot(&steps.shift),
                squares(&model.radii) + variance(start, &model.radii),
                variance(steps, &model.radii),
            ],
            step_gain: self.step_gain(),
            risk_slope: 2.0 * psi.dot(&moment.generator.dot(mass)),
        }
    }
}

impl NoisyModel {
    /// Σ_ℓ D_ℓ Tr Q g Q^T.
    fn output_variance(&self, part: &NoisyPart) -> f64 {
        let degrees = part.covariances.iter().enumerate();
        let of_degree = degrees.map(|(degree, covariance)| {
            let values = &self.outputs[degree][0];
            self.harmonics(degree) * (&values.dot(covariance) * values).sum()
        });
        of_degree.sum()
    }
}

impl Simpson<'_, Array2<f64>> {
    /// Advances a covariance over both halves; returns it between them.
    fn advance(&self, covariance: &mut Array2<f64>, half: &Array2<f64>) -> Array2<f64> {
        let [first, middle, last] = self.sources;
        covariance.scaled_add(self.weight / 6.0, first);
        let mut between = half.dot(&*covariance).dot(&half.t());
        let mut after = between.clone();
        after.scaled_add(4.0 / 6.0 * self.weight, middle);
        *covariance = half.dot(&after).dot(&half.t());
        covariance.scaled_add(self.weight / 6.0, last);
        between.scaled_add(self.weight / 3.0, middle);
        between
    }
}
