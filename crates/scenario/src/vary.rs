//! `[vary]`: one scenario over the values of some of its keys. Each point is a complete scenario, made by
//! laying the values over the file as any override is laid.
//!
//! ```text
//!   resolved document ──varied──▶ [Varied] ──points──▶ [Candidate], the product, the last key fastest
//! ```

mod names;
mod structure;

use std::collections::HashSet;

use meanfield_run::record::Place;
use toml::{Table, Value};

use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::mistakes::{Mistake, suggestion};
use crate::overlay::merge;
use crate::schema::Schema;
use crate::times::Range;
use crate::typed::Step;

/// Most keys: a figure cannot distinguish more of them.
const MOST_KEYS: usize = 3;
/// Most points, and most of a sweep.
const MOST_POINTS: usize = 1000;
const MOST_OF_A_SWEEP: usize = 100_000;
/// Most bytes of the scenarios of all points, as text.
const MOST_BYTES: usize = 1 << 30;

/// A point of a scenario before it is checked.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its place on the axis of each varied key; empty where nothing is varied.
    pub place: Vec<Place>,
    /// Its position on each of them.
    pub position: Vec<usize>,
    /// The complete scenario there.
    pub file: Box<ScenarioFile>,
}

/// A key that is varied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Varied {
    /// Its path in the scenario.
    pub path: Vec<String>,
    /// Its values, as numbers of the key's type.
    values: Vec<Value>,
}

impl Varied {
    /// Its path as one word.
    pub fn key(&self) -> String {
        self.path.join(".")
    }

    /// Its values.
    pub fn numbers(&self) -> Vec<f64> {
        numbers(&Value::Array(self.values.clone()))
    }

    /// Where value number `i` was typed.
    pub fn typed_at(&self, i: usize) -> Vec<Step> {
        let path = self.path.iter().map(|key| Step::from(key.as_str()));
        [Step::from("vary")].into_iter().chain(path).chain([Step::from(i)]).collect()
    }

    /// The value number `i` as the scenario that it is laid over.
    fn overlay(&self, i: usize) -> Table {
        match self.path.iter().rev().fold(self.values[i].clone(), |value: Value, key: &String| {
            Value::Table(Table::from_iter([(key.clone(), value)]))
        }) {
            Value::Table(table) => table,
            _ => Table::new(),
        }
    }
}

/// Whether the resolved document varies over more points than a run may have.
pub(crate) fn is_for_sweeps(schema: &Schema, document: &Table) -> bool {
    count(schema, &found(document)) > MOST_POINTS
}

/// Every list of values as it was typed, with the path of its key.
fn found(document: &Table) -> Vec<(Vec<String>, &Value)> {
    let mut found = Vec::new();
    if let Some(Value::Table(vary)) = document.get("vary") {
        leaves(vary, &mut Vec::new(), &mut found);
    }
    found
}

/// How many points lists of values make, at most; known before any value is made.
fn count(schema: &Schema, found: &[(Vec<String>, &Value)]) -> usize {
    found
        .iter()
        .map(|(path, value): &(Vec<String>, &Value)| match value {
            Value::Array(items) => items.len(),
            Value::String(range) => Range::read(range).map_or(0, |range| match schema.is_integer_at(path) {
                true => range.count.min(range.integers() as usize),
                false => range.count,
            }),
            _ => 0,
        })
        .fold(1, usize::saturating_mul)
}

/// The keys that the resolved document varies; complaints about their values.
pub(crate) fn varied(
    schema: &Schema,
    document: &Table,
    sweep: bool,
    complaints: &mut Complaints,
) -> Vec<Varied> {
    let found = found(document);
    let keys = found.len();
    let count = count(schema, &found);
    let most = if sweep { MOST_OF_A_SWEEP } else { MOST_POINTS };
    if keys > MOST_KEYS || count > most {
        let message = format!("{keys} keys with {count} points are varied: at most {MOST_KEYS} and {most}");
        let help =
            if sweep { "vary fewer values" } else { "use meanfield sweep, or make several scenarios of it" };
        complaints.add(["vary"], message, help);
        return Vec::new();
    }
    let bytes = bytes(document);
    if bytes.saturating_mul(count) > MOST_BYTES {
        let message = format!(
            "{count} points of a scenario of {bytes} bytes are too much: {MOST_BYTES} bytes are held"
        );
        complaints.add(
            ["vary"],
            message,
            "shorten its longest list (seeds, knots, claims), or vary fewer values",
        );
        return Vec::new();
    }
    let varied = found.into_iter().filter_map(|(path, value)| {
        let values = match value {
            Value::String(_) if schema.is_integer_at(&path) => nearest_integers(numbers(value)),
            value => numbers(value),
        };
        varied_key(schema, document, path, &values, complaints)
    });
    varied.collect()
}

/// Bytes of the scenario of one point; the times of observations are shared.
fn bytes(document: &Table) -> usize {
    let mut own = document.clone();
    own.retain(|key, _| !["vary", "quick", "title"].contains(&key));
    if let Some(Value::Table(observe)) = own.get_mut("observe") {
        observe.retain(|key, _| key == "levels");
    }
    own.to_string().len()
}

