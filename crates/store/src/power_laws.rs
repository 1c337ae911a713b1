//! The group `comparison/laws`: one variable for each claim on an exponent, over the values of its key, with
//! what was found as attributes. It is written only.

use std::cell::Cell;
use std::collections::HashSet;

use hdf5::{Dataset, Group};
use meanfield_compare::power_law::{Estimate, MeasuredPart, PowerLaw, Remainder};
use meanfield_run::record::RunAxis;
use ndarray::{ArrayView1, arr0};

use super::attribute::{flag, number, numbers, text};
use super::axes::write_run_axis;
use super::error::Checked;
use super::variables::Variables;

/// The group, in that of the comparison.
const LAWS: &str = "laws";

/// Writes the group, if there are any.
pub(super) fn write(parent: &Group, laws: &[PowerLaw], next: &Cell<i32>) -> Checked<()> {
    if laws.is_empty() {
        return Ok(());
    }
    let mut out = Variables::new(parent, LAWS, next)?;
    let mut axes = HashSet::new();
    for law in laws.iter().filter(|law| !law.points.is_empty()) {
        if axes.insert(law.axis.as_str()) {
            write_run_axis(&mut out, &axis(law))?;
        }
    }
    let mut taken = HashSet::new();
    for law in laws {
        let name = free_name(law, &mut taken);
        let values: Vec<f64> = law.points.iter().map(|point| point.value).collect();
        let meaning = meaning(law);
        match values.is_empty() {
            // Nothing was measured: a number without dimensions, for the attributes.
            true => out.variable(&name, &[], arr0(f64::NAN).view().into_dyn(), &meaning)?,
            false => out.variable(&name, &[&law.axis], ArrayView1::from(&values).into_dyn(), &meaning)?,
        }
        write_attributes(&out.existing(&name)?, law)?;
    }
    out.attach()
}

fn meaning(law: &PowerLaw) -> String {
    format!("part of {} of {} that depends on {}", law.claim.quantity, law.claim.system, law.axis)
}

/// The axis of a law's key.
fn axis(law: &PowerLaw) -> RunAxis {
    let values = law.points.iter().map(|point| point.key).collect();
    RunAxis { name: law.axis.clone(), key: Some(law.claim.over.clone()), values }
}

/// `risk_bias_of_sgd_over_neurons`; a number follows where that is taken.
fn free_name(law: &PowerLaw, taken: &mut HashSet<String>) -> String {
    let plain = format!("{}_of_{}_over_{}", law.claim.quantity, law.claim.system, law.axis);
    let numbered = (2..).map(|number: usize| format!("{plain}_{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    names.find(|name| taken.insert(name.clone())).unwrap_or(plain)
}

fn write_attributes(variable: &Dataset, law: &PowerLaw) -> Checked<()> {
    number(variable, "exponent", law.exponent.value)?;
    number(variable, "standard_error", law.exponent.standard_error)?;
    numbers(variable, "interval_95", &law.exponent.interval)?;
    number(variable, "prefactor", law.prefactor.value)?;
    number(variable, "prefactor_standard_error", law.prefactor.standard_error)?;
    write_estimate(variable, "prefactor_as_claimed", &law.prefactor_as_claimed)?;
    if let Some((prefactor, exponent)) = law.predicted_prefactor.zip(law.predicted_exponent) {
        number(variable, "predicted_prefactor", prefactor)?;
        number(variable, "predicted_exponent", exponent)?;
    }
    number(variable, "claimed_exponent", law.claim.exponent)?;
    number(variable, "within", law.claim.within)?;
    number(variable, "time", law.time)?;
    number(variable, "seeds", law.seeds as i64)?;
    number(variable, "misfit", law.misfit)?;
    text(variable, "system", &law.claim.system)?;
    text(variable, "quantity", &law.claim.quantity)?;
    text(variable, "over", &law.claim.over)?;
    if !law.points.is_empty() {
        let errors: Vec<f64> = law.points.iter().map(|point: &MeasuredPart| point.standard_error).collect();
        numbers(variable, "errors", &errors)?;
    }
    law.rest.as_ref().map_or(Ok(()), |rest| write_rest(variable, rest))?;
    text(variable, "verdict", &law.in_words())?;
    flag(variable, "holds", law.holds)
}

/// What does not depend on the key.
fn write_rest(variable: &Dataset, rest: &Remainder) -> Checked<()> {
    text(variable, "rest", &rest.to_string())?;
    match rest {
        Remainder::Constant(constant) => write_estimate(variable, "rest_constant", constant),
        Remainder::Power { exponent, prefactor, .. } => {
            write_estimate(variable, "rest_exponent", exponent)?;
            write_estimate(variable, "rest_prefactor", prefactor)
        }
        _ => Ok(()),
    }
}

fn write_estimate(variable: &Dataset, name: &str, estimate: &Estimate) -> Checked<()> {
    number(variable, name, estimate.value)?;
    number(variable, &format!("{name}_standard_error"), estimate.standard_error)
}
