//! The Gibbs state where an outer weight a, in which Ψ is linear, is one of the coordinates: it is integrated
//! exactly, the others by pieces of a box (`piecewise_law`), as fine as the density at hand asks for.
//!
//! State and pieces take turns: the pieces on which the density of the last state is smooth, the state on
//! their nodes. Pieces become finer until R and F no longer change; the box grows where there is mass at its
//! ends, and where there is some far beyond them (`far_mass`). What would take too many pieces is refused as
//! soon as they are counted.

use meanfield_model::landscape::Landscape;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::Observation;

use super::bath::{Amplitude, Bath};
use super::error::GibbsProblemError;
use super::far_mass::box_reaching_far_mass;
use super::newton::{GibbsState, gibbs_state_from_either, unbiased};
use super::piecewise_law::PiecewiseLaw;
use super::report::{CLOSE, corner, difference, observation};
use crate::nodes::Nodes;
use crate::panelled::{PanelledBox, Side};
use crate::static_system::StaticProblem;

/// How much mass the last terms of a piece's polynomial may stand for: at first, from one stage to the next,
/// at least in the end, and where the law is reported. What quadrature errs by is about the square.
const SMOOTH: f64 = 1e-2;
const FINER: f64 = 0.01;
const SMOOTHEST: f64 = 1e-4;
const REPORTED: [f64; 2] = [1e-10, 1e-6];
/// ln Z may change by so many times as much as R and F.
const LOOSER: f64 = 100.0;
/// More mass than this at the outermost nodes of a side: the box grows there, by a share of its length, but
/// not beyond a coordinate of this size.
const EDGE: f64 = 1e-13;
const GROWTH: f64 = 0.6;
const LARGEST: f64 = 1e5;
/// Most numbers φ_k(z_j) held, and most rounds.
const MOST: usize = 40_000_000;
const MOST_ROUNDS: usize = 40;

/// The Gibbs state of neurons whose first coordinate is an outer weight.
pub struct GibbsWithOuterWeight<const D: usize, L> {
    landscape: L,
    elements: [VolumeElement; D],
    bath: Bath,
    /// Expected reach of each coordinate.
    extent: [f64; D],
    /// Cells of the reported law along each coordinate.
    cells: [usize; D],
}

/// The state, on the nodes of pieces of a box.
struct StateOnPieces<const D: usize> {
    gibbs: GibbsState,
    whole: PanelledBox<D>,
    nodes: Nodes<D>,
    /// By how much the last stage changed R.
    change: f64,
}

impl<const D: usize, L: Landscape<D>> GibbsWithOuterWeight<D, L> {
    /// The problem of neurons whose first coordinate is an outer weight; the others have `elements`, of which
    /// the first is not used. At a `temperature` and with a `ridge` above 0. The box starts with this
    /// `extent`; the law is reported on so many cells.
    pub fn new(
        landscape: L,
        elements: [VolumeElement; D],
        [temperature, ridge]: [f64; 2],
        extent: [f64; D],
        cells: [usize; D],
    ) -> Self {
        let bath = Bath { temperature, ridge, amplitude: Amplitude::Outer };
        Self { landscape, elements, bath, extent, cells }
    }

    /// The box to begin with.
    fn first_box(&self) -> PanelledBox<D> {
        PanelledBox {
            sides: std::array::from_fn(|c| self.first_side(c)),
            per_panel: std::num::NonZeroUsize::MIN,
        }
    }

    /// One side of it: the outer weight is held at 1.
    fn first_side(&self, c: usize) -> Side {
        if c == 0 {
            return Side::Held(1.0);
        }
        let element = self.elements[c];
        let lower = if element == VolumeElement::Line { -self.extent[c] } else { 0.0 };
        Side::Panels { lower, upper: self.extent[c], count: 1, element }
    }

    /// The law on a box that has these coefficients, as smooth as that.
    fn pieces(&self, found: &GibbsState, whole: &PanelledBox<D>, smooth: f64) -> PiecewiseLaw<D> {
        PiecewiseLaw::new(
            &self.landscape,
            self.bath,
            (&found.coefficients, found.ln_partition),
            whole,
            smooth,
        )
    }

