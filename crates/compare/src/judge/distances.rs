//! Distances between the laws of two systems at their common snapshots: every distance of every coordinate
//! that both have. An ensemble has the distance of the runs' pooled law and the mean over the distances of
//! single runs with its standard error: pooling averages the scatter of finite networks away. Those of all
//! coordinates together are in `joint_distances`. This file judges nothing.

use meanfield_model::marginal::Marginal;

use super::pair::Pair;
use crate::align;
use crate::comparison::{CAVEAT, Series};
use crate::distance::{Distance, jump_in_a_narrow_piece};

/// The laws of one coordinate at one snapshot.
struct Laws {
    /// One for each run of the system.
    runs: Vec<Marginal>,
    /// The pooled law of all runs.
    pooled: Marginal,
    reference: Marginal,
}

impl Pair<'_> {
    /// Times of the common snapshots.
    pub(super) fn snapshot_times(&self) -> Vec<f64> {
        self.common_snapshots().iter().map(|&(own, _)| self.system.snapshot_time[own]).collect()
    }

    /// Every distance at the common snapshots: of every common coordinate, then of all of them together.
    pub(super) fn distances(&self) -> Vec<Series> {
        let snapshots = self.common_snapshots();
        let times = self.snapshot_times();
        let mut all = Vec::new();
        for (name, own, other) in self.common_coordinates() {
            let laws: Vec<Option<Laws>> =
                snapshots.iter().map(|&(mine, theirs)| self.laws((own, mine), (other, theirs))).collect();
            for distance in Distance::ALL {
                all.push(pooled_series(distance, name, &laws, &times));
                if self.system.runs() > 1 {
                    all.extend(run_series(distance, name, &laws));
                }
            }
        }
        all.extend(self.joint_distances());
        all
    }

    /// The laws of a coordinate at a snapshot, each given by its number in the two records.
    fn laws(&self, (own, mine): (usize, usize), (other, theirs): (usize, usize)) -> Option<Laws> {
        let runs = align::laws(self.system, own, mine)?;
        let pooled = align::pooled(&runs)?;
        let reference = align::pooled_law(self.reference, other, theirs)?;
        Some(Laws { runs, pooled, reference })
    }

    /// Pairs of snapshots (own, reference) at the same time.
    pub(super) fn common_snapshots(&self) -> Vec<(usize, usize)> {
        let times = self.system.snapshot_time.iter().enumerate();
        let slack = self.slack;
        times
            .filter_map(|(own, &time)| Some((own, align::snapshot_at(self.reference, time, slack)?)))
            .collect()
    }

    /// Names of the coordinates that both have, with their indices in either.
    fn common_coordinates(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        let own = self.system.coordinates().iter().enumerate();
        own.filter_map(|(i, name)| {
            let other = self.reference.coordinates().iter().position(|c| c == name)?;
            Some((name.as_str(), i, other))
        })
    }
}

/// Distance between the pooled law and the reference's; NaN where a record lacks its law.
fn pooled_series(distance: Distance, name: &str, laws: &[Option<Laws>], times: &[f64]) -> Series {
    let runs = laws.iter().flatten().map(|laws| laws.runs.len()).max().unwrap_or(1);
    let pooled = if runs > 1 { format!(", {runs} runs pooled") } else { String::new() };
    let caveat = caveat(distance, laws, times);
    Series {
        name: distance.quantity().name_for(name),
        meaning: format!("{} between the laws of {name}{pooled}{caveat}", distance.quantity().meaning),
        values: laws
            .iter()
            .map(|laws: &Option<Laws>| {
                laws.as_ref().map_or(f64::NAN, |laws| distance.between(&laws.pooled, &laws.reference))
            })
            .collect(),
    }
}

/// Mean over the runs of their distances from the reference's law, and its standard error.
fn run_series(distance: Distance, name: &str, laws: &[Option<Laws>]) -> [Series; 2] {
    let statistics: Vec<[f64; 2]> = laws.iter().map(|laws| run_statistics(distance, laws.as_ref())).collect();
    let quantity = distance.quantity();
    let statistic = [
        ("mean", "mean over the runs of the"),
        ("standard_error", "standard error of the mean over the runs of the"),
    ];
    [0, 1].map(|i: usize| Series {
        name: format!("{}_{}", quantity.name_for(name), statistic[i].0),
        meaning: format!("{} {} between the law of {name} and each run's", statistic[i].1, quantity.meaning),
        values: statistics.iter().map(|pair| pair[i]).collect(),
    })
}

/// Mean and standard error at one snapshot; NaN where a record lacks its law.
fn run_statistics(distance: Distance, laws: Option<&Laws>) -> [f64; 2] {
    let Some(laws) = laws else { return [f64::NAN; 2] };
    let all: Vec<Vec<f64>> =
        laws.runs.iter().map(|law| vec![distance.between(law, &laws.reference)]).collect();
    let deviation = align::standard_deviation(&all).map_or(f64::NAN, |d| d[0]);
    [align::mean(&all)[0], deviation / (all.len() as f64).sqrt()]
}

/// The caveat on sup |F − G| where a point mass of one law lies in a cell of the other: it counts in full,
/// however narrow the cell.
fn caveat(distance: Distance, laws: &[Option<Laws>], times: &[f64]) -> String {
    if distance != Distance::KolmogorovSmirnov {
        return String::new();
    }
    let misled = laws.iter().zip(times).filter_map(|(laws, time)| {
        let laws = laws.as_ref()?;
        let width = jump_in_a_narrow_piece(&laws.pooled, &laws.reference)?;
        Some(format!("{time} (width {width:.1e})"))
    });
    let misled: Vec<String> = misled.collect();
    match misled.is_empty() {
        true => String::new(),
        false => format!(
            "{CAVEAT}it compares a point mass of one law with a narrow cell of the other, and counts the \
             mass in full, at t = {}: see the Wasserstein distances",
            misled.join(", ")
        ),
    }
}
