//! Pictures as bitmaps, in PNG.
//!
//! plotters rounds to whole pixels and hints nothing. So a bitmap is drawn four times as large and averaged;
//! its texts are glyph outlines.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ColorType, ImageEncoder};
use plotters::backend::BitMapBackend;
use plotters::drawing::IntoDrawingArea;
use plotters::style::{Color, RGBColor};

use super::paint::{Fault, Strokes, fill, paint, units};
use super::picture::{Picture, Place, Shape};

/// Pixels of bitmaps in a point: figures as wide as a page have 1600.
const PIXELS: f64 = 1600.0 / 510.0;
/// Pixels drawn in each direction for one pixel of the file.
const OVERSAMPLING: u32 = 4;

/// The picture as PNG.
///
/// # Errors
/// If plotters or the encoder fails, or there is no memory for it.
pub fn png(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let pixels = PIXELS * picture.zoom;
    let size = (units(picture.width, pixels), units(picture.height, pixels));
    let mut buffer = downsampled(&drawn_large(picture, pixels, size)?, size);
    write_texts(picture, pixels, size, &mut buffer);
    let mut png = Vec::new();
    // Rows of one colour shrink better as they are than as differences: files are a third smaller.
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::NoFilter);
    encoder.write_image(&buffer, size.0, size.1, ColorType::Rgb8)?;
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
