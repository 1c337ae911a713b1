//! One quantity of one system over two varied keys, as shares of the way from white to dark: at the last
//! time, the mean over the runs. It interpolates nothing and knows no page beyond its panel.

use meanfield_compare::align;
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Place, Record, RunAxis};

use super::colour_key;
use super::heat::Heat;
use super::legend::{Entry, Sample};
use super::panel::Panel;
use super::picture::Picture;
use super::ramp::Ramp;
use super::scale::{Kind, Scale, short_number};
use super::static_system::name_in_words;

/// Beyond this ratio of the largest value to the smallest, ratios matter more than differences.
const WIDE: f64 = 30.0;
/// Share of the way from white to dark that the least value has.
const FAINTEST: f64 = 0.04;
/// Values below this are zero, and values below this share of the largest are left white, in maps from zero.
const ZERO: f64 = 1e-6;
const LEAST_SHARE: f64 = 1e-4;

/// One quantity of one system over both keys.
pub struct Map {
    /// The system with its kind.
    name: String,
    /// The system alone.
    pub system: String,
    /// The quantity in words.
    pub words: &'static str,
    ramp: Ramp,
    /// Values, row by row of the second key, both keys increasing.
    values: Vec<f64>,
    least: f64,
    most: f64,
    by_ratios: bool,
    /// Whether values below the least are as good as zero.
    is_from_zero: bool,
}

impl Map {
    /// The map of a quantity; None if the system lacks a key, or the quantity is not mapped.
    pub fn of(record: &Record, keys: &[RunAxis; 2], ramp: Ramp, quantity: &Quantity) -> Option<Self> {
        let mapped = quantity.shown.map?;
        let curve = record.curve(quantity)?;
        if !keys.iter().all(|key: &RunAxis| record.axes.iter().any(|axis| axis.name == key.name)) {
            return None;
        }
        let [columns, rows] = keys.each_ref().map(|key| sorted(&key.values));
        let places = rows.iter().flat_map(|y| columns.iter().map(move |x| (*x, *y)));
        let values: Vec<f64> = places
            .map(|(x, y): (f64, f64)| {
                let point = [place(&keys[0], x), place(&keys[1], y)];
                last_mean(record, &curve.name, &point).unwrap_or(f64::NAN)
            })
            .collect();
        let finite = values.iter().copied().filter(|value| value.is_finite());
        let least = finite.clone().fold(f64::INFINITY, f64::min);
        let most = finite.fold(f64::NEG_INFINITY, f64::max);
        if mapped.from_zero && most < ZERO {
            return None;
        }
        let least = if mapped.from_zero { (LEAST_SHARE * most).max(ZERO) } else { least };
        let map = Self {
            name: name_in_words(record, false, &[]),
            system: record.system.clone(),
            words: mapped.words,
            ramp,
            values,
            least,
            most,
            by_ratios: is_wide(least, most),
            is_from_zero: mapped.from_zero,
        };
        (least <= most).then_some(map)
    }

    /// Gives some maps the range of them all, so that equal colours are equal values.
    pub fn share_range(maps: &mut [Self]) {
        let least = maps.iter().map(|map| map.least).fold(f64::INFINITY, f64::min);
        let most = maps.iter().map(|map| map.most).fold(f64::NEG_INFINITY, f64::max);
        for map in maps {
            map.least = least;
            map.most = most;
            map.by_ratios = is_wide(least, most);
        }
    }

    /// Its entry in the legend.
    pub fn entry(&self) -> Entry {
        let least = short_number(self.least);
        let most = short_number(self.most);
        let is_missing = self.values.iter().any(|value| value.is_nan());
        let white = match (self.is_from_zero, is_missing) {
            (true, true) => "; white: none, or no result",
            (true, false) => "; white: none",
            (false, true) => "; white: no result",
            (false, false) => "",
        };
        let label = format!("{}: {} from {least} to {most}{white}", self.name, self.words);
        Entry { sample: Sample::Ramp(self.ramp), label }
    }

    /// The scale of the key of its colours.
    fn scale(&self) -> Scale {
        let kind = if self.by_ratios { Kind::Logarithmic } else { Kind::Linear };
        Scale::covering(kind, [self.least, self.most], 0.0)
    }

    /// Share of the way to dark, from the least value to 1 for the largest; 0 for NaN and below the least.
    fn share(&self, value: f64) -> f64 {
        let from = self.measure(self.least);
        let until = self.measure(self.most);
        let share = (self.measure(value) - from) / (until - from);
        // The least value is visible too, and differs from failed runs and from zero.
        if share >= 0.0 { coloured(share) } else { 0.0 }
    }

    /// Colours are linear in this function of a value.
    fn measure(&self, value: f64) -> f64 {
        if self.by_ratios { value.ln() } else { value }
    }

