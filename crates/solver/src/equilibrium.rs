//! The system `landscape` with noise: the Gibbs state of the continuum, by quadrature on a box that is fitted to it.
//!
//! The box grows where there is mass at its edge, shrinks to where the mass is, and the panels of its sides double until R and F
//! no longer change. It has no dynamics: it is the same at all times, and computed when it is first asked for.

use std::num::NonZeroUsize;

use meanfield_model::axis::Axis;
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::volume::VolumeElement;
use meanfield_run::certificate;
use meanfield_run::system::{Observation, RunError, State, Stride, System};
use ndarray::{Array1, Array2, ArrayD, IxDyn};

use crate::gibbs::{Amplitude, Bath, Gibbs, GibbsError, gibbs, unbiased};
use crate::grid::Grid;
use crate::panelled::{PanelledBox, Side};
use crate::scalars::{self, scalar};

/// An outermost node with more mass than this means that the box is too small.
const EDGE: f64 = 1e-13;
/// Nodes with less mass than this, all the way to the edge, are left out, up to a margin of so much of the rest; if the box is then
/// narrower than this share of what it was.
const EMPTY: f64 = 1e-15;
const MARGIN: f64 = 0.1;
const WORTH_IT: f64 = 0.7;
/// R and F are found when twice the panels of any side change them by less than this, relative to their size (or 1).
const CLOSE: f64 = 1e-10;
/// A box too small grows by this factor, at most to a coordinate of this size.
const GROWTH: f64 = 1.6;
const LARGEST: f64 = 1e5;
/// Nodes a panel and panels a side at the start, for so many dimensions of quadrature.
const RULES: [(usize, usize); 3] = [(16, 16), (12, 4), (12, 3)];
/// Most numbers φ_k(z_j) held.
const MOST: usize = 90_000_000;
/// Most boxes tried.
const MOST_BOXES: usize = 100;
/// Nodes a cell, and side, by which the mass of a reported cell is found.
const PER_CELL: usize = 4;
/// Atoms lighter than this are not reported.
const LIGHTEST: f64 = 1e-18;

