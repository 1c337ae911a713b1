//! Input and output of this crate: records and their comparison in, files and errors out. It draws nothing.

use std::path::PathBuf;

use meanfield_compare::comparison::Comparison;
use meanfield_run::record::Record;

use super::sheet::Sheet;

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
    /// Width, size of the type, title.
    pub sheet: Sheet,
    /// The formats of the files.
    pub formats: &'a [Format],
    /// The point of a third varied key in words; empty where there is none.
    pub place: &'a str,
}

impl<'a> Content<'a> {
    /// Records with their comparison, drawn as wide as a page, as SVG and PNG.
    pub fn new(title: &'a str, records: &'a [Record], comparison: Option<&'a Comparison>) -> Self {
        Self {
            title,
            records,
            comparison,
            inset: &[],
            over: Over::Time,
            sheet: Sheet::default(),
            formats: &Format::USUAL,
            place: "",
        }
    }

    /// What stands above a figure: its title, and the point that it is about, which is said without a title
    /// too.
    pub(crate) fn heading(&self, point: &str) -> String {
        let places: Vec<&str> = [self.place, point].into_iter().filter(|place| !place.is_empty()).collect();
        let places = places.join(", ");
        match (self.sheet.titled, places.is_empty()) {
            (true, true) => self.title.to_owned(),
            (true, false) => format!("{} ({places})", self.title),
            (false, _) => places,
        }
    }
}

/// The format of a figure's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Scalable Vector Graphics, with text as text and its font.
    Svg,
    /// Pixels, 226 an inch.
    Png,
    /// One page, with text as text and its font.
    Pdf,
}

impl Format {
    /// All.
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::Pdf];
    /// What a run writes.
    pub const USUAL: [Self; 2] = [Self::Svg, Self::Png];

    /// Its name, which ends the names of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
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
