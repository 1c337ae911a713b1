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

/// Name of each certificate, and how its worst value is found.
pub const ALL: [(&str, Worst); 9] = [
    ("mass_error", Worst::Largest),
    ("minimum_density", Worst::Smallest),
    ("energy_residual", Worst::Largest),
    ("cfl_margin", Worst::Smallest),
    ("kernel_truncation", Worst::Largest),
    ("sampling_error", Worst::Largest),
    ("unconverged", Worst::Largest),
    ("edge_mass", Worst::Largest),
    ("repeated_steps", Worst::Largest),
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
