//! The companion of a deterministic system: the same system, coarser in everything that limits its accuracy,
//! so that the difference of the two contains every error. It builds nothing but the kernels that it
//! compares; whether a companion came out coarser is judged from the records (`run/src/refinement.rs`).

use meanfield_solver::finite_volume::CHANGE;

use crate::build::{self, BuildError, Kernel};
use crate::file::{CharacteristicsKeys, FiniteVolumeKeys, JkoKeys, NormalKeys, ScenarioFile, SystemKind};
use crate::file::{InitialKind, LimitName};

/// Steps of a companion to minimising movements: first order, so that the difference is twice the error.
pub(crate) const STEP: f64 = 3.0;
/// A companion's tolerances are so many times the stated ones; with noise, where steps are of second order,
/// the steps are twice as long.
const TOLERANCE: f64 = 10.0;
const NOISE_TOLERANCE: f64 = 4.0;
/// Without noise its steps change twice as much.
const CHANGE_FACTOR: f64 = 2.0;
/// A companion's kernel leaves out at least so many times as much, in fewer terms: the difference of the two
/// is then no smaller than what the stated kernel leaves out.
const TRUNCATION: f64 = 2.0;
/// So many times a kernel's tolerance is loosened before it is taken for the coarsest there is.
const MOST_LOOSENED: usize = 14;
/// Fewest atoms that make two panels of a line.
const FEWEST_ATOMS: usize = 9;

/// The companion that the scenario asks for, its kernel apart ([`with_coarser_kernel`]).
pub(crate) fn companion(file: &ScenarioFile, system: &SystemKind) -> Option<SystemKind> {
    let mut coarse = halved(file, system).filter(|_| file.refinement)?;
    match &mut coarse {
        SystemKind::FiniteVolume(keys) => {
            keys.tolerance *= NOISE_TOLERANCE;
            keys.change = Some(CHANGE_FACTOR * keys.change.unwrap_or(CHANGE));
        }
        SystemKind::Characteristics(keys) => {
            keys.tolerance *= TOLERANCE;
            keys.sampling_tolerance *= TOLERANCE;
        }
        SystemKind::Jko(keys) => keys.sampling_tolerance *= TOLERANCE,
        SystemKind::FiniteNetwork(_) | SystemKind::Landscape(_) => {}
    }
    Some(coarse)
}

/// The same system at half the resolution, for those that have one; without what only the stated one is to report.
/// Tolerances are the stated ones.
pub(crate) fn halved(file: &ScenarioFile, system: &SystemKind) -> Option<SystemKind> {
    match system {
        SystemKind::FiniteVolume(keys) => Some(SystemKind::FiniteVolume(FiniteVolumeKeys {
            cells: keys.cells.iter().map(|cells| cells / 2).collect(),
            start_width: keys.start_width * if starts_at_a_point(file, keys) { 2.0 } else { 1.0 },
            ..keys.clone()
        })),
        SystemKind::Characteristics(keys) => Some(SystemKind::Characteristics(CharacteristicsKeys {
            atoms: half_along_each(keys.atoms, build::directions(file)),
            most_atoms: keys.most_atoms / 2,
            network_bias_until: 0.0,
            ..keys.clone()
        })),
        SystemKind::Jko(keys) => {
            let (atoms, most_atoms) = (keys.atoms / 2, keys.most_atoms / 2);
            Some(SystemKind::Jko(JkoKeys { atoms, most_atoms, step: STEP * keys.step, ..keys.clone() }))
        }
        SystemKind::FiniteNetwork(_) | SystemKind::Landscape(_) => None,
    }
}

/// Half as many atoms along each of so many directions of the start.
fn half_along_each(atoms: usize, directions: usize) -> usize {
    match directions {
        0 | 1 => atoms / 2,
        _ => (atoms >> directions).max(FEWEST_ATOMS),
    }
}

/// Whether a coordinate starts more narrowly than cells can hold, so that `start-width` decides how widely.
fn starts_at_a_point(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> bool {
    let InitialKind::Gaussian(start) = &file.model.initial;
    let narrow = |law: &Option<NormalKeys>| law.as_ref().is_some_and(|law| law.deviation < keys.start_width);
    keys.cells.len() > 2 && (narrow(&start.a) || narrow(&start.b))
}

/// The companion with a kernel of fewer terms than the `stated` system's; the coarsest there is where there
/// is none.
pub(crate) fn with_coarser_kernel(
    file: &ScenarioFile,
    stated: &SystemKind,
    companion: SystemKind,
) -> Result<SystemKind, BuildError> {
    let Some((LimitName::Finite, tolerance)) = stated.kernel() else { return Ok(companion) };
    let fine = build::kernel(file, stated)?;
    let (mut coarse, mut looser) = (companion, tolerance);
    // Ten times the tolerance may be within reach of the same terms.
    for _ in 0..MOST_LOOSENED {
        looser *= TOLERANCE;
        set_kernel_tolerance(&mut coarse, looser);
        if is_coarser(&build::kernel(file, &coarse)?, &fine) {
            break;
        }
    }
    Ok(coarse)
}

fn is_coarser(coarse: &Kernel, fine: &Kernel) -> bool {
    coarse.terms < fine.terms && coarse.truncation >= TRUNCATION * fine.truncation
}

fn set_kernel_tolerance(system: &mut SystemKind, tolerance: f64) {
    match system {
        SystemKind::FiniteVolume(keys) => keys.kernel_tolerance = tolerance,
        SystemKind::Characteristics(keys) => keys.kernel_tolerance = tolerance,
        SystemKind::Jko(keys) => keys.kernel_tolerance = tolerance,
        SystemKind::Landscape(_) | SystemKind::FiniteNetwork(_) => {}
    }
}
