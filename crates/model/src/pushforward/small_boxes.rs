//! Cuts the panels of a [`Pushforward`] into small boxes in all coordinates together: what projections on
//! other directions than the coordinates read. (Single coordinates are cut more finely, in `pieces`.)

use super::Pushforward;
use super::pieces::Cutting;
use crate::boxes::Boxes;

/// About so many boxes; one for each panel at least.
const BOXES: usize = 1 << 13;
/// Parts along a side of a panel, at most.
const MOST_PARTS: usize = 32;

impl Pushforward {
    /// The law as small boxes, on each of which z is taken as linear in g.
    pub fn boxes(&self) -> Boxes {
        let coordinates = self.points.ncols();
        let of_panel = BOXES as f64 / self.panels() as f64;
        let along = of_panel.powf((self.directions() as f64).recip()) as usize;
        let parts = along.clamp(1, MOST_PARTS);
        let cuts: Vec<Cutting> = (0..coordinates).map(|c| Cutting::with_parts(self, c, parts)).collect();
        let mut boxes = Boxes::new(coordinates);
        for panel in 0..self.panels() {
            let mut of_coordinates: Vec<_> =
                cuts.iter().map(|cut| cut.linear_parts(panel).into_iter()).collect();
            while let Some(all) = of_coordinates.iter_mut().map(Iterator::next).collect::<Option<Vec<_>>>() {
                let Some(first) = all.first() else { break };
                let sides = (0..first.changes.len()).flat_map(|k| all.iter().map(move |own| own.changes[k]));
                if first.mass > 0.0 {
                    boxes.push(first.mass, all.iter().map(|own| own.middle), sides);
                }
            }
        }
        boxes
    }
}
