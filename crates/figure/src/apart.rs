//! Places of the panels of other curves below that of the risk. It draws nothing.

use super::panel::Panel;
use super::picture::Place;
use super::scale::Scale;

/// Of panels below the risk: their height, the room above for names and below for numbers, the room left of
/// all but the first, and the least width.
const HEIGHT_APART: f64 = 92.0;
const HEIGHT_ON_NARROW: f64 = 62.0;
const ABOVE_APART: f64 = 20.0;
const BELOW_APART: f64 = 32.0;
const BELOW_WITHOUT_NUMBERS: f64 = 4.0;
const LEFT_APART: f64 = 34.0;
const NARROWEST_APART: f64 = 110.0;

/// Places of the panels below the risk: side by side, each with its numbers; or under each other, where all
/// share the horizontal axis of the last panel on the page.
pub struct Apart {
    width: f64,
    columns: usize,
    rows: usize,
    is_narrow: bool,
    /// Whether no panel follows.
    is_last: bool,
}

impl Apart {
    /// So many panels within a width, on a page where a last panel follows or not.
    pub fn new(panels: usize, width: f64, is_narrow: bool, is_last: bool) -> Self {
        let most = ((width + LEFT_APART) / (NARROWEST_APART + LEFT_APART)) as usize;
        let columns = panels.min(most.max(1));
        Self { width, columns, rows: panels.div_ceil(columns), is_narrow, is_last }
    }

    /// Height of all, with what belongs to them.
    pub fn height(&self) -> f64 {
        let below =
            if self.has_numbers(self.rows * self.columns - 1) { BELOW_APART } else { BELOW_WITHOUT_NUMBERS };
        self.rows as f64 * self.pitch() + below - self.below()
    }

    /// Whether panel number `i` has numbers along its horizontal axis.
    pub fn has_numbers(&self, i: usize) -> bool {
        self.columns > 1 || (self.is_last && i + 1 == self.rows)
    }

    fn panel_height(&self) -> f64 {
        if self.is_narrow { HEIGHT_ON_NARROW } else { HEIGHT_APART }
    }

    /// Space below a panel with others under it.
    fn below(&self) -> f64 {
        if self.columns > 1 { BELOW_APART } else { BELOW_WITHOUT_NUMBERS }
    }

    fn pitch(&self) -> f64 {
        ABOVE_APART + self.panel_height() + self.below()
    }

    /// The place of panel number `i`, the upper left corner of all being given.
    pub fn panel(&self, i: usize, (left, top): Place, x: Scale, y: Scale) -> Panel {
        let column_width = (self.width + LEFT_APART) / self.columns as f64;
        Panel {
            left: left + (i % self.columns) as f64 * column_width,
            top: top + (i / self.columns) as f64 * self.pitch() + ABOVE_APART,
            width: column_width - LEFT_APART,
            height: self.panel_height(),
            x,
            y,
        }
    }
}
