//! Renders pictures as files of several formats from the same shapes: SVG (`svg`), PNG (`bitmap`), PDF
//! (`pdf`). It writes no file: the bytes are complete in memory first.

use super::content::{FigureError, FigureFile, Format};
use super::paint::Fault;
use super::picture::Picture;
use super::{bitmap, pdf, svg};

/// The picture as `<name>.svg`, `<name>.png` …: names, and the bytes of the files.
///
/// # Errors
/// [`FigureError::Draw`], if plotters, the encoder or the embedding of the font fails.
pub fn files(picture: &Picture, name: &str, formats: &[Format]) -> Result<Vec<FigureFile>, FigureError> {
    formats.iter().map(|format| file(picture, name, *format)).collect()
}

/// The picture in one format.
fn file(picture: &Picture, name: &str, format: Format) -> Result<FigureFile, FigureError> {
    let name = format!("{name}.{}", format.name());
    let bytes = match format {
        Format::Svg => svg::document(picture).map(String::into_bytes),
        Format::Png => bitmap::png(picture),
        Format::Pdf => pdf::document(picture),
    };
    match bytes {
        Ok(bytes) => Ok(FigureFile { name, bytes }),
        Err(fault) => Err(draw_error(name, &fault)),
    }
}

/// The error of a file.
fn draw_error(file: String, fault: &Fault) -> FigureError {
    FigureError::Draw { file, reason: fault.to_string() }
}
