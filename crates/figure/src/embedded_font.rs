//! The part of the bundled font that one figure needs, to go into its file: as PDF wants it, glyphs by new
//! numbers, and as browsers want it, with a map from characters to glyphs. It lays out nothing.

use std::collections::BTreeMap;

use subsetter::{GlyphRemapper, subset};

use super::picture::{Picture, Shape};
use super::text::{DEJAVU_SANS, Typeface};

/// The glyphs of a figure.
#[derive(Debug)]
pub struct EmbeddedFont {
    /// New numbers of glyphs, by their numbers in the bundled font.
    numbers: GlyphRemapper,
    /// New numbers by characters.
    characters: BTreeMap<char, u16>,
    /// The font file: TrueType without a map from characters.
    pub file: Vec<u8>,
}

impl EmbeddedFont {
    /// The glyphs of all texts of a picture.
    ///
    /// # Errors
    /// If the bundled font cannot be cut.
    pub fn for_picture(picture: &Picture) -> Result<Self, subsetter::Error> {
        let mut numbers = GlyphRemapper::new();
        let mut characters = BTreeMap::new();
        for character in picture.shapes.iter().flat_map(characters_of) {
            characters.entry(character).or_insert(0);
        }
        for (character, number) in &mut characters {
            *number = numbers.remap(picture.typeface.glyph(*character));
        }
        let file = subset(DEJAVU_SANS, 0, &numbers)?;
        Ok(Self { numbers, characters, file })
    }

    /// The new number of a glyph of the bundled font; 0, the sign for what is missing, if it is not in it.
    pub fn number(&self, glyph: u16) -> u16 {
        self.numbers.get(glyph).unwrap_or(0)
    }

    /// The characters with the numbers of their glyphs.
    pub fn characters(&self) -> impl Iterator<Item = (char, u16)> {
        self.characters.iter().map(|(character, number)| (*character, *number))
    }

    /// Widths of its glyphs by their numbers, in thousandths of the font size.
    pub fn widths(&self, typeface: &Typeface) -> Vec<f64> {
        let known: BTreeMap<u16, f64> =
            self.characters().map(|(c, number)| (number, 1000.0 * typeface.advance(c))).collect();
        let last = known.keys().next_back().copied().unwrap_or(0);
        (0..=last).map(|number| known.get(&number).copied().unwrap_or(0.0)).collect()
    }

    /// The font file with a map from characters and the metrics that browsers ask for.
    pub fn for_browsers(&self) -> Vec<u8> {
        let mut own = tables(&self.file);
        own.insert(*b"cmap", self.character_map());
        own.extend(tables(DEJAVU_SANS).remove_entry(b"OS/2"));
        assembled(&own)
    }

    /// The table `cmap` with one map, of format 12: groups of one character each.
    fn character_map(&self) -> Vec<u8> {
        let groups = self.characters.len() as u32;
        let mut table = Vec::new();
        // Version, number of maps; platform (Windows), encoding (all of Unicode), offset.
        push_shorts(&mut table, &[0, 1, 3, 10]);
        push_longs(&mut table, &[12]);
        push_shorts(&mut table, &[12, 0]);
        push_longs(&mut table, &[16 + 12 * groups, 0, groups]);
        for (character, number) in self.characters() {
            push_longs(&mut table, &[u32::from(character), u32::from(character), u32::from(number)]);
        }
        table
    }
}

/// The characters of a text; none of other shapes.
fn characters_of(shape: &Shape) -> Vec<char> {
    match shape {
        Shape::Text { text, .. } => text.chars().collect(),
        _ => Vec::new(),
    }
}

/// Tables of a font file by their tags.
type Tables = BTreeMap<[u8; 4], Vec<u8>>;

/// The tables of a font file that is known to be whole.
fn tables(file: &[u8]) -> Tables {
    let count = usize::from(short(file, 4));
    let mut tables = Tables::new();
    for entry in file.get(12..12 + 16 * count).unwrap_or_default().chunks_exact(16) {
        let from = long(entry, 8) as usize;
        let until = from + long(entry, 12) as usize;
        let tag = [entry[0], entry[1], entry[2], entry[3]];
        tables.insert(tag, file.get(from..until).unwrap_or_default().to_vec());
    }
    tables
}

/// A font file of some tables.
fn assembled(tables: &Tables) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.ilog2();
    let range = 16 << power;
    let mut file = Vec::new();
    push_longs(&mut file, &[0x0001_0000]);
    push_shorts(&mut file, &[count, range, power as u16, 16 * count - range]);
    let mut offset = 12 + 16 * tables.len();
    for (tag, table) in tables {
        file.extend_from_slice(tag);
        push_longs(&mut file, &[checksum(table), offset as u32, table.len() as u32]);
        offset += table.len().next_multiple_of(4);
    }
    for table in tables.values() {
        file.extend_from_slice(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

/// The sum of a table's words.
fn checksum(table: &[u8]) -> u32 {
    let words = table.chunks(4).map(|word| {
        let mut bytes = [0; 4];
        bytes[..word.len()].copy_from_slice(word);
        u32::from_be_bytes(bytes)
    });
    words.fold(0, u32::wrapping_add)
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    (u32::from(short(bytes, at)) << 16) | u32::from(short(bytes, at + 2))
}

fn push_shorts(bytes: &mut Vec<u8>, numbers: &[u16]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

fn push_longs(bytes: &mut Vec<u8>, numbers: &[u32]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Anchor;
    use crate::sheet::Sheet;
    use crate::style::INK;
    use ab_glyph::{Font, FontRef};

    fn picture_of(words: &str) -> Picture {
        let mut picture = Picture::new(&Sheet::default(), 100.0, Typeface::bundled().expect("bundled"));
        picture.text(words, (0.0, 0.0), 10.0, INK, Anchor::Start);
        picture
    }

    #[test]
    fn the_font_of_a_browser_has_the_glyphs_of_the_bundled_one() {
        let picture = picture_of("risk R(t), Δ = 10⁻³");
        let font = EmbeddedFont::for_picture(&picture).expect("cut");
        let file = font.for_browsers();
        assert!(file.len() < 40_000, "{}", file.len());
        let cut = FontRef::try_from_slice(&file).expect("a font");
        let whole = FontRef::try_from_slice(DEJAVU_SANS).expect("a font");
        for sign in "riskR(t),Δ=10⁻³".chars() {
            let outlines = [cut.outline(cut.glyph_id(sign)), whole.outline(whole.glyph_id(sign))];
            let [cut_out, whole_out] = outlines.map(|outline| outline.expect("an outline").curves.len());
            assert_eq!(cut_out, whole_out, "{sign}");
            let advances =
                [cut.h_advance_unscaled(cut.glyph_id(sign)), whole.h_advance_unscaled(whole.glyph_id(sign))];
            assert_eq!(advances[0], advances[1], "{sign}");
        }
        assert_eq!(cut.glyph_id('q').0, 0, "a letter that is not needed");
    }

    #[test]
    fn widths_go_with_numbers() {
        let picture = picture_of("il W");
        let font = EmbeddedFont::for_picture(&picture).expect("cut");
        let widths = font.widths(&picture.typeface);
        let numbers: BTreeMap<char, u16> = font.characters().collect();
        let width = |c: char| widths[usize::from(numbers[&c])];
        assert!(width('W') > 3.0 * width('i') && (width('i') - width('l')).abs() < 1e-9);
        assert_eq!(font.number(60_000), 0);
    }
}
