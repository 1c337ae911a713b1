//! A flow as plain numbers, and back.

use meanfield_run::system::{RunError, State};
use ndarray::Array2;

use super::FeatureFlow;
use crate::residual::pair_weights::PairWeights;
use crate::residual::paths::Paths;

impl FeatureFlow {
    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let mut reals = vec![self.time, self.controller.next_step, self.first_loss, self.fallen];
        reals.extend(self.paths.first.iter().chain(&self.paths.last));
        let mut integers = vec![self.compress_from as u64];
        for pairs in &self.paths.pairs {
            match pairs {
                PairWeights::Matrix(matrix) => {
                    integers.push(0);
                    reals.extend(matrix);
                }
                PairWeights::Factors { left, right } => {
                    integers.push(left.nrows() as u64);
                    reals.extend(left.iter().chain(right));
                }
            }
        }
        State { integers, reals }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this flow.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.read(state).ok_or_else(|| {
            let what = format!("{} numbers for {} paths of a flow", state.reals.len(), self.paths.count());
            RunError::Checkpoint(what)
        })
    }

    fn read(&mut self, state: &State) -> Option<()> {
        let (&[time, next_step, first_loss, fallen], rest) = state.reals.split_first_chunk::<4>()?;
        let (&compress_from, ranks) = state.integers.split_first()?;
        let mut rest = rest;
        let count = self.paths.count();
        let first = take(&mut rest, self.paths.first.nrows(), count)?;
        let last = take(&mut rest, 1, count)?.row(0).to_owned();
        let mut pairs = Vec::with_capacity(ranks.len());
        for rank in ranks {
            pairs.push(match usize::try_from(*rank).ok()? {
                0 => PairWeights::Matrix(take(&mut rest, count, count)?),
                rank => PairWeights::Factors {
                    left: take(&mut rest, rank, count)?,
                    right: take(&mut rest, rank, count)?,
                },
            });
        }
        if !rest.is_empty() || pairs.len() != self.paths.pairs.len() {
            return None;
        }
        self.paths = Paths { first, pairs, last, shares: self.paths.shares.clone() };
        self.controller.next_step = next_step;
        self.compress_from = usize::try_from(compress_from).ok()?;
        (self.time, self.first_loss, self.fallen) = (time, first_loss, fallen);
        Some(())
    }
}

/// The next numbers as a matrix.
fn take(numbers: &mut &[f64], rows: usize, columns: usize) -> Option<Array2<f64>> {
    let (own, rest) = numbers.split_at_checked(rows.checked_mul(columns)?)?;
    *numbers = rest;
    Array2::from_shape_vec((rows, columns), own.to_vec()).ok()
}
