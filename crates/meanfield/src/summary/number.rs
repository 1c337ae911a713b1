//! A number as JSON has it, and several by name.

use std::collections::BTreeMap;

use meanfield_run::record::Place;
use serde::{Deserialize, Deserializer, Serialize};

/// A number of the summary. JSON knows no NaN (nothing was computed there): it is `null` there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number(pub(super) f64);

/// Numbers by name.
pub type Numbers = BTreeMap<String, Number>;

/// The values of varied keys, by the names of their axes.
pub(super) fn numbers(place: &[Place]) -> Numbers {
    place.iter().map(|place| (place.axis.clone(), Number(place.value))).collect()
}

impl Number {
    /// Its value; NaN where nothing was computed.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.get()
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or(f64::NAN)))
    }
}
