//! The facts of a record as attributes of its group: counts as integers, flags as bytes, all others as real
//! numbers; one number, or one for each run. Their names and forms are defined in `meanfield_run`.

use hdf5::Group;
use meanfield_run::facts::{Form, form_of};
use meanfield_run::record::Fact;

use super::attribute::{list, numbers};
use super::axes::is_integer;
use super::error::Checked;
use super::reading::Reading;

/// Writes the names of the facts, in their order.
pub(super) fn write_names(group: &Group, facts: &[Fact]) -> Checked<()> {
    let names: Vec<_> = facts.iter().map(|fact| fact.name.as_str()).collect();
    list(group, "fact_names", &names)
}

/// Writes a fact. Facts of failed runs may be NaN; then all values are real numbers.
pub(super) fn write(group: &Group, fact: &Fact) -> Checked<()> {
    let values = &fact.values;
    match form_of(&fact.name) {
        Form::Integer if values.iter().all(is_integer) => {
            numbers(group, &fact.name, &values.iter().map(|value| *value as i64).collect::<Vec<_>>())
        }
        Form::Flag if values.iter().all(|value| [0.0, 1.0].contains(value)) => {
            numbers(group, &fact.name, &values.iter().map(|value| *value as u8).collect::<Vec<_>>())
        }
        _ => numbers(group, &fact.name, values),
    }
}

/// Reads all facts as real numbers, whatever their form.
pub(super) fn read(group: &Reading, runs: usize) -> Checked<Vec<Fact>> {
    group
        .names("fact_names")?
        .into_iter()
        .map(|name: String| group.numbers(&name, runs).map(|values| Fact { name, values }))
        .collect()
}
