//! The certificates of a finite-volume run: the worst values at any step so far.

use meanfield_run::quantities;
use meanfield_run::system::Scalar;

use crate::scalars::{self, scalar};
use crate::worst_masses::WorstMasses;

/// The worst so far, and what the energy balance is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransportCertificates {
    /// The certificates of the masses.
    pub masses: WorstMasses,
    /// Smallest ratio of a stable step to the step taken, over all stages.
    pub cfl_margin: f64,
    /// Steps taken again because the energy rose.
    pub repeated_steps: f64,
    /// E at t = 0.
    pub first_energy: f64,
    /// ∫ 4 ∫|∇Ψ|² dρ dt.
    pub dissipated: f64,
}

/// Numbers in a saved state.
pub const SAVED: usize = 7;

impl TransportCertificates {
    /// At the start, where the energy is `first_energy`.
    pub fn new(first_energy: f64) -> Self {
        Self {
            masses: WorstMasses::default(),
            cfl_margin: f64::INFINITY,
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
        vec![
            self.masses.mass_error_scalar(),
            self.masses.minimum_density_scalar(),
            scalars::energy_residual(self.energy_residual(energy)),
            Scalar::new(quantities::CFL_MARGIN, self.cfl_margin),
            scalars::kernel_truncation_on_grid(kernel_truncation),
            self.masses.edge_mass_scalar(),
            scalar(
                quantities::REPEATED_STEPS,
                "steps taken again at half the length because the energy rose",
                self.repeated_steps,
            ),
        ]
    }

    /// As plain numbers.
    pub fn save(&self) -> [f64; SAVED] {
        let [mass_error, minimum_density, edge_mass] = self.masses.save();
        let Self { cfl_margin, repeated_steps, first_energy, dissipated, .. } = *self;
        [mass_error, minimum_density, edge_mass, cfl_margin, repeated_steps, first_energy, dissipated]
    }

    /// The same from the plain numbers that were saved.
    pub fn restored(saved: [f64; SAVED]) -> Self {
        let [mass_error, minimum_density, edge_mass, ..] = saved;
        let [.., cfl_margin, repeated_steps, first_energy, dissipated] = saved;
        let masses = WorstMasses::restored([mass_error, minimum_density, edge_mass]);
        Self { masses, cfl_margin, repeated_steps, first_energy, dissipated }
    }
}
