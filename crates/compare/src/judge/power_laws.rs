//! Power laws over varied keys: a quantity measured at every point, split into the part of the claimed key
//! and the rest, the exponent fitted with its errors, the claim judged.
//!
//! Parts of a bias add up; parts of a spread, an error or a distance add up in its square, to which the
//! powers are fitted then (an exponent p there is p/2 of the quantity). The rest is
//! - a power of the second key, fitted together, where two keys are varied;
//! - else nothing, where the claim says that the key is alone;
//! - else what the reference predicts, subtracted, where it does;
//! - else a constant, fitted together.
//!
//! What the reference predicts beyond first order (the second chaos of the variance) is subtracted always,
//! and of a risk that is the mean loss of fresh samples the square of its standard error.

mod power_sum;
mod predicted;
mod samples;
#[cfg(test)]
mod tests;

use meanfield_run::claim::PowerLawClaim;
use meanfield_run::quantities::RISK;
use meanfield_run::record::{Record, RunAxis};
use meanfield_run::scaled::ScaledQuantity;

use super::resampling::{RESAMPLES, estimate, resamples};
use crate::power_law::{Estimate, MeasuredPart, PowerLaw, Remainder};
use power_sum::{FittedTerm, PowerSum, PowerTerm};
use predicted::{PredictedPart, parts};
use samples::{Moment, Samples};

/// Fewest values of a key, and fewest seeds.
const FEWEST_VALUES: usize = 3;
const FEWEST_SEEDS: usize = 4;
/// Errors of the points are at least this share of the largest value: none may outweigh all others.
const LEAST_ERROR: f64 = 1e-9;
/// Times that weights which depend on the fit are found again.
const REWEIGHTED: usize = 4;

/// Judges claims on exponents. One that cannot be judged says why and does not hold.
pub fn judge_power_laws(records: &[Record], reference: &str, claims: &[PowerLawClaim]) -> Vec<PowerLaw> {
    claims
        .iter()
        .map(|claim: &PowerLawClaim| {
            fitted(records, reference, claim).unwrap_or_else(|why| PowerLaw::not_judged(claim, why))
        })
        .collect()
}

/// The fitted law, or the reason that there is none.
fn fitted(records: &[Record], reference: &str, claim: &PowerLawClaim) -> Result<PowerLaw, String> {
    let find = |name: &str| {
        let found = records.iter().find(|record| record.system == name);
        found.ok_or_else(|| format!("there is no record of {name}"))
    };
    let system = find(&claim.system)?;
    let base = find(reference)?;
    if let Some(record) = [system, base].into_iter().find(|record| !record.failures.is_empty()) {
        return Err(format!("{} of the runs of {} stopped", record.failures.len(), record.system));
    }
    let quantity = ScaledQuantity::named(&claim.quantity)
        .ok_or_else(|| format!("nothing that a power law is claimed of is called {}", claim.quantity))?;
    let samples = Samples::new(system, base, &quantity, claim.time)?;
    let place = samples.axes.iter().position(|axis| axis.key.as_deref() == Some(claim.over.as_str()));
    let place = place.ok_or_else(|| format!("{} is not varied", claim.over))?;
    let values = samples.axes[place].values.len();
    let seeds = samples.seeds().unwrap_or(0);
    if let Some(axis) = base.varied().find(|axis| !samples.axes.contains(axis)) {
        return Err(format!("the reference depends on {} of its own", axis.name));
    }
    if values < FEWEST_VALUES || seeds < FEWEST_SEEDS || samples.axes.len() > 2 {
        return Err(format!(
            "there are {values} values, {seeds} seeds and {} varied keys",
            samples.axes.len()
        ));
    }
    if samples.points.iter().flat_map(|point| &point.keys).any(|key| *key <= 0.0) {
        return Err("a varied key has values that are not positive".to_owned());
    }
    Ok(Problem::new(samples, place, &quantity, claim, seeds).solve())
}

