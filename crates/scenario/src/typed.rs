//! Where the values of a scenario were typed: in the file, in its `[quick]`, or on the command line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source::Source;

/// A step of a path: a key, or a position in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

/// Typed sources in layers: a later one wins.
pub struct Typed {
    /// Each with the key of its text below which the scenario begins, if any.
    layers: Vec<(Source, Option<&'static str>)>,
}

impl Typed {
    /// No text at all: something stated in code.
    pub fn nothing() -> Self {
        Self { layers: Vec::new() }
    }

    /// The file alone.
    pub fn file(source: Source) -> Self {
        Self { layers: vec![(source, None)] }
    }

    /// Adds a layer on top; `below` is the key of the text below which the scenario begins.
    pub fn push_layer(&mut self, source: Source, below: Option<&'static str>) {
        self.layers.push((source, below));
    }

    /// The place of the value at each path, or of the nearest table above it that was typed.
    pub fn places<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a [Step]>,
    ) -> Vec<Option<(Source, Range<usize>)>> {
        let texts = self.layers.iter().map(|(source, _)| source.inner());
        let documents: Vec<_> = texts.map(|text| DeTable::parse(text).ok()).collect();
        paths
            .into_iter()
            .map(|path: &[Step]| {
                (1..=path.len()).rev().find_map(|length| self.place(&documents, &path[..length]))
            })
            .collect()
    }

    /// The place of exactly this path in the last layer that has it.
    fn place(&self, documents: &[Option<Spanned<DeTable>>], path: &[Step]) -> Option<(Source, Range<usize>)> {
        self.layers.iter().zip(documents).rev().find_map(|((source, below), document)| {
            let path: Vec<Step> =
                below.iter().map(|key| Step::from(*key)).chain(path.iter().cloned()).collect();
            Some((source.clone(), in_table(document.as_ref()?.get_ref(), &path)?))
        })
    }
}

/// The place of the value at `path`, or of the name of a table there.
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
