//! Certificates: numbers by which a system vouches for its own solution. A system reports them among its scalars,
//! under the names here; they are no results, so that they carry no error estimate, and a summary prints them
//! apart.

use crate::record::{Curve, Record};

/// Which of the values over time (and runs) tells most against the solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The largest size.
    Largest,
    /// The smallest value.
    Smallest,
}

/// |total mass − 1|.
pub const MASS_ERROR: &str = "mass_error";
/// Smallest density of any cell.
pub const MINIMUM_DENSITY: &str = "minimum_density";
/// |R(t) − R(0) + what was dissipated|.
pub const ENERGY_RESIDUAL: &str = "energy_residual";
/// Smallest ratio of a stable step to the step taken.
pub const CFL_MARGIN: &str = "cfl_margin";
/// Bound on what the kernel leaves out.
pub const KERNEL_TRUNCATION: &str = "kernel_truncation";
/// What atoms leave unresolved of the law.
pub const SAMPLING_ERROR: &str = "sampling_error";
/// Largest Newton step left undone.
pub const UNCONVERGED: &str = "unconverged";
/// Largest mass in a cell at an outer edge.
pub const EDGE_MASS: &str = "edge_mass";
/// Steps taken again because the energy rose, or for accuracy.
pub const REPEATED_STEPS: &str = "repeated_steps";

/// Largest rise of the free energy in a step.
pub const FREE_ENERGY_RISE: &str = "free_energy_rise";

/// Free energy less its dual bound.
pub const DUALITY_GAP: &str = "duality_gap";
/// What a quadrature may err by.
pub const QUADRATURE_ERROR: &str = "quadrature_error";

/// Name of each certificate, and how its worst value is found.
pub const ALL: [(&str, Worst); 12] = [
    (MASS_ERROR, Worst::Largest),
    (MINIMUM_DENSITY, Worst::Smallest),
    (ENERGY_RESIDUAL, Worst::Largest),
    (FREE_ENERGY_RISE, Worst::Largest),
    (DUALITY_GAP, Worst::Largest),
    (QUADRATURE_ERROR, Worst::Largest),
    (CFL_MARGIN, Worst::Smallest),
    (KERNEL_TRUNCATION, Worst::Largest),
    (SAMPLING_ERROR, Worst::Largest),
    (UNCONVERGED, Worst::Largest),
    (EDGE_MASS, Worst::Largest),
    (REPEATED_STEPS, Worst::Largest),
];

/// Whether a curve of this name is a certificate.
pub fn is_one(name: &str) -> bool {
    ALL.iter().any(|(certificate, _)| *certificate == name)
}

/// (name, worst value over all times and runs) of each certificate that a record has, in the order of [`ALL`].
pub fn worst(record: &Record) -> Vec<(&'static str, f64)> {
    let one = |(name, worst): &(&'static str, Worst)| Some((*name, worst.of(record.curve(name)?)));
    ALL.iter().filter_map(one).collect()
}

impl Worst {
    /// The worst value of a curve; one that is not a number is the worst of all.
    fn of(self, curve: &Curve) -> f64 {
        let worse = |a: f64, b: f64| match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Self::Largest => a.max(b),
            Self::Smallest => a.min(b),
        };
        let values =
            curve.values.iter().map(|value| if self == Self::Largest { value.abs() } else { *value });
        values.reduce(worse).unwrap_or(f64::NAN)
    }
}
