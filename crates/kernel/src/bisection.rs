//! Bisection of a condition that does not hold at one end of an interval and does at the other. The place
//! where it begins to hold is returned as the two ends of the last interval: callers take one of them, or
//! their middle.

use std::convert::Infallible;

/// When an interval is small enough.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Until {
    /// Its ends are neighbouring numbers.
    Neighbours,
    /// It was halved so many times.
    Halvings(u32),
    /// It is no wider than this.
    Width(f64),
    /// It is no wider than this times its second end.
    RelativeWidth(f64),
}

/// The interval [fails, holds] after bisection: `holds` is false at its first end and true at its second,
/// whichever of them is larger.
pub fn bisect(ends: [f64; 2], until: Until, mut holds: impl FnMut(f64) -> bool) -> [f64; 2] {
    match try_bisect(ends, until, |x| Ok::<bool, Infallible>(holds(x))) {
        Ok(ends) => ends,
    }
}

/// [`bisect`] with a condition that may fail.
///
/// # Errors
/// The first error of the condition.
pub fn try_bisect<E>(
    [mut fails, mut holds]: [f64; 2],
    until: Until,
    mut condition: impl FnMut(f64) -> Result<bool, E>,
) -> Result<[f64; 2], E> {
    let mut halvings = 0;
    while until.goes_on([fails, holds], halvings) {
        let middle = middle([fails, holds]);
        if condition(middle)? {
            holds = middle;
        } else {
            fails = middle;
        }
        halvings += 1;
    }
    Ok([fails, holds])
}

/// The middle of an interval.
pub fn middle([a, b]: [f64; 2]) -> f64 {
    0.5 * (a + b)
}

impl Until {
    fn goes_on(self, ends: [f64; 2], halvings: u32) -> bool {
        let [fails, holds] = ends;
        match self {
            Self::Neighbours => {
                let middle = middle(ends);
                middle > fails.min(holds) && middle < fails.max(holds)
            }
            Self::Halvings(count) => halvings < count,
            Self::Width(width) => (holds - fails).abs() > width,
            Self::RelativeWidth(width) => (holds - fails).abs() > width * holds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_found_from_either_side() {
        let [below, above] = bisect([0.0, 2.0], Until::Neighbours, |x| x * x >= 2.0);
        assert_eq!((below.next_up(), above), (above, 2.0_f64.sqrt()));
        let [above, below] = bisect([2.0, 0.0], Until::Neighbours, |x| x * x < 2.0);
        assert_eq!((below.next_up(), above), (above, 2.0_f64.sqrt()));
    }

    #[test]
    fn an_interval_is_halved_as_often_as_is_asked() {
        assert_eq!(bisect([0.0, 1.0], Until::Halvings(0), |_| true), [0.0, 1.0]);
        assert_eq!(bisect([0.0, 1.0], Until::Halvings(3), |x| x > 0.3), [0.25, 0.375]);
        assert_eq!(bisect([0.0, 1.0], Until::Width(0.25), |x| x > 0.3), [0.25, 0.5]);
        assert_eq!(bisect([0.0, 1.0], Until::RelativeWidth(0.5), |x| x > 0.3), [0.25, 0.5]);
    }

    #[test]
    fn an_error_ends_it() {
        let found = try_bisect([0.0, 1.0], Until::Neighbours, |x| if x < 0.4 { Err(x) } else { Ok(true) });
        assert_eq!(found, Err(0.25));
    }
}
