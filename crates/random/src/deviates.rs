//! Deviates of the uniform and of the normal law. Other laws are made of them where they are needed.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// A standard normal deviate.
pub fn normal(random: &mut impl Rng) -> f64 {
    StandardNormal.sample(random)
}

/// A uniform deviate of [0, 1).
pub fn uniform(random: &mut impl Rng) -> f64 {
    random.random()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Purpose, generator};

    /// Mean and mean square of many deviates.
    fn moments(mut draw: impl FnMut() -> f64) -> [f64; 2] {
        let drawn: Vec<f64> = (0..10_000).map(|_| draw()).collect();
        [drawn.iter().sum::<f64>() / 1e4, drawn.iter().map(|x| x * x).sum::<f64>() / 1e4]
    }

    #[test]
    fn deviates_have_their_moments() {
        let mut random = generator(1, Purpose::Data, 0);
        let [mean, square] = moments(|| normal(&mut random));
        // Five standard errors: 1/√n and √(2/n).
        assert!(mean.abs() < 0.05 && (square - 1.0).abs() < 0.071, "{mean} {square}");
        let [mean, square] = moments(|| uniform(&mut random));
        assert!((mean - 0.5).abs() < 0.015 && (square - 1.0 / 3.0).abs() < 0.015, "{mean} {square}");
    }
}
