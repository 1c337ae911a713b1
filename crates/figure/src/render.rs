//! Renders pictures as files, through plotters: SVG and PNG from the same shapes.
//!
//! plotters rounds to whole pixels and hints nothing. So a vector picture is drawn on a page ten
//! times as large with a `viewBox`, and a bitmap four times as large and averaged. Texts are glyph
//! outlines in both. It writes no file: the bytes are complete in memory first.

use std::fmt::Write;

use image::codecs::png::PngEncoder;
use image::{ColorType, ImageEncoder};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon};
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle};

use super::content::{FigureError, FigureFile};
use super::picture::{Picture, Place, Shape};

/// Units of the vector page in a point.
const VECTOR_UNITS: f64 = 10.0;
/// Width of bitmaps, in pixels.
const BITMAP_WIDTH: u32 = 1600;
/// Pixels drawn in each direction for one pixel of the file.
const OVERSAMPLING: u32 = 4;

/// The picture as `<name>.svg` and `<name>.png`: names, and the bytes of the files.
///
/// # Errors
/// [`FigureError::Draw`], if plotters or the encoder fails.
pub fn files(picture: &Picture, name: &str) -> Result<[FigureFile; 2], FigureError> {
    let svg = vector(picture).map_err(|fault| draw_error(format!("{name}.svg"), &fault))?;
    let png = bitmap(picture).map_err(|fault| draw_error(format!("{name}.png"), &fault))?;
    Ok([("svg", svg.into_bytes()), ("png", png)]
        .map(|(kind, bytes)| FigureFile { name: format!("{name}.{kind}"), bytes }))
}

/// An error of plotters or the encoder; [`files`] adds the file's name.
type Fault = Box<dyn std::error::Error + Send + Sync>;

fn draw_error(file: String, fault: &Fault) -> FigureError {
    FigureError::Draw { file, reason: fault.to_string() }
}

/// The picture as an SVG document.
fn vector(picture: &Picture) -> Result<String, Fault> {
    let size = (units(picture.width, VECTOR_UNITS), units(picture.height, VECTOR_UNITS));
    let mut document = String::new();
    let paper = SVGBackend::with_string(&mut document, size).into_drawing_area();
    paper.fill(&RGBColor(255, 255, 255))?;
    paint(picture, &paper, VECTOR_UNITS, Strokes::AsLines)?;
    drop(paper);
    let page = format!(r#"width="{}" height="{}""#, size.0, size.1);
    let shown =
        format!(r#"width="{:.0}pt" height="{:.0}pt" stroke-linejoin="round""#, picture.width, picture.height);
    let closing = format!("{}</svg>", outlines(picture));
    let document = document.replacen(&page, &shown, 1).replace("</svg>", &closing);
    // the first element of all is the paper
    Ok(document.replacen("/>", &format!("/>\n{}", mosaics(picture)), 1))
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
                let [x, y, right, bottom] =
                    [from.0, from.1, to.0, to.1].map(|place| (place * VECTOR_UNITS).round());
                // writing to a string cannot fail
                let _ = write!(outline, "M{x} {y}H{right}V{bottom}H{x}z");
            }
            let crisp = r#"shape-rendering="crispEdges""#;
            Some(format!("<path {crisp} fill=\"#{r:02X}{g:02X}{b:02X}\" d=\"{outline}\"/>\n"))
        })
        .collect()
}

/// All texts as paths, with the words as labels for screen readers.
fn outlines(picture: &Picture) -> String {
    picture
        .shapes
        .iter()
        .filter_map(|shape: &Shape| {
            let Shape::Text { start, text, size, colour, turned } = shape else { return None };
            let at = (start.0 * VECTOR_UNITS, start.1 * VECTOR_UNITS);
            let outline = picture.typeface.path(text, size * VECTOR_UNITS, at, *turned);
            let RGBColor(r, g, b) = colour;
            let label =
                text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            Some(format!("<path aria-label=\"{label}\" fill=\"#{r:02X}{g:02X}{b:02X}\" d=\"{outline}\"/>\n"))
        })
        .collect()
}

/// The picture as PNG.
fn bitmap(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let pixels = f64::from(BITMAP_WIDTH) / picture.width;
    let size = (BITMAP_WIDTH, units(picture.height, pixels));
    let mut buffer = downsampled(&drawn_large(picture, pixels, size)?, size);
    write_texts(picture, pixels, size, &mut buffer);
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(&buffer, size.0, size.1, ColorType::Rgb8)?;
    Ok(png)
}

/// The shapes without the texts, at `OVERSAMPLING` times the final size.
fn drawn_large(picture: &Picture, pixels: f64, (width, height): (u32, u32)) -> Result<Vec<u8>, Fault> {
    let large = (width * OVERSAMPLING, height * OVERSAMPLING);
    let bytes = 3 * large.0 as usize * large.1 as usize;
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(bytes).map_err(|_| format!("there are no {bytes} bytes of memory for it"))?;
    buffer.resize(bytes, 255);
    let page = BitMapBackend::with_buffer(&mut buffer, large).into_drawing_area();
    let unit = pixels * f64::from(OVERSAMPLING);
    page.fill(&RGBColor(255, 255, 255))?;
    tiles(picture).try_for_each(|(outline, colour)| fill(&page, &outline, colour.to_rgba(), unit))?;
    paint(picture, &page, unit, Strokes::AsAreas)?;
    drop(page);
    Ok(buffer)
}

/// The rectangles of all mosaics.
fn tiles(picture: &Picture) -> impl Iterator<Item = ([Place; 4], RGBColor)> {
    picture
        .shapes
        .iter()
        .filter_map(|shape: &Shape| match shape {
            Shape::Mosaic { rectangles, colour } => Some((rectangles.clone(), *colour)),
            _ => None,
        })
        .flat_map(move |(rectangles, colour)| {
            rectangles.into_iter().map(move |[a, b]| ([a, (b.0, a.1), b, (a.0, b.1)], colour))
        })
}