/// What the Gibbs state is of.
pub struct Equilibrium<const D: usize, L> {
    landscape: L,
    elements: [VolumeElement; D],
    bath: Bath,
    /// How far each coordinate is expected to go.
    extent: [f64; D],
    /// Cells of the reported law along each coordinate; with an outer weight it is reported as atoms.
    cells: [usize; D],
    found: Option<Found<D>>,
    time: f64,
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
        "the Gibbs state cannot be normalised: its mass goes beyond {LARGEST:e} in coordinate {0}; write a larger ridge"
    )]
    Unbounded(usize),
    /// Too many nodes.
    #[error(
        "the quadrature does not resolve the Gibbs state, its last refinement changed the risk by {0:.1e}; write a larger \
         ridge or a higher temperature"
    )]
    Unresolved(f64),
    /// Faces of the reported cells.
    #[error("the law's cells: {0}")]
    Cells(String),
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
        Self { landscape, elements, bath, extent, cells, found: None, time: 0.0 }
    }

    /// The box to begin with.
    fn first_box(&self) -> PanelledBox<D> {
        let outer = usize::from(self.bath.amplitude == Amplitude::Outer);
        let (per_panel, count) = RULES[(D - outer).clamp(1, RULES.len()) - 1];
        let side = |c: usize| match self.elements[c] {
            _ if c < outer => Side::Held(1.0),
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
        let mut here = self.solve(&panelled, unbiased(&self.landscape), f64::INFINITY)?;
        let mut change = f64::INFINITY;
        for _ in 0..MOST_BOXES {
            if let Some(fitted) = fitted(&panelled, &here.mass)? {
                here = self.solve(&fitted, here.moments, change)?;
                panelled = fitted;
                continue;
            }
            let (mut changes, mut enough) = (0.0, true);
            for side in self.integrated() {
                let finer = panelled.doubled(side);
                let there = self.solve(&finer, here.moments.clone(), change)?;
                changes += (there.risk - here.risk).abs();
                if difference(&here, &there) > CLOSE {
                    (panelled, here, enough) = (finer, there, false);
                }
            }
            change = changes;
            if enough {
                let law = self.law(&here, &panelled)?;
                return Ok(Found { gibbs: here, panelled, change, law });
            }
        }
        Err(EquilibriumError::Unresolved(change))
    }

    /// The coordinates that are integrated over by panels.
    fn integrated(&self) -> std::ops::Range<usize> {
        usize::from(self.bath.amplitude == Amplitude::Outer)..D
    }

    /// The state on the nodes of a box; the last `change` of R is told where there are too many.
    fn solve(
        &self,
        panelled: &PanelledBox<D>,
        start: Vec<f64>,
        change: f64,
    ) -> Result<Gibbs, EquilibriumError> {
        let nodes = panelled.nodes();
        if nodes.position.len() * self.landscape.rank() > MOST {
            return Err(EquilibriumError::Unresolved(change));
        }
        Ok(gibbs(&self.landscape, &nodes, self.bath, start)?)
    }

    /// The law as others report theirs.
    fn law(&self, found: &Gibbs, panelled: &PanelledBox<D>) -> Result<Measure, EquilibriumError> {
        match self.bath.amplitude {
            Amplitude::One => self.on_cells(found, panelled),
            Amplitude::Outer => Ok(self.as_atoms(found, panelled)),
        }
    }

    /// Masses of equal cells on the box, each by its own quadrature.
    fn on_cells(&self, found: &Gibbs, panelled: &PanelledBox<D>) -> Result<Measure, EquilibriumError> {
        let mut axes = Vec::new();
        for (side, cells) in panelled.sides.iter().zip(self.cells) {
            let Side::Panels { lower, upper, .. } = side else { continue };
            let axis = Axis::uniform(*lower, *upper, cells);
            axes.push(axis.map_err(|error| EquilibriumError::Cells(error.to_string()))?);
        }
        let grid = Grid::<D> { axes: std::array::from_fn(|c| axes[c].clone()) };
        let fine = PanelledBox {
            sides: std::array::from_fn(|c| self.side_of(&grid.axes[c], self.elements[c])),
            per_panel: NonZeroUsize::new(PER_CELL).unwrap_or(NonZeroUsize::MIN),
        };
        let mut mass = ArrayD::zeros(IxDyn(&self.cells));
        let (rank, nodes) = (self.landscape.rank(), fine.nodes());
        let (mut values, mut gradients) = (vec![0.0; rank], vec![[0.0; D]; rank]);
        for (z, ln_volume) in nodes.position.iter().zip(&nodes.ln_volume) {
            self.landscape.features(*z, &mut values, &mut gradients);
            let potential: f64 = values.iter().zip(&found.coefficients).map(|(value, c)| value * c).sum();
            let square: f64 = z.iter().map(|c| c * c).sum();
            let level = potential + 0.5 * self.bath.ridge * square;
            let at: [usize; D] = std::array::from_fn(|c| cell(&grid.axes[c], z[c]));
            mass[IxDyn(&at)] += (ln_volume - level / self.bath.temperature - found.ln_partition).exp();
        }
        Ok(Measure::Cells { axes, mass })
    }

    /// The cells of an axis as panels.
    fn side_of(&self, axis: &Axis, element: VolumeElement) -> Side {
        let faces = axis.faces();
        Side::Panels { lower: faces[0], upper: faces[axis.cells()], count: axis.cells(), element }
    }

    /// The nodes as atoms; three for each, with the mean and spread that the outer weight has there.
    fn as_atoms(&self, found: &Gibbs, panelled: &PanelledBox<D>) -> Measure {
        let reach = (3.0 * self.bath.temperature / self.bath.ridge).sqrt();
        let (mut points, mut weights) = (Vec::new(), Vec::new());
        for ((z, mass), mean) in panelled.nodes().position.iter().zip(&found.mass).zip(&found.mean_amplitude)
        {
            for (shift, share) in [(-reach, 1.0 / 6.0), (0.0, 2.0 / 3.0), (reach, 1.0 / 6.0)] {
                if mass * share > LIGHTEST {
                    points.push(mean + shift);
                    points.extend(&z[1..]);
                    weights.push(mass * share);
                }
            }
        }
        let points = Array2::from_shape_fn((weights.len(), D), |(i, c)| points[i * D + c]);
        Measure::Atoms { points, weights: Array1::from(weights) }
    }

    fn observation(&self, found: &Found<D>) -> Observation {
        let Gibbs { risk, free_energy, gap, residual, .. } = found.gibbs;
        let upper = |side: &Side| match side {
            Side::Panels { lower, upper, .. } => lower.abs().max(upper.abs()),
            Side::Held(value) => *value,
        };
        let corner = std::array::from_fn(|c| upper(&found.panelled.sides[c]));
        let mass = (found.law.total() - 1.0).abs();
        let scalars = vec![
            scalars::free_energy(free_energy),
            scalar(
                "regularized_risk",
                "R + λ ∫|θ|²dρ, of which Theorem 4 of MMN 2018 speaks",
                self.regularized_risk(found),
            ),
            scalar(certificate::MASS_ERROR, "|total mass of the reported law − 1|", mass),
            scalar(certificate::UNCONVERGED, "distance of the moments from their law's, relative", residual),
            scalar(certificate::DUALITY_GAP, "free energy less its dual bound", gap),
            scalar(
                certificate::QUADRATURE_ERROR,
                "change of the risk with twice the panels on a side, all sides together",
                found.change,
            ),
            scalars::kernel_truncation(self.landscape.truncation(corner)),
        ];
        Observation { risk, scalars, law: found.law.clone() }
    }

    /// R + λ∫|θ|²dρ.
    fn regularized_risk(&self, found: &Found<D>) -> f64 {
        let outer = usize::from(self.bath.amplitude == Amplitude::Outer);
        let variance = if outer == 1 { self.bath.temperature / self.bath.ridge } else { 0.0 };
        let nodes = found.panelled.nodes();
        let square = |(z, mean): (&[f64; D], &f64)| {
            let own: f64 = z[outer..].iter().map(|c| c * c).sum();
            own + if outer == 1 { mean * mean + variance } else { 0.0 }
        };
        let squares = nodes.position.iter().zip(&found.gibbs.mean_amplitude).map(square);
        let mean: f64 = squares.zip(&found.gibbs.mass).map(|(square, mass)| square * mass).sum();
        found.gibbs.risk + self.bath.ridge * mean
    }
}

