//! The systems of a figure at every point of the varied keys, each with its look. Colours distinguish points,
//! dashes and marks systems; with one point, colours distinguish systems as well. This file draws nothing.

use meanfield_run::record::{Place, Record, RunAxis, in_words, places};
use plotters::style::RGBColor;

use super::legend::{Entry, Sample};
use super::static_system::{evolving_span, is_constant};
use super::style::{self, INK, Look};
use super::time_axis;

/// Most points that a legend names.
const MOST_NAMED: usize = 8;

/// One system at one point of the varied keys.
pub struct SystemAtPoint {
    /// Its record there; seeds are its only axis.
    pub record: Record,
    /// The point.
    pub place: Vec<Place>,
    /// Position of its system among all.
    pub system: usize,
    /// Its look.
    pub look: Look,
    /// First and last time of its curves, if it is drawn as a constant.
    pub static_span: Option<(f64, f64)>,
}

impl SystemAtPoint {
    /// Points (time, value) of a curve; a constant system has one at either end of its span.
    pub fn over_time<T: Copy>(&self, values: &[T]) -> Vec<(f64, T)> {
        match (self.static_span, values) {
            (Some((first, last)), &[value]) => vec![(first, value), (last, value)],
            _ => time_axis::points(&self.record.time, values),
        }
    }
}

/// All systems of a figure, at all points.
pub struct Systems {
    /// System by system; constant ones come last, so that they are drawn over the others.
    pub items: Vec<SystemAtPoint>,
    /// The points: one, with an empty place, where nothing is varied.
    pub points: Vec<Vec<Place>>,
    /// The look of each system, without the colour of a point.
    pub looks: Vec<Look>,
}

impl Systems {
    /// The systems of some records.
    pub fn of(records: &[Record]) -> Self {
        let points = Self::points_of(records);
        let alone = points.len() == 1;
        let looks = if alone { style::looks(records) } else { style::looks_without_colour(records) };
        let mut systems = Self { items: Vec::new(), points, looks };
        for (system, record) in records.iter().enumerate() {
            let static_span = evolving_span(records).filter(|_| is_constant(record, records));
            let own: Vec<RunAxis> = record.varied().cloned().collect();
            for place in places(&own) {
                let colour = if alone { systems.looks[system].colour } else { systems.colour(&place) };
                let look = Look { colour, ..systems.looks[system] };
                systems.items.extend(record.at(&place).map(|record| SystemAtPoint {
                    record,
                    place: place.clone(),
                    system,
                    look,
                    static_span,
                }));
            }
        }
        systems.items.sort_by_key(|item| item.static_span.is_some());
        systems
    }

    /// The points of some records; one empty place where nothing has more than one value.
    pub fn points_of(records: &[Record]) -> Vec<Vec<Place>> {
        places(&varied_axes(records))
    }

    /// Whether nothing is varied, so that points need no names or colours.
    pub fn is_one_point(&self) -> bool {
        self.points.len() == 1
    }

    /// The colour of a point; that of text if the place fits several points.
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

    /// Legend entries of the points' colours; none with one point.
    pub fn point_entries(&self) -> Vec<Entry> {
        if self.is_one_point() {
            return Vec::new();
        }
        let named = evenly_chosen((0..self.points.len()).collect(), MOST_NAMED);
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

/// At most `count` elements, evenly spaced, including the first and the last.
pub fn evenly_chosen<T: Copy>(all: Vec<T>, count: usize) -> Vec<T> {
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
        let chosen = evenly_chosen((0..23).map(f64::from).collect(), 9);
        assert_eq!(chosen, [0.0, 3.0, 6.0, 8.0, 11.0, 14.0, 17.0, 19.0, 22.0]);
        assert_eq!(evenly_chosen(vec![1.0, 2.0], 9), [1.0, 2.0]);
    }
}
