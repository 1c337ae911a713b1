//! Limited slopes of the density inside a cell, from the one-sided slopes towards its neighbours.
//!
//! ```text
//!     behind          here           ahead
//!   |    x     |        x       |      x     |        left = (here − behind)/distance, right likewise
//! ```
//! Each limiter is one formula, written once for a number and for a vector of them; it holds where both
//! one-sided slopes have one sign, and where they differ there is no slope. What a scheme makes of it is cut
//! afterwards so that the values at the cell's two faces stay between the neighbours' means
//! ([`Line::slopes`](super::line::Line::slopes), [`half_difference`]): they are not negative, and their mean
//! is the cell's.
//!
//! A new limiter is a line in the list, its formula, and what a textbook says of it in the tests; the list
//! makes all else.

use meanfield_kernel::arithmetic::{Arithmetic, Lanewise};
use pulp::Simd;

/// The formula of a limiter.
pub trait Slope: Copy + Send + Sync {
    /// Whether there is no slope: neighbours need not be looked at.
    const FLAT: bool = false;

    /// Twice the slope, from the differences of the density to the cell behind and to the one ahead, and the
    /// factors that turn these into one-sided slopes. Of any sign where the differences differ in sign.
    fn twice<A: Arithmetic>(arithmetic: A, differences: [A::Number; 2], factors: [A::Number; 2])
    -> A::Number;
}

/// A computation with the formula of a limiter that is known only at run time.
pub trait WithSlope {
    /// Its result.
    type Output;

    /// The computation with this formula.
    fn with_slope<L: Slope>(self) -> Self::Output;
}

macro_rules! limiters {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The limiters that exist.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Limiter {
            $($(#[$doc])* $name,)+
        }

        impl Limiter {
            /// All of them, for tests.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name,)+];

            /// Does something with the formula of this one.
            #[inline(always)]
            pub fn dispatch<W: WithSlope>(self, work: W) -> W::Output {
                match self {
                    $(Self::$name => work.with_slope::<$name>(),)+
                }
            }
        }

        $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;)+
    };
}

limiters! {
    /// No slope: first order.
    Flat,
    /// The smaller of the one-sided slopes.
    Minmod,
    /// Their harmonic mean.
    VanLeer,
    /// The central slope where the one-sided ones allow it.
    MonotonizedCentral,
}

impl Slope for Flat {
    const FLAT: bool = true;

    #[inline(always)]
    fn twice<A: Arithmetic>(arithmetic: A, _: [A::Number; 2], _: [A::Number; 2]) -> A::Number {
        arithmetic.number(0.0)
    }
}

impl Slope for Minmod {
    #[inline(always)]
    fn twice<A: Arithmetic>(
        arithmetic: A,
        [left, right]: [A::Number; 2],
        [behind, ahead]: [A::Number; 2],
    ) -> A::Number {
        let left = arithmetic.mul(left, behind);
        let right = arithmetic.mul(right, ahead);
        let nearest = arithmetic.cut_between(left, left, right);
        arithmetic.add(nearest, nearest)
    }
}

impl Slope for VanLeer {
    #[inline(always)]
    fn twice<A: Arithmetic>(
        arithmetic: A,
        [left, right]: [A::Number; 2],
        [behind, ahead]: [A::Number; 2],
    ) -> A::Number {
        let left = arithmetic.mul(left, behind);
        let right = arithmetic.mul(right, ahead);
        let product = arithmetic.mul(left, right);
        let four = arithmetic.number(4.0);
        let mean = arithmetic.div(arithmetic.mul(four, product), arithmetic.add(left, right));
        arithmetic.where_positive(product, mean)
    }
}

impl Slope for MonotonizedCentral {
    #[inline(always)]
    fn twice<A: Arithmetic>(
        arithmetic: A,
        [left, right]: [A::Number; 2],
        [behind, ahead]: [A::Number; 2],
    ) -> A::Number {
        arithmetic.mul_add(left, behind, arithmetic.mul(right, ahead))
    }
}

impl Limiter {
    /// Order of accuracy in smooth flow.
    pub fn order(self) -> usize {
        struct Order;

        impl WithSlope for Order {
            type Output = usize;

            fn with_slope<L: Slope>(self) -> usize {
                if L::FLAT { 1 } else { 2 }
            }
        }
        self.dispatch(Order)
    }
}

/// Half the difference of the density across a cell, cut so that neither face value passes a neighbour's
/// mean. `reach` is a quarter of the cell's width over the distance of the positions behind and ahead,
/// `differences` are those of the densities there.
#[inline(always)]
pub fn half_difference<S: Simd, L: Slope>(
    simd: S,
    differences: [S::f64s; 2],
    reach: [S::f64s; 2],
) -> S::f64s {
    let arithmetic = Lanewise(simd);
    arithmetic.cut_between(L::twice(arithmetic, differences, reach), differences[0], differences[1])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use meanfield_kernel::arithmetic::Rounded;

    /// The slope that a textbook has, of two one-sided slopes of one sign; LeVeque, *Finite Volume Methods
    /// for Hyperbolic Problems* (2002), section 6.9.
    pub fn textbook(limiter: Limiter, left: f64, right: f64) -> f64 {
        let ratio = left / right;
        match limiter {
            Limiter::Flat => 0.0,
            Limiter::Minmod => right * ratio.min(1.0),
            Limiter::VanLeer => right * 2.0 * ratio / (1.0 + ratio),
            Limiter::MonotonizedCentral => right * (1.0 + ratio) / 2.0,
        }
    }

    /// The slope of two one-sided ones.
    struct Found([f64; 2]);

    impl WithSlope for Found {
        type Output = f64;

        fn with_slope<L: Slope>(self) -> f64 {
            0.5 * L::twice(Rounded, self.0, [1.0; 2])
        }
    }

    #[test]
    fn slopes_are_those_of_a_textbook() {
        for limiter in Limiter::ALL {
            for (left, right) in [(0.3, 1.0), (2.0, 0.01), (0.7, 0.7), (-0.2, -5.0)] {
                let found = limiter.dispatch(Found([left, right]));
                let wanted = textbook(limiter, left, right);
                assert!((found - wanted).abs() < 1e-15, "{limiter:?}: {found} for {wanted}");
            }
        }
    }
}