/// The box that the mass asks for; None if it has it.
fn fitted<const D: usize>(
    panelled: &PanelledBox<D>,
    mass: &[f64],
) -> Result<Option<PanelledBox<D>>, EquilibriumError> {
    let (marginals, mut other) = (panelled.marginals(mass), panelled.clone());
    for (c, (side, marginal)) in other.sides.iter_mut().zip(&marginals).enumerate() {
        let Side::Panels { lower, upper, element, .. } = side else { continue };
        let (from, until) = (*lower, *upper);
        let heavy = |node: Option<&(f64, f64)>| node.is_some_and(|(_, mass)| *mass > EDGE);
        if heavy(marginal.last()) {
            *upper += (GROWTH - 1.0) * (until - from);
        }
        if heavy(marginal.first()) {
            *lower -= (GROWTH - 1.0) * (until - from);
        }
        if (*lower, *upper) == (from, until) {
            (*lower, *upper) = narrower(marginal, (from, until));
        }
        if *element != VolumeElement::Line {
            *lower = lower.max(0.0);
        }
        if upper.abs().max(lower.abs()) > LARGEST {
            return Err(EquilibriumError::Unbounded(c + 1));
        }
    }
    Ok((other != *panelled).then_some(other))
}

/// An interval around what of a marginal law is not [`EMPTY`], if it is much narrower than the present one.
fn narrower(marginal: &[(f64, f64)], present: (f64, f64)) -> (f64, f64) {
    let filled = |node: &&(f64, f64)| node.1 > EMPTY;
    let (first, last) = (marginal.iter().find(filled), marginal.iter().rev().find(filled));
    let (Some((first, _)), Some((last, _))) = (first, last) else { return present };
    let margin = MARGIN * (last - first);
    let narrow = ((first - margin).max(present.0), (last + margin).min(present.1));
    let much = narrow.1 - narrow.0 < WORTH_IT * (present.1 - present.0);
    if much && last > first { narrow } else { present }
}

/// How far two states are apart in R and F, relative to their size (or 1).
fn difference(a: &Gibbs, b: &Gibbs) -> f64 {
    let relative = |a: f64, b: f64| (a - b).abs() / b.abs().max(1.0);
    relative(a.risk, b.risk).max(relative(a.free_energy, b.free_energy))
}

/// The cell of an axis that holds z.
fn cell(axis: &Axis, z: f64) -> usize {
    axis.faces().partition_point(|face| *face <= z).saturating_sub(1).min(axis.cells() - 1)
}

impl<const D: usize, L: Landscape<D>> System for Equilibrium<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn is_static(&self) -> bool {
        true
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        if self.found.is_none() {
            let found = self.find();
            let failed = |error: EquilibriumError| RunError::Static(error.to_string());
            self.found = Some(found.map_err(failed)?);
        }
        self.time = until;
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        match &self.found {
            Some(found) => self.observation(found),
            None => Observation {
                risk: f64::NAN,
                scalars: Vec::new(),
                law: Measure::Atoms { points: Array2::zeros((0, D)), weights: Array1::zeros(0) },
            },
        }
    }

    fn work(&self) -> u64 {
        self.found.as_ref().map_or(0, |found| found.gibbs.iterations as u64)
    }

    /// Nothing: it is computed again.
    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let &[time] = &state.reals[..] else {
            return Err(RunError::Checkpoint(format!("{} numbers for a time", state.reals.len())));
        };
        self.time = time;
        Ok(())
    }
}
