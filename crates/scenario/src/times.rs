//! Lists of numbers as they are typed: `[0.1, 1, 10]`, `"0..10:101"` (equal steps, ends included),
//! `"log(1e-3..10:61)"` (equal ratios), or a list of numbers and such ranges.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most numbers of a range.
const MOST: usize = 1_000_000;

/// How the schema calls such a text.
pub(crate) const FORMAT: &str = "range";

/// Numbers, and how they were typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    typed: Option<String>,
    /// Shared by the points of `[vary]`.
    values: Arc<[f64]>,
}

impl Times {
    /// The numbers.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Reads `a..b:n` or `log(a..b:n)`.
    ///
    /// # Errors
    /// (problem, advice) where the text is no range, or is one of too few or too many numbers.
    pub fn parse(typed: &str) -> Result<Self, (String, String)> {
        Ok(Self { typed: Some(typed.to_owned()), values: Range::read(typed)?.values().into() })
    }
}

/// `a..b:n` or `log(a..b:n)`, before its numbers are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    first: f64,
    last: f64,
    /// How many numbers it has.
    pub count: usize,
    logarithmic: bool,
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// (problem, advice) where the text is no range, or is one of too few or too many numbers.
    pub fn read(typed: &str) -> Result<Self, (String, String)> {
        let text = typed.trim();
        let inner = text.strip_prefix("log(").and_then(|rest| rest.strip_suffix(')'));
        let Some((first, last, count)) = range(inner.unwrap_or(text)) else {
            let instead = "a list such as [0.1, 1.0], \"0..10:101\" or \"log(1e-3..10:61)\"";
            return Err(mistake(typed, "is no range", instead));
        };
        if !(2..=MOST).contains(&count) {
            let what = format!("asks for {count} numbers");
            return Err(mistake(typed, &what, &format!("between 2 and {MOST} after the colon")));
        }
        if inner.is_some() && (first <= 0.0 || last <= 0.0) {
            let what = "is logarithmic and must stay above 0";
            return Err(mistake(typed, what, "e.g. \"log(1e-3..10:61)\""));
        }
        Ok(Self { first, last, count, logarithmic: inner.is_some() })
    }

    /// The integers from its first number to its last.
    pub fn integers(&self) -> f64 {
        (self.last.round() - self.first.round()).abs() + 1.0
    }

    /// Its numbers.
    pub fn values(&self) -> Vec<f64> {
        let Self { first, last, count, logarithmic } = *self;
        let share = |i: usize| i as f64 / (count - 1) as f64;
        (0..count)
            .map(|i: usize| match i {
                0 => first,
                i if i == count - 1 => last,
                i if logarithmic => rounded(first * (last / first).powf(share(i))),
                i => rounded(first + (last - first) * share(i)),
            })
            .collect()
    }
}

/// A mistake in a range, and what to write instead.
fn mistake(typed: &str, what: &str, instead: &str) -> (String, String) {
    (format!("\"{typed}\" {what}"), format!("write {instead}"))
}

/// To fifteen digits: 0.01, not 0.009999999999999998, so that a value is found in the record as it was meant.
fn rounded(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// `a..b:n`.
fn range(text: &str) -> Option<(f64, f64, usize)> {
    let (ends, count) = text.split_once(':')?;
    let (first, last) = ends.split_once("..")?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    Some((number(first)?, number(last)?, count.trim().parse().ok()?))
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.typed {
            Some(typed) => serializer.serialize_str(typed),
            None => self.values.serialize(serializer),
        }
    }
}

/// An entry of a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Number(f64),
    Range(Times),
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Times;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of numbers, \"a..b:n\" or \"log(a..b:n)\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Times, E> {
                Times::parse(text).map_err(|(what, instead)| E::custom(format!("{what}; {instead}")))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Times, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = numbers.next_element()? {
                    match entry {
                        Entry::Number(value) => values.push(value),
                        Entry::Range(times) => values.extend(times.values()),
                    }
                }
                Ok(Times { typed: None, values: values.into() })
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

impl JsonSchema for Times {
    fn schema_name() -> Cow<'static, str> {
        "Times".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["array", "string"],
            "items": { "type": ["number", "string"], "format": FORMAT },
            "format": FORMAT
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(Times::parse("0..1:5").expect("valid").values(), [0.0, 0.25, 0.5, 0.75, 1.0]);
        let log = Times::parse("log(1e-2..100:5)").expect("valid");
        for (value, exact) in log.values().iter().zip([0.01, 0.1, 1.0, 10.0, 100.0]) {
            assert!((value / exact - 1.0).abs() < 1e-14);
        }
        assert_eq!(log.values()[4], 100.0);
    }

    #[test]
    fn a_range_goes_on_in_a_list() {
        let times: Times = serde_json::from_str(r#"["0..1:3", 2, "log(10..1000:3)"]"#).expect("valid");
        assert_eq!(times.values(), [0.0, 0.5, 1.0, 2.0, 10.0, 100.0, 1000.0]);
        assert!(serde_json::from_str::<Times>(r#"["0..1", 2]"#).is_err());
    }

    #[test]
    fn mistakes_say_what_to_write() {
        for wrong in ["", "1..2", "a..b:3", "log(0..1:3)", "0..1:1", "0..1:-3", "log(1..2:3", "0..inf:4"] {
            let (what, instead) = Times::parse(wrong).expect_err(wrong);
            assert!(what.contains(wrong) && instead.starts_with("write"), "{what}; {instead}");
        }
    }
}
