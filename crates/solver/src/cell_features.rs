//! The features on the cells of a grid: a matrix with a column for every cell or, where they have an outer
//! weight as a factor, for every *row* of cells along it, the first coordinate; then plane by plane of the
//! last coordinate, so that a process may have some of the planes. The caller chooses the position in a
//! cell at which they are taken.

use std::ops::Range;

use meanfield_model::landscape::Landscape;

use crate::features::Features;

/// The features of all cells.
pub enum CellFeatures {
    /// A column a cell.
    Every(Features),
    /// A column a row: the features at weight 1.
    Outer {
        /// One column per row of cells, plane by plane of those that are held; of two coordinates, whose rows
        /// are lines along the last one, there is one plane.
        planes: Vec<Features>,
        /// The weight of each cell of a row.
        weights: Vec<f64>,
    },
}

impl CellFeatures {
    /// The features of the cells in these planes, taken at these positions along each axis; the first
    /// coordinate runs fastest. Without an outer weight they must be all planes.
    pub fn new<const D: usize>(
        landscape: &impl Landscape<D>,
        positions: [&[f64]; D],
        held: Range<usize>,
    ) -> Self {
        if D == 1 || !landscape.has_outer_weight() {
            return Self::Every(columns(landscape, positions));
        }
        let mut at = positions;
        at[0] = &[1.0];
        let planes = match D {
            2 => vec![columns(landscape, at)],
            _ => held
                .map(|plane| {
                    at[D - 1] = &positions[D - 1][plane..=plane];
                    columns(landscape, at)
                })
                .collect(),
        };
        Self::Outer { planes, weights: positions[0].to_vec() }
    }

    /// m_k = Σ_i φ_k(z_i) mass_i.
    pub fn moments(&self, mass: &[f64], moments: &mut [f64]) {
        match self {
            Self::Every(features) => features.moments(mass, moments),
            Self::Outer { planes, weights } => {
                let sums: Vec<f64> = mass
                    .chunks_exact(weights.len())
                    .map(|row: &[f64]| row.iter().zip(weights).map(|(mass, weight)| mass * weight).sum())
                    .collect();
                moments.fill(0.0);
                for of_plane in moments_of_planes(planes, &sums).chunks_exact(moments.len().max(1)) {
                    moments.iter_mut().zip(of_plane).for_each(|(moment, term)| *moment += term);
                }
            }
        }
    }

    /// The planes' matrices, which have a column for each row of cells; none where features are those of
    /// every cell.
    pub fn planes(&self) -> &[Features] {
        match self {
            Self::Every(_) => &[],
            Self::Outer { planes, .. } => planes,
        }
    }

    /// Ψ_i = Σ_k coefficient_k φ_k(z_i).
    pub fn combination(&self, coefficients: &[f64], potential: &mut [f64]) {
        match self {
            Self::Every(features) => features.combination(coefficients, potential),
            Self::Outer { planes, weights } => {
                let mut of_rows = vec![0.0; potential.len() / weights.len()];
                combination_of_planes(planes, coefficients, &mut of_rows);
                for (row, of_row) in potential.chunks_exact_mut(weights.len()).zip(of_rows) {
                    row.iter_mut().zip(weights).for_each(|(psi, weight)| *psi = weight * of_row);
                }
            }
        }
    }
}

/// The moments of each plane, one after the other, from the sums Σ a · mass of their rows.
pub fn moments_of_planes(planes: &[Features], sums: &[f64]) -> Vec<f64> {
    let Some(first) = planes.first() else { return Vec::new() };
    let mut table = vec![0.0; planes.len() * first.rank()];
    let rows = sums.chunks_exact((sums.len() / planes.len()).max(1));
    for ((plane, sums), moments) in planes.iter().zip(rows).zip(table.chunks_exact_mut(first.rank().max(1))) {
        plane.moments(sums, moments);
    }
    table
}

/// P of each row of cells of these planes.
pub fn combination_of_planes(planes: &[Features], coefficients: &[f64], potential: &mut [f64]) {
    let rows = (potential.len() / planes.len().max(1)).max(1);
    for (plane, potential) in planes.iter().zip(potential.chunks_exact_mut(rows)) {
        plane.combination(coefficients, potential);
    }
}

/// The matrix with a column for each combination of these positions, the first running fastest.
fn columns<const D: usize>(landscape: &impl Landscape<D>, positions: [&[f64]; D]) -> Features {
    let count = positions.iter().map(|along| along.len()).product();
    Features::new(landscape.rank(), count, |i, values| {
        let mut left = i;
        let z = positions.map(|along| {
            let at = left % along.len();
            left /= along.len();
            along[at]
        });
        landscape.values(z, values);
    })
}