    /// State and pieces in turns.
    fn find(&self) -> Result<StateOnPieces<D>, GibbsProblemError> {
        let mut whole = self.first_box();
        let mut smooth = SMOOTH;
        let mut here = self.state_on(&self.without_data(&whole), unbiased(&self.landscape), f64::INFINITY)?;
        let mut change = f64::INFINITY;
        for _ in 0..MOST_ROUNDS {
            let weighed = self.pieces(&here, &whole, smooth);
            let there = self.state_on(&weighed, here.moments.clone(), change)?;
            let differs = difference(&here, &there, LOOSER);
            change = (there.risk - here.risk).abs();
            here = there;
            if let Some(wider) = grown(&whole, weighed.edges(&here.mass))? {
                whole = wider;
            } else if differs > CLOSE || smooth > SMOOTHEST {
                smooth *= if differs < smooth { FINER } else { 1.0 };
            } else if let Some(wider) = box_reaching_far_mass(&self.landscape, self.bath, &here, &whole) {
                whole = wider;
            } else {
                return Ok(StateOnPieces { gibbs: here, nodes: weighed.nodes(), whole, change });
            }
        }
        Err(GibbsProblemError::Unresolved(change))
    }

    /// The pieces of the law that moments without a potential have.
    fn without_data(&self, whole: &PanelledBox<D>) -> PiecewiseLaw<D> {
        let coefficients = vec![0.0; self.landscape.rank()];
        PiecewiseLaw::new(&self.landscape, self.bath, (&coefficients, f64::NEG_INFINITY), whole, SMOOTH)
    }

    /// The state on the nodes of pieces; if there are too many, the error reports the last `change` of R.
    fn state_on(
        &self,
        pieces: &PiecewiseLaw<D>,
        start: Vec<f64>,
        change: f64,
    ) -> Result<GibbsState, GibbsProblemError> {
        if pieces.count() * self.landscape.rank() > MOST {
            return Err(GibbsProblemError::Unresolved(change));
        }
        let starts = [start, unbiased(&self.landscape)];
        Ok(gibbs_state_from_either(&self.landscape, &pieces.nodes(), self.bath, starts)?)
    }

    /// R + λ∫|θ|²dρ.
    fn regularized_risk(&self, found: &StateOnPieces<D>) -> f64 {
        let GibbsState { mass, mean_amplitude, risk, .. } = &found.gibbs;
        let nodes = found.nodes.position.iter().zip(mean_amplitude);
        let squares = nodes
            .map(|(z, mean)| mean * mean + self.bath.variance() + z[1..].iter().map(|c| c * c).sum::<f64>());
        risk + self.bath.ridge * squares.zip(mass).map(|(square, mass)| square * mass).sum::<f64>()
    }
}

/// A box that is longer where there is mass at its edges; None if there is none.
fn grown<const D: usize>(
    whole: &PanelledBox<D>,
    edges: [[f64; 2]; D],
) -> Result<Option<PanelledBox<D>>, GibbsProblemError> {
    let mut longer = whole.clone();
    for (c, (side, [below, above])) in longer.sides.iter_mut().zip(edges).enumerate() {
        let Side::Panels { lower, upper, element, .. } = side else { continue };
        let more = GROWTH * (*upper - *lower);
        if above > EDGE {
            *upper += more;
        }
        if below > EDGE && *element == VolumeElement::Line {
            *lower -= more;
        }
        if upper.abs().max(lower.abs()) > LARGEST {
            return Err(GibbsProblemError::Unbounded { coordinate: c + 1, largest: LARGEST });
        }
    }
    Ok((longer != *whole).then_some(longer))
}

impl<const D: usize, L: Landscape<D>> StaticProblem for GibbsWithOuterWeight<D, L> {
    const COORDINATES: usize = D;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let found = self.find().map_err(|error| error.to_string())?;
        let reported = self.pieces(&found.gibbs, &found.whole, REPORTED[usize::from(D > 3)]);
        let law = reported.law(self.cells).map_err(|error| error.to_string())?;
        let truncation = self.landscape.truncation(corner(reported.ends));
        let observed =
            observation(&found.gibbs, self.regularized_risk(&found), found.change, truncation, law);
        Ok((observed, found.gibbs.iterations as u64))
    }
}
