//! Distances between the laws of all coordinates together at the common snapshots, where there are two or
//! more. An ensemble has that of the runs' pooled law, and the mean over the distances of single runs with
//! its
//! standard error and its 95 % interval from resamples of the runs. (Of the pooled law resamples say nothing:
//! one that counts some runs twice is farther away than the whole.)

use super::pair::Pair;
use super::resampling::{estimate, resamples};
use crate::align;
use crate::comparison::Series;
use crate::joint_distance::{JointDistance, JointDistances, joint_distances};

/// Fewest runs of which there is an interval.
const FEWEST_RUNS: usize = 4;
/// Statistics of the distances of single runs: the end of their names, and their words.
const STATISTICS: [(&str, &str); 4] = [
    ("mean", "mean over the runs"),
    ("standard_error", "standard error of the mean over the runs"),
    ("lower_95", "lower end of the 95 % interval of the mean over the runs"),
    ("upper_95", "upper end of the 95 % interval of the mean over the runs"),
];

/// Distances of all kinds at a snapshot.
type AtSnapshot = Option<Vec<JointDistances>>;

impl Pair<'_> {
    /// Every joint distance at the common snapshots; none where no snapshot of both has the joint law.
    pub(super) fn joint_distances(&self) -> Vec<Series> {
        if self.system.coordinates() != self.reference.coordinates() {
            return Vec::new();
        }
        let snapshots = self.common_snapshots().into_iter();
        let found: Vec<AtSnapshot> = snapshots.map(|(own, other)| self.joint_at(own, other)).collect();
        if found.iter().all(Option::is_none) {
            return Vec::new();
        }
        let kinds = JointDistance::ALL.into_iter().enumerate();
        kinds
            .flat_map(|(number, distance): (usize, JointDistance)| {
                let own: Vec<Option<&JointDistances>> =
                    found.iter().map(|all| all.as_ref()?.get(number)).collect();
                let mut series = vec![self.pooled_joint_series(distance, &own)];
                if self.system.runs() > 1 {
                    series.extend(run_series(distance, &own));
                }
                series
            })
            .collect()
    }

    /// The joint distances of two snapshots.
    fn joint_at(&self, own: usize, other: usize) -> AtSnapshot {
        let runs = align::joint_laws(self.system, own)?;
        joint_distances(&JointDistance::ALL, &runs, &align::joint_laws(self.reference, other)?)
    }

    fn pooled_joint_series(&self, distance: JointDistance, all: &[Option<&JointDistances>]) -> Series {
        let runs = all.iter().flatten().map(|found| found.runs.len()).max().unwrap_or(1);
        let pooled = if runs > 1 { format!(", {runs} runs pooled") } else { String::new() };
        let quantity = distance.quantity();
        let coordinates = self.system.coordinates().join(", ");
        Series {
            name: quantity.name.to_owned(),
            meaning: format!("{} between the laws of ({coordinates}){pooled}", quantity.meaning),
            values: all.iter().map(|found| found.map_or(f64::NAN, |found| found.pooled)).collect(),
        }
    }
}

/// Statistics over the distances of single runs.
fn run_series(distance: JointDistance, all: &[Option<&JointDistances>]) -> [Series; 4] {
    let statistics: Vec<[f64; 4]> =
        all.iter().map(|found| found.map_or([f64::NAN; 4], |found| run_statistics(&found.runs))).collect();
    let quantity = distance.quantity();
    [0, 1, 2, 3].map(|i: usize| Series {
        name: format!("{}_{}", quantity.name, STATISTICS[i].0),
        meaning: format!("{} of the {} between each run's law and", STATISTICS[i].1, quantity.meaning),
        values: statistics.iter().map(|all| all[i]).collect(),
    })
}

/// Mean of some distances, its standard error, and the ends of its 95 % interval.
fn run_statistics(distances: &[f64]) -> [f64; 4] {
    let rows: Vec<Vec<f64>> = distances.iter().map(|distance| vec![*distance]).collect();
    let mean = align::mean(&rows)[0];
    let deviation = align::standard_deviation(&rows).map_or(f64::NAN, |deviation| deviation[0]);
    let error = deviation / (distances.len() as f64).sqrt();
    if distances.len() < FEWEST_RUNS {
        return [mean, error, f64::NAN, f64::NAN];
    }
    let resampled = resamples(distances.len())
        .map(|picked: Vec<usize>| picked.iter().map(|i| distances[*i]).sum::<f64>() / picked.len() as f64);
    let [lower, upper] = estimate(mean, resampled).interval;
    [mean, error, lower, upper]
}
