//! Places of panels: a column for each layer, a row for each time. It draws nothing.

use super::super::panel::Panel;
use super::super::scale::Scale;
use super::super::style::PAGE_WIDTH;

/// Space left of each panel, for its labels, and right of the last.
pub const LEFT: f64 = 46.0;
pub const RIGHT: f64 = 8.0;
/// Space above each panel, for its name, and below, for numbers and the name of the axis.
const ABOVE: f64 = 20.0;
const BELOW: f64 = 19.0;
const BELOW_LAST: f64 = 36.0;
/// Heights of panels where there are one, two and more in a row.
const HEIGHTS: [f64; 3] = [150.0, 135.0, 105.0];

/// Rows and columns of panels below a head.
pub struct LayerGrid {
    /// Layers.
    pub columns: usize,
    /// Times.
    pub rows: usize,
    /// Where the first row begins.
    pub top: f64,
}

impl LayerGrid {
    fn panel_height(&self) -> f64 {
        HEIGHTS[self.columns.clamp(1, HEIGHTS.len()) - 1]
    }

    fn pitch(&self) -> f64 {
        ABOVE + self.panel_height() + BELOW
    }

    /// The lower end of all, names included.
    pub fn page_height(&self) -> f64 {
        self.top + self.rows as f64 * self.pitch() - BELOW + BELOW_LAST
    }

    /// The panel of a row and a column.
    pub fn panel(&self, row: usize, column: usize, x: Scale, y: Scale) -> Panel {
        let pitch = (PAGE_WIDTH - RIGHT) / self.columns as f64;
        Panel {
            left: LEFT + column as f64 * pitch,
            top: self.top + row as f64 * self.pitch() + ABOVE,
            width: pitch - LEFT,
            height: self.panel_height(),
            x,
            y,
        }
    }
}
