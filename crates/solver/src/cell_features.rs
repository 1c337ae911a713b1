//! The features on the cells of a grid: a matrix with a column for every cell or, where they have an outer
//! weight as a factor, for every *row* of cells along it, the first coordinate. The caller
//! chooses the position in a cell at which they are taken.

use meanfield_model::landscape::Landscape;

use crate::features::Features;

/// The features of all cells.
pub enum CellFeatures {
    /// A column a cell.
    Every(Features),
    /// A column a row: the features at weight 1.
    Outer {
        /// One column per row of cells.
        rows: Features,
        /// The weight of each cell of a row.
        weights: Vec<f64>,
    },
}

impl CellFeatures {
    /// The features of cells, taken at these positions along each axis; the first coordinate runs
    /// fastest.
    pub fn new<const D: usize>(landscape: &impl Landscape<D>, positions: [&[f64]; D]) -> Self {
        let outer = D > 1 && landscape.has_outer_weight();
        let lengths: [usize; D] =
            std::array::from_fn(|c| if outer && c == 0 { 1 } else { positions[c].len() });
        let features = Features::new(landscape.rank(), lengths.iter().product(), |i, values| {
            let mut left = i;
            let z = std::array::from_fn(|c| {
                let at = left % lengths[c];
                left /= lengths[c];
                if outer && c == 0 { 1.0 } else { positions[c][at] }
            });
            landscape.values(z, values);
        });
        match outer {
            true => Self::Outer { rows: features, weights: positions[0].to_vec() },
            false => Self::Every(features),
        }
    }

    /// m_k = Σ_i φ_k(z_i) mass_i.
    pub fn moments(&self, mass: &[f64], moments: &mut [f64]) {
        match self {
            Self::Every(features) => features.moments(mass, moments),
            Self::Outer { rows, weights } => {
                let sums: Vec<f64> = mass
                    .chunks_exact(weights.len())
                    .map(|row: &[f64]| row.iter().zip(weights).map(|(mass, weight)| mass * weight).sum())
                    .collect();
                rows.moments(&sums, moments);
            }
        }
    }

    /// The matrix that has a column for each of what it has one for: cells, or rows.
    pub fn columns(&self) -> &Features {
        match self {
            Self::Every(columns) | Self::Outer { rows: columns, .. } => columns,
        }
    }

    /// Ψ_i = Σ_k coefficient_k φ_k(z_i).
    pub fn combination(&self, coefficients: &[f64], potential: &mut [f64]) {
        match self {
            Self::Every(features) => features.combination(coefficients, potential),
            Self::Outer { rows, weights } => {
                let mut of_rows = vec![0.0; potential.len() / weights.len()];
                rows.combination(coefficients, &mut of_rows);
                for (row, of_row) in potential.chunks_exact_mut(weights.len()).zip(of_rows) {
                    row.iter_mut().zip(weights).for_each(|(psi, weight)| *psi = weight * of_row);
                }
            }
        }
    }
}
