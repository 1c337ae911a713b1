//! Numbers of the page: six digits are more than a curve can show, and what is no number is null.

use serde::{Serialize, Serializer};

/// A number to six digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Digits(pub f64);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match rounded(self.0) {
            Some(value) => serializer.serialize_f64(value),
            None => serializer.serialize_none(),
        }
    }
}

/// To six digits; None of what is no number.
fn rounded(value: f64) -> Option<f64> {
    let short: f64 = format!("{value:.5e}").parse().ok()?;
    short.is_finite().then_some(short)
}

/// Numbers to six digits.
pub fn digits(values: impl IntoIterator<Item = f64>) -> Vec<Digits> {
    values.into_iter().map(Digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_null() {
        let all = digits([1.0 / 3.0, f64::NAN, f64::INFINITY, 0.0, 1e300]);
        let json = serde_json::to_string(&all).expect("JSON");
        assert_eq!(json, "[0.333333,null,null,0.0,1e300]");
    }
}
