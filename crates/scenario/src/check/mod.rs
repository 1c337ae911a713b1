//! What the types cannot say: ranges of numbers, names that must exist, a start that must fit.
//!
//! All complaints are collected, each with the path of the key it is about; what would only follow from an
//! earlier one is not said again.

mod claims;
mod figures;
mod grids;
mod landscapes;
mod memory;
mod points;
mod systems;

use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::{BlockClasses, DataError, GaussianClasses};

use crate::few::Few;
use crate::file::{
    ActivationKind, Data, InitialKind, LossKind, PiecewiseLinearKeys, ScenarioFile, ScheduleKind, UnitKind,
};
use crate::model;
use crate::overrides::Resolved;
use crate::problem::{Mistakes, Problem};
use crate::typed::{Step, source};
use crate::vary::{Point, Varied};

/// Largest number, and inverse of the smallest scale, that the model takes: squares and their ratios then
/// stay far inside double precision.
const LARGEST: f64 = 1e6;
/// Least temperature and ridge that are not 0: the inverse of a smaller one is infinite.
const LEAST: f64 = 1e-300;
/// Largest dimension: the same reason.
const LARGEST_DIMENSION: usize = 1_000_000;

/// Most knots of an activation: what a check computes with each of them is done in a moment.
const MOST_KNOTS: usize = 1000;
/// Most levels of quantiles: each is a curve of the record.
const MOST_LEVELS: usize = 1000;
/// Longest title, in characters: it heads figures.
const LONGEST_TITLE: usize = 300;
/// Points of a sweep whose kernels and starts are made, to see whether they can be. The others are made when their turn comes,
/// and one that cannot be is a gap.
const MOST_BUILT: usize = 250;

/// A complaint and the path of the key it is about.
type Found = (Vec<Step>, Problem);

/// Complaints, each about the key at a path; of very many the first.
#[derive(Default)]
pub(crate) struct Complaints {
    found: Few<Found>,
}

impl Complaints {
    /// Notes a complaint with what to write instead.
    pub(crate) fn add(
        &mut self,
        path: impl IntoIterator<Item = impl Into<Step>>,
        message: impl Into<String>,
        help: &str,
    ) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.found.push((path.into_iter().map(Into::into).collect(), Problem::general(message, help)));
    }

    /// Notes a complaint unless `holds`.
    fn unless(&mut self, holds: bool, path: &[&str], message: impl Into<String>, help: &str) {
        if !holds {
            self.add(path.iter().copied(), message, help);
        }
    }

    /// Whether `section` has nothing to complain about.
    fn none_in(&mut self, section: impl FnOnce(&mut Self)) -> bool {
        let before = self.found.count();
        section(self);
        self.found.count() == before
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The complaints with their places in what was typed.
    pub(crate) fn located(self, name: &str, resolved: &Resolved) -> Mistakes {
        let places = resolved.typed.places(self.found.iter().map(|(path, _)| &path[..]));
        let mut places = places.into_iter();
        let located = |(_, problem): Found| match places.next().flatten() {
            Some((source, span)) => (source, Problem { span: Some(span), ..problem }),
            None => (source(name, &resolved.text), problem),
        };
        Mistakes::new(name, self.found.map(located))
    }
}

/// Everything that is checked before anything runs: every point by itself, then what they need together.
pub(crate) fn check(points: &[Point], varied: &[Varied], quantities: &[String], sweep: bool) -> Complaints {
    let apart = if sweep { points.len().div_ceil(MOST_BUILT).max(1) } else { 1 };
    let of_point =
        |(number, point): (usize, &Point)| one(&point.file, quantities, sweep, number % apart == 0);
    let mut complaints = points::together(points, varied, of_point);
    figures::over(points, &mut complaints);
    if complaints.is_empty() {
        memory::memory(points, sweep, &mut complaints);
    }
    complaints
}

/// The complaints about one point, whose kernels and starts are made if it is to be `built`.
fn one(file: &ScenarioFile, quantities: &[String], sweep: bool, built: bool) -> Few<Found> {
    let mut complaints = Complaints::default();
    title(file, &mut complaints);
    let model = complaints.none_in(|complaints| model(file, complaints));
    let times = complaints.none_in(|complaints| dynamics(file, complaints))
        && complaints.none_in(|complaints| observe(file, complaints));
    systems::check(file, model && built, times, &mut complaints);
    claims::check(file, times, quantities, sweep, &mut complaints);
    figures::inset(file, &mut complaints);
    complaints.found
}

fn title(file: &ScenarioFile, complaints: &mut Complaints) {
    let printable = !file.title.trim().is_empty() && !file.title.chars().any(char::is_control);
    let message = "the title must be one line of text: it heads figures and record";
    complaints.unless(printable, &["title"], message, "write the claim in a sentence");
    let length = file.title.chars().count();
    let message = format!("the title has {length} characters, and {LONGEST_TITLE} are room for at most");
    complaints.unless(length <= LONGEST_TITLE, &["title"], message, "write the claim in a sentence");
}

