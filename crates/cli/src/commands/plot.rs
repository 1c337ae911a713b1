//! `meanfield plot`: the figures again, from a record alone, as the paper that they are for wants them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use meanfield::Drawing;
use meanfield::figure::{Format, POINTS_IN_AN_INCH, Selection, Sheet};

use crate::failure::Failure;
use crate::print;
use crate::record;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct PlotOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// Where the figures go; default: `figures` beside the record.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The formats of the files.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "svg,png")]
    pub format: Vec<FormatName>,
    /// Width of each figure: 3.4in is a column of many journals, 7in a page; or 86mm, 8.6cm, 245pt.
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    pub width: Option<f64>,
    /// Size of the labels in points [default: 8.5]; lines and marks grow with it.
    #[arg(long, value_name = "N")]
    pub font_size: Option<f64>,
    /// Without the title: the paper has a caption.
    #[arg(long)]
    pub no_title: bool,
    /// Draw these systems only.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub systems: Vec<String>,
    /// Draw these values of a varied key only, e.g. --points separation=0.1,0.5,0.9 (repeatable).
    #[arg(long, value_name = "KEY=VALUES", value_parser = points)]
    pub points: Vec<(String, Vec<f64>)>,
    /// The words for a system in legends, e.g. --labels "pde=finite volumes" (repeatable).
    #[arg(long, value_name = "SYSTEM=WORDS", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Take title, claims and figure keys from this scenario instead of the record's own.
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
}

/// The format of a figure's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Vectors, for pages of the web.
    Svg,
    /// Pixels, 226 an inch.
    Png,
    /// Vectors, for LaTeX.
    Pdf,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Svg => Self::Svg,
            FormatName::Png => Self::Png,
            FormatName::Pdf => Self::Pdf,
        }
    }
}

/// Names of units of length, with their points.
const UNITS: [(&str, f64); 4] = [
    ("in", POINTS_IN_AN_INCH),
    ("mm", POINTS_IN_AN_INCH / 25.4),
    ("cm", POINTS_IN_AN_INCH / 2.54),
    ("pt", 1.0),
];

/// A length in points: "3.4in".
fn length(text: &str) -> Result<f64, String> {
    let parts = UNITS.iter().find_map(|(name, points)| Some((text.strip_suffix(name)?, points)));
    let (number, points) = parts.ok_or("write a number with its unit: 3.4in, 86mm, 8.6cm, 245pt")?;
    let number: f64 = number.trim().parse().map_err(|_| format!("{number} is not a number"))?;
    Ok(number * points)
}

/// A key with some of its values: "separation=0.1,0.5".
fn points(text: &str) -> Result<(String, Vec<f64>), String> {
    let (key, values) = text.split_once('=').ok_or("write KEY=VALUES: separation=0.1,0.5")?;
    let number = |value: &str| value.trim().parse().map_err(|_| format!("{value} is not a number"));
    let values: Result<Vec<f64>, String> = values.split(',').map(number).collect();
    // Records name the axis of a varied key with underscores.
    Ok((key.trim().replace('-', "_"), values?))
}

/// A system with the words for it: "pde=finite volumes".
fn label(text: &str) -> Result<(String, String), String> {
    let (system, words) = text.split_once('=').ok_or("write SYSTEM=WORDS: \"pde=finite volumes\"")?;
    Ok((system.trim().to_owned(), words.trim().to_owned()))
}

/// How the figures are drawn.
fn drawing(options: &PlotOptions) -> Drawing {
    let mut sheet = Sheet::default();
    sheet.width = options.width.unwrap_or(sheet.width);
    sheet.font_size = options.font_size.unwrap_or(sheet.font_size);
    sheet.titled = !options.no_title;
    let mut selection = Selection::default();
    selection.systems = options.systems.clone();
    selection.points = options.points.clone();
    selection.labels = options.labels.clone();
    let mut drawing = Drawing::default();
    drawing.sheet = sheet;
    drawing.formats = options.format.iter().map(|name| Format::from(*name)).collect();
    drawing.selection = selection;
    drawing
}

/// The verb.
pub fn plot(options: &PlotOptions) -> Result<Verdict, Failure> {
    let mut recorded = record::read(&options.record)?;
    if let Some(scenario) = &options.scenario {
        recorded = recorded.restated(scenario)?;
    }
    let beside = options.record.parent().map(|folder| folder.join("figures"));
    let folder = options.output.clone().or(beside).unwrap_or_else(|| "figures".into());
    for file in recorded.draw_as(&folder, &drawing(options))? {
        print::result(file.display())?;
    }
    Ok(Verdict::Holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        let lengths = ["3.4in", "86mm", "8.6 cm", "245pt"].map(|text| length(text).expect("a length"));
        assert!((lengths[0] - 244.8).abs() < 1e-9 && (lengths[1] - lengths[2]).abs() < 1e-9);
        assert_eq!(lengths[3], 245.0);
        assert!(length("3.4").is_err() && length("wide").is_err() && length("xin").is_err());
    }

    #[test]
    fn points_and_labels_are_pairs() {
        assert_eq!(points("step-size=1e-3, 2e-3"), Ok(("step_size".into(), vec![1e-3, 2e-3])));
        assert!(points("separation").is_err() && points("separation=a").is_err());
        assert_eq!(label("pde=finite volumes"), Ok(("pde".into(), "finite volumes".into())));
    }
}
