//! Statistics of masses with an outer weight a, row by row along a: enough for the dissipation, the smallest
//! density and the law of a, without a potential at every cell.

use pulp::{Arch, Simd, WithSimd};

use super::line::Line;
use crate::grid::Grid;

/// Statistics of the rows of one law.
pub struct RowStatistics {
    /// Σ a² · mass of each row.
    pub squares: Vec<f64>,
    /// Smallest mass over width along a of each row.
    pub densities: Vec<f64>,
    /// Mass at each a, all rows together.
    pub marginal: Vec<f64>,
}

impl RowStatistics {
    /// The statistics of these masses; `line` is the geometry of a.
    pub fn new(arch: Arch, line: &Line, mass: &[f64]) -> Self {
        let rows = mass.len() / line.width.len();
        let mut statistics = Self {
            squares: vec![0.0; rows],
            densities: vec![0.0; rows],
            marginal: vec![0.0; line.width.len()],
        };
        let squares: Vec<f64> = line.position.iter().map(|a| a * a).collect();
        arch.dispatch(GatherStatistics {
            squares: &squares,
            inverse_width: &line.inverse_width,
            mass,
            statistics: &mut statistics,
        });
        statistics
    }

    /// ∫|v|² dρ, v = −2∇(a P), on a grid with these geometries, `totals` the mass of each row; |v|² in a cell
    /// is the mean over its two faces.
    pub fn squared_speed(&self, grid: &Grid<4>, lines: &[Line; 4], potential: &[f64], totals: &[f64]) -> f64 {
        let mut sum: f64 =
            potential.iter().zip(totals).map(|(p, total): (&f64, &f64)| 4.0 * p * p * total).sum();
        let row_of_a = grid.axes[0].cells();
        for (axis, line) in lines.iter().enumerate().skip(1) {
            let stride = grid.stride(axis) / row_of_a;
            let cells = grid.axes[axis].cells();
            for block in (0..potential.len()).step_by(stride * cells) {
                for i in 0..cells - 1 {
                    let inverse = line.inverse_gap[i];
                    for left in block + i * stride..block + (i + 1) * stride {
                        let right = left + stride;
                        let slope = (potential[right] - potential[left]) * inverse;
                        sum += 2.0 * slope * slope * (self.squares[left] + self.squares[right]);
                    }
                }
            }
        }
        sum
    }

    /// The smallest density of any cell.
    pub fn lowest_density(&self, grid: &Grid<4>) -> f64 {
        let row_of_a = grid.axes[0].cells();
        let mut lowest = f64::INFINITY;
        for (row, density) in self.densities.iter().enumerate() {
            let at = grid.indices(row * row_of_a);
            let area: f64 = (1..4).map(|axis| grid.axes[axis].width(at[axis])).product();
            lowest = lowest.min(density / area);
        }
        lowest
    }
}

struct GatherStatistics<'a> {
    /// a² of each cell of a row.
    squares: &'a [f64],
    inverse_width: &'a [f64],
    mass: &'a [f64],
    statistics: &'a mut RowStatistics,
}

impl WithSimd for GatherStatistics<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { squares, inverse_width, mass, statistics } = self;
        for (i, row) in mass.chunks_exact(squares.len()).enumerate() {
            let mut square = [0.0; LANES];
            let mut lowest = [f64::INFINITY; LANES];
            for (along, mass) in statistics.marginal.iter_mut().zip(row) {
                *along += mass;
            }
            let cells = row.chunks(LANES).zip(squares.chunks(LANES).zip(inverse_width.chunks(LANES)));
            for (mass, (a, inverse)) in cells {
                for k in 0..mass.len() {
                    square[k] += mass[k] * a[k];
                    let density = mass[k] * inverse[k];
                    lowest[k] = if density < lowest[k] { density } else { lowest[k] };
                }
            }
            statistics.squares[i] = square.iter().sum();
            statistics.densities[i] = lowest.iter().copied().fold(f64::INFINITY, f64::min);
        }
    }
}

/// Running values side by side.
const LANES: usize = 8;
