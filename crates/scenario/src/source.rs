//! A text of keys and values, and its name in messages.

use std::sync::Arc;

use miette::NamedSource;

/// A text and its name in messages.
pub type Source = Arc<NamedSource<String>>;

/// A source from its name and text.
pub fn source(name: &str, text: &str) -> Source {
    Arc::new(NamedSource::new(visible(name), text.to_owned()))
}

/// Without control characters, which would reach the terminal.
pub(crate) fn visible(text: &str) -> String {
    text.trim_end_matches('\r').chars().map(shown).collect()
}

fn shown(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{fffd}' } else { c }
}
