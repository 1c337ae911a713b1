//! The system `landscape` with noise: the Gibbs state of the continuum, by quadrature on a box that is fitted to it.
//!
//! The box grows where there is mass at its edge, shrinks to where the mass is, and the panels of its sides double until R and F
//! no longer change. Then it is looked for mass far beyond it (`beyond`). With an outer weight there are three sides and laws with
//! thin parts far out: that is for `outer`, and for `homogeneous` where σ is.

mod beyond;
mod fitting;
pub mod homogeneous;
mod law;
pub mod outer;
mod sphere;
mod weighed;

use std::num::NonZeroUsize;

use meanfield_model::axis::AxisError;
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::volume::VolumeElement;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, Scalar};

use crate::gibbs::{Bath, Gibbs, GibbsError, gibbs_from_either, unbiased};
use crate::panelled::{PanelledBox, Side};
use crate::scalars::{self, scalar};
use crate::still::Static;

/// R and F are found when twice the panels of any side change them by less than this, relative to their size (or 1).
const CLOSE: f64 = 1e-10;
/// ln Z, by whose error the reported law misses its mass, may change by so many times as much: βΨ is rounded.
const LOOSER: f64 = 10.0;
/// Nodes a panel and panels a side at the start, for so many dimensions of quadrature.
const RULES: [(usize, usize); 2] = [(16, 16), (12, 4)];
/// Most numbers φ_k(z_j) held.
const MOST: usize = 90_000_000;
/// Most boxes tried.
const MOST_BOXES: usize = 100;

/// What the Gibbs state is of: neurons without an outer weight.
pub struct Equilibrium<const D: usize, L> {
    landscape: L,
    elements: [VolumeElement; D],
    bath: Bath,
    /// How far each coordinate is expected to go.
    extent: [f64; D],
    /// Cells of the reported law along each coordinate.
    cells: [usize; D],
}

/// The state, on its box.
struct Found<const D: usize> {
    gibbs: Gibbs,
    panelled: PanelledBox<D>,
    /// By how much twice the panels would change R.
    change: f64,
    law: Measure,
}

/// Why there is no equilibrium.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EquilibriumError {
    /// Newton's method stopped short.
    #[error(transparent)]
    Gibbs(#[from] GibbsError),
    /// Mass wants to go to infinity.
    #[error(
        "the Gibbs state cannot be normalised: its mass goes beyond {largest:e} in coordinate {coordinate}; write a larger ridge"
    )]
    Unbounded {
        /// The coordinate's number, from 1 on.
        coordinate: usize,
        /// How far it may go.
        largest: f64,
    },
    /// Too many nodes.
    #[error(
        "the quadrature does not resolve the Gibbs state with as many nodes as it may have (its last refinement changed the risk by \
         {0:.1e}); write a larger ridge or a higher temperature"
    )]
    Unresolved(f64),
    /// Faces of the reported cells.
    #[error("the law's cells: {0}")]
    Cells(#[from] AxisError),
}

impl<const D: usize, L: Landscape<D>> Equilibrium<D, L> {
    /// Of neurons in a bath, in coordinates that stand for `elements`. The box starts with this `extent`; the law is
    /// reported on so many cells.
    pub fn new(
        landscape: L,
        elements: [VolumeElement; D],
        bath: Bath,
        extent: [f64; D],
        cells: [usize; D],
    ) -> Self {
        Self { landscape, elements, bath, extent, cells }
    }

    /// The box to begin with.
    fn first_box(&self) -> PanelledBox<D> {
        let (per_panel, count) = RULES[D.clamp(1, RULES.len()) - 1];
        let side = |c: usize| match self.elements[c] {
            element @ VolumeElement::Line => {
                Side::Panels { lower: -self.extent[c], upper: self.extent[c], count, element }
            }
            element => Side::Panels { lower: 0.0, upper: self.extent[c], count, element },
        };
        let per_panel = NonZeroUsize::new(per_panel).unwrap_or(NonZeroUsize::MIN);
        PanelledBox { sides: std::array::from_fn(side), per_panel }
    }

