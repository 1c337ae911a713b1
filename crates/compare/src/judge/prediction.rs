//! What a limit predicts of a network of N neurons trained with steps of size ε: the mean of its risk over
//! runs, R + b/N + c ε, and the spread; and how far runs lie from it, in standard errors. The limit's curves
//! b, c, … are those of its record; nothing is solved here.
//!
//! A reference that knows first order alone has no second chaos: the spread is then of first order. Networks
//! of hidden layers that are not equally wide, or of steps of several points, have other b, c and v: nothing
//! is predicted of them.
//!
//! Where the risk of a network is itself an estimate from samples, the spread of what is recorded is wider by
//! the estimate's own variance.
//!
//! SGD's clock after k steps is τ_k = Σ s_j, not s(kε): of a steep schedule they differ by more than ε, and
//! the limit is read at τ_k, to first order by its slope dR/ds.

use meanfield_run::facts::{
    BATCH, FRESH_BATCH, LAZY_ALPHA, NEURONS, SCHEDULE_EXPONENT, SCHEDULE_TIME, STEP_SIZE, WIDEST,
};
use meanfield_run::quantities::{
    BIAS_PER_NEURON, BIAS_PER_STEP, RADIUS_BIAS_PER_NEURON, RADIUS_BIAS_PER_STEP, RADIUS_VARIANCE_PER_NEURON,
    RADIUS_VARIANCE_PER_STEP, RISK, RISK_SLOPE, VARIANCE_PER_NEURON, VARIANCE_PER_NEURON_SQUARED,
    VARIANCE_PER_NEURON_STEP, VARIANCE_PER_STEP, VARIANCE_PER_STEP_SQUARED,
};
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Nature, Record};
use meanfield_run::schedule::Schedule;

use super::estimated_risk::sampling_variance;
use super::pair::Pair;
use crate::align;

/// Kurtosis of a Gaussian, the least that the error of a spread is computed with.
const GAUSSIAN: f64 = 3.0;

/// A part of a mean or of a variance, a curve of the limit times N^(−neurons) ε^steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct PredictedPart {
    /// The limit's curve.
    pub quantity: &'static Quantity,
    /// Power of 1/N.
    pub neurons: i32,
    /// Power of ε.
    pub steps: i32,
}

impl PredictedPart {
    const fn new(quantity: &'static Quantity, neurons: i32, steps: i32) -> Self {
        Self { quantity, neurons, steps }
    }

    /// Whether a limit may know the others without it: the second chaos.
    fn is_optional(&self) -> bool {
        self.neurons + self.steps > 1
    }

    /// Whether it is of this network: of layers equally wide, and of steps of one sample.
    pub fn fits(&self, system: &Record) -> bool {
        let widths = self.neurons == 0 || system.facts_named(WIDEST).is_empty();
        widths && (self.steps == 0 || system.facts_named(BATCH).is_empty())
    }

    /// N^(−neurons) ε^steps; of steps of B samples ε/B takes the place of ε.
    pub fn powers(&self, neurons: f64, step_size: f64) -> f64 {
        neurons.powi(-self.neurons) * step_size.powi(self.steps)
    }
}

/// Parts of E R_N − R.
pub(super) static BIAS: &[PredictedPart] =
    &[PredictedPart::new(BIAS_PER_NEURON, 1, 0), PredictedPart::new(BIAS_PER_STEP, 0, 1)];
/// Parts of Var R_N: those of first order, then the second chaos.
pub(super) static VARIANCE: &[PredictedPart] = &[
    PredictedPart::new(VARIANCE_PER_NEURON, 1, 0),
    PredictedPart::new(VARIANCE_PER_STEP, 0, 1),
    PredictedPart::new(VARIANCE_PER_NEURON_SQUARED, 2, 0),
    PredictedPart::new(VARIANCE_PER_NEURON_STEP, 1, 1),
    PredictedPart::new(VARIANCE_PER_STEP_SQUARED, 0, 2),
];