    /// Draws the colours into a place; returns the panel, whose axes are still to be drawn.
    pub fn draw(
        &self,
        page: &mut Picture,
        keys: &[RunAxis; 2],
        [left, top, width, height]: [f64; 4],
    ) -> Panel {
        let faces = keys.each_ref().map(|key| faces(&key.values));
        let [x, y] = [0, 1].map(|k| {
            let kind = Kind::of_key(&keys[k].values);
            Scale::covering(kind, faces[k].iter().copied(), 0.0)
        });
        let panel = Panel { left, top, width, height, x, y };
        let columns = keys[0].values.len();
        Heat::table(faces, |i: usize, j: usize| self.share(self.values[j * columns + i]))
            .draw_all(page, &panel, self.ramp);
        panel
    }

    /// Draws the key of its colours to the right of a panel.
    pub fn draw_key(&self, page: &mut Picture, panel: &Panel) {
        colour_key::draw(page, panel, self.ramp, self.scale(), coloured);
    }
}

/// Whether ratios of values matter more than differences.
fn is_wide(least: f64, most: f64) -> bool {
    least > 0.0 && most / least > WIDE
}

/// How dark a share of the way from the least value to the largest is.
fn coloured(share: f64) -> f64 {
    FAINTEST + (1.0 - FAINTEST) * share
}

/// A value on the axis of a key.
pub fn place(key: &RunAxis, value: f64) -> Place {
    Place { axis: key.name.clone(), key: key.key.clone(), value }
}

/// Mean of a curve over the runs at a point, at its last time.
fn last_mean(record: &Record, curve: &str, point: &[Place]) -> Option<f64> {
    let here = record.at(point)?;
    let runs = align::runs(&here, here.curve(curve)?);
    align::mean(&runs).last().copied()
}

/// The values of a key, increasing: cells of a map lie in this order, whatever that of the runs.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Faces of the cells: half-way between the values, on the scale of their kind, and as far beyond the
/// outermost.
fn faces(values: &[f64]) -> Vec<f64> {
    let is_linear = Kind::of_key(values) == Kind::Linear;
    let sorted: Vec<f64> =
        sorted(values).into_iter().map(|value: f64| if is_linear { value } else { value.ln() }).collect();
    let first = sorted[0];
    let last = sorted[sorted.len() - 1];
    let between: Vec<f64> = sorted.windows(2).map(|pair: &[f64]| 0.5 * (pair[0] + pair[1])).collect();
    let lower = 2.0 * first - between[0];
    let upper = 2.0 * last - between[between.len() - 1];
    [lower]
        .into_iter()
        .chain(between)
        .chain([upper])
        .map(|value: f64| if is_linear { value } else { value.exp() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::INK;
    use meanfield_run::quantities::RISK;
    use meanfield_run::record::Curve;

    #[test]
    fn cells_lie_around_their_values() {
        assert_eq!(faces(&[1.0, 2.0, 3.0]), [0.5, 1.5, 2.5, 3.5]);
        let wide = faces(&[1.0, 100.0, 10_000.0]);
        assert!(
            [0.1, 10.0, 1000.0, 1e5].iter().zip(&wide).all(|(a, b)| (a / b - 1.0).abs() < 1e-12),
            "{wide:?}"
        );
    }

    fn run(x: f64, y: f64) -> Record {
        let values = ndarray::arr1(&[x + 10.0 * y]).into_dyn();
        let curves = vec![Curve { name: "risk".into(), meaning: String::new(), values }];
        Record { time: vec![1.0], curves, ..Record::default() }
    }

    #[test]
    fn cells_go_with_their_values_whatever_their_order() {
        // R = x + 10 y over x = 3, 1, 2 and y = 5, 4, 6
        let keys = [("x", [3.0, 1.0, 2.0]), ("y", [5.0, 4.0, 6.0])].map(|(name, values)| RunAxis {
            name: name.into(),
            key: Some(name.into()),
            values: values.into(),
        });
        let record = Record::stack(
            keys[0].clone(),
            keys[0]
                .values
                .iter()
                .map(|x: &f64| {
                    let runs = keys[1].values.iter().map(|y| run(*x, *y)).collect();
                    Record::stack(keys[1].clone(), runs).expect("alike")
                })
                .collect(),
        )
        .expect("alike");
        let map = Map::of(&record, &keys, Ramp::to(INK), RISK).expect("a map");
        assert_eq!(map.values, [41.0, 42.0, 43.0, 51.0, 52.0, 53.0, 61.0, 62.0, 63.0]);
        assert_eq!(faces(&keys[0].values), [0.5, 1.5, 2.5, 3.5]);
    }

    #[test]
    fn shares_go_from_the_least_to_the_largest_and_gaps_are_below() {
        let level = Map {
            name: String::new(),
            system: String::new(),
            words: "risk",
            ramp: Ramp::to(INK),
            values: Vec::new(),
            least: 1.0,
            most: 3.0,
            by_ratios: false,
            is_from_zero: false,
        };
        let steep = Map {
            name: String::new(),
            system: String::new(),
            values: Vec::new(),
            least: 0.01,
            most: 1.0,
            by_ratios: true,
            ..level
        };
        assert!((level.share(2.0) - 0.52).abs() < 1e-12 && (steep.share(0.1) - 0.52).abs() < 1e-12);
        assert!(level.share(f64::NAN) == 0.0 && level.share(1.0) > 0.0 && level.share(3.0) == 1.0);
    }
}
