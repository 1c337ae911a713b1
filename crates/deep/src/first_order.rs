//! What widths and the step size do to the loss of networks, followed in time beside their limit: the effects
//! of `fluctuations` and `width_effects` at any time, for a system that is observed. Copies of the limit's
//! atoms, displaced at t = 0 and at the midpoints of cells of time, flow along; nothing depends on when they
//! are looked at. Widths must come from quadrature atoms, activations have no kinks.

mod copies;
mod probes;
mod reading;

use meanfield_run::system::{RunError, State, Stride};

use crate::atoms::Atoms;
use crate::engine::{Engine, Points};
use crate::fluctuations::{Differences, FluctuationError, StepEffect, displaced, drift, varying_schedule};
use crate::limit::Limit;
use crate::problem::DeepProblem;
use crate::start::Start;
use crate::width_effects::{Side, WidthEffect, scattered, shifted};
use copies::{Copies, FlowingCopy};
use probes::{LAW_PROBES, WEIGHT_DISPLACEMENT, WEIGHT_PROBES, with_moved_laws, with_moved_weights};

/// What widths and the step size do to the loss at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstOrder {
    /// c and v_ε.
    pub step: StepEffect,
    /// b_i and v_i of layers 1 … L − 1.
    pub widths: Vec<WidthEffect>,
    /// v_nn: times 1/n², what pairs of neurons add to the variance of networks of equally wide layers.
    pub variance_of_pairs: f64,
}

/// The copy that nobody displaced.
const UNDISPLACED: usize = 0;

/// What is read from a copy displaced at t = 0.
#[derive(Clone, Copy, Debug)]
enum Displacement {
    /// Atoms of a layer of this share, there more and less often: two copies.
    Sampling { layer: usize, share: f64 },
    /// Scattered weights of this variance, seen by a layer: one copy.
    Scatter { layer: usize, variance: f64 },
    /// The laws of all layers, moved in a drawn direction: two copies.
    Laws,
    /// Scattered weights of this variance, moved in a drawn direction: two copies.
    Weights { variance: f64 },
}

/// The effects, from t = 0 on.
pub struct FirstOrderEffects {
    problem: DeepProblem,
    differences: Differences,
    /// The atoms now, from which copies are displaced.
    base: FlowingCopy,
    displacements: Vec<Displacement>,
    /// Copies from t = 0, and after them those of each cell.
    copies: Copies,
    /// How many are there from t = 0 on.
    at_start: usize,
    time: f64,
}

impl FirstOrderEffects {
    /// The effects on networks of this start. `limit` is at t = 0 and has no tagged neurons.
    ///
    /// # Errors
    /// Where a schedule varies in time.
    ///
    /// # Panics
    /// Where start and limit differ.
    pub fn new(limit: &Limit, start: &Start, differences: Differences) -> Result<Self, FluctuationError> {
        let problem = limit.flow().problem().clone();
        if let Some(layer) = varying_schedule(&problem) {
            return Err(FluctuationError::Schedule(layer));
        }
        let base = FlowingCopy::new(&problem, limit.atoms(), 0.0);
        let copies = Copies::new(differences.tolerance, base.clone());
        let displacements = Vec::new();
        let mut effects = Self { problem, differences, base, displacements, copies, at_start: 0, time: 0.0 };
        effects.sample_layers();
        effects.scatter_weights(start);
        effects.move_in_drawn_directions(start);
        effects.at_start = effects.copies.len();
        Ok(effects)
    }

    /// Copies in which one atom is there more or less often.
    fn sample_layers(&mut self) {
        let h = self.differences.displacement;
        let atoms = self.base.atoms.clone();
        for (layer, shares) in atoms.shares.iter().enumerate() {
            for (atom, share) in shares.iter().enumerate().filter(|_| shares.len() > 1) {
                self.displacements.push(Displacement::Sampling { layer, share: *share });
                self.copies.push(&self.problem, shifted(&atoms, layer, atom, h), 0.0);
                self.copies.push(&self.problem, shifted(&atoms, layer, atom, -h), 0.0);
            }
        }
    }

    /// Copies whose weights between hidden layers are scattered about the mean that the limit knows.
    fn scatter_weights(&mut self, start: &Start) {
        let atoms = self.base.atoms.clone();
        for index in 1..atoms.shares.len() {
            let variance = start.entry_law(index + 1).map_or(0.0, |law| law.variance());
            for side in [Side::Above, Side::Below].into_iter().filter(|_| variance > 0.0) {
                let layer = side.layer(index);
                for (atom, share) in atoms.shares[layer].iter().enumerate() {
                    let h = self.differences.displacement / share.sqrt();
                    self.displacements.push(Displacement::Scatter { layer, variance });
                    self.copies.push(&self.problem, scattered(&atoms, index, side, atom, h), 0.0);
                }
            }
        }
    }

