//! Quadrature over directions u = (cos χ, sin χ cos ψ, sin χ sin ψ) of (b, r₁, r₂), b a parameter, r₁ and r₂
//! lengths of n₁ and n₂ of them: the uniform law of the sphere in R^{1+n₁+n₂} has the density
//!
//! ```text
//!   |S^{n₁−1}| |S^{n₂−1}|/|S^{n₁+n₂}| · (sin χ)^{n₁+n₂−1} (cos ψ)^{n₁−1} (sin ψ)^{n₂−1}
//!   0 ≤ χ ≤ π, 0 ≤ ψ ≤ π/2
//! ```
//! Patches of Gauss–Legendre nodes tile the whole rectangle, so that no direction is outside; each is cut in
//! four where that changes its mass. It knows no law, and no mass of a patch.

use std::f64::consts::{FRAC_PI_2, PI};
use std::num::NonZeroUsize;

use gauss_quad::GaussLegendre;
use meanfield_model::volume::VolumeElement;

use crate::nodes::Nodes;

/// Nodes of a patch along each side, and patches along χ and ψ at first.
const PER_SIDE: usize = 12;
const FIRST: [usize; 2] = [8, 4];

/// A rectangle of angles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Least χ and ψ.
    lower: [f64; 2],
    /// Its sides.
    side: [f64; 2],
}

/// The quadrature over directions of (b, r₁, r₂).
pub struct Directions {
    /// n₁ and n₂.
    pub dimensions: [usize; 2],
    /// Nodes and weights on [−1, 1].
    rule: Vec<(f64, f64)>,
}

impl Patch {
    /// A tiling of the rectangle.
    pub fn tiling() -> Vec<Self> {
        let side = [PI / FIRST[0] as f64, FRAC_PI_2 / FIRST[1] as f64];
        let places = (0..FIRST[0]).flat_map(|i| (0..FIRST[1]).map(move |j| [i, j]));
        places.map(|[i, j]| Self { lower: [i as f64 * side[0], j as f64 * side[1]], side }).collect()
    }

    /// Its four quarters.
    pub fn quarters(&self) -> [Self; 4] {
        let side = self.side.map(|side| 0.5 * side);
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
            .map(|at| Self { lower: std::array::from_fn(|c| self.lower[c] + at[c] * side[c]), side })
    }
}

impl Directions {
    /// Nodes of a patch.
    pub const PER_PATCH: usize = PER_SIDE * PER_SIDE;

    /// The quadrature for b and blocks of n₁ and n₂ ≥ 1 parameters.
    pub fn new(dimensions: [usize; 2]) -> Self {
        let per_side = NonZeroUsize::new(PER_SIDE).unwrap_or(NonZeroUsize::MIN);
        Self { dimensions, rule: GaussLegendre::new(per_side).as_node_weight_pairs().to_vec() }
    }

    /// Number of parameters, b among them.
    pub fn parameters(&self) -> usize {
        1 + self.dimensions[0] + self.dimensions[1]
    }

    /// The nodes of some patches, one patch after the other: (1, u), and ln of the share of the sphere.
    pub fn nodes(&self, patches: &[Patch]) -> Nodes<4> {
        let mut nodes = Nodes::default();
        for patch in patches {
            for (chi, ln_width) in self.nodes_along(patch, 0) {
                for (psi, ln_height) in self.nodes_along(patch, 1) {
                    nodes.position.push([1.0, chi.cos(), chi.sin() * psi.cos(), chi.sin() * psi.sin()]);
                    nodes.ln_volume.push(ln_width + ln_height + self.ln_density(chi, psi));
                }
            }
        }
        nodes
    }

    /// The angles of a patch's nodes along one side, and ln of the length that each represents.
    fn nodes_along(&self, patch: &Patch, c: usize) -> impl Iterator<Item = (f64, f64)> {
        let lower = patch.lower[c];
        let half = 0.5 * patch.side[c];
        self.rule.iter().map(move |(x, weight)| (lower + half * (1.0 + x), (half * weight).ln()))
    }

    /// ln of the density at χ and ψ.
    fn ln_density(&self, chi: f64, psi: f64) -> f64 {
        let [first, second] = self.dimensions.map(VolumeElement::Radius);
        let both = VolumeElement::Radius(self.parameters() - 1);
        let whole = VolumeElement::Radius(self.parameters());
        both.ln(chi.sin()) - both.ln(1.0) + first.ln(psi.cos()) + second.ln(psi.sin()) - whole.ln(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uniform_law_has_mass_1_and_its_second_moments() {
        for dimensions in [[1, 1], [1, 7], [60, 260]] {
            let sphere = Directions::new(dimensions);
            let quarters: Vec<Patch> = Patch::tiling().iter().flat_map(Patch::quarters).collect();
            let nodes = sphere.nodes(&quarters);
            let mean = |c: usize| -> f64 {
                let square = nodes.position.iter().map(|z| z[c] * z[c]);
                square.zip(&nodes.ln_volume).map(|(square, ln)| square * ln.exp()).sum()
            };
            let n = sphere.parameters() as f64;
            // E u_i² = 1/n for each parameter; z₀ = 1. The peak of (60, 260) is 0.04 wide, a quarter has
            // sides of 0.2: whole patches err by 1e-6.
            let exact = [1.0, 1.0 / n, dimensions[0] as f64 / n, dimensions[1] as f64 / n];
            for (c, exact) in exact.into_iter().enumerate() {
                assert!((mean(c) / exact - 1.0).abs() < 1e-9, "{dimensions:?} {c}: {} {exact}", mean(c));
            }
        }
    }

    #[test]
    fn quarters_tile_their_patch() {
        let patch = Patch { lower: [0.25, 0.5], side: [0.5, 0.25] };
        let quarters = patch.quarters();
        let area: f64 = quarters.iter().map(|q| q.side[0] * q.side[1]).sum();
        assert_eq!(area, 0.125);
        assert!(quarters.contains(&Patch { lower: [0.5, 0.625], side: [0.25, 0.125] }), "{quarters:?}");
    }
}
