//! Where things stand in a TOML text: from a path of keys to a place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A step of a path: a key, or a position in a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A position in a list.
    Item(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(position: usize) -> Self {
        Self::Item(position)
    }
}

/// The place of what stands at `path`, or of the nearest thing above it that is there.
pub fn place(text: &str, path: &[Step]) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let Step::Key(key) = first else { return None };
    let (name, value) = document.get_ref().iter().find(|(name, _)| name.get_ref() == key)?;
    Some(below(value, rest).unwrap_or_else(|| name.span()))
}

/// The place of what stands at `path` below `value`.
fn below(value: &Spanned<DeValue>, path: &[Step]) -> Option<Range<usize>> {
    let Some((first, rest)) = path.split_first() else { return Some(value.span()) };
    match (first, value.get_ref()) {
        (Step::Key(key), DeValue::Table(table)) => {
            let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
            Some(below(value, rest).unwrap_or_else(|| name.span()))
        }
        (Step::Item(position), DeValue::Array(items)) => below(items.get(*position)?, rest),
        _ => None,
    }
}
