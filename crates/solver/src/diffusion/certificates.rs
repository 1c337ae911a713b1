//! What a run with noise says of its own trustworthiness: the worst seen at any step so far.

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
    /// Largest rise of F in a step.
    pub free_energy_rise: f64,
    /// Largest mass in a cell at an upper edge.
    pub edge_mass: f64,
    /// Steps taken again, for accuracy or because F rose.
    pub repeated_steps: f64,
    /// F at t = 0.
    pub first_free_energy: f64,
    /// By how much F should have fallen.
    pub dissipated: f64,
}

/// Numbers in a saved state.
pub const SAVED: usize = 7;

impl Certificates {
    /// At the start, where the free energy is `first_free_energy`.
    pub fn new(first_free_energy: f64) -> Self {
        Self {
            mass_error: 0.0,
            minimum_density: f64::INFINITY,
            free_energy_rise: 0.0,
            edge_mass: 0.0,
            repeated_steps: 0.0,
            first_free_energy,
            dissipated: 0.0,
        }
    }

    /// As they are reported beside the risk.
    pub fn scalars(&self, free_energy: f64, kernel_truncation: f64) -> Vec<Scalar> {
        let residual = (free_energy - self.first_free_energy + self.dissipated).abs();
        let [mass_error, minimum_density, edge_mass] =
            scalars::worst_of_masses(self.mass_error, self.minimum_density, self.edge_mass);
        vec![
            mass_error,
            minimum_density,
            scalar(
                quantities::ENERGY_RESIDUAL,
                "|F(t) − F(0) + ∫ 2 ∫|∇(Ψ_λ + β⁻¹ log ρ)|² dρ ds|, s = ∫ξ dt",
                residual,
            ),
            Scalar::new(quantities::FREE_ENERGY_RISE, self.free_energy_rise),
            scalars::kernel_truncation_on_grid(kernel_truncation),
            edge_mass,
            scalar(
                quantities::REPEATED_STEPS,
                "steps taken again at a shorter length, for accuracy or because the free energy rose",
                self.repeated_steps,
            ),
        ]
    }

    /// As plain numbers.
    pub fn save(&self) -> [f64; SAVED] {
        [
            self.mass_error,
            self.minimum_density,
            self.free_energy_rise,
            self.edge_mass,
            self.repeated_steps,
            self.first_free_energy,
            self.dissipated,
        ]
    }

    /// From plain numbers.
    pub fn restored(saved: [f64; SAVED]) -> Self {
        let [
            mass_error,
            minimum_density,
            free_energy_rise,
            edge_mass,
            repeated_steps,
            first_free_energy,
            dissipated,
        ] = saved;
        Self {
            mass_error,
            minimum_density,
            free_energy_rise,
            edge_mass,
            repeated_steps,
            first_free_energy,
            dissipated,
        }
    }
}
