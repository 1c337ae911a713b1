//! The Gibbs state of neurons without an outer weight, by quadrature on a box that is fitted to it.
//!
//! The box grows where there is mass at its edge, shrinks to where the mass is, and the panels of its sides
//! double until R and F no longer change. Then it is looked for mass far beyond it (`far_mass`). With an
//! outer weight there are three sides and laws with thin parts far out: that is for `outer_weight`, and for
//! `homogeneous` where σ is.

use std::num::NonZeroUsize;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::Observation;

use super::bath::Bath;
use super::cell_masses::on_cells;
use super::error::GibbsProblemError;
use super::far_mass::box_reaching_far_mass;
use super::fitting::fitted_box;
use super::newton::{GibbsState, gibbs_state_from_either, unbiased};
use super::report::{CLOSE, corner, difference, observation};
use crate::panelled::{PanelledBox, Side};
use crate::static_system::StaticProblem;

/// ln Z, by whose error the reported law misses its mass, may change by so many times as much: βΨ is rounded.
const LOOSER: f64 = 10.0;
/// Nodes a panel and panels a side at the start, for so many dimensions of quadrature.
const RULES: [(usize, usize); 4] = [(16, 16), (12, 4), (10, 2), (8, 2)];
/// Most numbers φ_k(z_j) held.
const MOST: usize = 90_000_000;
/// Where there is no room for finer panels, the last change of R that is small enough: the certificate says
/// it.
const ENOUGH: f64 = 1e-6;
/// Most boxes tried.
const MOST_BOXES: usize = 100;

/// The Gibbs state of neurons without an outer weight.
pub struct GibbsOnBox<const D: usize, L> {
    landscape: L,
    elements: [VolumeElement; D],
    bath: Bath,
    /// Expected reach of each coordinate.
    extent: [f64; D],
    /// Cells of the reported law along each coordinate.
    cells: [usize; D],
}

/// The state, on its box.
struct StateOnBox<const D: usize> {
    gibbs: GibbsState,
    panelled: PanelledBox<D>,
    /// By how much twice the panels would change R.
    change: f64,
    law: Measure,
}

impl<const D: usize, L: Landscape<D>> GibbsOnBox<D, L> {
    /// The problem of neurons in a bath, in coordinates with these volume elements. The box starts with this
    /// `extent`; the law is reported on so many cells.
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
        let sides = std::array::from_fn(|c| {
            let element = self.elements[c];
            let lower = if element == VolumeElement::Line { -self.extent[c] } else { 0.0 };
            Side::Panels { lower, upper: self.extent[c], count, element }
        });
        PanelledBox { sides, per_panel: NonZeroUsize::new(per_panel).unwrap_or(NonZeroUsize::MIN) }
    }

    /// Fits the box and doubles the panels of each side until nothing changes.
    fn find(&self) -> Result<StateOnBox<D>, GibbsProblemError> {
        let mut panelled = self.first_box();
        let mut here = self.on_nodes(&panelled, unbiased(&self.landscape), f64::INFINITY)?;
        let mut change = f64::INFINITY;
        for _ in 0..MOST_BOXES {
            if let Some(fitted) = fitted_box(&panelled, &here.mass)? {
                here = self.on_nodes(&fitted, here.moments, change)?;
                panelled = fitted;
                continue;
            }
            let mut changes = 0.0;
            let mut is_fine = true;
            for side in 0..D {
                let finer = panelled.doubled(side);
                let there = match self.on_nodes(&finer, here.moments.clone(), change) {
                    Err(GibbsProblemError::Unresolved(_)) if change < ENOUGH => {
                        changes += change;
                        continue;
                    }
                    there => there?,
                };
                changes += (there.risk - here.risk).abs();
                if difference(&here, &there, LOOSER) > CLOSE {
                    panelled = finer;
                    here = there;
                    is_fine = false;
                }
            }
            change = changes;
            if let Some(wider) = box_reaching_far_mass(&self.landscape, self.bath, &here, &panelled) {
                here = self.on_nodes(&wider, here.moments, change)?;
                panelled = wider;
            } else if is_fine {
                let law = on_cells(&self.landscape, self.bath, &here, &panelled, self.cells)?;
                return Ok(StateOnBox { gibbs: here, panelled, change, law });
            }
        }
        Err(GibbsProblemError::Unresolved(change))
    }

    /// The state on the nodes of a box; if there are too many, the error reports the last `change` of R.
    fn on_nodes(
        &self,
        panelled: &PanelledBox<D>,
        start: Vec<f64>,
        change: f64,
    ) -> Result<GibbsState, GibbsProblemError> {
        let nodes = panelled.nodes();
        if nodes.position.len() * self.landscape.rank() > MOST {
            return Err(GibbsProblemError::Unresolved(change));
        }
        let starts = [start, vec![0.0; self.landscape.rank()]];
        Ok(gibbs_state_from_either(&self.landscape, &nodes, self.bath, starts)?)
    }

    /// R + λ∫|θ|²dρ.
    fn regularized_risk(&self, found: &StateOnBox<D>) -> f64 {
        let squares = found.panelled.nodes().position;
        let squares = squares.iter().map(|z| z.iter().map(|c| c * c).sum::<f64>());
        let mean: f64 = squares.zip(&found.gibbs.mass).map(|(square, mass)| square * mass).sum();
        found.gibbs.risk + self.bath.ridge * mean
    }
}

impl<const D: usize, L: Landscape<D>> StaticProblem for GibbsOnBox<D, L> {
    const COORDINATES: usize = D;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let found = self.find().map_err(|error| error.to_string())?;
        let ends = found.panelled.sides.each_ref().map(Side::ends);
        let truncation = self.landscape.truncation(corner(ends));
        let regularized_risk = self.regularized_risk(&found);
        let observed = observation(&found.gibbs, regularized_risk, found.change, truncation, found.law);
        Ok((observed, found.gibbs.iterations as u64))
    }
}
