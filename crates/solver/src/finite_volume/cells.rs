//! The cells of a grid as schemes read them: where they lie, and the features there. It does not
//! know their masses, nor how these move.

use meanfield_model::landscape::Landscape;

use super::line::Line;
use super::planes::Planes;
use crate::cell_features::CellFeatures;
use crate::grid::Grid;

/// A grid, the geometry of each of its axes, and the features of each cell.
pub struct Cells<const D: usize> {
    /// The axes.
    pub grid: Grid<D>,
    /// Each axis as the scheme on a line needs it.
    pub lines: [Line; D],
    /// The planes of the last coordinate that this process holds.
    pub planes: Planes,
    /// The features at the position of each cell in these planes.
    pub features: CellFeatures,
}

impl<const D: usize> Cells<D> {
    /// The cells of a grid, all held by this process.
    pub fn new(landscape: &impl Landscape<D>, grid: Grid<D>) -> Self {
        let planes = Planes::all(grid.axes[D - 1].cells());
        Self::in_planes(landscape, grid, planes)
    }

    /// The cells of a grid of which this process holds these planes. Mass rests at a lower end only where
    /// that is the end of the coordinate itself.
    pub fn in_planes(landscape: &impl Landscape<D>, grid: Grid<D>, planes: Planes) -> Self {
        let mobility = landscape.structure().mobility;
        let lines: [Line; D] = std::array::from_fn(|axis| {
            let is_at_end = grid.axes[axis].faces()[0] == 0.0;
            let sticky = is_at_end && landscape.rests_at_lower_end(axis);
            Line::new(&grid.axes[axis], sticky, mobility[axis])
        });
        let positions = lines.each_ref().map(|line| &line.position[..]);
        let features = CellFeatures::new(landscape, positions, planes.held.clone());
        Self { grid, lines, planes, features }
    }

    /// Cells of a plane.
    pub fn cells_of_plane(&self) -> usize {
        self.grid.stride(D - 1)
    }

    /// Position at which the features of cell `i` are taken.
    pub fn position(&self, i: usize) -> [f64; D] {
        let indices = self.grid.indices(i);
        std::array::from_fn(|axis| self.lines[axis].position[indices[axis]])
    }

    /// m_k of these masses.
    pub fn moments(&self, mass: &[f64], moments: &mut [f64]) {
        self.features.moments(mass, moments);
    }

    /// Positions and masses of the cells; or, what is the same to all that is quadratic in an outer weight,
    /// of rows of cells at weight 1 with Σ a² · mass.
    pub fn points<'a>(&'a self, mass: &'a [f64]) -> Box<dyn Iterator<Item = ([f64; D], f64)> + 'a> {
        let CellFeatures::Outer { weights, .. } = &self.features else {
            return Box::new(mass.iter().enumerate().map(|(i, mass)| (self.position(i), *mass)));
        };
        let rows = mass.chunks_exact(weights.len()).enumerate();
        Box::new(rows.map(move |(row, mass)| {
            let mut z = self.position(row * weights.len());
            z[0] = 1.0;
            (z, mass.iter().zip(weights).map(|(mass, a)| mass * a * a).sum())
        }))
    }
}
