//! An error estimate for every curve from two resolutions: the run as stated, and a companion at half of it.

use std::ops::Range;

use ndarray::{ArrayD, s};

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
/// NaN where the coarse run has made no whole step yet, or a difference is. Certificates, and curves that only one of the two has, get none.
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
    let mut values = largest_around(&stated.time, &(&curve.values - &other.values));
    if let Some(left_out) = stated.curve(certificate::KERNEL_TRUNCATION).filter(|_| curve.name == "risk") {
        values += &left_out.values;
    }
    for (run, mut row) in values.rows_mut().into_iter().enumerate() {
        let (from, floor) = (fact(stated, FROM, run), STEPS * fact(stated, TOLERANCE, run).unwrap_or(0.0));
        for (value, &time) in row.iter_mut().zip(&stated.time) {
            let known = from.is_none_or(|from| time == 0.0 || time > from);
            *value = if known { larger(*value, floor) } else { f64::NAN };
        }
    }
    Some(Curve { name: name(&curve.name), meaning, values })
}

/// The largest size of the differences, row by row, at times within [`WINDOW`] of each.
fn largest_around(times: &[f64], differences: &ArrayD<f64>) -> ArrayD<f64> {
    let mut largest = differences.clone();
    for (mut row, differences) in largest.rows_mut().into_iter().zip(differences.rows()) {
        for (largest, within) in row.iter_mut().zip(windows(times)) {
            *largest = differences.slice(s![within]).iter().fold(0.0, |a, b| larger(a, b.abs()));
        }
    }
    largest
}

/// Indices of the times within [`WINDOW`] of each; times rise.
fn windows(times: &[f64]) -> impl Iterator<Item = Range<usize>> {
    let first = |time: f64| times.partition_point(|earlier| WINDOW * earlier < time);
    let end = |time: f64| times.partition_point(|later| *later <= WINDOW * time);
    times.iter().map(move |&time| first(time)..end(time))
}

/// The larger number; one that is not a number is larger than any.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// A fact of one run: all runs share it, or each has its own.
fn fact(record: &Record, name: &str, run: usize) -> Option<f64> {
    let values = record.facts_named(name);
    values.get(run).or(values.first()).copied()
}
