//! The truncation error of a landscape up to the far corner of a grid, which costs as much as many steps:
//! cached until the corner moves.

use std::cell::Cell;

use meanfield_model::landscape::Landscape;

use crate::grid::Grid;

/// The last result.
pub(crate) struct KernelTruncation<const D: usize> {
    /// A corner, and the truncation error up to there.
    last: Cell<([f64; D], f64)>,
}

impl<const D: usize> Default for KernelTruncation<D> {
    fn default() -> Self {
        Self { last: Cell::new(([f64::NAN; D], f64::NAN)) }
    }
}

impl<const D: usize> KernelTruncation<D> {
    /// Truncation error of the landscape up to the far corner of this grid.
    pub fn up_to_corner(&self, landscape: &impl Landscape<D>, grid: &Grid<D>) -> f64 {
        let corner = grid.far_corner();
        if self.last.get().0 != corner {
            self.last.set((corner, landscape.truncation(corner)));
        }
        self.last.get().1
    }
}
