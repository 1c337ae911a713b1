//! How long steps take on a device that is full of networks, for estimates beforehand: from times of an H100,
//! and from a count of instructions where there are none yet. Nothing here is measured when it is asked for.

use meanfield_particle::finite_network::Precision;

use crate::kernel_source::{DeviceTraits, KernelKind, kernel_for};
use crate::trainer::Shape;

/// Seconds of a step for each parameter: on the chip; in the device's memory; with a deviate for each; and
/// of one large network.
const ON_THE_CHIP: f64 = 1.7e-13;
const IN_MEMORY: f64 = 1e-12;
const DISTURBED: f64 = 4e-12;
const LARGE: f64 = 1.4e-13;
/// Share of it in single precision, of which a large network has nothing.
const SINGLE: f64 = 0.6;
/// A step of a large network takes at least the time in which its blocks of threads hear of each other.
const LEAST_LARGE: f64 = 2.5e-6;
/// An H100.
const DEVICE: DeviceTraits =
    DeviceTraits { has_matrix_unit: true, most_shared: 232_448, multiprocessors: 132 };

/// Seconds of the device for a step of one network among many.
pub fn seconds_of_step(shape: &Shape) -> f64 {
    let (neurons, parameters) = shape.parameters();
    let numbers = (neurons * parameters) as f64;
    let each = match kernel_for(shape, DEVICE).kind {
        KernelKind::Large => return (LARGE * numbers).max(LEAST_LARGE),
        KernelKind::Resident => ON_THE_CHIP,
        KernelKind::Streamed if shape.is_disturbed => DISTURBED,
        KernelKind::Streamed => IN_MEMORY,
    };
    let share = if shape.precision == Precision::Single { SINGLE } else { 1.0 };
    share * each * numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Million network-steps/s of docs/gpu.md, within a factor of two; microseconds of large ones, by the
    /// prototype that is named there.
    #[test]
    fn times_are_those_that_were_measured() {
        for (neurons, dimension, rates) in [
            (800, 40, [185.0, 284.0]),
            (400, 40, [297.0, 514.0]),
            (1000, 100, [9.9, 17.5]),
            (800, 320, [5.3, 9.7]),
        ] {
            for (precision, rate) in [Precision::Double, Precision::Single].into_iter().zip(rates) {
                let seconds = seconds_of_step(&Shape::figure_1(neurons, dimension, precision));
                let ratio = seconds * 1e6 * rate;
                assert!((0.5..2.0).contains(&ratio), "{neurons} {dimension} {precision:?}: {ratio}");
            }
        }
        for (neurons, dimension, microseconds) in [(10_000, 100, 3.0), (100_000, 1000, 13.9)] {
            let shape = Shape::figure_1(neurons, dimension, Precision::Double);
            let ratio = 1e6 * seconds_of_step(&shape) / microseconds;
            assert!((0.5..2.0).contains(&ratio), "{neurons} {dimension}: {ratio}");
        }
    }
}
