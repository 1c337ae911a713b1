//! The bundled font, so that figures look the same on every machine: widths and glyphs of texts for vector
//! pictures, coverage of pixels for bitmaps. It lays out single lines only.

use ab_glyph::{Font, FontRef, GlyphId, InvalidFont, PxScale, point};

/// The whole font file.
pub static DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

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

    /// The number of a character's glyph.
    pub fn glyph(&self, character: char) -> u16 {
        self.font.glyph_id(character).0
    }

    /// The width of a character in font sizes, without what pairs add.
    pub fn advance(&self, character: char) -> f64 {
        f64::from(self.font.h_advance_unscaled(self.font.glyph_id(character))) / self.units_per_em
    }

    /// The heights of the highest and the lowest line of the type, in font sizes.
    pub fn extent(&self) -> [f64; 2] {
        [self.font.ascent_unscaled(), self.font.descent_unscaled()].map(|h| f64::from(h) / self.units_per_em)
    }

    /// The glyphs of a text, each with the distance that the pair with the one before adds, in font sizes.
    pub fn kerned(&self, text: &str) -> Vec<(u16, f64)> {
        let mut glyphs: Vec<(u16, f64)> = Vec::new();
        for glyph in text.chars().map(|character| self.font.glyph_id(character)) {
            let kern = glyphs.last().map_or(0.0, |(last, _)| self.font.kern_unscaled(GlyphId(*last), glyph));
            glyphs.push((glyph.0, f64::from(kern) / self.units_per_em));
        }
        glyphs
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

    /// Ends of what a text covers along one axis, from the centres of pixels.
    fn centre(typeface: &Typeface, turned: bool) -> (f64, f64) {
        let mut mass = 0.0;
        let mut centre = (0.0, 0.0);
        typeface.cover("l", 40.0, (100.3, 200.6), turned, |x, y, c| {
            mass += c;
            centre = (centre.0 + c * (x + 0.5), centre.1 + c * (y + 0.5));
        });
        (centre.0 / mass, centre.1 / mass)
    }

    #[test]
    fn pixels_lie_where_the_outline_does() {
        let typeface = Typeface::bundled().expect("bundled");
        // The letter l is a bar: the centre of its pixels is that of its box.
        let bounds = typeface.font.outline(typeface.font.glyph_id('l')).expect("an outline").bounds;
        let scale = 40.0 / typeface.units_per_em;
        let forward = 0.5 * scale * f64::from(bounds.min.x + bounds.max.x);
        let up = 0.5 * scale * f64::from(bounds.min.y + bounds.max.y);
        for (turned, expected) in
            [(false, (100.3 + forward, 200.6 - up)), (true, (100.3 - up, 200.6 - forward))]
        {
            let found = centre(&typeface, turned);
            let apart = (found.0 - expected.0).hypot(found.1 - expected.1);
            assert!(apart < 0.1, "{turned}: {found:?} {expected:?}");
        }
    }

    #[test]
    fn kerns_and_advances_make_the_width() {
        let typeface = Typeface::bundled().expect("bundled");
        let text = "AVA Te";
        let advances: f64 = text.chars().map(|c| typeface.advance(c)).sum();
        let kerns: f64 = typeface.kerned(text).iter().map(|(_, kern)| kern).sum();
        assert!(kerns < 0.0 && (advances + kerns - typeface.width(text, 1.0)).abs() < 1e-12, "{kerns}");
    }
}
