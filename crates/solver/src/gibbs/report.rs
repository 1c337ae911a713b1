//! What is reported of a Gibbs state, however its nodes were chosen; and when two states are the same.

use meanfield_model::measure::Measure;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, Scalar};

use super::newton::GibbsState;
use crate::scalars::{self, scalar};

/// R and F are found when finer nodes change them by less than this, relative to their size (or 1).
pub const CLOSE: f64 = 1e-10;

/// The largest size of every coordinate.
pub fn corner<const D: usize>(ends: [[f64; 2]; D]) -> [f64; D] {
    ends.map(|[lower, upper]| lower.abs().max(upper.abs()))
}

/// Observation of a Gibbs state; `change` is the change of R by a finer quadrature.
pub fn observation(
    found: &GibbsState,
    regularized_risk: f64,
    change: f64,
    truncation: f64,
    law: Measure,
) -> Observation {
    let mass = (law.total() - 1.0).abs();
    let of_law = "distance of the moments from their law's, relative";
    let of_dual = "free energy less its dual bound: where the loss is convex, it is its least to this";
    let scalars = vec![
        scalars::free_energy(found.free_energy),
        Scalar::new(quantities::REGULARIZED_RISK, regularized_risk),
        scalar(quantities::MASS_ERROR, "|total mass of the reported law − 1|", mass),
        scalar(quantities::UNCONVERGED, of_law, found.residual),
        scalar(quantities::DUALITY_GAP, of_dual, found.gap),
        Scalar::new(quantities::QUADRATURE_ERROR, change),
        scalars::kernel_truncation(truncation),
    ];
    Observation { risk: found.risk, scalars, law }
}

/// How far two states are apart in R and F, relative to their size (or 1), and in ln Z, which counts so many
/// times less.
pub fn difference(a: &GibbsState, b: &GibbsState, looser: f64) -> f64 {
    let ln_partition = (a.ln_partition - b.ln_partition).abs() / looser;
    relative_gap(a.risk, b.risk).max(relative_gap(a.free_energy, b.free_energy)).max(ln_partition)
}

/// |a − b| relative to |b| (or 1).
fn relative_gap(a: f64, b: f64) -> f64 {
    (a - b).abs() / b.abs().max(1.0)
}
