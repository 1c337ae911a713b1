//! The law of one number: a weight at t = 0, a coordinate of an input.

use meanfield_deep::law::EntryLaw;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::LARGEST;
use crate::typed::Step;

/// Laws of a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryKind {
    /// N(mean, deviation²).
    Normal(NormalEntry),
    /// Equally likely between two numbers.
    Uniform(UniformEntry),
    /// One of two numbers, equally likely.
    TwoPoint(TwoPointEntry),
    /// Always the same number.
    Constant(ConstantEntry),
}

/// Keys of `normal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NormalEntry {
    /// Mean. 0 by default: the law is centred.
    #[serde(default)]
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

/// Keys of `uniform`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UniformEntry {
    /// Least value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

/// Keys of `two-point`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TwoPointEntry {
    /// One value.
    pub first: f64,
    /// The other.
    pub second: f64,
}

/// Keys of `constant`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConstantEntry {
    /// The value.
    pub value: f64,
}

impl EntryKind {
    /// The law, and the numbers that it has with their keys.
    fn meaning(&self) -> (&'static str, EntryLaw, Vec<(&'static str, f64)>) {
        match *self {
            Self::Normal(NormalEntry { mean, deviation }) => (
                "normal",
                EntryLaw::Normal { mean, deviation },
                vec![("mean", mean), ("deviation", deviation)],
            ),
            Self::Uniform(UniformEntry { low, high }) => {
                ("uniform", EntryLaw::Uniform { low, high }, vec![("low", low), ("high", high)])
            }
            Self::TwoPoint(TwoPointEntry { first, second }) => (
                "two-point",
                EntryLaw::TwoPoint { first, second },
                vec![("first", first), ("second", second)],
            ),
            Self::Constant(ConstantEntry { value }) => {
                ("constant", EntryLaw::Constant { value }, vec![("value", value)])
            }
        }
    }
}

/// The law at a path; everything that is wrong with its numbers is noted.
pub(crate) fn check_entry(entry: &EntryKind, path: &[Step], complaints: &mut Complaints) -> Option<EntryLaw> {
    let (name, law, numbers) = entry.meaning();
    let at = |key: &str| path.iter().cloned().chain([Step::from(name), Step::from(key)]);
    let before = complaints.count();
    for (key, value) in numbers {
        if value.is_nan() || value.abs() > LARGEST {
            let message = format!("`{key}` must lie within ±{LARGEST:e}; it is {value:?}");
            complaints.add(at(key), message, "write e.g. 1.0");
        }
    }
    match law {
        EntryLaw::Normal { deviation, .. } if deviation < 0.0 => {
            let message = format!("a deviation is 0 or more; it is {deviation:?}");
            complaints.add(at("deviation"), message, "write e.g. deviation = 1.0");
        }
        EntryLaw::Uniform { low, high } if low > high => {
            let message = format!("`low` = {low:?} is above `high` = {high:?}");
            complaints.add(at("low"), message, "write the smaller one first");
        }
        _ => {}
    }
    (complaints.count() == before).then_some(law)
}
