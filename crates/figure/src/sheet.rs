//! The paper that figures are drawn for: its width, the size of the type, whether they have titles. It knows
//! neither data nor file formats.
//!
//! Every figure is laid out in units in which labels have one size (`style::LABEL_SIZE`), and enlarged to the
//! size that is wanted: lines, marks and spaces grow with the type.

use super::style::{LABEL_SIZE, PAGE_WIDTH};

/// Points of an inch.
pub const POINTS_IN_AN_INCH: f64 = 72.0;

/// The paper of all figures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sheet {
    /// Width in points, of [`Sheet::WIDTHS`]; heights follow from what is drawn.
    pub width: f64,
    /// Size of the labels in points, of [`Sheet::FONT_SIZES`].
    pub font_size: f64,
    /// Whether figures have a title.
    pub titled: bool,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { width: PAGE_WIDTH, font_size: LABEL_SIZE, titled: true }
    }
}

impl Sheet {
    /// Least and largest width, in points: two inches, and a poster.
    pub const WIDTHS: [f64; 2] = [144.0, 2880.0];
    /// Least and largest size of the labels, in points.
    pub const FONT_SIZES: [f64; 2] = [4.0, 40.0];
    /// Fewest sizes of the labels that a width has room for: the panels would vanish between their numbers.
    pub const FEWEST_SIZES: f64 = 17.0;

    /// Whether width and font size are possible, and fit each other.
    pub fn is_possible(&self) -> bool {
        lies_in(self.width, Self::WIDTHS)
            && lies_in(self.font_size, Self::FONT_SIZES)
            && self.width >= Self::FEWEST_SIZES * self.font_size
    }

    /// Points in a unit of the layout.
    pub fn zoom(&self) -> f64 {
        self.font_size / LABEL_SIZE
    }

    /// Width in units of the layout.
    pub fn layout_width(&self) -> f64 {
        self.width / self.zoom()
    }

    /// Whether it is a column of a journal: panels stand under each other there, not side by side.
    pub fn is_narrow(&self) -> bool {
        self.layout_width() < NARROW
    }
}

/// Narrower sheets have one panel in a row where wider ones have two.
const NARROW: f64 = 330.0;

fn lies_in(value: f64, [least, most]: [f64; 2]) -> bool {
    (least..=most).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_font_leaves_less_room() {
        let usual = Sheet::default();
        assert_eq!((usual.zoom(), usual.layout_width()), (1.0, PAGE_WIDTH));
        let large = Sheet { font_size: 2.0 * LABEL_SIZE, ..usual };
        assert_eq!(large.layout_width(), 0.5 * PAGE_WIDTH);
        assert!(usual.is_possible() && !usual.is_narrow() && large.is_narrow());
        assert!(!Sheet { font_size: 39.0, ..usual }.is_possible());
        assert!(!Sheet { width: f64::NAN, ..usual }.is_possible());
    }
}
