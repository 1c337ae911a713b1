//! An error estimate for every curve from two resolutions: the run as stated, and a companion at half of it.

use crate::certificate;
use crate::record::{Curve, Fact, Record};
use crate::stack::StackError;

/// What the name of a curve's error ends in.
pub const SUFFIX: &str = "_refinement_error";

/// Gives each result of `stated` a curve `…_refinement_error` = |stated − coarse|, `coarse` being the same system at
/// half the resolution. The difference is not divided by anything: it bounds the error of the stated resolution
/// wherever halving the resolution at least doubles the error, whatever the order. Certificates, and curves that only
/// one of the two has, get none.
pub fn estimate(stated: &mut Record, coarse: &Record) -> Result<(), StackError> {
    let differ = |what| StackError::Differ { system: stated.system.clone(), what };
    if stated.time != coarse.time || stated.axes != coarse.axes {
        return Err(differ("times or axes at half the resolution"));
    }
    let errors: Vec<Curve> = stated.curves.iter().filter_map(|curve| error(curve, coarse)).collect();
    stated.curves.extend(errors);
    let seconds = coarse.facts.iter().find(|fact| fact.name == "cpu_seconds");
    stated.facts.extend(seconds.map(|fact| Fact { name: "coarse_cpu_seconds".into(), ..fact.clone() }));
    Ok(())
}

/// The name of a curve's error.
pub fn name(curve: &str) -> String {
    format!("{curve}{SUFFIX}")
}

fn error(curve: &Curve, coarse: &Record) -> Option<Curve> {
    let other = coarse.curve(&curve.name).filter(|_| !certificate::is_one(&curve.name))?;
    let meaning = format!(
        "|{0} − {0} at half the resolution|: bounds its discretisation error wherever halving at least doubles it",
        curve.name
    );
    let values = (&curve.values - &other.values).mapv(f64::abs);
    Some(Curve { name: name(&curve.name), meaning, values })
}
