//! A number as JSON has it.

use serde::{Deserialize, Deserializer, Serialize};

/// A number of the summary. JSON knows no NaN (nothing was computed there): it is `null` there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number(pub(super) f64);

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
