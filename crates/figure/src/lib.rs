//! Figures of a comparison: the laws at the snapshots, coordinate by coordinate and pair by pair, the risk
//! over time and over a varied key. Each is made once as a picture and written as SVG, PNG or PDF.
//!
//! Only this crate knows the plotting library. Axes, ticks and legends are its own: plotters has no
//! superscripts, no minor ticks, squeezes points onto logarithmic axes and clips nothing. It judges
//! nothing; what it draws of a comparison was found by `judge`.

use std::fs;
use std::path::{Path, PathBuf};

use meanfield_run::record::{Place, Record, RunAxis};

mod allowed;
mod apart;
mod bitmap;
mod colour_key;
mod content;
mod curve;
pub mod density;
mod embedded_font;
mod extent;
mod forces;
mod gap;
mod heat;
mod inset;
mod joint;
mod key_map;
mod law;
mod layers;
mod legend;
mod map;
mod multiples;
mod names;
mod over_key;
mod page;
mod paint;
mod panel;
mod panel_grid;
mod pdf;
mod picture;
mod power_laws;
mod ramp;
mod render;
mod response;
mod risk;
mod scale;
mod selection;
mod shape;
mod sheet;
mod static_system;
mod style;
mod svg;
mod systems;
mod text;
mod thin;
mod time_axis;
mod title;

pub use content::{Content, FigureError, FigureFile, Format, Over};
use picture::Picture;
pub use selection::{Selected, Selection, SelectionError};
pub use sheet::{POINTS_IN_AN_INCH, Sheet};

/// Draws all figures that the records have data for, each in every format: `risk`, `over_<key>` where one key
/// is varied, `over_<key>_and_<key>` where two are (three: small multiples), `laws` of the claims on
/// exponents, `law` of all coordinates (`law_<coordinate>` of one, or where keys are varied),
/// `pre_activations` and `diversity_spectrum` of layers, `joint_law` of laws in several coordinates, and
/// `forces` of what moves a few neurons.
///
/// # Errors
/// [`FigureError`], where a figure cannot be drawn or the bundled font cannot be read.
pub fn draw(content: &Content) -> Result<Vec<FigureFile>, FigureError> {
    let mut files = Vec::new();
    for (name, picture) in pictures(content)? {
        files.extend(render::files(&picture, &file_name(&name), content.formats)?);
    }
    Ok(files)
}

/// Draws all figures into files of `folder`, which is created if it is missing; each file is written
/// atomically. Returns the paths of the files.
///
/// # Errors
/// [`FigureError`], where a figure cannot be drawn or a file cannot be written.
pub fn draw_all(folder: &Path, content: &Content) -> Result<Vec<PathBuf>, FigureError> {
    fs::create_dir_all(folder).map_err(|reason| write_error(folder, reason))?;
    let mut files = Vec::new();
    for drawn in draw(content)? {
        let file = folder.join(&drawn.name);
        meanfield_files::write(&file, &drawn.bytes).map_err(|reason| write_error(&file, reason))?;
        files.push(file);
    }
    Ok(files)
}

/// The error that a file or folder cannot be written.
fn write_error(file: &Path, reason: std::io::Error) -> FigureError {
    FigureError::Write { file: file.to_owned(), reason }
}

/// All figures with their names.
fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, FigureError> {
    let mut pictures = Vec::new();
    let over = over_keys(content)?;
    // A static record would be a single mark, or a column of them: skip the figure over time.
    let single_run = content.records.len() == 1 && content.records[0].runs() == 1;
    let no_course = content.records.iter().all(has_no_course) && (!over.is_empty() || single_run);
    let points = content.records.iter().map(|record| record.varied().map(|axis| axis.values.len()).product());
    let too_many = points.max().unwrap_or(1_usize) > MOST_CURVES;
    if !no_course && !too_many {
        pictures.extend(risk::picture(content)?.map(|picture| ("risk".to_owned(), picture)));
    }
    pictures.extend(over);
    pictures.extend(power_laws::picture(content)?.map(|picture| ("laws".to_owned(), picture)));
    pictures.extend(law::pictures(content)?);
    pictures.extend(layers::pictures(content)?);
    pictures.extend(joint::pictures(content)?);
    pictures.extend(forces::pictures(content)?);
    Ok(pictures)
}

/// Figures over varied keys: curves over one key, maps over two, and over three the maps of two at values of
/// that with the fewest.
fn over_keys(content: &Content) -> Result<Vec<(String, Picture)>, FigureError> {
    let axes = systems::varied_axes(content.records);
    if let [a, b, c] = &axes[..] {
        let third = [a, b, c].into_iter().min_by_key(|axis| axis.values.len()).unwrap_or(a);
        let keys: Vec<RunAxis> = axes.iter().filter(|axis| axis.name != third.name).cloned().collect();
        return over_three_keys(content, &keys, third);
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

/// Small multiples where both keys have the values for a map, else what there is at each value of the third.
fn over_three_keys(
    content: &Content,
    keys: &[RunAxis],
    third: &RunAxis,
) -> Result<Vec<(String, Picture)>, FigureError> {
    let Some(keys) = map::mappable(keys) else { return figures_at_each_value(content, third) };
    let picture = multiples::picture(content, &keys, third)?;
    let name = format!("over_{}_and_{}_and_{}", keys[0].name, keys[1].name, third.name);
    Ok(picture.map(|picture| (name, picture)).into_iter().collect())
}

/// The figures over two keys at each value of a third, which their titles and names state.
fn figures_at_each_value(content: &Content, axis: &RunAxis) -> Result<Vec<(String, Picture)>, FigureError> {
    let mut pictures = Vec::new();
    for value in &axis.values {
        let place = Place { axis: axis.name.clone(), key: axis.key.clone(), value: *value };
        let here = [place.clone()];
        let records: Vec<Record> = content.records.iter().filter_map(|record| record.at(&here)).collect();
        let words = names::point(&here);
        let at_value =
            over_keys(&Content { place: &words, records: &records, comparison: None, ..*content })?;
        pictures.extend(
            at_value.into_iter().map(|(name, picture)| (format!("{name}_at_{}", place.tag()), picture)),
        );
    }
    Ok(pictures)
}

/// Most points of the varied keys with a figure over time: more curves cannot be distinguished.
const MOST_CURVES: usize = 60;

/// Whether a record has no course over time: it is static, or was observed at its end alone.
fn has_no_course(record: &Record) -> bool {
    static_system::is_static(record) || record.time.len() < 2
}

/// A file's name from a figure's name; file systems limit it to 255 bytes.
fn file_name(name: &str) -> String {
    let legal: Vec<char> =
        name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    // Names differ in their ends, which have the value of a key.
    let rest = legal.len().saturating_sub(LONGEST_NAME);
    legal[rest..].iter().collect()
}

/// Letters of a figure's name.
const LONGEST_NAME: usize = 100;
