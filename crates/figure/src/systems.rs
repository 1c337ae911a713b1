//! The systems of a figure at every point of the varied keys, each with its look. Colours and marks
//! distinguish points, dashes systems; with one point, colours and marks distinguish systems as well. This
//! file draws nothing.

use meanfield_run::record::{Place, Record, RunAxis, in_words, places};
use plotters::style::RGBColor;

use super::legend::{Entry, Sample};
use super::names;
use super::static_system::{evolving_span, is_constant};
use super::style::{self, INK, Look};
use super::time_axis;

/// Most points that a legend names.
const MOST_NAMED: usize = 12;

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
                let look = systems.look(system, &place);
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
        self.number(place).map_or(INK, |i| style::point_colour(i, self.points.len()))
    }

    /// The number of a point; None if the place fits several points, or none that is drawn.
    fn number(&self, place: &[Place]) -> Option<usize> {
        self.points.iter().position(|point: &Vec<Place>| point.iter().all(|own| place.contains(own)))
    }

    /// Whether a place of a comparison is drawn: one on every varied key that has a value here is one of the
    /// points.
    pub fn shows(&self, place: &[Place]) -> bool {
        self.points.iter().any(|point| {
            let same_axis = |own: &&Place| place.iter().any(|other| other.axis == own.axis);
            point.iter().filter(same_axis).all(|own| place.contains(own))
        })
    }

    /// The look of a system at a point.
    pub fn look(&self, system: usize, place: &[Place]) -> Look {
        let own = self.looks[system];
        if self.is_one_point() {
            return own;
        }
        let point = self.number(place).and_then(|i| style::point_mark(i, self.points.len()));
        // A network has the mark of its point at every observation.
        let mark = own.mark.map(|own| point.map_or(own, |point| point.mark));
        Look { colour: self.colour(place), mark, point, ..own }
    }

    /// Legend entries of the points' colours and marks; none with one point.
    pub fn point_entries(&self) -> Vec<Entry> {
        let count = self.points.len();
        if self.is_one_point() {
            return Vec::new();
        }
        let words = self.points_in_words();
        let named = evenly_chosen((0..count).collect(), MOST_NAMED);
        let entries = named.iter().map(|&i: &usize| {
            let point = style::point_mark(i, count);
            let colour = style::point_colour(i, count);
            let look = Look {
                colour,
                dashes: &[],
                mark: point.map(|point| point.mark),
                width: style::LINE_WIDTH,
                point,
            };
            Entry { sample: Sample::Line(look), label: words[i].clone() }
        });
        let all_named = named.len() == count;
        let remark = (!all_named).then(|| Entry::remark(format!("{} of {count} named", named.len())));
        entries.chain(remark).collect()
    }

    /// The points by their symbols; in full where two would read alike.
    fn points_in_words(&self) -> Vec<String> {
        let mut short: Vec<String> = self.points.iter().map(|point| names::point(point)).collect();
        let mut distinct = short.clone();
        distinct.sort();
        distinct.dedup();
        if distinct.len() < short.len() {
            short = self.points.iter().map(|point| in_words(point)).collect();
        }
        short
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
