//! The buffers of a thread, of whatever way through a stage: made once, and fitted to the grid.

use meanfield_kernel::aligned::Aligned;

use super::tile_coefficients::TileCoefficients;

/// Buffers of a thread.
#[derive(Default)]
pub struct ThreadBuffers {
    /// Fluxes into the next rows along each axis.
    pub entering: [Aligned<f64>; 3],
    /// A row after transport along it.
    pub moved: Aligned<f64>,
    /// Speeds of the upper faces of a line of rows, axis by axis.
    pub speeds: [Vec<f64>; 3],
    /// Coefficients of the rows of a tile.
    pub coefficients: TileCoefficients,
    /// The first cells of the grid after zeros, and the last ones before zeros: as if there were more.
    pub edges: [Vec<f64>; 2],
}

impl ThreadBuffers {
    /// Takes so many cells at either end of the grid, and adds so many zeros.
    pub fn set_edges(&mut self, state: &[f64], cells: usize, zeros: usize) {
        let [first, last] = &mut self.edges;
        let zeros = std::iter::repeat_n(0.0, zeros);
        first.splice(.., zeros.clone().chain(state[..cells].iter().copied()));
        let from = state.len() - cells;
        last.splice(.., state[from..].iter().copied().chain(zeros));
    }
}
