//! Which N and ε suffice: how many neurons, and how small steps, keep the mean risk of networks within an
//! accuracy of the limit's, by first order in 1/N and ε: |b|/N and |c| ε each within it at all times. Nothing
//! is trained, and nothing is said of the spread of single runs.

use meanfield_run::quantities::{BIAS_PER_NEURON, BIAS_PER_STEP, RISK};
use meanfield_run::record::Record;
use serde::{Deserialize, Serialize};

use crate::align;

/// How close the mean risk of networks is to be to the limit's.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Accuracy {
    /// This share of R(t).
    Relative(f64),
    /// This much.
    Absolute(f64),
}

impl Accuracy {
    /// The largest bias allowed at a risk.
    fn allowed(self, risk: f64) -> f64 {
        match self {
            Self::Relative(share) => share * risk,
            Self::Absolute(bound) => bound,
        }
    }
}

/// "1 % of R", "0.03 of R's own units".
impl std::fmt::Display for Accuracy {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Relative(share) => write!(f, "{} % of R", 100.0 * share),
            Self::Absolute(bound) => write!(f, "{bound}"),
        }
    }
}

/// What a limit says of networks at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstOrder {
    /// t.
    pub time: f64,
    /// R.
    pub risk: f64,
    /// b.
    pub bias_per_neuron: f64,
    /// c.
    pub bias_per_step: f64,
}

/// The least N and the largest ε, each with the time at which it binds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sufficient {
    /// Least N.
    pub neurons: f64,
    /// When it binds, t.
    pub neurons_at: f64,
    /// Largest ε.
    pub step_size: f64,
    /// When it binds, t.
    pub step_size_at: f64,
    /// The last time that was looked at, t.
    pub until: f64,
}

/// The least N and the largest ε for an accuracy; None where nothing is known beyond the start.
///
/// ```
/// use meanfield_compare::sufficient::{Accuracy, FirstOrder, sufficient};
///
/// let start = FirstOrder { time: 0.0, risk: 2.0, bias_per_neuron: 6.0, bias_per_step: 0.0 };
/// let later = FirstOrder { time: 1.0, risk: 0.5, bias_per_neuron: 4.0, bias_per_step: -50.0 };
/// let found = sufficient([start, later], Accuracy::Relative(0.01)).expect("known");
/// assert_eq!((found.neurons, found.neurons_at), (800.0, 1.0));
/// assert_eq!((found.step_size, found.step_size_at), (1e-4, 1.0));
/// ```
pub fn sufficient(times: impl IntoIterator<Item = FirstOrder>, accuracy: Accuracy) -> Option<Sufficient> {
    let mut found = Sufficient {
        neurons: 1.0,
        neurons_at: f64::NAN,
        step_size: f64::INFINITY,
        step_size_at: f64::NAN,
        until: f64::NAN,
    };
    for here in
        times.into_iter().filter(|here| here.bias_per_neuron.is_finite() && here.bias_per_step.is_finite())
    {
        let allowed = accuracy.allowed(here.risk);
        let neurons = here.bias_per_neuron.abs() / allowed;
        let step_size = allowed / here.bias_per_step.abs();
        if neurons > found.neurons {
            (found.neurons, found.neurons_at) = (neurons, here.time);
        }
        if step_size < found.step_size {
            (found.step_size, found.step_size_at) = (step_size, here.time);
        }
        found.until = here.time;
    }
    (found.until > 0.0).then_some(Sufficient { neurons: found.neurons.ceil(), ..found })
}

/// What the record of a limit at one point says of networks; None if it does not.
pub fn first_order(record: &Record) -> Option<Vec<FirstOrder>> {
    let curve = |name: &str| Some(align::mean(&align::runs(record, record.curve(name)?)));
    let [risk, neurons, steps] =
        [curve(RISK.name)?, curve(BIAS_PER_NEURON.name)?, curve(BIAS_PER_STEP.name)?];
    let times = record.time.iter().enumerate();
    let here = |(i, time): (usize, &f64)| {
        Some(FirstOrder {
            time: *time,
            risk: *risk.get(i)?,
            bias_per_neuron: *neurons.get(i)?,
            bias_per_step: *steps.get(i)?,
        })
    };
    times.map(here).collect()
}

impl Sufficient {
    /// "until t = 10: N ≥ 432 (binds at t = 0.1) and ε ≤ 1.3e-4 (at t = 0.3)".
    pub fn in_words(&self) -> String {
        let until = format!("until t = {}", meanfield_run::number::short(self.until));
        let neurons = format!("N ≥ {}{}", self.neurons, binding("binds at", self.neurons_at));
        let steps = match self.step_size.is_finite() {
            true => format!("ε ≤ {:.1e}{}", self.step_size, binding("at", self.step_size_at)),
            false => "any ε".to_owned(),
        };
        format!("{until}: {neurons} and {steps}")
    }
}

/// " (at t = 0.3)", where there is a time.
fn binding(word: &str, time: f64) -> String {
    if time.is_nan() {
        String::new()
    } else {
        format!(" ({word} t = {})", meanfield_run::number::short(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_binds_at_its_own_time_and_gaps_do_not_count() {
        let at = |time, risk, b, c| FirstOrder { time, risk, bias_per_neuron: b, bias_per_step: c };
        let times = [at(0.0, 1.0, 5.0, 0.0), at(0.1, 0.5, 2.0, -300.0), at(0.2, 0.1, f64::NAN, 1.0)];
        let found = sufficient(times, Accuracy::Absolute(0.03)).expect("known");
        assert_eq!((found.neurons, found.neurons_at, found.step_size_at), (167.0, 0.0, 0.1));
        assert!((found.step_size - 1e-4).abs() < 1e-18 && found.until == 0.1);
        assert_eq!(found.in_words(), "until t = 0.1: N ≥ 167 (binds at t = 0) and ε ≤ 1.0e-4 (at t = 0.1)");
        assert_eq!(sufficient([at(0.2, 0.1, f64::NAN, 1.0)], Accuracy::Relative(0.01)), None);
        assert_eq!(sufficient([at(0.0, 1.0, 5.0, 0.0)], Accuracy::Relative(0.01)), None);
    }
}
