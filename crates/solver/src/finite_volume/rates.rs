//! The rates d(mass)/dt on a grid, whatever computes them: line by line as the method is written
//! ([`mod@reference`]), or in one pass over the masses where four coordinates have an outer weight
//! ([`four_parameters`]).
//!
//! An implementation knows cells and coefficients of the potential, no landscape and no time. It may cache
//! results for the masses that it was last prepared for; [`Scheme`](super::scheme::Scheme) says which ones
//! these are.

pub mod four_parameters;
pub mod reference;
pub mod selection;

use meanfield_run::flow::Stage;

use super::cells::Cells;

/// Summary of the masses of all cells.
pub struct LawSummary<const D: usize> {
    /// 4 ∫|∇Ψ|² dρ, by which E falls per unit time.
    pub dissipation: f64,
    /// The smallest density of any cell.
    pub lowest_density: f64,
    /// The masses along every axis.
    pub marginals: [Vec<f64>; D],
}

/// A way to compute rates. Between [`prepare`](Self::prepare) and the next [`stage`](Self::stage), bound,
/// stage, rate and summary are those of the masses that were prepared.
pub trait Rates<const D: usize>: Send {
    /// m_k of these masses.
    fn moments(&mut self, cells: &Cells<D>, mass: &[f64], moments: &mut [f64]);

    /// Takes these masses, and Ψ = Σ_k coefficient_k φ_k.
    fn prepare(&mut self, cells: &Cells<D>, mass: &[f64], coefficients: &[f64]);

    /// Whether it was last prepared for these masses. One whose masses come from its own stages alone need
    /// not compare them: [`forget`](Self::forget) reports when they are others.
    fn is_prepared(&self, mass: &[f64]) -> bool;

    /// The largest forward-Euler step that keeps every mass positive.
    fn bound(&mut self, cells: &Cells<D>) -> f64;

    /// mass ← share · start + (1 − share) (mass + step · rate), after `bound`. In the last stage `start` may
    /// come out as anything.
    fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage);

    /// The rates themselves, after `bound`, which found this step; by one step of forward Euler where none
    /// are stored.
    fn rate(&mut self, mass: &[f64], bound: f64, rate: &mut [f64]) {
        let length = 0.5 * bound;
        let mut after = mass.to_vec();
        self.stage(&mut after, &mut Vec::new(), Stage { share: 0.0, step: length, is_last: true });
        self.forget();
        let change = after.iter().zip(mass).map(|(after, before)| (after - before) / length);
        rate.iter_mut().zip(change).for_each(|(rate, change)| *rate = change);
    }

    /// Summary of the masses.
    fn summary(&mut self, cells: &Cells<D>, mass: &[f64]) -> LawSummary<D>;

    /// The cells, as many as before, have moved together with their masses.
    fn place(&mut self, cells: &Cells<D>);

    /// The faces have other velocities.
    fn set_velocities(&mut self, _cells: &Cells<D>) {}

    /// There are other cells.
    fn replace_cells(&mut self, cells: &Cells<D>);

    /// The masses are no longer those of the last stage.
    fn forget(&mut self) {}

    /// What it knows of the masses of its own planes, so many numbers a plane: sums that a stage made, whose
    /// last bits do not follow from the masses. Who goes on from saved masses must have it, too.
    fn memory(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Numbers of it for each plane.
    fn memory_of_plane(&self) -> usize {
        0
    }

    /// Takes the memory of all planes back.
    fn recall(&mut self, _memory: &[f64]) {}

    /// Whether it can compute some of the planes of the last coordinate alone: the cells say which, and
    /// masses are those of the planes that are held.
    fn can_be_dealt(&self) -> bool {
        false
    }

    /// From now on uses so many threads where it can; no result depends on it.
    fn use_threads(&mut self, _threads: usize) {}

    /// Cells that it treats in a quarter of a second.
    fn cells_of_stride(&self) -> usize;
}

#[cfg(test)]
mod tests;
