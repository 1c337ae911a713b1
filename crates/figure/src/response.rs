//! The response of one system to a varied key: a curve's value at the last time, with its standard error over
//! the runs, at each value of the key. A system that does not have the key is constant over it.
//!
//! It knows one system at a time; `over_key` decides which curves and keys are shown.

use meanfield_run::facts::NEURONS;
use meanfield_run::record::{Curve, Record, RunAxis};
use ndarray::Axis;

use super::legend::{Entry, Sample};
use super::panel::Panel;
use super::picture::Picture;
use super::scale::short_number;
use super::static_system::{is_static, name_in_words};
use super::style::{Look, Mark, is_network};
use meanfield_compare::align;

/// How much wider a line is than one over it, and how much at most.
const WIDER: f64 = 0.6;
const WIDEST: f64 = 1.8;

/// A curve's last value at one value of the key.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ResponsePoint {
    key: f64,
    mean: f64,
    /// Standard error of the mean; none of a single run.
    error: Option<f64>,
}

/// One system over the key.
pub struct Response {
    /// Its position among all.
    pub system: usize,
    look: Look,
    label: String,
    /// In the order of the key's values.
    values: Vec<ResponsePoint>,
    /// Whether it is drawn as a constant in time.
    is_constant: bool,
    /// Whether the system does not have the key.
    ignores_key: bool,
}

impl Response {
    /// The response of system number `system`; None if it has no such curve, or no finite value of it at the
    /// last time.
    pub fn of(
        record: &Record,
        system: usize,
        look: Look,
        is_constant: bool,
        curve: &str,
        key: &RunAxis,
    ) -> Option<Self> {
        let curve = record.curve(curve)?;
        let own = record.axes.iter().position(|axis| axis.name == key.name);
        let mut values = match own {
            Some(axis) => values_over_axis(record, curve, axis),
            None => {
                let rows = align::runs(record, curve);
                ends(&key.values).map(|value| response_point(value, &rows)).to_vec()
            }
        };
        values.sort_by(|a, b| a.key.total_cmp(&b.key));
        let look = if own.is_none() { Look { mark: None, ..look } } else { marked(look) };
        let any = values.iter().any(|point| point.mean.is_finite());
        let label = label(record, is_constant, own);
        any.then_some(Self { system, look, label, values, is_constant, ignores_key: own.is_none() })
    }

    /// Whether the system has the key.
    pub fn depends(&self) -> bool {
        !self.ignores_key
    }

    /// The order of drawing, by layers: bars over lines of limits, constant systems over others.
    pub fn layer(&self) -> (bool, bool) {
        (self.is_marks(), self.is_constant)
    }

    /// Both ends of all error bars, for the scale.
    pub fn reach(&self) -> impl Iterator<Item = f64> {
        self.bounds().flat_map(|(_, low, high)| [low, high])
    }

    /// Its entry in the legend.
    pub fn entry(&self) -> Entry {
        let uncertain = self.values.iter().any(|point| point.error.is_some());
        let sample = match (self.is_marks(), uncertain) {
            (true, true) => Sample::Bar(self.look),
            (true, false) => Sample::Mark(self.look),
            (false, true) => Sample::LineOnArea(self.look, self.look.veil()),
            (false, false) => Sample::Line(self.look),
        };
        Entry { sample, label: self.label.clone() }
    }

    /// Whether it is a line.
    pub fn is_line(&self) -> bool {
        !self.is_marks()
    }

    /// Draws it into a panel, where so many lines come over its own: it is wider than these, so that what
    /// coincides stays visible.
    pub fn draw(&self, page: &mut Picture, panel: &Panel, lines_over: usize) {
        let bounds: Vec<_> = self.bounds().collect();
        let means: Vec<_> = self.values.iter().map(|point| (point.key, point.mean)).collect();
        if self.is_marks() {
            panel.error_bars(page, &bounds, self.look.colour);
        } else {
            if self.values.iter().any(|point| point.error.is_some()) {
                panel.band(page, &bounds, self.look.veil());
            }
            let width = self.look.width + (WIDER * lines_over as f64).min(WIDEST);
            panel.system_curve(page, &means, &Look { width, ..self.look });
        }
        panel.marks(page, &means, &self.look);
    }

    /// Whether it is drawn as marks without a line: a network is unknown between the values at which it was
    /// trained.
    fn is_marks(&self) -> bool {
        !self.ignores_key && !matches!(self.look.mark, None | Some(Mark::Dot))
    }

    /// (key, mean − error, mean + error) at each value.
    fn bounds(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.values.iter().map(|&ResponsePoint { key, mean, error }| {
            let error = error.unwrap_or(0.0);
            (key, mean - error, mean + error)
        })
    }
}

/// The least and the largest of some values.
fn ends(values: &[f64]) -> [f64; 2] {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    [least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max)]
}

/// The look with a dot at every value of the key, for limits.
fn marked(look: Look) -> Look {
    Look { mark: look.mark.or(Some(Mark::Dot)), ..look }
}

/// The response at the values of axis number `axis`.
fn values_over_axis(record: &Record, curve: &Curve, axis: usize) -> Vec<ResponsePoint> {
    let values = record.axes[axis].values.iter().enumerate();
    values
        .map(|(i, value): (usize, &f64)| {
            let here = Curve { values: curve.values.index_axis(Axis(axis), i).to_owned(), ..curve.clone() };
            response_point(*value, &align::runs(record, &here))
        })
        .collect()
}

/// The response at one value of the key, from each run's curve over time.
fn response_point(key: f64, runs: &[Vec<f64>]) -> ResponsePoint {
    let deviation = align::standard_deviation(runs).and_then(|values| values.last().copied());
    let error = deviation.map(|deviation| deviation / (runs.len() as f64).sqrt());
    ResponsePoint { key, mean: align::mean(runs).last().copied().unwrap_or(f64::NAN), error }
}

/// "sgd (finite-network) at t = 10: mean ± standard error of 8 runs".
fn label(record: &Record, is_constant: bool, own: Option<usize>) -> String {
    let time = record.time.last().filter(|_| !is_static(record));
    let time = time.map_or(String::new(), |t| format!(" at t = {}", short_number(*t)));
    let others = record.axes.iter().enumerate().filter(|(i, _)| Some(*i) != own);
    let runs: usize = others.map(|(_, axis)| axis.values.len()).product();
    let mean = if runs > 1 { format!(": mean ± standard error of {runs} runs") } else { String::new() };
    let neurons = record.fact(NEURONS).filter(|_| is_network(record));
    let neurons = neurons.map_or(String::new(), |n| format!("{} = {}", NEURONS.symbol, short_number(n)));
    format!("{}{time}{mean}", name_in_words(record, is_constant, &[neurons]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_mean() {
        let runs = [vec![9.0, 1.0], vec![7.0, 3.0]];
        let found = response_point(2.0, &runs);
        assert!(found.error.is_some_and(|error| (error - 1.0).abs() < 1e-12) && found.mean == 2.0);
        assert_eq!(response_point(2.0, &runs[..1]), ResponsePoint { key: 2.0, mean: 1.0, error: None });
    }
}
