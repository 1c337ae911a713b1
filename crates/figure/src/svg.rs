//! Pictures as SVG: shapes through plotters on a page ten times as large with a `viewBox`, since plotters
//! rounds to whole pixels; texts as text, in the part of the bundled font that they need. It writes no file.

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;
use plotters::style::RGBColor;

use super::embedded_font::EmbeddedFont;
use super::paint::{Fault, Strokes, paint, units};
use super::picture::{Picture, Shape};

/// Units of the page in a unit of the layout.
const UNITS: f64 = 10.0;
/// The font's name within the file, and what viewers that take no font from a file may use for it.
const FONT: &str = "figure";
const INSTEAD: &str = "DejaVu Sans, Verdana, sans-serif";

/// The picture as an SVG document.
///
/// # Errors
/// If plotters fails or the bundled font cannot be cut.
pub fn document(picture: &Picture) -> Result<String, Fault> {
    let size = (units(picture.width, UNITS), units(picture.height, UNITS));
    let mut document = String::new();
    let paper = SVGBackend::with_string(&mut document, size).into_drawing_area();
    paper.fill(&RGBColor(255, 255, 255))?;
    paint(picture, &paper, UNITS, Strokes::AsLines)?;
    drop(paper);
    let page = format!(r#"width="{}" height="{}""#, size.0, size.1);
    let (width, height) = picture.size_in_points();
    let [width, height] = [width, height].map(|length| (1000.0 * length).round() / 1000.0);
    let shown = format!(r#"width="{width}pt" height="{height}pt" stroke-linejoin="round""#);
    let closing = format!("{}</svg>", texts(picture));
    let document = document.replacen(&page, &shown, 1).replace("</svg>", &closing);
    // The first element of all is the paper.
    Ok(document.replacen("/>", &format!("/>\n{}{}", style(picture)?, mosaics(picture)), 1))
}

/// The font, embedded.
fn style(picture: &Picture) -> Result<String, Fault> {
    let font = BASE64_STANDARD.encode(EmbeddedFont::for_picture(picture)?.for_browsers());
    let face = format!("@font-face{{font-family:{FONT};src:url(data:font/ttf;base64,{font})}}");
    Ok(format!("<style>{face}text{{font-family:{FONT},{INSTEAD}}}</style>\n"))
}

/// All mosaics, each one path: many rectangles in few bytes. Their edges are not smoothed, or seams would
/// show.
fn mosaics(picture: &Picture) -> String {
    picture
        .shapes
        .iter()
        .filter_map(|shape: &Shape| {
            let Shape::Mosaic { rectangles, colour: RGBColor(r, g, b) } = shape else { return None };
            let mut outline = String::new();
            for [from, to] in rectangles {
                let [x, y, right, bottom] = [from.0, from.1, to.0, to.1].map(|place| (place * UNITS).round());
                // Writing to a string cannot fail.
                let _ = write!(outline, "M{x} {y}H{right}V{bottom}H{x}z");
            }
            let crisp = r#"shape-rendering="crispEdges""#;
            Some(format!("<path {crisp} fill=\"#{r:02X}{g:02X}{b:02X}\" d=\"{outline}\"/>\n"))
        })
        .collect()
}

/// All texts. Their lengths are stated: in another font they still end where they should.
fn texts(picture: &Picture) -> String {
    picture
        .shapes
        .iter()
        .filter_map(|shape: &Shape| {
            let Shape::Text { start, text, size, colour: RGBColor(r, g, b), turned } = shape else {
                return None;
            };
            let [x, y] = [start.0, start.1].map(|place| (10.0 * place * UNITS).round() / 10.0);
            let length = (10.0 * picture.typeface.width(text, size * UNITS)).round() / 10.0;
            let size = size * UNITS;
            let turn = if *turned { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
            let how = format!("font-size=\"{size}\" fill=\"#{r:02X}{g:02X}{b:02X}\" textLength=\"{length}\"");
            let words = escaped(text);
            Some(format!(
                "<text x=\"{x}\" y=\"{y}\" {how} lengthAdjust=\"spacingAndGlyphs\"{turn}>{words}</text>\n"
            ))
        })
        .collect()
}

/// A text as XML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
