//! Seeds as they are typed: a list, or a range "first..last", both ends included. Whether they make sense is
//! checked elsewhere.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};

/// Most seeds of a range: more are a mistake.
const MOST: u64 = 1_000_000;

/// Either form.
#[derive(Deserialize)]
#[serde(untagged)]
enum TypedSeeds {
    List(Vec<u64>),
    Range(String),
}

/// Reads either form as a list.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    match TypedSeeds::deserialize(deserializer).map_err(|_| D::Error::custom(wrong("this")))? {
        TypedSeeds::List(seeds) => Ok(seeds),
        TypedSeeds::Range(text) => range(&text).ok_or_else(|| D::Error::custom(wrong(&format!("{text:?}")))),
    }
}

fn wrong(found: &str) -> String {
    format!(
        "{found} is neither a list of seeds, e.g. [1, 2, 3], nor a range of up to a million, e.g. \"1..256\""
    )
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
