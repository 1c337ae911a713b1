//! Places of the panels of a figure: one list in as many rows as it needs, or a row for each point,
//! coordinate or time. It draws nothing.

use super::panel::Panel;
use super::scale::Scale;
use super::style::PAGE_WIDTH;

/// Space left of each panel, for its labels.
pub const LEFT: f64 = 46.0;
/// Space right of the last panel.
pub const RIGHT: f64 = 8.0;
/// Space above each panel, for its time.
pub const ABOVE: f64 = 20.0;

/// Space above a row, for its point.
pub const HEADING: f64 = 16.0;
/// Space below each panel, for its numbers.
const BELOW: f64 = 19.0;
/// Space below the last row, for the name of the axis as well.
const BELOW_LAST: f64 = 36.0;

/// Places of the panels.
pub struct PanelGrid {
    count: usize,
    /// Panels in a row.
    pub columns: usize,
    top: f64,
    /// Space above each row beside that of its panels.
    heading: f64,
    /// Whether each row is a series of its own, with narrow panels.
    pub narrow: bool,
    /// Whether each row names its own axis.
    pub named: bool,
}

impl PanelGrid {
    /// A single list of panels. `rows` are numbers of panels.
    pub fn of_one(rows: &[usize], top: f64) -> Self {
        let count = rows[0];
        let columns = if count == 4 { 2 } else { count.min(3) };
        Self { count, columns, top, heading: 0.0, narrow: false, named: false }
    }

    /// A row for each point.
    pub fn of_points(rows: &[usize], top: f64) -> Self {
        let columns = rows.iter().copied().max().unwrap_or(1);
        Self { count: rows.len() * columns, columns, top, heading: HEADING, narrow: true, named: false }
    }

    /// A row for each coordinate.
    pub fn of_coordinates(rows: &[usize], top: f64) -> Self {
        Self { heading: 0.0, named: true, ..Self::of_points(rows, top) }
    }

    /// Rows of equally many panels, which share the name of the axis below them.
    pub fn of_rows(rows: usize, columns: usize, top: f64) -> Self {
        Self { heading: 0.0, ..Self::of_points(&vec![columns; rows], top) }
    }

    fn panel_height(&self) -> f64 {
        // Many rows must fit on a page.
        let tallest: f64 = [190.0, 150.0, 150.0, 96.0][self.rows().clamp(1, 4) - 1];
        f64::min(tallest, [190.0, 150.0, 118.0, 96.0][self.columns.clamp(1, 4) - 1])
    }

    /// Space below each panel.
    fn space_below(&self) -> f64 {
        if self.named { BELOW_LAST } else { BELOW }
    }

    /// Distance between the tops of two rows.
    fn pitch(&self) -> f64 {
        self.heading + ABOVE + self.panel_height() + self.space_below()
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// The lower end of all, names included.
    pub fn page_height(&self) -> f64 {
        self.top + self.rows() as f64 * self.pitch() - self.space_below() + BELOW_LAST
    }

    /// Panel number `place`, counted row by row.
    pub fn panel(&self, place: usize, x: Scale, y: Scale) -> Panel {
        let row = place / self.columns;
        let column = place % self.columns;
        let pitch = (PAGE_WIDTH - RIGHT) / self.columns as f64;
        Panel {
            left: LEFT + column as f64 * pitch,
            top: self.top + row as f64 * self.pitch() + self.heading + ABOVE,
            width: pitch - LEFT,
            height: self.panel_height(),
            x,
            y,
        }
    }

    /// Whether there is no panel below.
    pub fn is_last_in_column(&self, place: usize) -> bool {
        place + self.columns >= self.count
    }

    /// Whether a panel is the first of its row.
    pub fn is_first_in_row(&self, place: usize) -> bool {
        place.is_multiple_of(self.columns)
    }
}
