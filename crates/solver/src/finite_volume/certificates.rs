//! What a finite-volume run says of its own trustworthiness: the worst seen at any step so far.

use meanfield_run::quantities;
use meanfield_run::system::Scalar;

use crate::scalars::{self, scalar};

/// See the module's head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificates {
    /// Largest |total mass − 1|.
    pub mass_error: f64,
    /// Smallest density of any cell.
    pub minimum_density: f64,
    /// Smallest ratio of a stable step to the step taken, over all stages.
    pub cfl_margin: f64,
    /// Largest mass in a cell at an upper edge.
    pub edge_mass: f64,
    /// Steps taken again because the energy rose.
    pub repeated_steps: f64,
    /// E at t = 0.
    pub first_energy: f64,
    /// ∫ 4 ∫|∇Ψ|² dρ dt.
    pub dissipated: f64,
}

/// Numbers in a saved state.
pub const SAVED: usize = 7;

impl Certificates {
    /// At the start, where the energy is `first_energy`.
    pub fn new(first_energy: f64) -> Self {
        Self {
            mass_error: 0.0,
            minimum_density: f64::INFINITY,
            cfl_margin: f64::INFINITY,
            edge_mass: 0.0,
            repeated_steps: 0.0,
            first_energy,
            dissipated: 0.0,
        }
    }

    /// |E(t) − E(0) + ∫ 4∫|∇Ψ|²dρ dt|, MMN (24) without noise.
    pub fn energy_residual(&self, energy: f64) -> f64 {
        (energy - self.first_energy + self.dissipated).abs()
    }

    /// As they are reported beside the risk.
    pub fn scalars(&self, energy: f64, kernel_truncation: f64) -> Vec<Scalar> {
        let [mass_error, minimum_density, edge_mass] =
            scalars::worst_of_masses(self.mass_error, self.minimum_density, self.edge_mass);
        vec![
            mass_error,
            minimum_density,
            scalars::energy_residual(self.energy_residual(energy)),
            Scalar::new(quantities::CFL_MARGIN, self.cfl_margin),
            scalars::kernel_truncation_on_grid(kernel_truncation),
            edge_mass,
            scalar(
                quantities::REPEATED_STEPS,
                "steps taken again at half the length because the energy rose",
                self.repeated_steps,
            ),
        ]
    }

    /// As plain numbers.
    pub fn save(&self) -> [f64; SAVED] {
        [
            self.mass_error,
            self.minimum_density,
            self.cfl_margin,
            self.edge_mass,
            self.repeated_steps,
            self.first_energy,
            self.dissipated,
        ]
    }

    /// From plain numbers.
    pub fn restored(saved: [f64; SAVED]) -> Self {
        let [mass_error, minimum_density, cfl_margin, edge_mass, repeated_steps, first_energy, dissipated] =
            saved;
        Self { mass_error, minimum_density, cfl_margin, edge_mass, repeated_steps, first_energy, dissipated }
    }
}
