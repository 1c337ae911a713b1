//! The only place that prints: results to standard output, everything else to standard error.
//!
//! A reader that goes away (`meanfield list | head -1`) is no failure, and no reason to stop a run.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind, Write};

use miette::Report;

/// Why a result could not be printed.
#[derive(Debug)]
pub struct Unprinted(String);

impl Display for Unprinted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "standard output cannot be written: {}", self.0)
    }
}

/// A line or more of results.
pub fn result(text: impl Display) -> Result<(), Unprinted> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", printable(&text.to_string())).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Unprinted(error.to_string())),
        _ => Ok(()),
    }
}

/// A result as JSON.
pub fn json(value: &impl serde::Serialize) -> Result<(), Unprinted> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Unprinted(error.to_string()))?;
    // Characters that JSON does not escape and a terminal would obey.
    let is_obeyed = |c: char| c.is_control() && c != '\n';
    result(
        text.chars()
            .map(|c: char| if is_obeyed(c) { format!("\\u{:04x}", c as u32) } else { c.into() })
            .collect::<String>(),
    )
}

/// A line about the work. A line that cannot be written is dropped.
pub fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(&text.to_string()));
}

/// A report in its colours, whose texts are [`printable`] already.
pub fn report(report: &Report) {
    let _ = writeln!(io::stderr().lock(), "{report:?}");
}

/// A text without characters that a terminal would obey: names of files may hold any.
pub fn printable(text: &str) -> String {
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars().map(|c| if is_obeyed(c) { c.escape_default().to_string() } else { c.into() }).collect()
}
