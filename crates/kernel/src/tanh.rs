//! tanh of many numbers at once, without branches, so that the compiler keeps them in vectors: a few units in
//! the last place from the exact value. Called inside a dispatch on the instruction set.

// Inside a dispatch on the instruction set it is one instruction, not a call.
#![allow(clippy::disallowed_methods)]

/// tanh is ±1 to rounding beyond half of this.
const FAR: f64 = 44.0;
/// ln 2 in two parts: multiples of the first by small integers are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding this rounds to an integer, which is then found in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// 1/13!, …, 1/3!, ½: the remainder of Taylor's series is below rounding for |r| ≤ ½ ln 2.
const TAYLOR: [f64; 12] = [
    1.605_904_383_682_161_3e-10,
    2.087_675_698_786_81e-9,
    2.505_210_838_544_172e-8,
    2.755_731_922_398_589_3e-7,
    2.755_731_922_398_589e-6,
    2.480_158_730_158_73e-5,
    1.984_126_984_126_984e-4,
    1.388_888_888_888_889e-3,
    8.333_333_333_333_333e-3,
    4.166_666_666_666_666_4e-2,
    1.666_666_666_666_666_6e-1,
    0.5,
];

/// tanh x and 1 − tanh² x; NaN where x is.
#[inline(always)]
pub fn value_and_slope(x: f64) -> (f64, f64) {
    let size = 2.0 * x.abs();
    // A comparison that fails for NaN keeps it.
    let size = if size > FAR { FAR } else { size };
    let rounded = size.mul_add(std::f64::consts::LOG2_E, ROUND);
    let power = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    let whole = rounded - ROUND;
    let rest = whole.mul_add(-LN_2_LOW, whole.mul_add(-LN_2_HIGH, size));
    let mut series = TAYLOR[0];
    for coefficient in &TAYLOR[1..] {
        series = series.mul_add(rest, *coefficient);
    }
    // e^rest − 1, then e^size − 1.
    let small = (rest * rest).mul_add(series, rest);
    let grown = small.mul_add(power, power - 1.0);
    let value = (grown / (grown + 2.0)).copysign(x);
    (value, (1.0 - value) * (1.0 + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_library_to_a_few_last_places() {
        for k in -4_000_000..=4_000_000 {
            let x = 1e-5 * f64::from(k) * if k % 2 == 0 { 1.0 } else { 0.03 };
            let (value, slope) = value_and_slope(x);
            let exact = x.tanh();
            assert!((value - exact).abs() <= 4.0 * f64::EPSILON * exact.abs(), "{x}: {value} {exact}");
            assert_eq!(slope, (1.0 - value) * (1.0 + value));
        }
    }

    #[test]
    fn ends_are_exact() {
        assert_eq!(value_and_slope(0.0), (0.0, 1.0));
        assert!(value_and_slope(-0.0).0.is_sign_negative());
        assert_eq!(value_and_slope(1e-300).0, 1e-300);
        assert_eq!([value_and_slope(1e9).0, value_and_slope(f64::NEG_INFINITY).0], [1.0, -1.0]);
        assert!(value_and_slope(f64::NAN).0.is_nan());
    }
}