    /// Copies whose laws, or weights, are moved in drawn directions.
    fn move_in_drawn_directions(&mut self, start: &Start) {
        let atoms = self.base.atoms.clone();
        let h = self.differences.displacement;
        for probe in 0..LAW_PROBES {
            self.displacements.push(Displacement::Laws);
            self.copies.push(&self.problem, with_moved_laws(&atoms, probe, h), 0.0);
            self.copies.push(&self.problem, with_moved_laws(&atoms, probe, -h), 0.0);
        }
        let h = WEIGHT_DISPLACEMENT;
        for index in 1..atoms.shares.len() {
            let variance = start.entry_law(index + 1).map_or(0.0, |law| law.variance());
            for probe in (0..WEIGHT_PROBES).filter(|_| variance > 0.0) {
                self.displacements.push(Displacement::Weights { variance });
                self.copies.push(&self.problem, with_moved_weights(&atoms, index, probe, h), 0.0);
                self.copies.push(&self.problem, with_moved_weights(&atoms, index, probe, -h), 0.0);
            }
        }
    }

    /// t.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Copies that flow from t = 0, and how many more each unit of time adds.
    pub fn copy_counts(&self) -> (usize, f64) {
        (self.at_start, self.copies_of_cell() as f64 / self.differences.spacing)
    }

    /// Evaluations of right-hand sides so far.
    pub fn evaluations(&self) -> u64 {
        self.copies.evaluations
    }

    /// Part of the way to `until`: about so many multiplications. Call again until it is reached.
    ///
    /// # Errors
    /// Where a flow runs away.
    pub fn stride(&mut self, until: f64, multiplications: f64) -> Result<Stride, RunError> {
        self.displace_at_midpoints(until)?;
        let stride = self.copies.stride(&self.problem, until, multiplications)?;
        if stride == Stride::Reached {
            self.time = until;
        }
        Ok(stride)
    }

    /// Undisplaced, two of the mean step, two for each point.
    fn copies_of_cell(&self) -> usize {
        2 * self.problem.data.weights().len() + 3
    }

    fn cells(&self) -> usize {
        (self.copies.len() - self.at_start) / self.copies_of_cell()
    }

    fn midpoint(&self, cell: usize) -> f64 {
        (cell as f64 + 0.5) * self.differences.spacing
    }

    /// Copies displaced by single steps at the midpoints before `until`, and the atoms at `until`.
    fn displace_at_midpoints(&mut self, until: f64) -> Result<(), RunError> {
        let tolerance = self.differences.tolerance;
        while self.midpoint(self.cells()) < until {
            let middle = self.midpoint(self.cells());
            self.base.advance(&self.problem, middle, tolerance)?;
            self.copies.push(&self.problem, self.base.atoms.clone(), middle);
            for moved in self.displaced_by_steps() {
                self.copies.push(&self.problem, moved, middle);
            }
        }
        self.base.advance(&self.problem, until, tolerance)?;
        Ok(())
    }

    /// The atoms now, moved by ± h times the mean step and the step of each point.
    fn displaced_by_steps(&self) -> Vec<Atoms> {
        let h = self.differences.displacement;
        let data = &self.problem.data;
        let mut engine = Engine::new(self.problem.architecture.clone());
        let atoms = &self.base.atoms;
        let mut directions = vec![drift(&self.problem, &mut engine, atoms, Points::from(&**data))];
        let one = ndarray::Array1::ones(1);
        for point in 0..data.weights().len() {
            directions.push(drift(
                &self.problem,
                &mut engine,
                atoms,
                Points::single(data, point, one.view()),
            ));
        }
        let both = directions.iter().flat_map(|direction| [(direction, h), (direction, -h)]);
        both.map(|(direction, h)| displaced(atoms, direction, h)).collect()
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let mut reals = vec![self.time];
        self.base.write(&mut reals);
        self.copies.all().iter().for_each(|copy| copy.write(&mut reals));
        State { integers: vec![self.cells() as u64, self.copies.next() as u64], reals }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of these effects.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.read_state(state).ok_or_else(|| {
            RunError::Checkpoint(format!("{} numbers are no copies of this limit", state.reals.len()))
        })
    }

    fn read_state(&mut self, state: &State) -> Option<()> {
        let &[cells, next] = &state.integers[..] else { return None };
        let (time, mut rest) = state.reals.split_first()?;
        let count = usize::try_from(cells).ok()?.checked_mul(self.copies_of_cell())? + self.at_start;
        let numbers = self.base.atoms.layout().numbers();
        // A hostile count must not ask for memory that its numbers do not fill.
        if count > self.at_start + rest.len() / numbers {
            return None;
        }
        self.base.read(&mut rest)?;
        self.copies.truncate(self.at_start);
        while self.copies.len() < count {
            self.copies.push(&self.problem, self.base.atoms.clone(), 0.0);
        }
        self.copies.all_mut().iter_mut().try_for_each(|copy| copy.read(&mut rest))?;
        self.copies.go_to(usize::try_from(next).ok().filter(|next| *next <= count)?);
        self.time = *time;
        rest.is_empty().then_some(())
    }
}