    /// Fits the box and doubles the panels of each side until nothing changes.
    fn find(&self) -> Result<Found<D>, EquilibriumError> {
        let mut panelled = self.first_box();
        let mut here = self.on_nodes(&panelled, unbiased(&self.landscape), f64::INFINITY)?;
        let mut change = f64::INFINITY;
        for _ in 0..MOST_BOXES {
            if let Some(fitted) = fitting::fitted(&panelled, &here.mass)? {
                here = self.on_nodes(&fitted, here.moments, change)?;
                panelled = fitted;
                continue;
            }
            let (mut changes, mut enough) = (0.0, true);
            for side in 0..D {
                let finer = panelled.doubled(side);
                let there = self.on_nodes(&finer, here.moments.clone(), change)?;
                changes += (there.risk - here.risk).abs();
                if difference(&here, &there, LOOSER) > CLOSE {
                    (panelled, here, enough) = (finer, there, false);
                }
            }
            change = changes;
            if let Some(wider) = beyond::reaching(&self.landscape, self.bath, &here, &panelled) {
                here = self.on_nodes(&wider, here.moments, change)?;
                panelled = wider;
            } else if enough {
                let law = law::on_cells(&self.landscape, self.bath, &here, &panelled, self.cells)?;
                return Ok(Found { gibbs: here, panelled, change, law });
            }
        }
        Err(EquilibriumError::Unresolved(change))
    }

    /// The state on the nodes of a box; the last `change` of R is told where there are too many.
    fn on_nodes(
        &self,
        panelled: &PanelledBox<D>,
        start: Vec<f64>,
        change: f64,
    ) -> Result<Gibbs, EquilibriumError> {
        let nodes = panelled.nodes();
        if nodes.position.len() * self.landscape.rank() > MOST {
            return Err(EquilibriumError::Unresolved(change));
        }
        let starts = [start, vec![0.0; self.landscape.rank()]];
        Ok(gibbs_from_either(&self.landscape, &nodes, self.bath, starts)?)
    }

    /// R + λ∫|θ|²dρ.
    fn regularized_risk(&self, found: &Found<D>) -> f64 {
        let squares = found.panelled.nodes().position;
        let squares = squares.iter().map(|z| z.iter().map(|c| c * c).sum::<f64>());
        let mean: f64 = squares.zip(&found.gibbs.mass).map(|(square, mass)| square * mass).sum();
        found.gibbs.risk + self.bath.ridge * mean
    }
}

/// The largest size of every coordinate.
fn corner<const D: usize>(ends: [[f64; 2]; D]) -> [f64; D] {
    ends.map(|[lower, upper]| lower.abs().max(upper.abs()))
}

/// What is seen of a Gibbs state; `change` is by how much a finer quadrature would change R.
fn observation(
    found: &Gibbs,
    regularized_risk: f64,
    change: f64,
    truncation: f64,
    law: Measure,
) -> Observation {
    let mass = (law.total() - 1.0).abs();
    let of_law = "distance of the moments from their law's, relative";
    let of_dual = "free energy less its dual bound: where the loss is convex, it is its least to this";
    let scalars = vec![
        scalars::free_energy(found.free_energy),
        Scalar::new(quantities::REGULARIZED_RISK, regularized_risk),
        scalar(quantities::MASS_ERROR, "|total mass of the reported law − 1|", mass),
        scalar(quantities::UNCONVERGED, of_law, found.residual),
        scalar(quantities::DUALITY_GAP, of_dual, found.gap),
        Scalar::new(quantities::QUADRATURE_ERROR, change),
        scalars::kernel_truncation(truncation),
    ];
    Observation { risk: found.risk, scalars, law }
}

/// How far two states are apart in R and F, relative to their size (or 1), and in ln Z, which counts so many times less.
fn difference(a: &Gibbs, b: &Gibbs, looser: f64) -> f64 {
    let relative = |a: f64, b: f64| (a - b).abs() / b.abs().max(1.0);
    let ln_partition = (a.ln_partition - b.ln_partition).abs() / looser;
    relative(a.risk, b.risk).max(relative(a.free_energy, b.free_energy)).max(ln_partition)
}

impl<const D: usize, L: Landscape<D>> Static for Equilibrium<D, L> {
    const COORDINATES: usize = D;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let found = self.find().map_err(|error| error.to_string())?;
        let ends = found.panelled.sides.each_ref().map(Side::ends);
        let truncation = self.landscape.truncation(corner(ends));
        let (regularized, law) = (self.regularized_risk(&found), found.law);
        let seen = observation(&found.gibbs, regularized, found.change, truncation, law);
        Ok((seen, found.gibbs.iterations as u64))
    }
}
