//! Renders pictures as files of several formats from the same shapes: SVG (`svg`) and PNG through plotters,
//! PDF (`pdf`).
//!
//! plotters rounds to whole pixels and hints nothing. So a bitmap is drawn four times as large and averaged;
//! its texts are glyph outlines. It writes no file: the bytes are complete in memory first.

use image::codecs::png::PngEncoder;
use image::{ColorType, ImageEncoder};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon};
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle};

use super::content::{FigureError, FigureFile, Format};
use super::picture::{Picture, Place, Shape};
use super::{pdf, svg};

/// Pixels of bitmaps in a point: figures as wide as a page have 1600.
const PIXELS: f64 = 1600.0 / 510.0;
/// Pixels drawn in each direction for one pixel of the file.
const OVERSAMPLING: u32 = 4;

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
        Format::Png => bitmap(picture),
        Format::Pdf => pdf::document(picture),
    };
    match bytes {
        Ok(bytes) => Ok(FigureFile { name, bytes }),
        Err(fault) => Err(draw_error(name, &fault)),
    }
}

/// An error of plotters, of the encoder or of the font; [`files`] adds the file's name.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

fn draw_error(file: String, fault: &Fault) -> FigureError {
    FigureError::Draw { file, reason: fault.to_string() }
}

/// The picture as PNG.
fn bitmap(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let pixels = PIXELS * picture.zoom;
    let size = (units(picture.width, pixels), units(picture.height, pixels));
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
pub enum Strokes {
    /// As lines: vector viewers join them well.
    AsLines,
    /// As a quadrangle for each segment and a disc for each corner: the bitmap backend leaves holes
    /// where a thick line turns sharply.
    AsAreas,
}

/// Draws all shapes but mosaics and texts. `unit` is the number of the backend's pixels in a unit of the layout.
///
/// # Errors
/// If the backend fails.
pub fn paint<B: DrawingBackend>(
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
pub fn units(length: f64, unit: f64) -> u32 {
    (length * unit).round().max(1.0) as u32
}
