//! Where the values of a scenario were typed: in the file, in its `[quick]`, or on the command line.

use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text and how messages call it.
pub type Source = Arc<NamedSource<String>>;

/// A source from its name and text.
pub fn source(name: &str, text: &str) -> Source {
    Arc::new(NamedSource::new(name, text.to_owned()))
}

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

/// What was typed, in layers: a later one wins.
pub struct Typed {
    /// Each with the key below which it stands in its text, if any.
    layers: Vec<(Source, Option<&'static str>)>,
}

impl Typed {
    /// The file alone.
    pub fn file(source: Source) -> Self {
        Self { layers: vec![(source, None)] }
    }

    /// Lays a source on top; `below` is the key below which it stands there.
    pub fn lay(&mut self, source: Source, below: Option<&'static str>) {
        self.layers.push((source, below));
    }

    /// The place of what stands at `path`, or of the nearest thing above it that was typed.
    pub fn place(&self, path: &[Step]) -> Option<(Source, Range<usize>)> {
        (1..=path.len()).rev().find_map(|length| self.place_exactly(&path[..length]))
    }

    fn place_exactly(&self, path: &[Step]) -> Option<(Source, Range<usize>)> {
        let in_layer = |(source, below): &(Source, Option<&str>)| {
            let path: Vec<Step> =
                below.iter().map(|key| Step::from(*key)).chain(path.iter().cloned()).collect();
            let document = DeTable::parse(source.inner()).ok()?;
            Some((source.clone(), in_table(document.get_ref(), &path)?))
        };
        self.layers.iter().rev().find_map(in_layer)
    }
}

/// The place of what stands at `path`: a value, or the name of a table.
fn in_table(table: &DeTable, path: &[Step]) -> Option<Range<usize>> {
    let (Step::Key(key), rest) = path.split_first()? else { return None };
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    match (rest, value.get_ref()) {
        ([], DeValue::Table(_)) => Some(name.span()),
        _ => in_value(value, rest),
    }
}

fn in_value(value: &Spanned<DeValue>, path: &[Step]) -> Option<Range<usize>> {
    match (path, value.get_ref()) {
        ([], _) => Some(value.span()),
        (_, DeValue::Table(table)) => in_table(table, path),
        ([Step::Item(position), rest @ ..], DeValue::Array(items)) => in_value(items.get(*position)?, rest),
        _ => None,
    }
}
