//! How long steps take on a device that is full of networks, for estimates beforehand: from times of an H100,
//! and from a count of instructions where there are none yet. Nothing here is measured when it is asked for.

use meanfield_particle::finite_network::Precision;

use crate::trainer::Shape;

/// Parameters of a network that stays on the chip.
const RESIDENT: usize = 33_000;
/// Seconds of a step for each parameter: on the chip; in the device's memory; of one large network; with a
/// deviate for each.
const ON_THE_CHIP: f64 = 1.7e-13;
const IN_MEMORY: f64 = 1e-12;
const LARGE: f64 = 1.5e-13;
const DISTURBED: f64 = 4e-12;
/// Share of it in single precision.
const SINGLE: f64 = 0.6;

/// Seconds of the device for a step of one network among many.
pub fn seconds_of_step(shape: &Shape) -> f64 {
    let (neurons, parameters) = shape.parameters();
    let each = match neurons * parameters {
        _ if shape.is_disturbed => DISTURBED,
        _ if shape.is_large() => LARGE,
        0..=RESIDENT => ON_THE_CHIP,
        _ => IN_MEMORY,
    };
    let share = if shape.precision == Precision::Single { SINGLE } else { 1.0 };
    share * each * (neurons * parameters) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Million network-steps/s of docs/gpu.md, within a factor of two.
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
    }
}
