//! The certificates of masses on a grid, whatever moves them: the worst values at any step so far.

use meanfield_run::quantities;
use meanfield_run::system::Scalar;

use crate::scalars::scalar;

/// Numbers in a saved state.
pub(crate) const SAVED: usize = 3;

/// The worst so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorstMasses {
    /// Largest |total mass − 1|.
    pub mass_error: f64,
    /// Smallest density of any cell.
    pub minimum_density: f64,
    /// Largest mass in a cell at an outer edge.
    pub edge_mass: f64,
}

impl Default for WorstMasses {
    /// The state before any step.
    fn default() -> Self {
        Self { mass_error: 0.0, minimum_density: f64::INFINITY, edge_mass: 0.0 }
    }
}

impl WorstMasses {
    /// Takes in the masses of a step: their total, their smallest density, the largest mass at an outer edge.
    pub(crate) fn update(&mut self, total: f64, lowest_density: f64, edge_mass: f64) {
        self.mass_error = self.mass_error.max((total - 1.0).abs());
        self.minimum_density = self.minimum_density.min(lowest_density);
        self.edge_mass = self.edge_mass.max(edge_mass);
    }

    /// |total mass − 1|, as it is reported.
    pub(crate) fn mass_error_scalar(&self) -> Scalar {
        scalar(quantities::MASS_ERROR, "largest |total mass − 1| at any step so far", self.mass_error)
    }

    /// The smallest density, as it is reported.
    pub(crate) fn minimum_density_scalar(&self) -> Scalar {
        let meaning = "smallest density of any cell at any step so far";
        scalar(quantities::MINIMUM_DENSITY, meaning, self.minimum_density)
    }

    /// The mass at the edge, as it is reported.
    pub(crate) fn edge_mass_scalar(&self) -> Scalar {
        Scalar::new(quantities::EDGE_MASS, self.edge_mass)
    }

    /// As plain numbers.
    pub(crate) fn save(&self) -> [f64; SAVED] {
        [self.mass_error, self.minimum_density, self.edge_mass]
    }

    /// The same from the plain numbers that were saved.
    pub(crate) fn restored([mass_error, minimum_density, edge_mass]: [f64; SAVED]) -> Self {
        Self { mass_error, minimum_density, edge_mass }
    }
}
