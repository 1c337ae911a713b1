//! A curve of one system within a panel, in the system's look.

use crate::panel::Panel;
use crate::picture::Picture;
use crate::style::{Look, Mark};

/// A sampled system is drawn as marks on a thin line, another as its line.
pub fn draw_curve(page: &mut Picture, panel: &Panel, points: &[(f64, f64)], look: &Look) {
    if look.mark.is_some() {
        panel.curve(page, points, look.colour, look.dashes, 0.7);
        panel.marks(page, points, look);
    } else if points.len() == 1 {
        panel.marks(page, points, &Look { mark: Some(Mark::Diamond), ..*look });
    } else {
        panel.system_curve(page, points, look);
    }
}
