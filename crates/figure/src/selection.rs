//! What of some records is drawn: some systems, some values of varied keys, systems under other names. It
//! changes no number, and judges nothing anew: verdicts stay those of all points.

use meanfield_compare::comparison::Comparison;
use meanfield_run::record::{Record, RunAxis};

/// A choice of what is drawn; by default everything, by its own name.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Selection {
    /// Names of the systems, in the order of drawing; all if it is empty.
    pub systems: Vec<String>,
    /// Varied keys by their short names, each with the values that are drawn.
    pub points: Vec<(String, Vec<f64>)>,
    /// Names of systems, each with the words that stand for it in legends.
    pub labels: Vec<(String, String)>,
}

/// The records and the comparison that are left.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Selected {
    /// The systems.
    pub records: Vec<Record>,
    /// Their comparison, under the new names.
    pub comparison: Option<Comparison>,
}

/// Why a choice cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// No system has this name.
    #[error("there is no system {name} in this record")]
    NoSystem {
        /// The name.
        name: String,
        /// The systems that there are.
        known: Vec<String>,
    },
    /// No system has this varied key.
    #[error("no key {name} is varied in this record")]
    NoKey {
        /// The short name.
        name: String,
        /// The keys that are varied.
        known: Vec<String>,
    },
    /// A key does not have this value.
    #[error("{key} = {value} was not run")]
    NoValue {
        /// The key's short name.
        key: String,
        /// The value.
        value: f64,
        /// The values that were run.
        known: Vec<f64>,
    },
}

impl Selection {
    /// What is chosen of some records and their comparison.
    ///
    /// # Errors
    /// [`SelectionError`], where a name or a value is not in the records.
    pub fn apply(
        &self,
        records: &[Record],
        comparison: Option<&Comparison>,
    ) -> Result<Selected, SelectionError> {
        let known: Vec<String> = records.iter().map(|record| record.system.clone()).collect();
        let labelled = self.labels.iter().map(|(name, _)| name);
        if let Some(name) = self.systems.iter().chain(labelled).find(|name| !known.contains(name)) {
            return Err(SelectionError::NoSystem { name: name.clone(), known });
        }
        for (key, values) in &self.points {
            check_values(records, key, values)?;
        }
        let chosen: Vec<&Record> = match self.systems.is_empty() {
            true => records.iter().collect(),
            false => self.systems.iter().filter_map(|name| named(records, name)).collect(),
        };
        Ok(Selected {
            records: chosen.into_iter().map(|record| self.chosen(record)).collect(),
            comparison: comparison.map(|comparison| self.relabelled(comparison)),
        })
    }

    /// A record at the chosen values, under its new name.
    fn chosen(&self, record: &Record) -> Record {
        let mut chosen = record.clone();
        for (key, values) in &self.points {
            chosen = at_values(chosen, key, values);
        }
        if let Some(words) = self.words(&record.system) {
            // Words of the user's own say all that is to be said.
            chosen.system = words.to_owned();
            chosen.kind = String::new();
        }
        chosen
    }

    fn words(&self, system: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| name == system).map(|(_, words)| &words[..])
    }

    /// The comparison under the new names.
    fn relabelled(&self, comparison: &Comparison) -> Comparison {
        let renamed = |name: &String| self.words(name).map_or_else(|| name.clone(), str::to_owned);
        let mut comparison = comparison.clone();
        comparison.reference = renamed(&comparison.reference);
        for compared in &mut comparison.systems {
            compared.system = renamed(&compared.system);
            for verdict in &mut compared.verdicts {
                verdict.claim.system = renamed(&verdict.claim.system);
            }
        }
        for law in &mut comparison.power_laws {
            law.claim.system = renamed(&law.claim.system);
        }
        comparison
    }
}

fn named<'a>(records: &'a [Record], name: &str) -> Option<&'a Record> {
    records.iter().find(|record| record.system == name)
}

/// Checks that some system was run at each of these values of a key.
fn check_values(records: &[Record], key: &str, values: &[f64]) -> Result<(), SelectionError> {
    let mut known: Vec<String> =
        records.iter().flat_map(Record::varied).map(|axis| axis.name.clone()).collect();
    known.dedup();
    let axis = records.iter().flat_map(Record::varied).find(|axis| axis.name == key);
    let Some(axis) = axis else { return Err(SelectionError::NoKey { name: key.to_owned(), known }) };
    match values.iter().find(|value| !axis.values.contains(value)) {
        Some(value) => {
            Err(SelectionError::NoValue { key: key.to_owned(), value: *value, known: axis.values.clone() })
        }
        None => Ok(()),
    }
}

/// A record at some values of a key; as it is where it does not have the key.
fn at_values(record: Record, key: &str, values: &[f64]) -> Record {
    let Some(axis) = record.varied().find(|axis| axis.name == key).cloned() else { return record };
    let wanted: Vec<f64> = axis.values.iter().copied().filter(|value| values.contains(value)).collect();
    let parts: Vec<Record> = wanted.iter().filter_map(|value| record.at(&[axis.place(*value)])).collect();
    // What was cut out of one record fits together again.
    Record::stack(RunAxis { values: wanted, ..axis }, parts).unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_run::record::Curve;

    fn record(system: &str) -> Record {
        let run = |value: f64| Record {
            system: system.into(),
            kind: "finite-volume".into(),
            time: vec![1.0],
            curves: vec![Curve {
                name: "risk".into(),
                meaning: String::new(),
                values: ndarray::arr1(&[value]).into_dyn(),
            }],
            ..Record::default()
        };
        let values = vec![0.1, 0.2, 0.3];
        let runs = values.iter().map(|value| run(10.0 * value)).collect();
        let key = Some("model.data.isotropic-gaussians.separation".into());
        Record::stack(RunAxis { name: "separation".into(), key, values }, runs).expect("alike")
    }

    #[test]
    fn some_systems_at_some_values_under_other_names() {
        let records = [record("pde"), record("atoms")];
        let selection = Selection {
            systems: vec!["atoms".into()],
            points: vec![("separation".into(), vec![0.3, 0.1])],
            labels: vec![("atoms".into(), "characteristics".into())],
        };
        let chosen = selection.apply(&records, None).expect("there").records;
        assert_eq!((chosen.len(), &chosen[0].system[..], &chosen[0].kind[..]), (1, "characteristics", ""));
        assert_eq!(chosen[0].axes[0].values, [0.1, 0.3]);
        let risks: Vec<f64> = chosen[0].curves[0].values.iter().copied().collect();
        assert_eq!(risks, [1.0, 3.0]);
        assert_eq!(Selection::default().apply(&records, None).expect("all").records, records);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let records = [record("pde")];
        let systems = Selection { systems: vec!["sgd".into()], ..Selection::default() };
        let error = systems.apply(&records, None).expect_err("no such system");
        assert_eq!(error, SelectionError::NoSystem { name: "sgd".into(), known: vec!["pde".into()] });
        for (key, values) in [("scale", vec![0.1]), ("separation", vec![0.1, 0.15])] {
            let points = Selection { points: vec![(key.into(), values)], ..Selection::default() };
            let error = points.apply(&records, None).expect_err("no such point").to_string();
            assert!(error.contains(key), "{error}");
        }
    }
}
