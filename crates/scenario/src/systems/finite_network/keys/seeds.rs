//! Seeds as they are typed: a list, or a range "first..last", both ends included. Whether they make sense is
//! checked elsewhere.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};

/// How the schema calls such a text.
pub(crate) const FORMAT: &str = "seeds";
/// Most seeds of a range: more are a mistake.
const MOST: u64 = 1_000_000;

/// What to write.
const HELP: &str = "write a list of seeds, e.g. [1, 2, 3], or a range of up to a million, e.g. \"1..256\"";

/// Either form.
#[derive(Deserialize)]
#[serde(untagged)]
enum TypedSeeds {
    List(Vec<u64>),
    Range(String),
}

/// Reads either form as a list.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    match TypedSeeds::deserialize(deserializer).map_err(|_| D::Error::custom(HELP))? {
        TypedSeeds::List(seeds) => Ok(seeds),
        TypedSeeds::Range(text) => {
            read_range(&text).map_err(|(what, help)| D::Error::custom(format!("{what}; {help}")))
        }
    }
}

/// Reads a range.
///
/// # Errors
/// (problem, advice) where the text is none.
pub(crate) fn read_range(text: &str) -> Result<Vec<u64>, (String, String)> {
    range(text).ok_or_else(|| (format!("{text:?} is no range of seeds"), HELP.to_owned()))
}

fn range(text: &str) -> Option<Vec<u64>> {
    let (first, last) = text.split_once("..")?;
    let [first, last] = [first, last].map(|end| end.trim().parse::<u64>());
    let (first, last) = (first.ok()?, last.ok()?);
    (first <= last && last - first < MOST).then(|| (first..=last).collect())
}

/// Its schema.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["array", "string"],
        "items": { "type": "integer", "format": "uint64", "minimum": 0 },
        "format": FORMAT,
    })
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_have_both_ends() {
        assert_eq!(range("3..5"), Some(vec![3, 4, 5]));
        assert_eq!(range("7 .. 7"), Some(vec![7]));
        for wrong in ["5..3", "1", "..", "a..b", "-1..2", "0..9999999"] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }
}
