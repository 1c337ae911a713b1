//! An error estimate for every curve and quantile from two resolutions: the run as stated, and a companion
//! that is coarser in everything. It runs nothing. A companion that is not coarser in something gives no
//! estimate, but the reason why there is none.

use std::ops::Range;

use ndarray::{ArrayD, Axis, s};

use crate::facts::{
    ATOMS, ATOMS_AT_START, CELLS, COARSE_CPU_SECONDS, CPU_SECONDS, FactKind, KERNEL_TERMS, REFINEMENT_FROM,
    TOLERANCE,
};
use crate::quantities::{
    ENERGY_RESIDUAL, KERNEL_TRUNCATION, MEAN, RISK, SAMPLING_ERROR, UNBALANCED, is_certificate,
};
use crate::record::{Curve, Fact, Quantiles, Record};
use crate::stack::StackError;

/// Suffix of the name of a curve's error.
pub const SUFFIX: &str = "_refinement_error";
/// Prefix of the meaning of an error that is not known; its reason follows.
pub const UNKNOWN: &str = "unknown: ";

/// A run errs by at least so many times its tolerance of one step.
const STEPS: f64 = 10.0;
/// Differences are taken at their largest over times within this factor: where a difference changes sign it
/// says nothing.
const WINDOW: f64 = 2.0;
/// A curve is rounded to this, relative to its largest value.
const ROUNDING: f64 = 1e-12;
/// Atoms that can split no more leave unresolved what the companion's leave, too: the errors of all curves
/// are then at least as much larger than their differences as this share of the sampling error is than the
/// means'. Where `most-atoms` was reached the sampling error was 5 to 13 times the true error of the means
/// (problem few-atoms of scripts/coverage.py).
const OF_SAMPLING: f64 = 0.25;
/// A kernel that leaves out less than this is taken for exact where no coarser one exists: it lies below the
/// errors that any other part of a system has by default.
const NEGLIGIBLE: f64 = 1e-8;

/// Gives each result of `stated` a curve `…_refinement_error` from `coarse`, its companion, and each quantile
/// its own: the largest |stated − coarse| at times within a factor 2. It is not divided by anything: it
/// bounds the error of the stated resolution wherever the companion errs at least twice as much, whatever the
/// order. It is never below ten times the tolerance of a step or rounding, and that of the risk never below
/// what the kernel leaves out; where the atoms of both runs leave much unresolved it is larger in proportion.
/// It is NaN where the coarse run has made no whole step yet, where a difference is, where the companion was
/// not coarser in everything, and where steps of first order do not resolve the flow. Certificates, and
/// curves that only one of the two has, get none.
///
/// # Errors
/// [`StackError::Differ`] where the two were observed at other times or along other axes.
pub fn estimate(stated: &mut Record, coarse: &Record) -> Result<(), StackError> {
    if stated.time != coarse.time || stated.axes != coarse.axes {
        let what = "times or axes at half the resolution";
        return Err(StackError::Differ { system: stated.system.clone(), what });
    }
    let reasons: Vec<Option<String>> =
        (0..stated.runs()).map(|run| not_coarser(stated, coarse, run)).collect();
    let known = Known { excess: excess_of_sampling(stated, coarse), reasons };
    let errors: Vec<Curve> =
        stated.curves.iter().filter_map(|curve| error(curve, stated, coarse, &known)).collect();
    let of_quantiles: Vec<Quantiles> =
        stated.quantiles.iter().filter_map(|one| quantile_error(one, stated, coarse, &known)).collect();
    stated.curves.extend(errors);
    stated.quantiles.extend(of_quantiles);
    let seconds = coarse.facts.iter().find(|fact| fact.name == CPU_SECONDS.name);
    stated
        .facts
        .extend(seconds.map(|fact: &Fact| Fact { name: COARSE_CPU_SECONDS.name.to_owned(), ..fact.clone() }));
    Ok(())
}

/// The name of a curve's error.
pub fn name(curve: impl AsRef<str>) -> String {
    format!("{}{SUFFIX}", curve.as_ref())
}

/// Reason why the companion of a run gives no estimate, and what to write instead; None if it is coarser in
/// everything.
fn not_coarser(stated: &Record, coarse: &Record, run: usize) -> Option<String> {
    for (fact, key) in [(CELLS, CELLS.name), (ATOMS_AT_START, ATOMS.name)] {
        if let Some([own, other]) =
            fact_of_both(stated, coarse, fact, run).filter(|[own, other]| other >= own)
        {
            return Some(format!(
                "the companion has {other} {key} where the run has {own} and is no coarser; \
                 write more `{key}`"
            ));
        }
    }
    if let Some(reason) = unresolved_steps(stated, run) {
        return Some(reason);
    }
    let [own, other] = fact_of_both(stated, coarse, KERNEL_TERMS, run)?;
    let left_out = stated.largest(KERNEL_TRUNCATION, run).unwrap_or(0.0);
    (other >= own && left_out > NEGLIGIBLE).then(|| {
        format!(
            "the kernel leaves out up to {left_out:.1e} with {own} terms, and none is coarser; \
             write a smaller `kernel-tolerance`"
        )
    })
}

/// A fact of one run as stated, and of its companion; None where either lacks it.
fn fact_of_both(stated: &Record, coarse: &Record, fact: &FactKind, run: usize) -> Option<[f64; 2]> {
    Some([stated.fact_of_run(fact, run)?, coarse.fact_of_run(fact, run)?])
}

