//! The certificates of a run with noise: the worst values at any step so far.

use meanfield_run::quantities;
use meanfield_run::system::Scalar;

use crate::scalars::{self, scalar};
use crate::worst_masses::WorstMasses;

/// The worst so far, and what the energy balance is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiffusionCertificates {
    /// The certificates of the masses.
    pub masses: WorstMasses,
    /// Largest rise of F in a step.
    pub free_energy_rise: f64,
    /// Steps taken again, for accuracy or because F rose.
    pub repeated_steps: f64,
    /// F at t = 0.
    pub first_free_energy: f64,
    /// By how much F should have fallen.
    pub dissipated: f64,
}

/// Numbers in a saved state.
pub const SAVED: usize = 7;

impl DiffusionCertificates {
    /// At the start, where the free energy is `first_free_energy`.
    pub fn new(first_free_energy: f64) -> Self {
        Self {
            masses: WorstMasses::default(),
            free_energy_rise: 0.0,
            repeated_steps: 0.0,
            first_free_energy,
            dissipated: 0.0,
        }
    }

    /// As they are reported beside the risk.
    pub fn scalars(&self, free_energy: f64, kernel_truncation: f64) -> Vec<Scalar> {
        let residual = (free_energy - self.first_free_energy + self.dissipated).abs();
        vec![
            self.masses.mass_error_scalar(),
            self.masses.minimum_density_scalar(),
            scalar(
                quantities::ENERGY_RESIDUAL,
                "|F(t) − F(0) + ∫ 2 ∫|∇(Ψ_λ + β⁻¹ log ρ)|² dρ ds|, s = ∫ξ dt",
                residual,
            ),
            Scalar::new(quantities::FREE_ENERGY_RISE, self.free_energy_rise),
            scalars::kernel_truncation_on_grid(kernel_truncation),
            self.masses.edge_mass_scalar(),
            scalar(
                quantities::REPEATED_STEPS,
                "steps taken again at a shorter length, for accuracy or because the free energy rose",
                self.repeated_steps,
            ),
        ]
    }

    /// As plain numbers.
    pub fn save(&self) -> [f64; SAVED] {
        let [mass_error, minimum_density, edge_mass] = self.masses.save();
        let Self { free_energy_rise, repeated_steps, first_free_energy, dissipated, .. } = *self;
        [
            mass_error,
            minimum_density,
            edge_mass,
            free_energy_rise,
            repeated_steps,
            first_free_energy,
            dissipated,
        ]
    }

    /// The same from the plain numbers that were saved.
    pub fn restored(
        [
            mass_error,
            minimum_density,
            edge_mass,
            free_energy_rise,
            repeated_steps,
            first_free_energy,
            dissipated,
        ]: [f64; SAVED],
    ) -> Self {
        let masses = WorstMasses::restored([mass_error, minimum_density, edge_mass]);
        Self { masses, free_energy_rise, repeated_steps, first_free_energy, dissipated }
    }
}
