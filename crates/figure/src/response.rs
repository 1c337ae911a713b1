//! How one system answers to a varied key: a curve's value at the last time, with its standard error over the
//! runs, at each value of the key. A system to which the key means nothing answers the same everywhere.
//!
//! It knows one system at a time; which curves and keys are shown is not decided here.

use meanfield_run::facts::NEURONS;
use meanfield_run::record::{Curve, Record, RunAxis};
use ndarray::Axis;

use super::legend::{Entry, Sample};
use super::panel::Panel;
use super::picture::Picture;
use super::scale::short_number;
use super::standing::{is_static, kind_in_words};
use super::style::{Look, Mark, is_network};
use meanfield_compare::align;

/// At one value of the key.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Answer {
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
    answers: Vec<Answer>,
    stands: bool,
    /// Whether the key is none of its own.
    constant: bool,
}

impl Response {
    /// None if it has no such curve, or no finite value of it at the last time.
    pub fn of(
        record: &Record,
        system: usize,
        look: Look,
        stands: bool,
        curve: &str,
        key: &RunAxis,
    ) -> Option<Self> {
        let curve = record.curve(curve)?;
        let own = record.axes.iter().position(|axis| axis.name == key.name);
        let mut answers = match own {
            Some(axis) => along(record, curve, axis),
            None => {
                let (first, last) = ends(&key.values);
                let rows = align::runs(record, curve);
                [first, last].map(|value| answer(value, &rows)).to_vec()
            }
        };
        answers.sort_by(|a, b| a.key.total_cmp(&b.key));
        let look = if own.is_none() { Look { mark: None, ..look } } else { marked(look) };
        let any = answers.iter().any(|answer| answer.mean.is_finite());
        let label = label(record, stands, own);
        any.then_some(Self { system, look, label, answers, stands, constant: own.is_none() })
    }

    /// Whether the key is one of its own.
    pub fn depends(&self) -> bool {
        !self.constant
    }

    /// What is drawn upon what: bars hide no line of a limit, and what stands still is seen upon the others.
    pub fn layer(&self) -> (bool, bool) {
        (self.is_marks(), self.stands)
    }

    /// Its values with their errors, for the scale.
    pub fn reach(&self) -> impl Iterator<Item = f64> {
        self.bounds().flat_map(|(_, low, high)| [low, high])
    }

    /// Its entry in the legend.
    pub fn entry(&self) -> Entry {
        let uncertain = self.answers.iter().any(|answer| answer.error.is_some());
        let sample = match (self.is_marks(), uncertain) {
            (true, true) => Sample::Bar(self.look),
            (true, false) => Sample::Mark(self.look),
            (false, true) => Sample::LineOnArea(self.look, self.look.veil()),
            (false, false) => Sample::Line(self.look),
        };
        Entry { sample, label: self.label.clone() }
    }

    /// Draws it into a panel.
    pub fn draw(&self, page: &mut Picture, panel: &Panel) {
        let bounds: Vec<_> = self.bounds().collect();
        let points: Vec<_> = self.answers.iter().map(|answer| (answer.key, answer.mean)).collect();
        if self.is_marks() {
            panel.error_bars(page, &bounds, self.look.colour);
        } else {
            if self.answers.iter().any(|answer| answer.error.is_some()) {
                panel.band(page, &bounds, self.look.veil());
            }
            panel.system_curve(page, &points, &self.look);
        }
        panel.marks(page, &points, &self.look);
    }

    /// A network under the key's sway: nothing is known between the values at which it was trained.
    fn is_marks(&self) -> bool {
        !self.constant && !matches!(self.look.mark, None | Some(Mark::Dot))
    }

    fn bounds(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.answers.iter().map(|&Answer { key, mean, error }| {
            let error = error.unwrap_or(0.0);
            (key, mean - error, mean + error)
        })
    }
}

/// The least and the largest of some values.
pub fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most): (f64, f64), v: &f64| {
        (least.min(*v), most.max(*v))
    })
}

/// A limit has a dot at every value at which it was run.
fn marked(look: Look) -> Look {
    Look { mark: look.mark.or(Some(Mark::Dot)), ..look }
}

/// The answers at the values of axis number `axis`.
fn along(record: &Record, curve: &Curve, axis: usize) -> Vec<Answer> {
    let values = record.axes[axis].values.iter().enumerate();
    values
        .map(|(i, value): (usize, &f64)| {
            let here = Curve { values: curve.values.index_axis(Axis(axis), i).to_owned(), ..curve.clone() };
            answer(*value, &align::runs(record, &here))
        })
        .collect()
}

/// At one value of the key, from each run's curve over time.
fn answer(key: f64, runs: &[Vec<f64>]) -> Answer {
    let last = |values: Vec<f64>| values.last().copied();
    let deviation = align::standard_deviation(runs).and_then(last);
    let error = deviation.map(|deviation| deviation / (runs.len() as f64).sqrt());
    Answer { key, mean: last(align::mean(runs)).unwrap_or(f64::NAN), error }
}

/// "sgd (finite-network) at t = 10: mean ± standard error of 8 runs".
fn label(record: &Record, stands: bool, own: Option<usize>) -> String {
    let kind = kind_in_words(record, stands);
    let time = record.time.last().filter(|_| !is_static(record));
    let time = time.map_or(String::new(), |t| format!(" at t = {}", short_number(*t)));
    let others = record.axes.iter().enumerate().filter(|(i, _)| Some(*i) != own);
    let runs: usize = others.map(|(_, axis)| axis.values.len()).product();
    let mean = if runs > 1 { format!(": mean ± standard error of {runs} runs") } else { String::new() };
    let neurons = record.fact(NEURONS).filter(|_| is_network(record));
    let neurons = neurons.map_or(String::new(), |n| format!(", {} neurons", short_number(n)));
    format!("{} ({kind}{neurons}){time}{mean}", record.system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_mean() {
        let runs = [vec![9.0, 1.0], vec![7.0, 3.0]];
        let found = answer(2.0, &runs);
        assert!(found.error.is_some_and(|error| (error - 1.0).abs() < 1e-12) && found.mean == 2.0);
        assert_eq!(answer(2.0, &runs[..1]), Answer { key: 2.0, mean: 1.0, error: None });
    }
}