/// Box filter: each pixel is the mean of a square of pixels.
fn downsampled(large: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let width = width as usize;
    let factor = OVERSAMPLING as usize;
    let mut small = Vec::with_capacity(3 * width * height as usize);
    for rows in large.chunks_exact(3 * width * factor * factor) {
        for x in 0..width {
            for channel in 0..3 {
                let square = (0..factor * factor).map(|k| {
                    let row = k / factor;
                    let column = x * factor + k % factor;
                    u32::from(rows[3 * (row * width * factor + column) + channel])
                });
                small.push((square.sum::<u32>() / (factor * factor) as u32) as u8);
            }
        }
    }
    small
}

/// Texts on the final bitmap: glyphs know their coverage of each pixel exactly.
fn write_texts(picture: &Picture, pixels: f64, (width, height): (u32, u32), buffer: &mut [u8]) {
    for shape in &picture.shapes {
        let Shape::Text { start, text, size, colour, turned } = shape else { continue };
        let at = (start.0 * pixels, start.1 * pixels);
        let ink = [colour.0, colour.1, colour.2];
        picture.typeface.cover(text, size * pixels, at, *turned, |x, y, coverage| {
            if (0.0..f64::from(width)).contains(&x) && (0.0..f64::from(height)).contains(&y) {
                let first = 3 * (y as usize * width as usize + x as usize);
                for (channel, ink) in buffer[first..first + 3].iter_mut().zip(ink) {
                    let paper = f64::from(*channel);
                    let share = coverage.clamp(0.0, 1.0);
                    *channel = (paper + share * (f64::from(ink) - paper)).round() as u8;
                }
            }
        });
    }
}

/// The shapes as which a backend draws lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strokes {
    /// As lines: vector viewers join them well.
    AsLines,
    /// As a quadrangle for each segment and a disc for each corner: the bitmap backend leaves holes
    /// where a thick line turns sharply.
    AsAreas,
}

/// Draws all shapes but mosaics and texts. `unit` is the number of the backend's pixels in a point.
fn paint<B: DrawingBackend>(
    picture: &Picture,
    page: &DrawingArea<B, Shift>,
    unit: f64,
    strokes: Strokes,
) -> Result<(), Fault>
where
    B::ErrorType: 'static,
{
    for shape in &picture.shapes {
        match shape {
            Shape::Area { outline, colour } => fill(page, outline, *colour, unit)?,
            Shape::Line { points, width, colour } if strokes == Strokes::AsLines => {
                let style = ShapeStyle { stroke_width: units(*width, unit), ..filled(colour.to_rgba()) };
                page.draw(&PathElement::new(pixels_of(points, unit), style))?;
            }
            Shape::Line { points, width, colour } => {
                segments(points, *width).try_for_each(|s| fill(page, &s, colour.to_rgba(), unit))?;
                let corners = points.iter().skip(1).take(points.len().saturating_sub(2));
                corners.copied().try_for_each(|corner| dot(page, corner, 0.5 * width, *colour, unit))?;
            }
            Shape::Disc { centre, radius, colour } => dot(page, *centre, *radius, *colour, unit)?,
            Shape::Ring { centre, radius, width, colour } => {
                let style =
                    ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: units(*width, unit) };
                page.draw(&Circle::new(pixels_of(&[*centre], unit)[0], units(*radius, unit), style))?;
            }
            Shape::Mosaic { .. } | Shape::Text { .. } => {}
        }
    }
    page.present()?;
    Ok(())
}

/// The quadrangles of a line's segments.
fn segments(points: &[Place], width: f64) -> impl Iterator<Item = [Place; 4]> {
    points.windows(2).map(move |pair: &[Place]| {
        let a = pair[0];
        let b = pair[1];
        let half = 0.5 * width / (b.0 - a.0).hypot(b.1 - a.1).max(1e-9);
        let nx = -(b.1 - a.1) * half;
        let ny = (b.0 - a.0) * half;
        [(a.0 + nx, a.1 + ny), (b.0 + nx, b.1 + ny), (b.0 - nx, b.1 - ny), (a.0 - nx, a.1 - ny)]
    })
}

/// Fills a polygon.
fn fill<B: DrawingBackend>(
    page: &DrawingArea<B, Shift>,
    outline: &[Place],
    colour: RGBAColor,
    unit: f64,
) -> Result<(), Fault>
where
    B::ErrorType: 'static,
{
    Ok(page.draw(&Polygon::new(pixels_of(outline, unit), filled(colour)))?)
}

/// Fills a circle.
fn dot<B: DrawingBackend>(
    page: &DrawingArea<B, Shift>,
    (x, y): Place,
    radius: f64,
    colour: RGBColor,
    unit: f64,
) -> Result<(), Fault>
where
    B::ErrorType: 'static,
{
    let centre = ((x * unit).round() as i32, (y * unit).round() as i32);
    Ok(page.draw(&Circle::new(centre, units(radius, unit), filled(colour.to_rgba())))?)
}

fn filled(color: RGBAColor) -> ShapeStyle {
    ShapeStyle { color, filled: true, stroke_width: 1 }
}

/// Places rounded to pixels of the backend.
fn pixels_of(places: &[Place], unit: f64) -> Vec<(i32, i32)> {
    places.iter().map(|(x, y)| ((x * unit).round() as i32, (y * unit).round() as i32)).collect()
}

/// A length in pixels of the backend, at least one.
fn units(length: f64, unit: f64) -> u32 {
    (length * unit).round().max(1.0) as u32
}