fn model(file: &ScenarioFile, complaints: &mut Complaints) {
    data(file, complaints);
    activation(file, complaints);
    loss(file, complaints);
    initial(file, complaints);
}

fn initial(file: &ScenarioFile, complaints: &mut Complaints) {
    let InitialKind::Gaussian(start) = &file.model.initial;
    for (key, law) in [("a", &start.a), ("b", &start.b)] {
        let path = ["model", "initial", "gaussian", key];
        let wanted = matches!(file.model.unit, UnitKind::Affine(_));
        let message = match wanted {
            true => format!("neurons a σ(⟨w, x⟩ + b) need a start for `{key}`"),
            false => format!("neurons σ(⟨w, x⟩) have no `{key}`"),
        };
        let help = match wanted {
            true => format!("MMN 2018, Fig. 3: write {key} = {{ mean = 1.0 }} in [model.initial.gaussian]"),
            false => "leave it out, or write model.unit.affine = {}".to_owned(),
        };
        complaints.unless(
            law.is_some() == wanted,
            if law.is_some() { &path } else { &path[..3] },
            message,
            &help,
        );
        let Some(law) = law else { continue };
        let sensible = law.mean.abs() <= LARGEST && (0.0..=LARGEST).contains(&law.deviation);
        let message =
            format!("`{key}` must have a mean within ±{LARGEST:e} and a deviation from 0 to {LARGEST:e}");
        complaints.unless(sensible, &path, message, "write e.g. { mean = 1.0, deviation = 0.1 }");
    }
    let sensible = (1.0 / LARGEST..=LARGEST).contains(&start.scale);
    let message = format!(
        "the start's scale κ must lie between {:e} and {LARGEST:e}; it is {:?}",
        1.0 / LARGEST,
        start.scale
    );
    complaints.unless(
        sensible,
        &["model", "initial", "gaussian", "scale"],
        message,
        "MMN 2018, Fig. 1: scale = 0.8",
    );
}

fn data(file: &ScenarioFile, complaints: &mut Complaints) {
    let (name, found, help) = match &file.model.data {
        Data::IsotropicGaussians(data) => (
            "isotropic-gaussians",
            GaussianClasses::isotropic(data.dimension, data.separation).err(),
            "MMN 2018, Fig. 1: dimension = 40, separation = 0.8",
        ),
        Data::AnisotropicGaussians(data) => (
            "anisotropic-gaussians",
            BlockClasses::anisotropic(data.dimension, data.relevant_dimension, data.separation).err(),
            "MMN 2018, Fig. 3: dimension = 320, relevant-dimension = 60, separation = 0.4",
        ),
    };
    let path = ["model", "data", name];
    if let Some(error) = found {
        let key = match error {
            DataError::Dimension(_) => "dimension",
            DataError::Separation(_) => "separation",
            DataError::RelevantDimension { .. } => "relevant-dimension",
        };
        complaints.add(path.into_iter().chain([key]), error.to_string(), help);
    }
    let dimension = file.model.data.dimension();
    let message = format!("the dimension must be at most {LARGEST_DIMENSION}; it is {dimension}");
    let path = [&path[..], &["dimension"]].concat();
    complaints.unless(dimension <= LARGEST_DIMENSION, &path, message, help);
}

fn activation(file: &ScenarioFile, complaints: &mut Complaints) {
    let (name, place) = model::place(&file.model.activation);
    let numbers = complaints.none_in(|complaints| match &file.model.activation {
        ActivationKind::PiecewiseLinear(sigma) => knots(sigma, complaints),
        ActivationKind::LeakyRelu(keys) => moderate(name, "slope", keys.slope, complaints),
        _ => {}
    });
    let placed = complaints.none_in(|complaints| {
        moderate(name, "height", place.height, complaints);
        moderate(name, "offset", place.offset, complaints);
        moderate(name, "constant", place.constant, complaints);
        let message = format!(
            "`gain` must lie between {:e} and {LARGEST:e}; it is {:?}. (w and −w are equally likely: its sign would mean \
             nothing)",
            1.0 / LARGEST,
            place.gain
        );
        let sensible = (1.0 / LARGEST..=LARGEST).contains(&place.gain);
        complaints.unless(sensible, &["model", "activation", name, "gain"], message, "leave it out for 1");
    });
    if let (true, true, Err(error)) = (numbers, placed, model::activation(&file.model.activation)) {
        let help = "take an `offset` of the size of the shape";
        complaints.add(["model", "activation", name], error.to_string(), help);
    }
}

/// A number of an activation that must not be absurdly large.
fn moderate(name: &str, key: &str, value: f64, complaints: &mut Complaints) {
    let message = format!("`{key}` must lie between ±{LARGEST:e}; it is {value:?}");
    complaints.unless(value.abs() <= LARGEST, &["model", "activation", name, key], message, "write e.g. 1.0");
}

