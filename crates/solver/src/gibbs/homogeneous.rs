//! The Gibbs state of neurons a σ(⟨w,x⟩ + b), σ positively homogeneous (ReLU and the like), by exact radial
//! factorisation.
//!
//! Ψ = a P(b, r₁, r₂) with P(ρu) = ρ p(u), |u| = 1, u one of n = d + 1 parameters' directions. With the
//! ridge, and v = 1/(βλ),
//!
//! ```text
//!   ρ(θ) ∝ exp[−(a² + 2aρκ + ρ²)/(2v)],    κ(u) = p(u)/λ
//!   a | ρ, u ~ N(−κρ, v)                    (complete the square: −(a + κρ)²/(2v) − (1 − κ²)ρ²/(2v))
//!   ρ²(1 − κ²)/v | u ~ χ²_n                 (ρ^{n−1} dρ is the volume element)
//!   u ~ (1 − κ²)^{−n/2} ω(du)               (ω: uniform on the sphere)
//! ```
//! so that two angles are left to integrate over (`directions`). It converges where |κ| < 1 everywhere: a
//! ridge that is smaller than max |p| holds nothing back. The Gibbs state is always inside: as κ → 1
//! somewhere, Z grows without bound, and the free energy's dual falls (`newton`). What rounding does near
//! that limit is in proportion to n κ²/(1 − κ²), and allowed for there.
//!
//! The factorisation is lost when σ is not homogeneous (an offset inside σ): that is `outer_weight`.
//!
//! Such a state exists for every ridge; where the ridge is small, 1 % of the neurons lie a hundred deviations
//! out.

use std::num::NonZeroUsize;

use meanfield_model::landscape::Landscape;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::Observation;

use super::bath::{Amplitude, Bath, ln_weights};
use super::directions::{Directions, Patch};
use super::error::GibbsProblemError;
use super::newton::{GibbsState, gibbs_state_from_either, unbiased};
use super::piecewise_law::PiecewiseLaw;
use super::report::{corner, observation};
use crate::nodes::Nodes;
use crate::panelled::{PanelledBox, Side};
use crate::static_system::StaticProblem;

/// A patch is cut where its quarters have this much more or less mass than it.
const CLOSE: f64 = 1e-12;
/// Rounds of cutting: a patch of the last is 2⁻³⁰ of the sphere's.
const MOST_ROUNDS: usize = 30;
/// Most numbers φ_k(u_j) held.
const MOST: usize = 20_000_000;
/// The law is reported on the hull of directions with more mass than this, a χ_n up to so far from its mean
/// (√½ is its deviation).
const TINY: f64 = 1e-13;
/// in pieces whose polynomials' last terms stand for no more mass than this.
const SMOOTH: f64 = 1e-7;
const FAR: f64 = 5.5;

/// The Gibbs state of neurons a σ(⟨w,x⟩ + b), σ positively homogeneous.
pub struct GibbsOfHomogeneous<L> {
    landscape: L,
    directions: Directions,
    bath: Bath,
    /// Cells of the reported law along each coordinate.
    cells: [usize; 4],
}

/// The state, by directions.
struct StateOnDirections {
    gibbs: GibbsState,
    nodes: Nodes<4>,
    /// By how much four times the patches would change R.
    change: f64,
}

impl<L: Landscape<4>> GibbsOfHomogeneous<L> {
    /// The problem of a landscape in (a, b, r₁, r₂), r₁ and r₂ lengths of so many parameters, whose features
    /// are a times a function that is positively homogeneous of degree 1 in (b, r₁, r₂); at a `temperature`
    /// and with a `ridge` above 0. The law is reported on so many cells.
    pub fn new(
        landscape: L,
        dimensions: [usize; 2],
        [temperature, ridge]: [f64; 2],
        cells: [usize; 4],
    ) -> Self {
        let directions = Directions::new(dimensions);
        let amplitude = Amplitude::OuterAndLength { parameters: directions.parameters() };
        Self { landscape, directions, bath: Bath { temperature, ridge, amplitude }, cells }
    }

    /// Cuts patches until none changes its mass.
    fn find(&self) -> Result<StateOnDirections, GibbsProblemError> {
        let mut patches = Patch::tiling();
        let mut here = self.state_on(&patches, unbiased(&self.landscape))?;
        for _ in 0..MOST_ROUNDS {
            let cut = self.to_be_cut(&patches, &here);
            if !cut.contains(&true) {
                return self.verified(patches, here);
            }
            let pieces = patches.iter().zip(&cut);
            let pieces =
                pieces.flat_map(|(patch, cut)| if *cut { patch.quarters().to_vec() } else { vec![*patch] });
            patches = pieces.collect();
            here = self.state_on(&patches, here.moments)?;
        }
        Err(GibbsProblemError::Unresolved(f64::NAN))
    }

