//! Figures of a comparison: the laws at the snapshots, coordinate by coordinate and pair by pair, the risk
//! over time and over a varied key. Each is made once as a picture and written as SVG and PNG.
//!
//! Only this crate knows the plotting library. Axes, ticks and legends are its own: plotters has no
//! superscripts, no minor ticks, squeezes points onto logarithmic axes and clips nothing. It judges
//! nothing; what it draws of a comparison was found by `judge`.

use std::fs;
use std::path::{Path, PathBuf};

use meanfield_run::record::{Place, Record, RunAxis};

mod cast;
mod content;
mod curve;
pub mod density;
mod gap;
mod heat;
mod inset;
mod joint;
mod law;
mod legend;
mod map;
mod names;
mod over_key;
mod panel;
mod picture;
mod ramp;
mod render;
mod response;
mod risk;
mod scale;
mod shape;
mod standing;
mod style;
mod text;
mod thin;
mod time_axis;
mod title;

pub use content::{Content, Drawn, FigureError, Over};
use picture::Picture;

/// Draws all figures that the records have data for, each as SVG and PNG: `risk`, `over_<key>` where one key
/// is varied, `over_<key>_and_<key>` where two are, `law` of all coordinates (`law_<coordinate>` of one, or
/// where keys are varied), and `joint_law` of laws in several coordinates.
///
/// # Errors
/// [`FigureError`], where a figure cannot be drawn or the bundled font cannot be read.
pub fn draw(content: &Content) -> Result<Vec<Drawn>, FigureError> {
    let mut files = Vec::new();
    for (name, picture) in pictures(content)? {
        files.extend(render::files(&picture, &file_name(&name))?);
    }
    Ok(files)
}

/// The same as files in `folder` (made if need be), each complete or not at all. Returns the files written.
///
/// # Errors
/// [`FigureError`], where a figure cannot be drawn or a file cannot be written.
pub fn draw_all(folder: &Path, content: &Content) -> Result<Vec<PathBuf>, FigureError> {
    let refused = |file: &Path, reason| FigureError::Write { file: file.to_owned(), reason };
    fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let mut files = Vec::new();
    for drawn in draw(content)? {
        let file = folder.join(&drawn.name);
        meanfield_files::write(&file, &drawn.bytes).map_err(|error| refused(&file, error))?;
        files.push(file);
    }
    Ok(files)
}

/// All figures with their names.
fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, FigureError> {
    let mut pictures = Vec::new();
    let over = over_keys(content)?;
    // of what does not move, the figure over time would be a mark, or a column of them
    let one = content.records.len() == 1 && content.records[0].runs() == 1;
    let still = content.records.iter().all(still_or_short) && (!over.is_empty() || one);
    let points = content.records.iter().map(|record| record.varied().map(|axis| axis.values.len()).product());
    let many = points.max().unwrap_or(1_usize) > MOST_CURVES;
    if !still && !many {
        pictures.extend(risk::picture(content)?.map(|picture| ("risk".to_owned(), picture)));
    }
    pictures.extend(over);
    pictures.extend(law::pictures(content.title, content.records)?);
    let reference = content.comparison.map(|comparison| comparison.reference.as_str());
    pictures.extend(joint::pictures(content.title, content.records, reference)?);
    Ok(pictures)
}

/// What varied keys do: of one key curves, of two maps, of three the maps of two at every value of the one
/// with the fewest.
fn over_keys(content: &Content) -> Result<Vec<(String, Picture)>, FigureError> {
    let mut axes = cast::varied_axes(content.records);
    if axes.len() == 3 {
        axes.sort_by_key(|axis| axis.values.len());
        return at_each_value(content, &axes[0]);
    }
    if let Some(key) = over_key::key(content.records) {
        let picture = over_key::picture(content, &key)?;
        return Ok(picture.map(|picture| (format!("over_{}", key.name), picture)).into_iter().collect());
    }
    let Some(keys) = map::keys(content.records) else { return Ok(Vec::new()) };
    let picture = map::picture(content, &keys)?;
    let name = format!("over_{}_and_{}", keys[0].name, keys[1].name);
    Ok(picture.map(|picture| (name, picture)).into_iter().collect())
}

/// The figures of two keys at each value of a third, which stands in their titles and names.
fn at_each_value(content: &Content, axis: &RunAxis) -> Result<Vec<(String, Picture)>, FigureError> {
    let mut pictures = Vec::new();
    for value in &axis.values {
        let place = Place { axis: axis.name.clone(), key: axis.key.clone(), value: *value };
        let here = [place.clone()];
        let records: Vec<Record> = content.records.iter().filter_map(|record| record.at(&here)).collect();
        let title = format!("{} ({place})", content.title);
        let at_value =
            over_keys(&Content { title: &title, records: &records, comparison: None, ..*content })?;
        pictures.extend(
            at_value.into_iter().map(|(name, picture)| (format!("{name}_at_{}", place.tag()), picture)),
        );
    }
    Ok(pictures)
}

/// Curves of more points than this cannot be told apart: there is no figure over time then.
const MOST_CURVES: usize = 60;

/// Whether there is no course over time: of what does not move, or where the end alone was observed.
fn still_or_short(record: &Record) -> bool {
    standing::is_static(record) || record.time.len() < 2
}

/// A name as that of a file, which file systems bound at 255 bytes.
fn file_name(name: &str) -> String {
    let legal: Vec<char> =
        name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    // What tells names apart, the value of a key, is at the end.
    let rest = legal.len().saturating_sub(LONGEST_NAME);
    legal[rest..].iter().collect()
}

/// Letters of a figure's name.
const LONGEST_NAME: usize = 100;
