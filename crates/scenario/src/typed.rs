//! Where the values of a scenario were typed: in the file, in its `[quick]`, or on the command line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::assignment::Assignment;
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
    layers: Vec<Layer>,
}

/// A typed source.
enum Layer {
    /// A file, with the key of its text below which the scenario begins, if any.
    File(Source, Option<&'static str>),
    /// One key of the command line.
    Assignment(Assignment),
}

impl Layer {
    /// Its text as TOML.
    fn toml(&self) -> &str {
        match self {
            Self::File(source, _) => source.inner(),
            Self::Assignment(own) => &own.toml,
        }
    }

    /// The place of exactly this path in what was typed.
    fn place(&self, document: &DeTable, path: &[Step]) -> Option<(Source, Range<usize>)> {
        match self {
            Self::File(source, below) => {
                let below = below.iter().map(|key| Step::from(*key));
                let path: Vec<Step> = below.chain(path.iter().cloned()).collect();
                Some((source.clone(), in_table(document, &path)?))
            }
            Self::Assignment(own) => Some((own.source.clone(), own.typed(&in_table(document, path)?))),
        }
    }
}

impl Typed {
    /// No text at all: something stated in code.
    pub fn nothing() -> Self {
        Self { layers: Vec::new() }
    }

    /// The file alone.
    pub fn file(source: Source) -> Self {
        Self { layers: vec![Layer::File(source, None)] }
    }

    /// Adds the section of a file below this key on top.
    pub fn push_section(&mut self, file: Source, key: &'static str) {
        self.layers.push(Layer::File(file, Some(key)));
    }

    /// Adds an assignment on top.
    pub(crate) fn push_assignment(&mut self, assignment: Assignment) {
        self.layers.push(Layer::Assignment(assignment));
    }

    /// The place of the value at each path, or of the nearest table above it that was typed.
    pub fn places<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a [Step]>,
    ) -> Vec<Option<(Source, Range<usize>)>> {
        let documents: Vec<_> = self.layers.iter().map(|layer| DeTable::parse(layer.toml()).ok()).collect();
        paths
            .into_iter()
            .map(|path: &[Step]| {
                (1..=path.len()).rev().find_map(|length| self.place(&documents, &path[..length]))
            })
            .collect()
    }

    /// The place of exactly this path in the last layer that has it.
    fn place(&self, documents: &[Option<Spanned<DeTable>>], path: &[Step]) -> Option<(Source, Range<usize>)> {
        let layers = self.layers.iter().zip(documents).rev();
        layers.into_iter().find_map(|(layer, document)| layer.place(document.as_ref()?.get_ref(), path))
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
