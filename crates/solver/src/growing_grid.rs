//! The life of a grid that gets more cells at its ends before mass comes to them: shared by all that move
//! mass on grids. When and by how much a grid grows is in [`growth`]; what moves the mass is for the
//! systems.

use meanfield_run::system::{RunError, System};

use crate::grid::{End, Grid};
use crate::growth::{self, MOST_GROWTH};

/// An end of an axis at which the grid grows, and the ends at which mass is refused where it did not.
pub(crate) struct Guard {
    pub axis: usize,
    pub grows_at: End,
    pub refused_at: &'static [End],
}

/// A system on a grid that grows.
pub(crate) trait GrowingGrid<const D: usize>: System {
    /// The grid of the present law.
    fn grid(&self) -> &Grid<D>;

    /// Mass of each cell.
    fn mass(&self) -> &[f64];

    /// Cells at the start.
    fn first_cells(&self) -> usize;

    /// Smallest density of any cell so far.
    fn minimum_density(&self) -> f64;

    /// The ends that are looked after; none of a grid that does not grow.
    fn guards(&self) -> Vec<Guard>;

    /// Goes over to a longer grid, with these masses on it.
    fn replace_grid(&mut self, grid: Grid<D>, mass: Vec<f64>);

    /// Whether the grid may still grow.
    fn has_room(&self) -> bool {
        self.grid().cells() < MOST_GROWTH * self.first_cells()
    }

    /// Adds cells at an end of an axis if mass is near it and there is room; whether it did.
    fn grow_if_needed(&mut self, axis: usize, end: End) -> bool {
        growth::is_needed(self.grid(), self.mass(), axis, end) && self.has_room() && self.grow(axis, end)
    }

    /// Adds cells beyond an end of an axis, the same whenever it happens; false where there are no numbers
    /// for their faces. (The run then goes on, and stops when mass comes to the edge.)
    fn grow(&mut self, axis: usize, end: End) -> bool {
        let more = growth::added_cells(self.grid(), axis);
        let Ok((longer, mass)) = self.grid().extended(axis, end, more, self.mass()) else { return false };
        self.replace_grid(longer, mass);
        true
    }

    /// Lets the grid grow until it holds the mass at the start.
    fn grow_to_start(&mut self) {
        for guard in self.guards() {
            while self.grow_if_needed(guard.axis, guard.grows_at) {}
        }
    }

    /// Lets the grid grow; refuses masses that lost their sign, and mass at an edge that can no longer grow.
    fn check(&mut self) -> Result<(), RunError> {
        if self.minimum_density() < 0.0 {
            return Err(self.failed("a cell's mass became negative"));
        }
        for Guard { axis, grows_at, refused_at } in self.guards() {
            if self.grow_if_needed(axis, grows_at) {
                continue;
            }
            let mut complaints =
                refused_at.iter().filter_map(|end| growth::complaint(self.grid(), self.mass(), axis, *end));
            if let Some(complaint) = complaints.next() {
                return Err(self.failed(&complaint));
            }
        }
        Ok(())
    }

    /// The end of a run, now, for this reason.
    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.time(), what: what.into() }
    }
}
