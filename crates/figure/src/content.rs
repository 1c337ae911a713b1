//! What is drawn, and what comes of it: records and their comparison in, files out.

use std::path::PathBuf;

use meanfield_compare::comparison::Comparison;
use meanfield_run::record::Record;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The title of all figures.
    pub title: &'a str,
    /// The systems.
    pub records: &'a [Record],
    /// Their comparison, where there is one.
    pub comparison: Option<&'a Comparison>,
    /// Curves to be drawn small within the figure of the risk.
    pub inset: &'a [String],
    /// What the horizontal axis of the risk counts.
    pub over: Over,
}

/// What the horizontal axis of the risk counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    /// Time t.
    #[default]
    Time,
    /// SGD's steps k = t/ε; time after all where networks have not one step size.
    Step,
}

/// A figure as a file that is yet to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The file's name: `risk.svg`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a figure could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// A figure could not be drawn.
    #[error("cannot draw the figure {file}: {reason}")]
    Draw {
        /// The file's name.
        file: String,
        /// Why.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write the figure {}: {reason}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The bundled font cannot be read.
    #[error("the figures' font cannot be read: {0}")]
    Font(#[from] ab_glyph::InvalidFont),
}