/// Reason why steps of first order give no estimate, if they do not resolve the flow: the energy balance of
/// the run is off.
fn unresolved_steps(stated: &Record, run: usize) -> Option<String> {
    stated.fact_of_run(REFINEMENT_FROM, run)?;
    let residual = stated.largest(ENERGY_RESIDUAL, run).unwrap_or(0.0);
    let risk = stated.largest(RISK, run).unwrap_or(0.0);
    (residual > UNBALANCED * risk).then(|| {
        format!(
            "the steps do not resolve the flow: their energy balance is off by {residual:.1e}; \
             write a smaller `step`"
        )
    })
}

/// Knowledge of the errors beside the differences.
struct Known {
    /// By how much they are larger, shape (runs…, time).
    excess: ArrayD<f64>,
    /// For each run the reason why its error is not known, if it is not.
    reasons: Vec<Option<String>>,
}

/// How many times larger than their differences errors are because atoms leave unresolved what their
/// companion's do, too.
fn excess_of_sampling(stated: &Record, coarse: &Record) -> ArrayD<f64> {
    let shape = stated.curves.first().map_or(ArrayD::zeros(vec![0]), |curve| curve.values.clone());
    let ones = shape.mapv(|_| 1.0);
    let Some(sampling) = stated.curve(SAMPLING_ERROR) else { return ones };
    let of_means = stated.coordinates().iter().filter_map(|c| {
        let name = MEAN.name_for(c);
        let own = stated.curve(&name)?;
        let other = coarse.curve(&name)?;
        Some(largest_around(&stated.time, &(&own.values - &other.values)))
    });
    let Some(mut errors) = of_means.reduce(|a, b| larger_of(&a, &b)) else { return ones };
    put_floor(&mut errors, stated, &ones);
    ndarray::Zip::from(&sampling.values)
        .and(&errors)
        .map_collect(|s: &f64, e: &f64| (OF_SAMPLING * s / e).max(1.0))
}

fn larger_of(a: &ArrayD<f64>, b: &ArrayD<f64>) -> ArrayD<f64> {
    ndarray::Zip::from(a).and(b).map_collect(|a, b| larger(*a, *b))
}

fn error(curve: &Curve, stated: &Record, coarse: &Record, known: &Known) -> Option<Curve> {
    let other = coarse.curve(&curve.name).filter(|_| !is_certificate(&curve.name))?;
    let mut values = largest_around(&stated.time, &(&curve.values - &other.values)) * &known.excess;
    if let Some(left_out) = stated.curve(KERNEL_TRUNCATION).filter(|_| curve.name == RISK.name) {
        values += &left_out.values;
    }
    put_floor(&mut values, stated, &curve.values);
    mask_unknown(&mut values, stated, known);
    let meaning = match known.reasons.iter().flatten().next() {
        Some(reason) => format!("{UNKNOWN}{reason}"),
        None => format!(
            "|{0} − {0} of a companion coarser in everything|, the largest at times within a factor 2: \
             bounds its discretisation error wherever the companion errs at least twice as much",
            curve.name
        ),
    };
    Some(Curve { name: name(&curve.name), meaning, values })
}

/// The error of each level of a coordinate's quantiles, which is called
/// `quantile_<coordinate>_refinement_error`.
fn quantile_error(
    quantiles: &Quantiles,
    stated: &Record,
    coarse: &Record,
    known: &Known,
) -> Option<Quantiles> {
    let other = coarse.quantiles.iter().find(|other: &&Quantiles| {
        other.coordinate == quantiles.coordinate && other.values.shape() == quantiles.values.shape()
    })?;
    let differences = &quantiles.values - &other.values;
    let mut values = differences.clone();
    let levels = Axis(differences.ndim() - 1);
    let of_level = quantiles.values.axis_iter(levels).zip(differences.axis_iter(levels));
    for (mut error, (own, difference)) in values.axis_iter_mut(levels).zip(of_level) {
        let mut of_level = largest_around(&stated.time, &difference.to_owned()) * &known.excess;
        put_floor(&mut of_level, stated, &own.to_owned());
        mask_unknown(&mut of_level, stated, known);
        error.assign(&of_level);
    }
    Some(Quantiles { coordinate: name(&quantiles.coordinate), values })
}

/// Puts the floor of time steps and rounding under the errors (runs…, time) of these values.
fn put_floor(errors: &mut ArrayD<f64>, stated: &Record, values: &ArrayD<f64>) {
    for (run, (mut row, values)) in errors.rows_mut().into_iter().zip(values.rows()).enumerate() {
        let rounding = ROUNDING * values.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let floor = rounding.max(STEPS * stated.fact_of_run(TOLERANCE, run).unwrap_or(0.0));
        row.mapv_inplace(|value| larger(value, floor));
    }
}

/// Sets errors that are not known to NaN.
fn mask_unknown(errors: &mut ArrayD<f64>, stated: &Record, known: &Known) {
    for (run, mut row) in errors.rows_mut().into_iter().enumerate() {
        let from = stated.fact_of_run(REFINEMENT_FROM, run);
        let coarser = known.reasons.get(run).is_none_or(Option::is_none);
        for (value, &time) in row.iter_mut().zip(&stated.time) {
            if !coarser || from.is_some_and(|from| time > 0.0 && time <= from) {
                *value = f64::NAN;
            }
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
    times.iter().map(move |&time: &f64| {
        let first = times.partition_point(|earlier| WINDOW * earlier < time);
        first..times.partition_point(|later| *later <= WINDOW * time)
    })
}

/// The larger number; NaN if one of them is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}