    /// The state on the nodes of patches. From a start that was inside the wall of coarser patches, or from
    /// the middle.
    fn state_on(&self, patches: &[Patch], start: Vec<f64>) -> Result<GibbsState, GibbsProblemError> {
        if patches.len() * Directions::PER_PATCH * self.landscape.rank() > MOST {
            return Err(GibbsProblemError::Unresolved(f64::NAN));
        }
        let starts = [start, unbiased(&self.landscape)];
        Ok(gibbs_state_from_either(&self.landscape, &self.directions.nodes(patches), self.bath, starts)?)
    }

    /// Indices of the patches whose mass changes when they are quartered.
    fn to_be_cut(&self, patches: &[Patch], here: &GibbsState) -> Vec<bool> {
        let own = here.mass.chunks_exact(Directions::PER_PATCH).map(|mass| mass.iter().sum::<f64>());
        let differences =
            patches.iter().zip(own).map(|(patch, own)| (self.finer_mass(patch, here) - own).abs());
        differences.map(|difference| difference.is_nan() || difference > CLOSE).collect()
    }

    /// The mass of a patch by its quarters.
    fn finer_mass(&self, patch: &Patch, here: &GibbsState) -> f64 {
        let nodes = self.directions.nodes(&patch.quarters());
        let ln_weights = ln_weights(&self.landscape, &nodes, self.bath, &here.coefficients);
        ln_weights.into_iter().map(|ln_weight| (ln_weight - here.ln_partition).exp()).sum()
    }

    /// The state on the quarters of all patches, and how far it is from that on the patches.
    fn verified(
        &self,
        patches: Vec<Patch>,
        here: GibbsState,
    ) -> Result<StateOnDirections, GibbsProblemError> {
        let quarters: Vec<Patch> = patches.iter().flat_map(Patch::quarters).collect();
        let there = self.state_on(&quarters, here.moments)?;
        let change = (there.risk - here.risk).abs();
        Ok(StateOnDirections { gibbs: there, nodes: self.directions.nodes(&quarters), change })
    }

    /// E ρ² at every direction, n v/(1 − κ²), from E aρ = −κ E ρ²: with x = E aρ/(n v), κ/(1 − κ²) = −x.
    fn mean_square_lengths(&self, found: &StateOnDirections) -> Vec<f64> {
        let scale = self.directions.parameters() as f64 * self.bath.variance();
        // 1/(1 − κ²) = ½ (1 + √(1 + 4x²)).
        let sizes = found.gibbs.mean_amplitude.iter().map(|mean| (mean / scale).abs());
        sizes.map(|x| scale * 0.5 * (1.0 + 1.0_f64.hypot(2.0 * x))).collect()
    }

    /// R + λ∫|θ|²dρ, E a² = v + κ² E ρ².
    fn regularized_risk(&self, found: &StateOnDirections) -> f64 {
        let v = self.bath.variance();
        let squares = self.mean_square_lengths(found).into_iter().zip(&found.gibbs.mean_amplitude);
        let both = squares.map(|(square, mean)| v + mean * mean / square + square);
        let mean: f64 = both.zip(&found.gibbs.mass).map(|(square, mass)| square * mass).sum();
        found.gibbs.risk + self.bath.ridge * mean
    }

    /// A box that holds b, r₁ and r₂ wherever they have mass.
    fn hull(&self, found: &StateOnDirections) -> PanelledBox<4> {
        let n = self.directions.parameters() as f64;
        let mut ends = [[f64::INFINITY, f64::NEG_INFINITY]; 3];
        let squares = self.mean_square_lengths(found);
        for ((z, square), mass) in found.nodes.position.iter().zip(squares).zip(&found.gibbs.mass) {
            for rho in [(n.sqrt() - FAR).max(0.0), n.sqrt() + FAR].map(|chi| chi * (square / n).sqrt()) {
                for ([lower, upper], u) in ends.iter_mut().zip(&z[1..]).filter(|_| *mass > TINY) {
                    *lower = lower.min(rho * u);
                    *upper = upper.max(rho * u);
                }
            }
        }
        let [first, second] = self.directions.dimensions.map(VolumeElement::Radius);
        let [b, r1, r2] = [(0, VolumeElement::Line), (1, first), (2, second)].map(|(c, element)| {
            let [lower, upper] = ends[c];
            Side::Panels { lower, upper, count: 1, element }
        });
        PanelledBox { sides: [Side::Held(1.0), b, r1, r2], per_panel: NonZeroUsize::MIN }
    }
}

impl<L: Landscape<4>> StaticProblem for GibbsOfHomogeneous<L> {
    const COORDINATES: usize = 4;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let found = self.find().map_err(|error| error.to_string())?;
        let bath = Bath { amplitude: Amplitude::Outer, ..self.bath };
        let tilt = (&found.gibbs.coefficients[..], found.gibbs.ln_partition);
        let weighed = PiecewiseLaw::new(&self.landscape, bath, tilt, &self.hull(&found), SMOOTH);
        let law = weighed.law(self.cells).map_err(|error| error.to_string())?;
        let truncation = self.landscape.truncation(corner(weighed.ends));
        let observed =
            observation(&found.gibbs, self.regularized_risk(&found), found.change, truncation, law);
        Ok((observed, found.gibbs.iterations as u64))
    }
}
