//! The companion of a deterministic system: the same system, coarser in everything that limits its accuracy,
//! so that the difference of the two contains every error. Each kind defines its companion; here
//! it gets its kernel. Whether a companion came out coarser is judged from the records
//! (`run/src/refinement.rs`).

use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reduced, ReductionError, Resolution};

use crate::setting::Setting;
use crate::systems::kernel_keys::DEFAULT_TOLERANCE;
use crate::systems::kind::TwoLayerKind;

/// A companion's kernel leaves out at least so many times as much, in fewer terms: the difference of the two
/// is then no smaller than what the stated kernel leaves out.
const TRUNCATION: f64 = 2.0;
/// So many times a kernel's tolerance is loosened, each time by this, before it is taken for the
/// coarsest there is.
const MOST_LOOSENED: usize = 14;
const LOOSER: f64 = 10.0;

/// The companion that the scenario asks for, with the stated kernel.
pub(crate) fn companion(setting: &Setting, stated: &dyn TwoLayerKind) -> Option<Box<dyn TwoLayerKind>> {
    stated.companion(&setting.spread(), None).filter(|_| setting.refinement)
}

/// The same with a kernel of fewer terms than the stated system's; the coarsest there is where there is none.
///
/// # Errors
/// Where a kernel cannot be made.
pub(crate) fn with_coarser_kernel(
    setting: &Setting,
    stated: &dyn TwoLayerKind,
) -> Result<Option<Box<dyn TwoLayerKind>>, ReductionError> {
    let Some(companion) = companion(setting, stated) else { return Ok(None) };
    match stated.kernel(setting.bath()) {
        Some(kernel) if kernel.limit == DimensionLimit::Finite => {
            let tolerance = coarser_tolerance(setting, kernel)?;
            Ok(stated.companion(&setting.spread(), Some(tolerance)))
        }
        _ => Ok(Some(companion)),
    }
}

/// The tolerance of a kernel of fewer terms.
fn coarser_tolerance(setting: &Setting, stated: Resolution) -> Result<f64, ReductionError> {
    let fine = setting.reduced(stated)?;
    // A default that was out of reach gave way.
    let mut looser = stated.tolerance.max(fine.truncation());
    // Ten times the tolerance may be within reach of the same terms, or out of reach still.
    for _ in 0..MOST_LOOSENED {
        looser *= LOOSER;
        match setting.reduced(Resolution { tolerance: looser, ..stated }) {
            Ok(coarse) if is_coarser(&coarse, &fine) => break,
            Err(error) if stated.tolerance != DEFAULT_TOLERANCE => return Err(error),
            Ok(_) | Err(_) => (),
        }
    }
    Ok(looser)
}

fn is_coarser(coarse: &Reduced, fine: &Reduced) -> bool {
    coarse.terms() < fine.terms() && coarse.truncation() >= TRUNCATION * fine.truncation()
}
