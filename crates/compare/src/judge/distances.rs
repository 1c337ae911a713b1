//! How far the laws of two systems are apart at the snapshots that both took: every distance of every coordinate that both have.
//! It judges nothing.

use super::{Pair, align};
use crate::comparison::Series;
use crate::distance::Distance;

impl Pair<'_> {
    /// Times of the common snapshots, and every distance of every common coordinate there.
    pub(super) fn distances(&self) -> (Vec<f64>, Vec<Series>) {
        let snapshots = self.common_snapshots();
        let times = snapshots.iter().map(|&(own, _)| self.system.snapshot_time[own]).collect();
        let mut all = Vec::new();
        for (name, own, other) in self.common_coordinates() {
            let law = |&(mine, theirs): &(usize, usize)| {
                let mine = align::pooled_law(self.system, own, mine)?;
                Some((mine, align::pooled_law(self.reference, other, theirs)?))
            };
            let laws: Vec<_> = snapshots.iter().map(law).collect();
            all.extend(Distance::ALL.map(|distance| {
                Series {
                    name: format!("{}_{name}", distance.name()),
                    meaning: format!("{} between the laws of {name}", distance.meaning()),
                    // a law that the record lacks is at no known distance
                    values: laws
                        .iter()
                        .map(|p| p.as_ref().map_or(f64::NAN, |(a, b)| distance.between(a, b)))
                        .collect(),
                }
            }));
        }
        (times, all)
    }

    /// Pairs of snapshots (own, reference) at the same time.
    fn common_snapshots(&self) -> Vec<(usize, usize)> {
        let times = self.system.snapshot_time.iter().enumerate();
        let slack = self.slack;
        times
            .filter_map(|(own, &time)| Some((own, align::snapshot_at(self.reference, time, slack)?)))
            .collect()
    }

    /// Names of the coordinates that both have, with their indices in either.
    fn common_coordinates(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        let other = |name: &String| self.reference.coordinates.iter().position(|c| c == name);
        let own = self.system.coordinates.iter().enumerate();
        own.filter_map(move |(i, name)| Some((name.as_str(), i, other(name)?)))
    }
}