/// A law to be fitted: measured values and the form that they are to have.
struct Problem<'a> {
    samples: Samples,
    /// The axis of the claimed key.
    axis: RunAxis,
    /// The number of that axis.
    place: usize,
    claim: &'a PowerLawClaim,
    seeds: usize,
    /// Whether values, parts and exponents are those of the square.
    squared: bool,
    /// The predicted part of the claimed key, and its factor.
    predicted: Option<(PredictedPart, f64)>,
    /// What is subtracted at each point.
    known: Vec<f64>,
    /// The terms: that of the claimed key first.
    sum: PowerSum,
    /// The same with the exponent of the claimed key held.
    held: PowerSum,
}

/// Numbers that come out of one fit.
struct Outcome {
    exponent: f64,
    prefactor: f64,
    prefactor_as_claimed: f64,
    /// Exponent and prefactor of the second term.
    rest: Option<[f64; 2]>,
    /// The part of the claimed key at each of its values.
    parts: Vec<f64>,
    /// The measured values at all points.
    values: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn new(
        samples: Samples,
        place: usize,
        quantity: &ScaledQuantity,
        claim: &'a PowerLawClaim,
        seeds: usize,
    ) -> Self {
        let squared = quantity.adds_in_squares();
        let axis = samples.axes[place].clone();
        let own = parts(quantity).iter().find(|part| part.exponent_over(&axis).is_some());
        let first = samples.points.first();
        let predicted = own.and_then(|part| Some((*part, part.factor(first?)?)));
        let known = Known::new(&samples, place, quantity);
        let terms = terms(&samples, place, known.is_whole || claim.alone);
        let power = if squared { 2.0 } else { 1.0 };
        let mut held = terms.clone();
        held[0] = held[0].held_at(power * claim.exponent);
        let sum = PowerSum::new(terms);
        let held = PowerSum::new(held);
        let mut known = known.values;
        if squared && quantity.is_of_curve(RISK.name) {
            let points = known.iter_mut().zip(&samples.points);
            points.for_each(|(known, point)| *known += point.sampling_variance());
        }
        Self { samples, axis, place, claim, seeds, squared, predicted, known, sum, held }
    }

    /// The fit with its errors, judged.
    fn solve(&self) -> PowerLaw {
        let all: Vec<usize> = (0..self.seeds).collect();
        let values = self.values(&all);
        let (weights, fit) = self.weighted_fit(&values);
        let held = self.held.fit(&self.without_known(&values), &weights);
        let starts = [&fit, &held].map(|fit| fit.iter().map(|term| term.exponent).collect::<Vec<f64>>());
        let outcome = self.outcome(values, &weights, &fit, &held);
        let resampled: Vec<Outcome> = resamples(self.seeds)
            .map(|picked: Vec<usize>| {
                let values = self.values(&picked);
                let left = self.without_known(&values);
                let fit = self.sum.refine(&left, &weights, &starts[0]);
                let held = self.held.refine(&left, &weights, &starts[1]);
                self.outcome(values, &weights, &fit, &held)
            })
            .collect();
        debug_assert_eq!(resampled.len(), RESAMPLES);
        self.judged(&outcome, &resampled, self.misfit(&outcome, &resampled, &fit))
    }

    /// The measured value at each point, of some of the seeds.
    fn values(&self, picked: &[usize]) -> Vec<f64> {
        let moment = self.samples.moment;
        let points = self.samples.points.iter();
        points.map(|point| moment.value(&point.numbers, picked.iter().copied())).collect()
    }

    fn without_known(&self, values: &[f64]) -> Vec<f64> {
        values.iter().zip(&self.known).map(|(value, known)| value - known).collect()
    }

