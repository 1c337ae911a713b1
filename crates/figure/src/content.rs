//! Input and output of this crate: records and their comparison in, files and errors out. It draws nothing.

use std::path::PathBuf;

use meanfield_compare::comparison::Comparison;
use meanfield_run::record::Record;

/// Input of all figures.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The title of all figures.
    pub title: &'a str,
    /// The systems.
    pub records: &'a [Record],
    /// Their comparison, where there is one.
    pub comparison: Option<&'a Comparison>,
    /// Names of the curves in the inset of the figure of the risk.
    pub inset: &'a [String],
    /// Unit of the horizontal axis of the risk.
    pub over: Over,
}

/// Unit of the horizontal axis of the risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Over {
    /// Time t.
    #[default]
    Time,
    /// SGD's steps k = t/ε; time where the networks do not share one step size.
    Step,
}

/// A figure in one file format, not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FigureFile {
    /// The file's name: `risk.svg`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Errors of drawing figures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// A figure could not be drawn.
    #[error("cannot draw the figure {file}: {reason}")]
    Draw {
        /// The file's name.
        file: String,
        /// The reason.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write the figure {}: {reason}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// The reason.
        reason: std::io::Error,
    },
    /// The bundled font cannot be read.
    #[error("the figures' font cannot be read: {0}")]
    Font(#[from] ab_glyph::InvalidFont),
}