/// Parts of the mean radius' E r̄_N − r̄.
pub(super) static RADIUS_BIAS: &[PredictedPart] =
    &[PredictedPart::new(RADIUS_BIAS_PER_NEURON, 1, 0), PredictedPart::new(RADIUS_BIAS_PER_STEP, 0, 1)];
/// Parts of Var r̄_N, of first order.
pub(super) static RADIUS_VARIANCE: &[PredictedPart] = &[
    PredictedPart::new(RADIUS_VARIANCE_PER_NEURON, 1, 0),
    PredictedPart::new(RADIUS_VARIANCE_PER_STEP, 0, 1),
];

/// Predictions at the common times; None where the two records do not have what they need.
pub(super) struct Prediction {
    /// b/N + c ε, and what SGD's clock is late.
    pub bias: Option<Vec<f64>>,
    /// (v_N/N + v_ε ε + v_NN/N² + v_Nε ε/N + v_εε ε²)^½ of one network, with the variance of an estimate.
    pub spread: Option<Vec<f64>>,
}

/// N and ε of a network of which b, c, v_N and v_ε are; None of another, and of one in the lazy scaling.
fn sizes(system: &Record) -> Option<(f64, f64)> {
    let sizes = system.fact(NEURONS).zip(system.fact(STEP_SIZE));
    let parts = BIAS.iter().chain(VARIANCE);
    let sizes = sizes.filter(|_| system.fact(LAZY_ALPHA).is_none());
    sizes.filter(|_| system.nature == Nature::Network && parts.into_iter().all(|part| part.fits(system)))
}

