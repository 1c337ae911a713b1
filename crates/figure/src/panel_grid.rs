//! Places of the panels of a figure: one list in as many rows as it needs, or a row for each point,
//! coordinate or time. It draws nothing.

use super::panel::Panel;
use super::scale::Scale;

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

/// Least width of a panel with its labels.
const NARROWEST: f64 = 110.0;

/// Most panels side by side that a page of this width has room for, of `wanted`.
pub fn columns_within(page_width: f64, wanted: usize) -> usize {
    wanted.min(((page_width - RIGHT) / NARROWEST) as usize).max(1)
}

/// Places of the panels.
pub struct PanelGrid {
    page_width: f64,
    count: usize,
    /// Panels in a row.
    pub columns: usize,
    top: f64,
    /// Space above each row beside that of its panels.
    heading: f64,
    /// Whether each row names its own axis.
    pub named: bool,
}

impl PanelGrid {
    /// A single list of panels on a page of a width. `rows` are numbers of panels.
    pub fn of_one(page_width: f64, rows: &[usize], top: f64) -> Self {
        let count = rows[0];
        let columns = columns_within(page_width, if count == 4 { 2 } else { count.min(3) });
        Self { page_width, count, columns, top, heading: 0.0, named: false }
    }

    /// A row for each point.
    pub fn of_points(page_width: f64, rows: &[usize], top: f64) -> Self {
        let columns = rows.iter().copied().max().unwrap_or(1);
        let count = rows.len() * columns;
        Self { page_width, count, columns, top, heading: HEADING, named: false }
    }

    /// A row for each coordinate; coordinates of one panel each stand beside each other.
    pub fn of_coordinates(page_width: f64, rows: &[usize], top: f64) -> Self {
        if rows.len() > 1 && rows.iter().all(|count| *count == 1) {
            let list = Self::of_one(page_width, &[rows.len()], top);
            return Self { named: true, ..list };
        }
        Self { heading: 0.0, named: true, ..Self::of_points(page_width, rows, top) }
    }

    /// Rows of equally many panels, which share the name of the axis below them.
    pub fn of_rows(page_width: f64, rows: usize, columns: usize, top: f64) -> Self {
        Self { heading: 0.0, ..Self::of_points(page_width, &vec![columns; rows], top) }
    }

    fn panel_height(&self) -> f64 {
        // Many rows must fit on a page.
        let tallest: f64 = [190.0, 150.0, 118.0, 84.0][self.rows().clamp(1, 4) - 1];
        let of_columns = f64::min(tallest, [190.0, 150.0, 118.0, 96.0][self.columns.clamp(1, 4) - 1]);
        // On a narrow page panels are no taller than wide, but for the narrowest.
        f64::min(of_columns, self.panel_width().max(80.0))
    }

    fn panel_width(&self) -> f64 {
        (self.page_width - RIGHT) / self.columns as f64 - LEFT
    }

    /// Number of panels.
    pub fn count(&self) -> usize {
        self.count
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
        let pitch = self.panel_width() + LEFT;
        Panel {
            left: LEFT + column as f64 * pitch,
            top: self.top + row as f64 * self.pitch() + self.heading + ABOVE,
            width: self.panel_width(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_of_one_panel_each_stand_beside_each_other() {
        let single = PanelGrid::of_coordinates(510.0, &[1, 1, 1, 1], 0.0);
        assert!(single.columns == 2 && single.named && single.rows() == 2);
        let several = PanelGrid::of_coordinates(510.0, &[3, 3], 0.0);
        assert_eq!((several.columns, several.rows()), (3, 2));
        let narrow = PanelGrid::of_coordinates(200.0, &[1, 1], 0.0);
        assert_eq!((narrow.columns, narrow.rows()), (1, 2));
    }
}
