//! Text as glyph outlines of the bundled font, so that figures look the same on every machine:
//! paths for vector pictures, coverage of pixels for bitmaps. It lays out single lines only.

use std::fmt::Write;

use ab_glyph::{Font, FontRef, GlyphId, InvalidFont, OutlineCurve, Point, PxScale, point};

static DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

/// Height of capitals and digits, in font sizes.
pub const CAPITAL_HEIGHT: f64 = 0.73;

/// The bundled typeface.
#[derive(Debug)]
pub struct Typeface {
    font: FontRef<'static>,
    units_per_em: f64,
}

impl Typeface {
    /// Reads the bundled font.
    ///
    /// # Errors
    /// [`InvalidFont`], if its bytes are no font.
    pub fn bundled() -> Result<Self, InvalidFont> {
        let font = FontRef::try_from_slice(DEJAVU_SANS)?;
        let units_per_em = f64::from(font.units_per_em().ok_or(InvalidFont)?);
        Ok(Self { font, units_per_em })
    }

    /// Width of a line of text at a font size, in the unit of the size.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        self.layout(text).1 * size / self.units_per_em
    }

    /// The outline as SVG path data: baseline starting at (x, y), reading upwards if `turned`.
    pub fn path(&self, text: &str, size: f64, (x, y): (f64, f64), turned: bool) -> String {
        let scale = size / self.units_per_em;
        let mut path = String::new();
        for (glyph, shift) in self.layout(text).0 {
            let curves = self.font.outline(glyph).map_or(Vec::new(), |outline| outline.curves);
            append(&mut path, &curves, |p| {
                let forward = scale * (shift + f64::from(p.x));
                let up = scale * f64::from(p.y);
                if turned { (x - up, y - forward) } else { (x + forward, y - up) }
            });
        }
        path
    }

    /// Calls `paint(x, y, coverage)` for every pixel that the text touches.
    pub fn cover(
        &self,
        text: &str,
        size: f64,
        (x, y): (f64, f64),
        turned: bool,
        mut paint: impl FnMut(f64, f64, f64),
    ) {
        let scale = PxScale::from((size / self.units_per_em) as f32 * self.font.height_unscaled());
        // pixels are whole: the fraction of the start goes into the position of the glyphs
        let start = if turned { -y } else { x };
        let across = if turned { x } else { y };
        let origin = start.floor();
        let base = across.floor();
        for (glyph, shift) in self.layout(text).0 {
            let forward = start - origin + shift * size / self.units_per_em;
            let position = point(forward as f32, (across - base) as f32);
            let Some(outlined) = self.font.outline_glyph(glyph.with_scale_and_position(scale, position))
            else {
                continue;
            };
            let corner = outlined.px_bounds().min;
            outlined.draw(|dx, dy, coverage| {
                let forward = origin + f64::from(corner.x) + f64::from(dx);
                let down = base + f64::from(corner.y) + f64::from(dy);
                match turned {
                    true => paint(down, -forward - 1.0, f64::from(coverage)),
                    false => paint(forward, down, f64::from(coverage)),
                }
            });
        }
    }

    /// Glyphs with their starts, and the whole width, in font units.
    fn layout(&self, text: &str) -> (Vec<(GlyphId, f64)>, f64) {
        let mut glyphs: Vec<(GlyphId, f64)> = Vec::new();
        let mut start: f64 = 0.0;
        for glyph in text.chars().map(|c| self.font.glyph_id(c)) {
            let before = glyphs.last().map_or(0.0, |(last, _)| self.font.kern_unscaled(*last, glyph));
            start += f64::from(before);
            glyphs.push((glyph, start));
            start += f64::from(self.font.h_advance_unscaled(glyph));
        }
        (glyphs, start)
    }
}

/// Appends one glyph's contours: a new one begins where a curve does not continue the last.
fn append(path: &mut String, curves: &[OutlineCurve], place: impl Fn(Point) -> (f64, f64)) {
    let mut pen = None;
    for curve in curves {
        let (start, command, rest) = match *curve {
            OutlineCurve::Line(a, b) => (a, 'L', vec![b]),
            OutlineCurve::Quad(a, b, c) => (a, 'Q', vec![b, c]),
            OutlineCurve::Cubic(a, b, c, d) => (a, 'C', vec![b, c, d]),
        };
        if pen != Some(start) {
            command_to(path, 'M', &[start], &place);
        }
        command_to(path, command, &rest, &place);
        pen = rest.last().copied();
    }
}

fn command_to(path: &mut String, command: char, points: &[Point], place: &impl Fn(Point) -> (f64, f64)) {
    path.push(command);
    for (i, &p) in points.iter().enumerate() {
        let (x, y) = place(p);
        let gap = if i == 0 { "" } else { " " };
        // writing to a string cannot fail
        let _ = write!(path, "{gap}{x:.1} {y:.1}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_the_figures_is_in_the_font() {
        let typeface = Typeface::bundled().expect("bundled");
        for sign in "risk R(t) − ⁰¹²³⁴⁵⁶⁷⁸⁹⁻ × ₁₂ ε ρ β λ |w| ≤ ± ↑ – · ⟨⟩".chars().filter(|c| *c != ' ')
        {
            assert_ne!(typeface.font.glyph_id(sign), GlyphId(0), "{sign}");
        }
    }

    fn middle(all: impl Iterator<Item = f64> + Clone) -> f64 {
        let least = all.clone().fold(f64::INFINITY, f64::min);
        0.5 * (least + all.fold(f64::NEG_INFINITY, f64::max))
    }

    #[test]
    fn outline_and_pixels_lie_at_the_same_place() {
        let typeface = Typeface::bundled().expect("bundled");
        for turned in [false, true] {
            // the letter l is a bar: centre of its pixels against centre of its path
            let mut mass = 0.0;
            let mut centre = (0.0, 0.0);
            typeface.cover("l", 40.0, (100.3, 200.6), turned, |x, y, c| {
                mass += c;
                centre = (centre.0 + c * (x + 0.5), centre.1 + c * (y + 0.5));
            });
            let path = typeface.path("l", 40.0, (100.3, 200.6), turned).replace(['M', 'L'], " ");
            let numbers: Vec<f64> = path.split_whitespace().map(|n| n.parse().expect("number")).collect();
            let middle = [0, 1].map(|k| middle(numbers.iter().skip(k).step_by(2).copied()));
            assert!((centre.0 / mass - middle[0]).abs() < 0.1, "{turned}: {} {}", centre.0 / mass, middle[0]);
            assert!((centre.1 / mass - middle[1]).abs() < 0.1, "{turned}: {} {}", centre.1 / mass, middle[1]);
        }
    }
}