impl Pair<'_> {
    /// What the reference predicts of this system.
    pub(super) fn prediction(&self) -> Prediction {
        let Some((neurons, step_size)) = sizes(self.system) else {
            return Prediction { bias: None, spread: None };
        };
        let samples = self.system.fact(FRESH_BATCH).unwrap_or(1.0);
        let sum = |parts| self.sum_of(parts, neurons, step_size / samples);
        let bias = sum(BIAS).and_then(|bias| self.with_lengths(bias, (1.0 - 1.0 / samples) * step_size));
        Prediction {
            bias: bias.and_then(|bias| self.with_clock(bias, step_size)),
            spread: sum(VARIANCE).map(|variance| self.spread_of_recorded(variance)),
        }
    }

    /// The deviation of what is recorded as risk, from the variance of the risk itself: where the risk was
    /// estimated from samples, with the mean square of the standard errors.
    fn spread_of_recorded(&self, mut variance: Vec<f64>) -> Vec<f64> {
        if let Some(means) = sampling_variance(self.system) {
            for (variance, (i, _)) in variance.iter_mut().zip(self.common_times()) {
                *variance += means.get(i).copied().unwrap_or(f64::NAN);
            }
        }
        variance.into_iter().map(f64::sqrt).collect()
    }

    /// The sum of some parts at the common times.
    fn sum_of(&self, parts: &[PredictedPart], neurons: f64, step_size: f64) -> Option<Vec<f64>> {
        let mut sum = vec![0.0; self.common_times().len()];
        for part in parts {
            let curve = match self.reference_curve(part.quantity) {
                None if part.is_optional() => continue,
                curve => curve?,
            };
            let powers = part.powers(neurons, step_size);
            sum.iter_mut().zip(curve).for_each(|(sum, value)| *sum += powers * value);
        }
        Some(sum)
    }

    /// A bias with the part of c that steps of any number of samples have, −½ t R''(t) with equal steps, so
    /// many times: the steps' length, which no mean over samples lessens. None with other steps.
    fn with_lengths(&self, bias: Vec<f64>, step_size: f64) -> Option<Vec<f64>> {
        if step_size == 0.0 {
            return Some(bias);
        }
        if self.schedule().is_some() {
            return None;
        }
        let slopes = self.reference_curve(RISK_SLOPE)?;
        let times: Vec<f64> = self.common_times().into_iter().map(|(_, time)| time).collect();
        let lengths = times.iter().zip(slopes_of(&times, &slopes)).map(|(t, curvature)| -0.5 * t * curvature);
        Some(bias.iter().zip(lengths).map(|(bias, length)| bias + step_size * length).collect())
    }

    /// The schedule of SGD's steps, where they are not equal.
    fn schedule(&self) -> Option<Schedule> {
        let power = self.system.fact(SCHEDULE_EXPONENT).map(|exponent| Schedule::Power { exponent });
        power.or_else(|| self.system.fact(SCHEDULE_TIME).map(|time| Schedule::Inverse { time }))
    }

    /// A bias with what SGD's clock differs from the limit's.
    fn with_clock(&self, bias: Vec<f64>, step_size: f64) -> Option<Vec<f64>> {
        let Some(schedule) = self.schedule() else { return Some(bias) };
        let slopes = self.reference_curve(RISK_SLOPE)?;
        let times = self.common_times();
        let late = times.iter().map(|(_, time)| {
            schedule.clock_of_steps(step_size, (time / step_size).round()) - schedule.clock(*time)
        });
        Some(bias.iter().zip(slopes).zip(late).map(|((bias, slope), late)| bias + slope * late).collect())
    }

    /// The mean's distance from its prediction in standard errors of the predicted spread, or the spread's in
    /// its own, whichever is larger; of a single run the first alone. None without a prediction.
    pub(super) fn deviations_from_band(&self) -> Option<Vec<f64>> {
        let Prediction { bias, spread } = self.prediction();
        let spread = spread?;
        let gap = self.gap(RISK)?;
        let rows = align::runs(self.system, self.system.curve(RISK)?);
        let columns: Vec<Vec<f64>> = align::columns(&rows).collect();
        let runs = rows.len() as f64;
        let of_mean = gap.iter().zip(bias?).zip(&spread);
        let of_mean = of_mean.map(|((gap, bias), spread)| (gap - bias).abs() / (spread / runs.sqrt()));
        let common = self.common_times().into_iter().map(|(i, _)| i);
        let of_spread = common
            .zip(&spread)
            .map(|(i, spread)| columns.get(i).map_or(0.0, |risks| spread_deviation(risks, *spread)));
        Some(of_mean.zip(of_spread).map(|(a, b)| if a.is_nan() || a > b { a } else { b }).collect())
    }
}

/// The slopes of a curve at its points, by the parabola through each and its neighbours.
fn slopes_of(x: &[f64], y: &[f64]) -> Vec<f64> {
    let last = x.len().saturating_sub(1);
    (0..x.len())
        .map(|i| {
            if last < 2 {
                return f64::NAN;
            }
            let middle = i.clamp(1, last - 1);
            let [before, after] = [x[middle] - x[middle - 1], x[middle + 1] - x[middle]];
            let [lower, upper] = [(y[middle] - y[middle - 1]) / before, (y[middle + 1] - y[middle]) / after];
            let curvature = 2.0 * (upper - lower) / (before + after);
            let at_middle = (lower * after + upper * before) / (before + after);
            at_middle + curvature * (x[i] - x[middle])
        })
        .collect()
}

/// |s/σ − 1| in units of the standard error of s, (κ − 1)^½/(2 n^½) with the kurtosis κ of the runs.
fn spread_deviation(risks: &[f64], spread: f64) -> f64 {
    let count = risks.len() as f64;
    if risks.len() < 2 {
        return 0.0;
    }
    let mean = risks.iter().sum::<f64>() / count;
    let moment = |power: i32| risks.iter().map(|risk| (risk - mean).powi(power)).sum::<f64>() / count;
    let variance = moment(2) * count / (count - 1.0);
    let kurtosis = (moment(4) / moment(2).powi(2)).max(GAUSSIAN);
    (variance.sqrt() / spread - 1.0).abs() / (0.5 * ((kurtosis - 1.0) / count).sqrt())
}