/// The lists of values in a table at a path.
fn leaves<'a>(table: &'a Table, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, &'a Value)>) {
    for (key, value) in table {
        path.push(key.clone());
        match value {
            Value::Table(table) => leaves(table, path, found),
            value => found.push((path.clone(), value)),
        }
        path.pop();
    }
}

/// The values of a range as the nearest integers, each once.
fn nearest_integers(mut values: Vec<f64>) -> Vec<f64> {
    values.iter_mut().for_each(|value| *value = value.round());
    values.dedup();
    values
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => {
            items.iter().filter_map(|x| x.as_float().or_else(|| x.as_integer().map(|n| n as f64))).collect()
        }
        Value::String(range) => Range::read(range).map_or(Vec::new(), |range| range.values()),
        _ => Vec::new(),
    }
}

/// A varied key whose values are in order.
fn varied_key(
    schema: &Schema,
    document: &Table,
    path: Vec<String>,
    numbers: &[f64],
    complaints: &mut Complaints,
) -> Option<Varied> {
    let typed = || ["vary"].into_iter().chain(path.iter().map(String::as_str)).collect::<Vec<_>>();
    let key = path.last().cloned().unwrap_or_default();
    let mut wrong = |message: String, help: &str| complaints.add(typed(), message, help);
    if let Some((missing, known)) = missing(document, &path) {
        wrong(format!("`{missing}` is not there to be varied: this scenario has none"), &known);
        return None;
    }
    if numbers.is_empty() {
        wrong(format!("`{key}` is varied over no value"), "write e.g. [0.1, 0.4], or leave it out");
        return None;
    }
    let mut known = HashSet::new();
    // −0 + 0 = 0: both zeros are one value.
    let repeated = numbers.iter().find(|x| !x.is_finite() || !known.insert((**x + 0.0).to_bits()));
    if let Some(value) = repeated {
        let message = format!("`{key}` is varied over {value:?}: values are finite, each once");
        wrong(message, "leave it out");
        return None;
    }
    if !schema.is_integer_at(&path) {
        return Some(Varied { path, values: numbers.iter().map(|x| Value::Float(*x)).collect() });
    }
    if let Some(broken) = numbers.iter().find(|x| x.fract() != 0.0 || x.abs() > 9e15) {
        wrong(
            format!("`{key}` must be an integer, and one of its values is {broken:?}"),
            "write a list of integers",
        );
        return None;
    }
    Some(Varied { path, values: numbers.iter().map(|x| Value::Integer(*x as i64)).collect() })
}

/// The first table on the way to a key that the scenario does not have, and what to write instead.
fn missing(document: &Table, path: &[String]) -> Option<(String, String)> {
    let mut table = document;
    for (depth, key) in path.iter().enumerate().take(path.len().saturating_sub(1)) {
        match table.get(key) {
            Some(Value::Table(inner)) => table = inner,
            _ => return Some((path[..=depth].join("."), suggestion(key, table.keys().map(String::as_str)))),
        }
    }
    None
}

/// The points: the product over the values of all varied keys, each a complete scenario. `resolved` is the
/// scenario with its defaults, among whose keys the axes get their names, and `whole` the same as it was
/// read: what is observed is the same at all points.
pub(crate) fn points(
    schema: &Schema,
    document: &Table,
    varied: &[Varied],
    resolved: &Table,
    whole: &ScenarioFile,
) -> Result<Vec<Candidate>, Mistake> {
    let names = names::axes(varied.iter().map(|key| &key.path[..]), resolved);
    let mut base = document.clone();
    base.remove("vary");
    base.remove("quick");
    base.insert("observe".to_owned(), Value::Table(nothing_observed()));
    let positions = varied.iter().fold(vec![Vec::new()], |points: Vec<Vec<usize>>, key| {
        points
            .iter()
            .flat_map(|point: &Vec<usize>| {
                let point = point.clone();
                (0..key.values.len()).map(move |i| [&point[..], &[i]].concat())
            })
            .collect()
    });
    positions
        .into_iter()
        .map(|position: Vec<usize>| {
            let mut table = base.clone();
            for (key, i) in varied.iter().zip(&position) {
                merge(schema, &schema.root, &mut table, key.overlay(*i));
            }
            let file = ScenarioFile::deserialize_from(table)?;
            let file = Box::new(ScenarioFile { observe: whole.observe.clone(), ..file });
            let place = varied.iter().zip(&names).zip(&position).map(|((key, name), i)| place(key, name, *i));
            Ok(Candidate { place: place.collect(), position, file })
        })
        .collect()
}

/// The section `[observe]` of a point, in place of the one that all points share.
fn nothing_observed() -> Table {
    Table::from_iter([("times".to_owned(), Value::Array(Vec::new()))])
}

fn place(key: &Varied, name: &str, i: usize) -> Place {
    let value = numbers(&Value::Array(vec![key.values[i].clone()])).first().copied().unwrap_or(f64::NAN);
    Place { axis: name.to_owned(), key: Some(key.key()), value }
}
