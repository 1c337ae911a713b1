//! The companion of a deterministic system at half its resolution, from which errors are estimated. It builds nothing.

use crate::file::{CharacteristicsKeys, FiniteVolumeKeys, JkoKeys, ScenarioFile, SystemKind};

/// Steps of a companion to minimising movements: first order, so that the difference is twice the error.
pub(crate) const STEP: f64 = 3.0;

/// The companion that the scenario asks for.
pub(crate) fn companion(file: &ScenarioFile, system: &SystemKind) -> Option<SystemKind> {
    of(system).filter(|_| file.refinement)
}

/// The same system at half the resolution, for those that have one; without what only the stated one is to report.
pub(crate) fn of(system: &SystemKind) -> Option<SystemKind> {
    match system {
        SystemKind::FiniteVolume(keys) => {
            let cells = keys.cells.iter().map(|cells| cells / 2).collect();
            let kernel_tolerance = coarser_tolerance(keys.kernel_tolerance);
            // Second order: four times the error is twice the step.
            let tolerance = (4.0 * keys.tolerance).min(0.1);
            let coarse = FiniteVolumeKeys { cells, tolerance, kernel_tolerance, ..keys.clone() };
            Some(SystemKind::FiniteVolume(coarse))
        }
        SystemKind::Characteristics(keys) => Some(SystemKind::Characteristics(CharacteristicsKeys {
            atoms: keys.atoms / 2,
            tolerance: coarser_tolerance(keys.tolerance),
            sampling_tolerance: coarser_tolerance(keys.sampling_tolerance),
            kernel_tolerance: coarser_tolerance(keys.kernel_tolerance),
            network_bias_until: 0.0,
            ..keys.clone()
        })),
        SystemKind::Jko(keys) => {
            let (atoms, step) = (keys.atoms / 2, STEP * keys.step);
            let kernel_tolerance = coarser_tolerance(keys.kernel_tolerance);
            Some(SystemKind::Jko(JkoKeys { atoms, step, kernel_tolerance, ..keys.clone() }))
        }
        SystemKind::FiniteNetwork(_) | SystemKind::Landscape(_) => None,
    }
}

/// Ten times a tolerance, as far as one may go.
fn coarser_tolerance(tolerance: f64) -> f64 {
    (10.0 * tolerance).min(0.1)
}
