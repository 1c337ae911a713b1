//! Arithmetic of costs.

use meanfield_run::system::Cost;

/// No cost.
pub(crate) const NOTHING: Cost = Cost { seconds: 0.0, bytes: 0.0 };

/// Two costs together.
pub(crate) fn plus(a: Cost, b: Cost) -> Cost {
    Cost { seconds: a.seconds + b.seconds, bytes: a.bytes + b.bytes }
}

/// A cost so many times.
pub(crate) fn times(cost: Cost, factor: f64) -> Cost {
    Cost { seconds: cost.seconds * factor, bytes: cost.bytes * factor }
}

/// Bytes of numbers of eight bytes.
pub(crate) fn bytes(numbers: f64) -> f64 {
    8.0 * numbers
}

/// How much runs at once.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
