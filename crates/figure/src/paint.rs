//! Draws the shapes of a picture, but for mosaics and texts, through plotters. It writes no file.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon};
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle};

use super::picture::{Picture, Place, Shape};

/// An error of plotters, of the encoder or of the font.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The shapes as which a backend draws lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strokes {
    /// As lines: vector viewers join them well.
    AsLines,
    /// As a quadrangle for each segment and a disc for each corner: the bitmap backend leaves holes
    /// where a thick line turns sharply.
    AsAreas,
}

/// Draws all shapes but mosaics and texts. `unit` is the number of the backend's pixels in a unit of the
/// layout.
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
pub fn fill<B: DrawingBackend>(
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
