//! An error estimate for every curve from two resolutions: the run as stated, and a companion at half of it.

use ndarray::ArrayD;

use crate::certificate;
use crate::record::{Curve, Fact, Record};
use crate::stack::StackError;

/// What the name of a curve's error ends in.
pub const SUFFIX: &str = "_refinement_error";

/// Fact: up to this time the coarse run has made no step of its own length, so that nothing can be told from it.
pub const FROM: &str = "refinement_from";
/// Fact: what a step in time may err by.
pub const TOLERANCE: &str = "tolerance";
/// A run errs by at least so many times its tolerance of one step.
const STEPS: f64 = 10.0;
/// Differences are taken at their largest over times within this factor: where a difference changes sign it says nothing.
const WINDOW: f64 = 2.0;

/// Gives each result of `stated` a curve `…_refinement_error` from `coarse`, the same system at half the resolution:
/// the largest |stated − coarse| at times within a factor 2. It is not divided by anything: it bounds the error of the
/// stated resolution wherever halving the resolution at least doubles the error, whatever the order. It is never below
/// ten times the tolerance of a step, and of the risk never below what the kernel leaves out, which are not halved; and
/// NaN where the coarse run has made no whole step yet. Certificates, and curves that only one of the two has, get none.
pub fn estimate(stated: &mut Record, coarse: &Record) -> Result<(), StackError> {
    let differ = |what| StackError::Differ { system: stated.system.clone(), what };
    if stated.time != coarse.time || stated.axes != coarse.axes {
        return Err(differ("times or axes at half the resolution"));
    }
    let errors: Vec<Curve> = stated.curves.iter().filter_map(|curve| error(curve, stated, coarse)).collect();
    stated.curves.extend(errors);
    let seconds = coarse.facts.iter().find(|fact| fact.name == "cpu_seconds");
    stated.facts.extend(seconds.map(|fact| Fact { name: "coarse_cpu_seconds".into(), ..fact.clone() }));
    Ok(())
}

/// The name of a curve's error.
pub fn name(curve: &str) -> String {
    format!("{curve}{SUFFIX}")
}

fn error(curve: &Curve, stated: &Record, coarse: &Record) -> Option<Curve> {
    let other = coarse.curve(&curve.name).filter(|_| !certificate::is_one(&curve.name))?;
    let meaning = format!(
        "|{0} − {0} at half the resolution|, the largest at times within a factor 2: bounds its discretisation error \
         wherever halving at least doubles it",
        curve.name
    );
    let differences = (&curve.values - &other.values).mapv(f64::abs);
    let truncation = stated.curve("kernel_truncation").filter(|_| curve.name == "risk");
    let mut values = differences.clone();
    for (k, value) in values.iter_mut().enumerate() {
        let (run, i) = (k / stated.time.len(), k % stated.time.len());
        let of_run = |name: &str| fact(stated, name, run);
        let floor = STEPS * of_run(TOLERANCE).unwrap_or(0.0);
        let left_out = truncation.and_then(|curve| curve.values.iter().nth(k)).copied().unwrap_or(0.0);
        let known = of_run(FROM).is_none_or(|from| stated.time[i] == 0.0 || stated.time[i] > from);
        let largest =
            around(&stated.time, i).map(|j| differences_at(&differences, k - i + j)).fold(0.0, f64::max);
        *value = if known { (largest + left_out).max(floor) } else { f64::NAN };
    }
    Some(Curve { name: name(&curve.name), meaning, values })
}

/// Indices of the times within [`WINDOW`] of time `i`.
fn around(times: &[f64], i: usize) -> impl Iterator<Item = usize> {
    (0..times.len()).filter(move |&j| times[j] <= WINDOW * times[i] && times[i] <= WINDOW * times[j])
}

/// The `k`-th value, row by row.
fn differences_at(values: &ArrayD<f64>, k: usize) -> f64 {
    values.iter().nth(k).copied().unwrap_or(f64::NAN)
}

/// A fact of one run: all runs share it, or each has its own.
fn fact(record: &Record, name: &str, run: usize) -> Option<f64> {
    let values = &record.facts.iter().find(|fact| fact.name == name)?.values;
    values.get(run).or(values.first()).copied()
}
