//! The system `landscape` with noise: the Gibbs state of the continuum, by quadrature on a box that is fitted to it.
//!
//! The box grows where there is mass at its edge, shrinks to where the mass is, and its panels double until R and F no longer
//! change. It has no dynamics: it is the same at all times, and computed when it is first asked for.

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

/// A panel at an edge with more mass than this means that the box is too small.
const EDGE: f64 = 1e-14;
/// Panels with less mass than this, all the way to the edge, are left out.
const EMPTY: f64 = 1e-20;
/// R and F are found when twice the panels change them by less than this, relative to their size (or 1).
const CLOSE: f64 = 1e-10;
/// A box too small grows by this factor, at most to a coordinate of this size.
const GROWTH: f64 = 1.6;
const LARGEST: f64 = 1e5;
/// Nodes a panel and panels a side at the start, for so many dimensions of quadrature.
const RULES: [(usize, usize); 3] = [(16, 16), (8, 6), (6, 4)];
/// Most numbers φ_k(z_j) held.
const MOST: usize = 60_000_000;
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
    /// By how much twice the panels have changed R.
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
        "the Gibbs state is too narrow for the quadrature: its risk still changes by {0:.1e}; write a higher temperature"
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

    /// Fits the box and doubles its panels until nothing changes.
    fn find(&self) -> Result<Found<D>, EquilibriumError> {
        let mut panelled = self.first_box();
        let mut before: Option<Gibbs> = None;
        let mut change = f64::INFINITY;
        loop {
            let nodes = panelled.nodes();
            if nodes.position.len() * self.landscape.rank() > MOST {
                return Err(EquilibriumError::Unresolved(change));
            }
            let start = before.as_ref().map_or_else(|| unbiased(&self.landscape), |g| g.moments.clone());
            let found = gibbs(&self.landscape, &nodes, self.bath, start)?;
            if let Some(fitted) = fitted(&panelled, &found.mass)? {
                (panelled, before) = (fitted, None);
                continue;
            }
            if let Some(before) = &before {
                change = (found.risk - before.risk).abs();
                let relative = |a: f64, b: f64| (a - b).abs() / b.abs().max(1.0);
                if relative(found.risk, before.risk).max(relative(found.free_energy, before.free_energy))
                    < CLOSE
                {
                    let law = self.law(&found, &panelled)?;
                    return Ok(Found { gibbs: found, panelled, change, law });
                }
            }
            before = Some(found);
            panelled.sides.iter_mut().for_each(double);
        }
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
            scalar(certificate::QUADRATURE_ERROR, "change of the risk with twice the panels", found.change),
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
    let (shares, mut other) = (panelled.by_panel(mass), panelled.clone());
    for (c, (side, shares)) in other.sides.iter_mut().zip(&shares).enumerate() {
        let Side::Panels { lower, upper, count, element } = side else { continue };
        let (first, last) = (shares[0], shares[*count - 1]);
        let (from, until, width) = (*lower, *upper, *upper - *lower);
        let is_open = *element == VolumeElement::Line || from > 0.0;
        if last > EDGE {
            *upper += (GROWTH - 1.0) * width;
        }
        if is_open && first > EDGE {
            *lower -= (GROWTH - 1.0) * width;
            if *element != VolumeElement::Line {
                *lower = lower.max(0.0);
            }
        }
        if upper.abs().max(lower.abs()) > LARGEST {
            return Err(EquilibriumError::Unbounded(c + 1));
        }
        if (*lower, *upper) == (from, until) {
            let filled = |share: &f64| *share > EMPTY;
            let (before, after) = (
                shares.iter().position(filled).unwrap_or(0),
                shares.iter().rev().position(filled).unwrap_or(0),
            );
            // A panel is left on either side, and little is not worth it.
            let (before, after) = (before.saturating_sub(1), after.saturating_sub(1));
            if 3 * (before + after) > *count {
                let panel = width / *count as f64;
                (*lower, *upper) = (from + panel * before as f64, until - panel * after as f64);
            }
        }
    }
    Ok((other != *panelled).then_some(other))
}

fn double(side: &mut Side) {
    if let Side::Panels { count, .. } = side {
        *count *= 2;
    }
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