fn knots(sigma: &PiecewiseLinearKeys, complaints: &mut Complaints) {
    let path = ["model", "activation", "piecewise-linear", "knots"];
    let help = "pairs [t, σ(t)], t increasing; MMN 2018: knots = [[0.5, -2.5], [1.5, 7.5]]";
    let count = sigma.knots.len();
    if count > MOST_KNOTS {
        let message = format!("`knots` has {count} pairs, more than {MOST_KNOTS}");
        return complaints.add(path, message, "take fewer of them, or an activation with a name");
    }
    sigma.slopes.iter().for_each(|slope| moderate("piecewise-linear", "slopes", *slope, complaints));
    let outside = sigma.slopes.map(|slope| if slope.is_finite() { slope } else { 1.0 });
    if let Err(error) = PiecewiseLinear::with_slopes(sigma.knots.clone(), outside) {
        return complaints.add(path, error.to_string(), help);
    }
    let slope = |k: &[[f64; 2]]| (k[1][1] - k[0][1]) / (k[1][0] - k[0][0]);
    let moderate = |x: f64| x.abs() <= LARGEST;
    let sensible = sigma.knots.iter().flatten().all(|x| moderate(*x))
        && sigma.knots.windows(2).all(|k| moderate(slope(k)));
    complaints.unless(sensible, &path, format!("a number or a slope of `knots` is beyond {LARGEST:e}"), help);
}

fn loss(file: &ScenarioFile, complaints: &mut Complaints) {
    let (name, key, length) = match &file.model.loss {
        LossKind::Squared(_) | LossKind::Logistic(_) => return,
        LossKind::Huber(keys) => ("huber", "threshold", keys.threshold),
        LossKind::Welsch(keys) => ("welsch", "scale", keys.scale),
    };
    let message = format!("`{key}` must lie between {:e} and {LARGEST:e}; it is {length:?}", 1.0 / LARGEST);
    let sensible = (1.0 / LARGEST..=LARGEST).contains(&length);
    complaints.unless(sensible, &["model", "loss", name, key], message, "labels are ±1: write e.g. 1.0");
}

fn dynamics(file: &ScenarioFile, complaints: &mut Complaints) {
    let dynamics = &file.dynamics;
    let sensible = dynamics.end_time > 0.0 && dynamics.end_time.is_finite();
    let message = format!("the end time must be a positive number; it is {:?}", dynamics.end_time);
    complaints.unless(sensible, &["dynamics", "end-time"], message, "write e.g. end-time = 10.0");
    if let ScheduleKind::Power(keys) = &dynamics.schedule {
        let message = format!("`exponent` must be above −1 and at most 0; it is {:?}", keys.exponent);
        let path = ["dynamics", "schedule", "power", "exponent"];
        complaints.unless(
            keys.exponent > -1.0 && keys.exponent <= 0.0,
            &path,
            message,
            "MMN 2018, Fig. 3: -0.25",
        );
    }
    for (key, value) in [("temperature", dynamics.temperature), ("ridge", dynamics.ridge)] {
        let message = format!("`{key}` must be 0 or a number from {LEAST:e} to {LARGEST:e}; it is {value:?}");
        let help = format!("write e.g. {key} = 0.01, or leave it out");
        let sensible = value == 0.0 || (LEAST..=LARGEST).contains(&value);
        complaints.unless(sensible, &["dynamics", key], message, &help);
    }
}

fn observe(file: &ScenarioFile, complaints: &mut Complaints) {
    let end = file.dynamics.end_time;
    for (key, values) in file.observe.lists() {
        let help = format!("shorten `{key}`, or raise dynamics.end-time");
        if let Some(outside) = values.iter().find(|t| !(0.0..=end).contains(*t)) {
            let message =
                format!("`{key}` must lie between 0 and the end time {end:?}, and one is {outside:?}");
            complaints.add(["observe", key], message, &help);
        } else if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
            let message = format!("`{key}` must increase, but {:?} comes after {:?}", pair[1], pair[0]);
            complaints.add(["observe", key], message, "sort them, each once");
        }
    }
    let help = "write e.g. times = \"log(1e-3..10:61)\"";
    let some = !file.observe.times.values().is_empty();
    complaints.unless(some, &["observe", "times"], "there is no time to observe", help);
    let levels = &file.observe.levels;
    let inside = !levels.is_empty() && levels.iter().all(|level| *level > 0.0 && *level < 1.0);
    let sensible = inside && levels.windows(2).all(|pair| pair[0] < pair[1]);
    let count = levels.len();
    let message = format!("`levels` has {count} numbers, more than {MOST_LEVELS}");
    let few = count <= MOST_LEVELS;
    complaints.unless(few, &["observe", "levels"], message, "write e.g. levels = [0.1, 0.5, 0.9]");
    let message = "`levels` must increase and lie strictly between 0 and 1";
    complaints.unless(sensible, &["observe", "levels"], message, "write e.g. levels = [0.1, 0.5, 0.9]");
}
