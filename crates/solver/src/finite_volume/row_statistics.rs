//! Statistics of masses with an outer weight a, row by row along a and plane by plane of r₂: enough for the
//! dissipation, the smallest density and the laws along every axis, without a potential at every cell. What
//! is added up over planes is so in their order, whichever process made which.

use std::ops::Range;

use meanfield_model::axis::Axis;
use pulp::{Arch, Simd, WithSimd};

use super::cells::Cells;
use super::rates::LawSummary;

/// Statistics of the rows of the masses that are held.
pub struct RowStatistics {
    /// Σ a² · mass of each row.
    squares: Vec<f64>,
    /// Smallest mass over width along a of each row.
    densities: Vec<f64>,
    /// Mass at each a of all rows of a plane, plane by plane.
    along_a: Vec<f64>,
}

impl RowStatistics {
    /// The statistics of these masses.
    pub fn new(arch: Arch, cells: &Cells<4>, mass: &[f64]) -> Self {
        let line = &cells.lines[0];
        let rows = mass.len() / line.width.len();
        let mut statistics = Self {
            squares: vec![0.0; rows],
            densities: vec![0.0; rows],
            along_a: vec![0.0; cells.planes.held.len() * line.width.len()],
        };
        let squares: Vec<f64> = line.position.iter().map(|a| a * a).collect();
        arch.dispatch(GatherStatistics {
            squares: &squares,
            inverse_width: &line.inverse_width,
            rows_of_plane: cells.cells_of_plane() / line.width.len(),
            mass,
            statistics: &mut statistics,
        });
        statistics
    }

    /// A row for each of one's own planes: its part of the dissipation, its smallest density, and its masses
    /// along r₂ (one number), a, b and r₁. `potential` and `totals`, the mass, are those of each row.
    pub fn of_planes(&self, cells: &Cells<4>, potential: &[f64], totals: &[f64]) -> Vec<f64> {
        let [a, b, r1, _] = cells.grid.axes.each_ref().map(Axis::cells);
        let mut table = Vec::new();
        for plane in cells.planes.own_among_held() {
            let rows = plane * b * r1..(plane + 1) * b * r1;
            let masses = &totals[rows];
            table.push(self.squared_speed(cells, plane, potential, masses));
            table.push(self.lowest_density(cells, plane));
            table.push(masses.iter().sum());
            table.extend(&self.along_a[plane * a..(plane + 1) * a]);
            table.extend((0..b).map(|i| masses.iter().skip(i).step_by(b).sum::<f64>()));
            table.extend(masses.chunks_exact(b).map(|line| line.iter().sum::<f64>()));
        }
        table
    }

    /// ∫|v|² dρ, v = −2∇(a P), over a plane and the faces above it; |v|² in a cell is the mean over its two
    /// faces.
    fn squared_speed(&self, cells: &Cells<4>, plane: usize, potential: &[f64], totals: &[f64]) -> f64 {
        let [_, b, r1, r2] = cells.lines.each_ref();
        let rows = totals.len();
        let first = plane * rows;
        let along_a: f64 =
            potential[first..].iter().zip(totals).map(|(p, total): (&f64, &f64)| 4.0 * p * p * total).sum();
        let mut sum = along_a;
        for line in (first..first + rows).step_by(b.width.len()) {
            for (i, inverse) in b.inverse_gap.iter().enumerate() {
                sum += self.over_face(potential, [line + i, line + i + 1], *inverse);
            }
        }
        for (i, inverse) in r1.inverse_gap.iter().enumerate() {
            let line = first + i * b.width.len();
            sum += self.over_faces(potential, line..line + b.width.len(), b.width.len(), *inverse);
        }
        if let Some(inverse) = r2.inverse_gap.get(cells.planes.held.start + plane) {
            sum += self.over_faces(potential, first..first + rows, rows, *inverse);
        }
        sum
    }

    /// The share of the faces between these rows and those so far above.
    fn over_faces(&self, potential: &[f64], rows: Range<usize>, above: usize, inverse_gap: f64) -> f64 {
        rows.map(|row| self.over_face(potential, [row, row + above], inverse_gap)).sum()
    }

    /// The share of the face between two rows.
    fn over_face(&self, potential: &[f64], [left, right]: [usize; 2], inverse_gap: f64) -> f64 {
        let slope = (potential[right] - potential[left]) * inverse_gap;
        2.0 * slope * slope * (self.squares[left] + self.squares[right])
    }

    /// The smallest density of any cell of a plane.
    fn lowest_density(&self, cells: &Cells<4>, plane: usize) -> f64 {
        let [_, b, r1, r2] = cells.lines.each_ref();
        let height = r2.width[cells.planes.held.start + plane];
        let rows = b.width.len() * r1.width.len();
        let densities = self.densities[plane * rows..].chunks_exact(b.width.len());
        let mut lowest = f64::INFINITY;
        for (line, r1) in densities.zip(&r1.width) {
            for (density, b) in line.iter().zip(&b.width) {
                lowest = lowest.min(density / (b * r1 * height));
            }
        }
        lowest
    }
}

/// The summary of all planes from the rows of one's own.
pub fn summary_of_planes(cells: &Cells<4>, own: Vec<f64>) -> LawSummary<4> {
    let [a, b, r1, _] = cells.grid.axes.each_ref().map(Axis::cells);
    let mut summary = LawSummary {
        dissipation: 0.0,
        lowest_density: f64::INFINITY,
        marginals: [vec![0.0; a], vec![0.0; b], vec![0.0; r1], Vec::new()],
    };
    let width = 3 + a + b + r1;
    for row in cells.planes.gather(own, width).chunks_exact(width) {
        let [along_a, along_b, along_r1, along_r2] = &mut summary.marginals;
        summary.dissipation += row[0];
        summary.lowest_density = summary.lowest_density.min(row[1]);
        along_r2.push(row[2]);
        let sums = along_a.iter_mut().chain(along_b).chain(along_r1);
        sums.zip(&row[3..]).for_each(|(sum, term)| *sum += term);
    }
    summary
}

struct GatherStatistics<'a> {
    /// a² of each cell of a row.
    squares: &'a [f64],
    inverse_width: &'a [f64],
    rows_of_plane: usize,
    mass: &'a [f64],
    statistics: &'a mut RowStatistics,
}

impl WithSimd for GatherStatistics<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { squares, inverse_width, rows_of_plane, mass, statistics } = self;
        for (i, row) in mass.chunks_exact(squares.len()).enumerate() {
            let mut square = [0.0; LANES];
            let mut lowest = [f64::INFINITY; LANES];
            let along_a = &mut statistics.along_a[i / rows_of_plane * row.len()..][..row.len()];
            for (along, mass) in along_a.iter_mut().zip(row) {
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
