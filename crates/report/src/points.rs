//! The points of varied keys that the page shows, and the records at each. It draws nothing.

use meanfield_run::record::{Place, Record, RunAxis, in_words, places};

/// Most points that the page shows: of more, these are chosen evenly.
const MOST_POINTS: usize = 24;

/// One point of the varied keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its places; empty where nothing is varied.
    pub place: Vec<Place>,
    /// The systems there, by their positions among all.
    pub records: Vec<(usize, Record)>,
}

impl Point {
    /// "scale = 0.1"; empty where nothing is varied.
    pub fn in_words(&self) -> String {
        in_words(&self.place)
    }
}

/// The points that the page shows, and how many there are.
pub fn points(records: &[Record]) -> (Vec<Point>, usize) {
    let all = places(&varied_axes(records));
    let count = all.len();
    let shown = evenly_chosen(count, MOST_POINTS).map(|i| {
        let place = all[i].clone();
        let here = records.iter().enumerate();
        let records = here.filter_map(|(i, record)| Some((i, at_point(record, &place)?))).collect();
        Point { place, records }
    });
    (shown.collect(), count)
}

/// At most `most` numbers below `count`, evenly spaced, with the first and the last.
pub fn evenly_chosen(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let shown = count.min(most);
    (0..shown).map(move |i| if count <= most { i } else { i * (count - 1) / (most - 1).max(1) })
}

/// The axes of all varied keys that have more than one value, each once.
fn varied_axes(records: &[Record]) -> Vec<RunAxis> {
    let mut axes: Vec<RunAxis> = Vec::new();
    for axis in records.iter().flat_map(Record::varied).filter(|axis| axis.values.len() > 1) {
        if axes.iter().all(|known| known.name != axis.name) {
            axes.push(axis.clone());
        }
    }
    axes
}

/// A record at a point of the keys that have several values, and at the only value of the others.
fn at_point(record: &Record, point: &[Place]) -> Option<Record> {
    let single: Vec<RunAxis> = record.varied().filter(|axis| axis.values.len() == 1).cloned().collect();
    let only = places(&single).into_iter().next().unwrap_or_default();
    record.at(&[point, &only].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_points_a_few_are_chosen_with_both_ends() {
        assert_eq!(evenly_chosen(3, 24).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(evenly_chosen(100, 4).collect::<Vec<_>>(), [0, 33, 66, 99]);
        assert_eq!(evenly_chosen(5, 1).collect::<Vec<_>>(), [0]);
    }
}