    /// Weights 1/σ² of the points, and the best fit with them. σ of a mean is known from the seeds; of a
    /// square it is in proportion to the square itself, for which the fitted value stands: a small measured
    /// one would count too much.
    fn weighted_fit(&self, values: &[f64]) -> (Vec<f64>, Vec<FittedTerm>) {
        let left = self.without_known(values);
        if !self.squared {
            let errors = self.standard_errors();
            let weights = weights(&errors, &left);
            let fit = self.sum.fit(&left, &weights);
            return (weights, fit);
        }
        let mut found = weights(values, values);
        let mut fit = self.sum.fit(&left, &found);
        for _ in 0..REWEIGHTED {
            let expected: Vec<f64> =
                (0..left.len()).map(|i| self.sum.value(&fit, i) + self.known[i]).collect();
            found = weights(&expected, values);
            fit = self.sum.fit(&left, &found);
        }
        (found, fit)
    }

    /// Standard error of the mean over the seeds at each point.
    fn standard_errors(&self) -> Vec<f64> {
        let seeds = self.seeds;
        let points = self.samples.points.iter();
        points.map(|point| (Moment::Variance.value(&point.numbers, 0..seeds) / seeds as f64).sqrt()).collect()
    }

    fn outcome(&self, values: Vec<f64>, weights: &[f64], fit: &[FittedTerm], held: &[FittedTerm]) -> Outcome {
        let power = if self.squared { 0.5 } else { 1.0 };
        let rest = fit.get(1).map(|term| [power * term.exponent, self.unsquared(self.sum.prefactor(1, fit))]);
        Outcome {
            exponent: power * fit[0].exponent,
            prefactor: self.unsquared(self.sum.prefactor(0, fit)),
            prefactor_as_claimed: self.unsquared(self.held.prefactor(0, held)),
            rest,
            parts: self.parts(&values, weights, fit),
            values,
        }
    }

    /// The part of the claimed key at each of its values: what the rest of the fit leaves, the weighted mean
    /// over the points there.
    fn parts(&self, values: &[f64], weights: &[f64], fit: &[FittedTerm]) -> Vec<f64> {
        self.axis
            .values
            .iter()
            .map(|key: &f64| {
                let points = self.samples.points.iter().enumerate();
                let here = points.filter(|(_, point)| point.keys[self.place] == *key).map(|(i, _)| i);
                let sums = here.fold([0.0; 2], |[sum, total]: [f64; 2], i: usize| {
                    let rest = self.sum.value(fit, i) - self.sum.part(0, fit, i);
                    [sum + weights[i] * (values[i] - self.known[i] - rest), total + weights[i]]
                });
                self.unsquared(sums[0] / sums[1])
            })
            .collect()
    }

    /// A value of the quantity from one of its square; negative where noise left less than nothing of that.
    fn unsquared(&self, value: f64) -> f64 {
        if self.squared { value.signum() * value.abs().sqrt() } else { value }
    }

    /// χ² of the fit for each degree of freedom, errors of the points from the resamples.
    fn misfit(&self, outcome: &Outcome, resampled: &[Outcome], fit: &[FittedTerm]) -> f64 {
        let points = outcome.values.len();
        let Some(freedom) = points.checked_sub(self.sum.parameters()).filter(|freedom| *freedom > 0) else {
            return f64::NAN;
        };
        let squares = (0..points).map(|i: usize| {
            let error = estimate(0.0, resampled.iter().map(|one| one.values[i])).standard_error;
            let left = outcome.values[i] - self.known[i] - self.sum.value(fit, i);
            (left / error).powi(2)
        });
        squares.sum::<f64>() / freedom as f64
    }

    fn judged(&self, outcome: &Outcome, resampled: &[Outcome], misfit: f64) -> PowerLaw {
        let claim = self.claim;
        let exponent = estimate(outcome.exponent, resampled.iter().map(|one| one.exponent));
        let near = (exponent.value - claim.exponent).abs() <= claim.within;
        let prefactor = estimate(outcome.prefactor, resampled.iter().map(|one| one.prefactor));
        let as_claimed = resampled.iter().map(|one| one.prefactor_as_claimed);
        let prefactor_as_claimed = estimate(outcome.prefactor_as_claimed, as_claimed);
        let power = if self.squared { 0.5 } else { 1.0 };
        let predicted = self.predicted.as_ref();
        let theory = predicted.and_then(|(part, _)| part.exponent_over(&self.axis));
        PowerLaw {
            claim: claim.clone(),
            axis: self.axis.name.clone(),
            time: self.samples.time,
            seeds: self.seeds,
            exponent,
            prefactor,
            prefactor_as_claimed,
            predicted_prefactor: predicted.map(|(_, factor)| self.unsquared(*factor)),
            predicted_exponent: theory.map(|exponent| power * exponent),
            rest: Some(self.rest(outcome, resampled)),
            points: self.measured_parts(outcome, resampled),
            misfit,
            missing: None,
            holds: near && exponent.allows(claim.exponent),
        }
    }

