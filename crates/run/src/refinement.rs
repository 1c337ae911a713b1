//! An error estimate for every curve and quantile from two resolutions: the run as stated, and a companion that is
//! coarser in everything. It runs nothing. A companion that is not coarser in something gives no estimate, but the
//! reason why there is none.

use std::ops::Range;

use ndarray::{ArrayD, Axis, s};

use crate::certificate;
use crate::record::{Curve, Fact, Quantiles, Record};
use crate::stack::StackError;

/// What the name of a curve's error ends in.
pub const SUFFIX: &str = "_refinement_error";
/// What the meaning of an error that is not known begins with; its reason follows.
pub const UNKNOWN: &str = "unknown: ";

/// Fact: up to this time the coarse run has made no step of its own length, so that nothing can be told from it.
pub const FROM: &str = "refinement_from";
/// Fact: what a step in time may err by.
pub const TOLERANCE: &str = "tolerance";
/// Fact: cells at the start.
pub const CELLS: &str = "cells";
/// Fact: atoms at the start, on whole panels.
pub const ATOMS_AT_START: &str = "atoms_at_start";
/// Fact: terms of the kernel, or nodes of its quadrature.
pub const KERNEL_TERMS: &str = "kernel_terms";

/// A run errs by at least so many times its tolerance of one step.
const STEPS: f64 = 10.0;
/// Differences are taken at their largest over times within this factor: where a difference changes sign it says nothing.
const WINDOW: f64 = 2.0;
/// A kernel that leaves out less than this is taken for exact where no coarser one exists: it lies below the errors that
/// any other part of a system has by default.
const NEGLIGIBLE: f64 = 1e-8;

/// Gives each result of `stated` a curve `…_refinement_error` from `coarse`, its companion, and each quantile its own:
/// the largest |stated − coarse| at times within a factor 2. It is not divided by anything: it bounds the error of the
/// stated resolution wherever the companion errs at least twice as much, whatever the order. It is never below
/// ten times the tolerance of a step, and that of the risk never below what the kernel leaves out. It is NaN where the
/// coarse run has made no whole step yet, where a difference is, and where the companion was not coarser in everything.
/// Certificates, and curves that only one of the two has, get none.
pub fn estimate(stated: &mut Record, coarse: &Record) -> Result<(), StackError> {
    let differ = |what| StackError::Differ { system: stated.system.clone(), what };
    if stated.time != coarse.time || stated.axes != coarse.axes {
        return Err(differ("times or axes at half the resolution"));
    }
    let reasons: Vec<Option<String>> =
        (0..stated.runs()).map(|run| not_coarser(stated, coarse, run)).collect();
    let errors: Vec<Curve> =
        stated.curves.iter().filter_map(|curve| error(curve, stated, coarse, &reasons)).collect();
    let of_quantiles: Vec<Quantiles> =
        stated.quantiles.iter().filter_map(|one| quantile_error(one, stated, coarse, &reasons)).collect();
    stated.curves.extend(errors);
    stated.quantiles.extend(of_quantiles);
    let seconds = coarse.facts.iter().find(|fact| fact.name == "cpu_seconds");
    stated.facts.extend(seconds.map(|fact| Fact { name: "coarse_cpu_seconds".into(), ..fact.clone() }));
    Ok(())
}

/// The name of a curve's error.
pub fn name(curve: &str) -> String {
    format!("{curve}{SUFFIX}")
}

/// In what the companion of a run is not coarser, and what to write instead; None if it is in everything.
fn not_coarser(stated: &Record, coarse: &Record, run: usize) -> Option<String> {
    let numbers = |name| Some((fact(stated, name, run)?, fact(coarse, name, run)?));
    for (name, key) in [(CELLS, "cells"), (ATOMS_AT_START, "atoms")] {
        if let Some((own, other)) = numbers(name).filter(|(own, other)| other >= own) {
            return Some(format!(
                "the companion has {other} {key} where the run has {own} and is no coarser; write more `{key}`"
            ));
        }
    }
    let (own, other) = numbers(KERNEL_TERMS)?;
    let left_out = left_out(stated, run);
    (other >= own && left_out > NEGLIGIBLE).then(|| {
        format!(
            "the kernel leaves out up to {left_out:.1e} with {own} terms, and none is coarser; write a smaller \
             `kernel-tolerance`"
        )
    })
}

/// The most that the kernel of a run leaves out at any time.
fn left_out(record: &Record, run: usize) -> f64 {
    let curve = record.curve(certificate::KERNEL_TRUNCATION);
    let row = curve.and_then(|curve| curve.values.rows().into_iter().nth(run));
    row.map_or(0.0, |row| row.iter().copied().fold(0.0, larger))
}

fn error(curve: &Curve, stated: &Record, coarse: &Record, reasons: &[Option<String>]) -> Option<Curve> {
    let other = coarse.curve(&curve.name).filter(|_| !certificate::is_one(&curve.name))?;
    let mut values = largest_around(&stated.time, &(&curve.values - &other.values));
    if let Some(left_out) = stated.curve(certificate::KERNEL_TRUNCATION).filter(|_| curve.name == "risk") {
        values += &left_out.values;
    }
    keep_what_is_known(&mut values, stated, reasons);
    let meaning = match reasons.iter().flatten().next() {
        Some(reason) => format!("{UNKNOWN}{reason}"),
        None => format!(
            "|{0} − {0} of a companion coarser in everything|, the largest at times within a factor 2: bounds its \
             discretisation error wherever the companion errs at least twice as much",
            curve.name
        ),
    };
    Some(Curve { name: name(&curve.name), meaning, values })
}

/// The same for each level of a coordinate's quantiles, whose error is called `quantile_<coordinate>_refinement_error`.
fn quantile_error(
    quantiles: &Quantiles,
    stated: &Record,
    coarse: &Record,
    reasons: &[Option<String>],
) -> Option<Quantiles> {
    let other = coarse.quantiles.iter().find(|other| other.coordinate == quantiles.coordinate)?;
    let differences = &quantiles.values - &other.values;
    let mut values = differences.clone();
    let levels = Axis(differences.ndim() - 1);
    for (mut error, difference) in values.axis_iter_mut(levels).zip(differences.axis_iter(levels)) {
        let mut of_level = largest_around(&stated.time, &difference.to_owned());
        keep_what_is_known(&mut of_level, stated, reasons);
        error.assign(&of_level);
    }
    Some(Quantiles { coordinate: name(&quantiles.coordinate), values })
}

/// Puts the floor of the time steps under errors (runs…, time), and NaN where nothing is known.
fn keep_what_is_known(errors: &mut ArrayD<f64>, stated: &Record, reasons: &[Option<String>]) {
    for (run, mut row) in errors.rows_mut().into_iter().enumerate() {
        let (from, floor) = (fact(stated, FROM, run), STEPS * fact(stated, TOLERANCE, run).unwrap_or(0.0));
        let coarser = reasons.get(run).is_none_or(Option::is_none);
        for (value, &time) in row.iter_mut().zip(&stated.time) {
            let known = coarser && from.is_none_or(|from| time == 0.0 || time > from);
            *value = if known { larger(*value, floor) } else { f64::NAN };
        }
    }
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
