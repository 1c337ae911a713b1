//! What finite widths do to the loss of networks of an independent or correlated start to first order: mean
//! L + Σ_i b_i/n_i, variance Σ_i v_i/n_i, in gradient flow. What the step size adds is in `fluctuations`.
//!
//! Drawing the neurons of layer i moves its law by (1/n_i) Σ (δ_c − q): b_i has ½ ∫ d²/dh² L((1 − h) q +
//! h δ_c) q(dc), and v_i = ∫ (dL/dh)² q(dc). Independent weights between hidden layers, of variance V, are
//! scattered about the mean that the limit knows. What is of second order in ζ_{jk} is seen by neurons twice,
//! with ±ζ: all of first order cancels, and what is left is ∝ q_j² q_k (through H_i, to 1/n_{i−1}) or
//! ∝ q_j q_k² (through Δ_{i−1}, to 1/n_i), by which side is there twice.
//!
//! [`width_effects`] is the plain road, one flow after the other: only tests take it, to check `first_order`,
//! which systems take and which shares the displaced copies of this file.

use meanfield_run::system::RunError;
use ndarray::{Array1, Axis, concatenate, s};

use crate::atoms::Atoms;
use crate::flow::GradientFlow;
use crate::fluctuations::Differences;
use crate::limit::Limit;
use crate::problem::DeepProblem;
use crate::start::Start;

/// What the width of one hidden layer does to the loss at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WidthEffect {
    /// b_i.
    pub bias: f64,
    /// v_i.
    pub variance: f64,
}

/// The effects of the widths of layers 1 … L − 1 at increasing times: one row for each time. `limit` is at
/// t = 0 and has no tagged neurons. The cost is that of two flows for each atom of each layer, and one more
/// for each atom at both ends of scattered weights.
///
/// # Errors
/// Where a flow runs away.
///
/// # Panics
/// Where start and limit differ.
pub fn width_effects(
    limit: &Limit,
    start: &Start,
    times: &[f64],
    differences: &Differences,
) -> Result<Vec<Vec<WidthEffect>>, RunError> {
    let atoms = limit.atoms();
    let copies = StartCopies {
        problem: limit.flow().problem(),
        times,
        tolerance: differences.tolerance,
        h: differences.displacement,
    };
    let middles = copies.losses(atoms.clone())?;
    let layers = atoms.shares.len();
    let mut effects = vec![vec![WidthEffect::default(); layers]; times.len()];
    for layer in 0..layers {
        copies.add_sampling(&atoms, layer, &middles, &mut effects)?;
    }
    for index in 1..layers {
        let variance = start.entry_law(index + 1).map_or(0.0, |law| law.variance());
        if variance > 0.0 {
            for side in [Side::Above, Side::Below] {
                copies.add_scatter(&atoms, index, side, variance, &middles, &mut effects)?;
            }
        }
    }
    Ok(effects)
}

/// Copies of the limit that flow from t = 0.
struct StartCopies<'a> {
    problem: &'a DeepProblem,
    times: &'a [f64],
    tolerance: f64,
    h: f64,
}

/// The layer at one end of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Above,
    Below,
}

impl Side {
    /// The index of that layer, of the weights of layer `index` + 1.
    pub(crate) fn layer(self, index: usize) -> usize {
        if self == Self::Above { index - 1 } else { index }
    }
}

impl StartCopies<'_> {
    fn losses(&self, atoms: Atoms) -> Result<Vec<f64>, RunError> {
        let mut flow = GradientFlow::new(self.problem.clone(), atoms, self.tolerance);
        let mut losses = Vec::with_capacity(self.times.len());
        for time in self.times {
            flow.advance(*time)?;
            losses.push(flow.loss());
        }
        Ok(losses)
    }

    /// What drawing the neurons of a layer does.
    fn add_sampling(
        &self,
        atoms: &Atoms,
        layer: usize,
        middles: &[f64],
        effects: &mut [Vec<WidthEffect>],
    ) -> Result<(), RunError> {
        let shares = &atoms.shares[layer];
        if shares.len() == 1 {
            return Ok(());
        }
        for (atom, share) in shares.iter().enumerate() {
            let ups = self.losses(shifted(atoms, layer, atom, self.h))?;
            let downs = self.losses(shifted(atoms, layer, atom, -self.h))?;
            for (index, effects) in effects.iter_mut().enumerate() {
                let first = (ups[index] - downs[index]) / (2.0 * self.h);
                let second = (ups[index] - 2.0 * middles[index] + downs[index]) / (self.h * self.h);
                effects[layer].bias += 0.5 * share * second;
                effects[layer].variance += share * first * first;
            }
        }
        Ok(())
    }

    /// What the scatter of the weights of layer `index` + 1 does through the neurons at one side.
    fn add_scatter(
        &self,
        atoms: &Atoms,
        index: usize,
        side: Side,
        variance: f64,
        middles: &[f64],
        effects: &mut [Vec<WidthEffect>],
    ) -> Result<(), RunError> {
        let layer = side.layer(index);
        for (atom, share) in atoms.shares[layer].iter().enumerate() {
            // Weak atoms are displaced further: what their field is displaced by is h times the root of q.
            let displaced = scattered(atoms, index, side, atom, self.h / share.sqrt());
            let losses = self.losses(displaced)?;
            for (time, effects) in effects.iter_mut().enumerate() {
                effects[layer].bias += variance * (losses[time] - middles[time]) / (self.h * self.h);
            }
        }
        Ok(())
    }
}

/// (1 − h) q + h δ_c in one layer.
pub(crate) fn shifted(atoms: &Atoms, layer: usize, atom: usize, h: f64) -> Atoms {
    let mut moved = atoms.clone();
    moved.shares[layer] *= 1.0 - h;
    moved.shares[layer][atom] += h;
    moved
}

/// Every neuron of a layer twice, with half its share.
fn doubled(atoms: &Atoms, layer: usize) -> Atoms {
    let mut twice = atoms.clone();
    let into = &atoms.weights[layer];
    let out = &atoms.weights[layer + 1];
    twice.weights[layer] = concatenate![Axis(1), into.view(), into.view()];
    twice.weights[layer + 1] = concatenate![Axis(0), out.view(), out.view()];
    let half: Array1<f64> = &atoms.shares[layer] * 0.5;
    twice.shares[layer] = concatenate![Axis(0), half.view(), half.view()];
    twice
}

/// The weights W of layer `index` + 1 between one neuron at a side and all at the other side, who are there
/// twice: w + h to the one, w − h to the other.
pub(crate) fn scattered(atoms: &Atoms, index: usize, side: Side, atom: usize, h: f64) -> Atoms {
    let other = if side == Side::Above { index } else { index - 1 };
    let mut twice = doubled(atoms, other);
    let count = atoms.shares[other].len();
    let weights = &mut twice.weights[index];
    let mut line = if side == Side::Above { weights.row_mut(atom) } else { weights.column_mut(atom) };
    line.slice_mut(s![..count]).mapv_inplace(|w| w + h);
    line.slice_mut(s![count..]).mapv_inplace(|w| w - h);
    twice
}