    fn rest(&self, outcome: &Outcome, resampled: &[Outcome]) -> Remainder {
        let Some([exponent, prefactor]) = outcome.rest else {
            return if self.claim.alone { Remainder::Nothing } else { Remainder::Predicted };
        };
        let of_rest = |k: usize| resampled.iter().filter_map(move |one: &Outcome| Some(one.rest?[k]));
        let prefactor: Estimate = estimate(prefactor, of_rest(1));
        match self.samples.axes.iter().enumerate().find(|(place, _)| *place != self.place) {
            Some((_, axis)) => {
                let exponent = estimate(exponent, of_rest(0));
                Remainder::Power { axis: axis.name.clone(), exponent, prefactor }
            }
            None => Remainder::Constant(prefactor),
        }
    }

    fn measured_parts(&self, outcome: &Outcome, resampled: &[Outcome]) -> Vec<MeasuredPart> {
        let pairs = self.axis.values.iter().zip(&outcome.parts).enumerate();
        pairs
            .map(|(i, (key, value)): (usize, (&f64, &f64))| {
                let error = estimate(*value, resampled.iter().map(|one| one.parts[i])).standard_error;
                MeasuredPart { key: *key, value: *value, standard_error: error }
            })
            .collect()
    }
}

/// Weights 1/σ² for errors, none of which is negligible beside the largest value.
fn weights(errors: &[f64], values: &[f64]) -> Vec<f64> {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let least = if largest > 0.0 { LEAST_ERROR * largest } else { 1.0 };
    errors.iter().map(|error| error.abs().max(least).powi(-2)).collect()
}

/// The terms that are fitted: the power of the claimed key, then the rest if it is not known.
fn terms(samples: &Samples, place: usize, known: bool) -> Vec<PowerTerm> {
    let over = |axis: usize| samples.points.iter().map(|point| point.keys[axis]).collect::<Vec<f64>>();
    let mut terms = vec![PowerTerm::new(&over(place), None)];
    match (0..samples.axes.len()).find(|other| *other != place) {
        Some(other) => terms.push(PowerTerm::new(&over(other), None)),
        None if known => {}
        None => terms.push(PowerTerm::constant(samples.points.len())),
    }
    terms
}

/// What the reference predicts of the parts that are not fitted.
struct Known {
    /// At each point.
    values: Vec<f64>,
    /// Whether it is all that does not depend on the claimed key, where one key is varied.
    is_whole: bool,
}

impl Known {
    fn new(samples: &Samples, place: usize, quantity: &ScaledQuantity) -> Self {
        let points = &samples.points;
        let mut values = vec![0.0; points.len()];
        let mut is_whole = predicted::role(&samples.axes[place]).is_some() && !parts(quantity).is_empty();
        let is_fitted =
            |part: &&PredictedPart| !samples.axes.iter().any(|axis| part.exponent_over(axis).is_some());
        for part in parts(quantity).iter().filter(is_fitted) {
            let predicted: Option<Vec<f64>> = points.iter().map(|point| part.value(point)).collect();
            is_whole &= predicted.is_some() || part.neurons + part.steps > 1;
            let predicted = predicted.unwrap_or_default();
            values.iter_mut().zip(predicted).for_each(|(known, part)| *known += part);
        }
        Self { values, is_whole }
    }
}
