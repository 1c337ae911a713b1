//! Distances between two laws of several coordinates together: sliced Wasserstein 2 and the energy distance.
//!
//! Both are means over directions u of a distance between the laws of ⟨u, z⟩:
//! - sliced W₂² = mean of W₂²(u), so that a shift by v is a distance |v|/√D, and sliced W₂ ≤ W₂/√D;
//! - energy distance² = 2 E|X − Y| − E|X − X'| − E|Y − Y'| = mean of 2 ∫(F − G)² over c, with
//!   c = mean of |⟨u, e⟩| over the sphere (2/π in two coordinates, ½ in three, 4/(3π) in four), as |x| = mean
//!   of |⟨u, x⟩| / c.
//!
//! Coordinates count as they are, in the units of θ: |z − z'| is then the least |θ − θ'| of neurons that have
//! them. On each line the distances are exact; what the finite number of directions leaves is measured in the
//! tests. It knows no records and no times.

#[cfg(test)]
mod tests;

use std::f64::consts::PI;

use meanfield_model::boxes::Boxes;
use meanfield_model::marginal::Marginal;
use meanfield_run::quantities::{ENERGY_DISTANCE, SLICED_WASSERSTEIN_2};
use meanfield_run::quantity::Quantity;

use crate::directions::directions;
use crate::distance::{integral_of_squared_difference, wasserstein_2};

/// A distance between two laws of several coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JointDistance {
    /// (mean over directions of W₂² of the projected laws)^½.
    SlicedWasserstein2,
    /// (2 E|X − Y| − E|X − X'| − E|Y − Y'|)^½.
    Energy,
}

impl JointDistance {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::SlicedWasserstein2, Self::Energy];

    /// Its quantity, which has its name and meaning in records and claims.
    pub fn quantity(self) -> &'static Quantity {
        match self {
            Self::SlicedWasserstein2 => SLICED_WASSERSTEIN_2,
            Self::Energy => ENERGY_DISTANCE,
        }
    }

    /// The square for two laws on a line, of which the mean over directions is taken.
    fn square_on_line(self, a: &Marginal, b: &Marginal) -> f64 {
        match self {
            Self::SlicedWasserstein2 => wasserstein_2(a, b).powi(2),
            Self::Energy => 2.0 * integral_of_squared_difference(a, b),
        }
    }

    /// The distance whose square is a mean over directions in so many coordinates.
    fn of_mean(self, mean: f64, coordinates: usize) -> f64 {
        match self {
            Self::SlicedWasserstein2 => mean.sqrt(),
            Self::Energy => (mean / mean_length(coordinates)).sqrt(),
        }
    }
}

/// Distances of one kind at a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct JointDistances {
    /// Of the law of all runs pooled.
    pub pooled: f64,
    /// Of each run's law.
    pub runs: Vec<f64>,
}

/// The distances of each run's law, and of that of all pooled, from the reference's (its own runs pooled),
/// one entry for each kind. None where there are no runs, or laws are not of the same coordinates, two to
/// four.
pub fn joint_distances(
    kinds: &[JointDistance],
    runs: &[Boxes],
    reference: &[Boxes],
) -> Option<Vec<JointDistances>> {
    let coordinates = reference.first()?.dimension();
    let all = directions(coordinates)?;
    if runs.is_empty() || runs.iter().chain(reference).any(|law| law.dimension() != coordinates) {
        return None;
    }
    let mut sums = vec![Vec::new(); kinds.len()];
    for direction in &all {
        let base = Marginal::pooled(&projected(reference, direction));
        let mut lines = projected(runs, direction);
        // One run is its own pool: a fine grid takes long on every line.
        if lines.len() > 1 {
            lines.push(Marginal::pooled(&lines));
        }
        for (kind, sums) in kinds.iter().zip(&mut sums) {
            let squares = lines.iter().map(|line| kind.square_on_line(line, &base));
            sums.resize(lines.len(), 0.0);
            sums.iter_mut().zip(squares).for_each(|(sum, square)| *sum += square);
        }
    }
    let distances = kinds.iter().zip(sums).map(|(kind, sums): (&JointDistance, Vec<f64>)| {
        let means = sums.iter().map(|sum| sum / all.len() as f64);
        let mut found: Vec<f64> = means.map(|mean| kind.of_mean(mean, coordinates)).collect();
        let pooled = *found.last()?;
        found.truncate(runs.len());
        Some(JointDistances { pooled, runs: found })
    });
    distances.collect()
}

/// The laws of ⟨direction, z⟩.
fn projected(laws: &[Boxes], direction: &[f64]) -> Vec<Marginal> {
    laws.iter().map(|law| law.projected(direction)).collect()
}

/// The mean over the unit sphere of |⟨u, e⟩|, |e| = 1: c_D with c₁ = 1, c₂ = 2/π and c_D = c_{D−2} (D −
/// 2)/(D − 1).
fn mean_length(coordinates: usize) -> f64 {
    match coordinates {
        1 => 1.0,
        2 => 2.0 / PI,
        more => mean_length(more - 2) * (more - 2) as f64 / (more - 1) as f64,
    }
}
