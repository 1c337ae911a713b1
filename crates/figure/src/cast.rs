//! Who is drawn: every system at every point of the varied keys, with its look. Colours tell points apart,
//! dashes and marks systems; where there is one point, colours tell systems apart as well. It draws nothing.

use meanfield_run::record::{Place, Record, RunAxis, in_words, places};
use plotters::style::RGBColor;

use super::legend::{Entry, Sample};
use super::standing::{span, stands};
use super::style::{self, INK, Look};
use super::time_axis;

/// Most points that a legend names.
const MOST_NAMED: usize = 8;

/// One system at one point.
pub struct Member {
    /// Its record there; seeds are its only axis.
    pub record: Record,
    /// Position of its system among all.
    pub system: usize,
    /// How it looks.
    pub look: Look,
    /// The span of time over which it is drawn, if it stands still beside systems that do not.
    pub standing: Option<(f64, f64)>,
}

impl Member {
    /// One value for each time as points of a curve; what stands still goes from end to end.
    pub fn over_time<T: Copy>(&self, values: &[T]) -> Vec<(f64, T)> {
        match (self.standing, values) {
            (Some((first, last)), &[value]) => vec![(first, value), (last, value)],
            _ => time_axis::points(&self.record.time, values),
        }
    }
}

/// All of them.
pub struct Cast {
    /// The members, system by system; what stands still comes last, so that it is drawn upon the others.
    pub members: Vec<Member>,
    /// The points: one, with an empty place, where nothing is varied.
    pub points: Vec<Vec<Place>>,
    /// The look of each system, without the colour of a point.
    pub looks: Vec<Look>,
}

impl Cast {
    /// The cast of some records.
    pub fn of(records: &[Record]) -> Self {
        let points = Self::points_of(records);
        let alone = points.len() == 1;
        let looks = if alone { style::looks(records) } else { style::looks_without_colour(records) };
        let mut cast = Self { members: Vec::new(), points, looks };
        for (system, record) in records.iter().enumerate() {
            let standing = span(records).filter(|_| stands(record, records));
            let own: Vec<RunAxis> = record.varied().cloned().collect();
            for place in places(&own) {
                let colour = if alone { cast.looks[system].colour } else { cast.colour(&place) };
                let look = Look { colour, ..cast.looks[system] };
                cast.members.extend(record.at(&place).map(|record| Member {
                    record,
                    system,
                    look,
                    standing,
                }));
            }
        }
        cast.members.sort_by_key(|member| member.standing.is_some());
        cast
    }

    /// The points of some records; one empty place where nothing has more than one value.
    pub fn points_of(records: &[Record]) -> Vec<Vec<Place>> {
        places(&varied_axes(records))
    }

    /// Whether there is only one point, so that nothing has to be said of it.
    pub fn is_one_point(&self) -> bool {
        self.points.len() == 1
    }

    /// The colour of a point; that of text for what is the same at several.
    pub fn colour(&self, place: &[Place]) -> RGBColor {
        let found =
            self.points.iter().position(|point: &Vec<Place>| point.iter().all(|own| place.contains(own)));
        found.map_or(INK, |i| style::point_colour(i, self.points.len()))
    }

    /// The look of a system at a point.
    pub fn look(&self, system: usize, place: &[Place]) -> Look {
        let own = self.looks[system];
        if self.is_one_point() { own } else { Look { colour: self.colour(place), ..own } }
    }

    /// What the colours mean; nothing where there is one point.
    pub fn point_entries(&self) -> Vec<Entry> {
        if self.is_one_point() {
            return Vec::new();
        }
        let named = some_of((0..self.points.len()).collect(), MOST_NAMED);
        named
            .into_iter()
            .map(|i: usize| {
                let colour = style::point_colour(i, self.points.len());
                let look = Look { colour, dashes: &[], mark: None, thin: false };
                Entry { sample: Sample::Line(look), label: in_words(&self.points[i]) }
            })
            .collect()
    }
}

/// The axes of all varied keys that have more than one value, each once.
pub fn varied_axes(records: &[Record]) -> Vec<RunAxis> {
    let mut axes: Vec<RunAxis> = Vec::new();
    for axis in records.iter().flat_map(Record::varied).filter(|axis| axis.values.len() > 1) {
        if axes.iter().all(|known| known.name != axis.name) {
            axes.push(axis.clone());
        }
    }
    axes
}

/// At most `count` of them, evenly chosen, the first and the last among them.
pub fn some_of<T: Copy>(all: Vec<T>, count: usize) -> Vec<T> {
    if all.len() <= count {
        return all;
    }
    (0..count).map(|i| all[(i * (all.len() - 1) + (count - 1) / 2) / (count - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_many_are_chosen_evenly() {
        let chosen = some_of((0..23).map(f64::from).collect(), 9);
        assert_eq!(chosen, [0.0, 3.0, 6.0, 8.0, 11.0, 14.0, 17.0, 19.0, 22.0]);
        assert_eq!(some_of(vec![1.0, 2.0], 9), [1.0, 2.0]);
    }
}
