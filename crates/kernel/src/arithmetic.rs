//! One formula for a number and for a vector of numbers: the implementation of + and × is a parameter.
//!
//! [`Rounded`] rounds after each operation, so that a loop over numbers gives the same bits on every
//! processor; [`Lanewise`] has vectors of an instruction set, which multiplies and adds with one rounding
//! where it can.

use pulp::Simd;

/// Operations on numbers, or on vectors of numbers lane by lane.
pub trait Arithmetic: Copy {
    /// A number or a vector.
    type Number: Copy;
    /// x, in every lane.
    fn number(self, x: f64) -> Self::Number;
    /// a + b.
    fn add(self, a: Self::Number, b: Self::Number) -> Self::Number;
    /// a b.
    fn mul(self, a: Self::Number, b: Self::Number) -> Self::Number;
    /// a b + c.
    fn mul_add(self, a: Self::Number, b: Self::Number, c: Self::Number) -> Self::Number;
    /// a / b.
    fn div(self, a: Self::Number, b: Self::Number) -> Self::Number;
    /// The smaller; which one where they compare neither way is left open.
    fn min(self, a: Self::Number, b: Self::Number) -> Self::Number;
    /// The larger; which one where they compare neither way is left open.
    fn max(self, a: Self::Number, b: Self::Number) -> Self::Number;
    /// `number` where `condition` > 0, and 0 elsewhere.
    fn where_positive(self, condition: Self::Number, number: Self::Number) -> Self::Number;

    /// A number that has the sign of two others, cut to the one nearer to 0; 0 where these two differ in
    /// sign.
    #[inline(always)]
    fn cut_between(self, number: Self::Number, a: Self::Number, b: Self::Number) -> Self::Number {
        let zero = self.number(0.0);
        let most = self.max(self.min(a, b), zero);
        let least = self.min(self.max(a, b), zero);
        self.max(self.min(number, most), least)
    }
}

/// One number at a time, rounded after every operation.
#[derive(Clone, Copy, Debug)]
pub struct Rounded;

impl Arithmetic for Rounded {
    type Number = f64;

    #[inline(always)]
    fn number(self, x: f64) -> f64 {
        x
    }

    #[inline(always)]
    fn add(self, a: f64, b: f64) -> f64 {
        a + b
    }

    #[inline(always)]
    fn mul(self, a: f64, b: f64) -> f64 {
        a * b
    }

    #[inline(always)]
    fn mul_add(self, a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[inline(always)]
    fn div(self, a: f64, b: f64) -> f64 {
        a / b
    }

    #[inline(always)]
    fn min(self, a: f64, b: f64) -> f64 {
        if a < b { a } else { b }
    }

    #[inline(always)]
    fn max(self, a: f64, b: f64) -> f64 {
        if a > b { a } else { b }
    }

    #[inline(always)]
    fn where_positive(self, condition: f64, number: f64) -> f64 {
        if condition > 0.0 { number } else { 0.0 }
    }
}

/// Vectors of an instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Lanewise<S>(pub S);

impl<S: Simd> Arithmetic for Lanewise<S> {
    type Number = S::f64s;

    #[inline(always)]
    fn number(self, x: f64) -> S::f64s {
        self.0.splat_f64s(x)
    }

    #[inline(always)]
    fn add(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.add_f64s(a, b)
    }

    #[inline(always)]
    fn mul(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.mul_f64s(a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        self.0.mul_add_f64s(a, b, c)
    }

    #[inline(always)]
    fn div(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.div_f64s(a, b)
    }

    #[inline(always)]
    fn min(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.min_f64s(a, b)
    }

    #[inline(always)]
    fn max(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.max_f64s(a, b)
    }

    #[inline(always)]
    fn where_positive(self, condition: S::f64s, number: S::f64s) -> S::f64s {
        let zero = self.0.splat_f64s(0.0);
        self.0.select_f64s(self.0.greater_than_f64s(condition, zero), number, zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    const NUMBERS: [f64; 5] = [-2.0, -0.5, 0.0, 0.75, 3.0];

    /// Each operation once.
    #[inline(always)]
    fn all<A: Arithmetic>(arithmetic: A, [a, b, c]: [f64; 3]) -> [A::Number; 8] {
        let [a, b, c] = [arithmetic.number(a), arithmetic.number(b), arithmetic.number(c)];
        [
            arithmetic.add(a, b),
            arithmetic.mul(a, b),
            arithmetic.mul_add(a, b, c),
            arithmetic.div(a, arithmetic.number(0.5)),
            arithmetic.min(a, b),
            arithmetic.max(a, b),
            arithmetic.where_positive(a, b),
            arithmetic.cut_between(a, b, c),
        ]
    }

    struct InVectors([f64; 3]);

    impl WithSimd for InVectors {
        type Output = [f64; 8];

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> [f64; 8] {
            all(Lanewise(simd), self.0).map(|vector| simd.reduce_max_f64s(vector))
        }
    }

    #[test]
    fn numbers_and_vectors_agree() {
        for a in NUMBERS {
            for b in NUMBERS {
                for c in NUMBERS {
                    // All of them are exact: it does not matter how often they are rounded.
                    let found = Arch::new().dispatch(InVectors([a, b, c]));
                    assert_eq!(all(Rounded, [a, b, c]), found, "{a} {b} {c}");
                }
            }
        }
    }

    #[test]
    fn a_number_is_cut_to_the_nearer_of_two_of_its_sign() {
        assert_eq!(Rounded.cut_between(3.0, 1.0, 2.0), 1.0);
        assert_eq!(Rounded.cut_between(-3.0, -4.0, -2.0), -2.0);
        assert_eq!(Rounded.cut_between(0.5, 1.0, 2.0), 0.5);
        assert_eq!(Rounded.cut_between(3.0, -1.0, 2.0), 0.0);
    }
}
