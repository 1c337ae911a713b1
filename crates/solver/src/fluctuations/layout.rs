//! Where each number of the forward equations stands in the vector that is stepped. The N part is in units of
//! 1/N; the ε part in units of ε times a unit of its own, so that one tolerance serves both.

use ndarray::{ArrayView2, ArrayViewMut2};

/// Sizes of the state, M radii and L degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// M.
    pub radii: usize,
    /// L.
    pub degrees: usize,
}

/// Rows of M numbers at the head of the state, in their order.
#[derive(Clone, Copy, Debug)]
pub(super) enum StateRow {
    /// r.
    Radius,
    /// m of the N part: the mean shift of a radius.
    StartShift,
    /// C of the N part: the variance of a radius.
    StartVariance,
    /// κ = E νδ of the N part.
    StartLabel,
    /// m of the ε part.
    StepShift,
    /// C of the ε part.
    StepVariance,
}

/// Number of rows.
const ROWS: usize = 6;

impl Layout {
    /// Numbers in all.
    pub fn length(self) -> usize {
        self.matrices(self.degrees)
    }

    /// Numbers before the matrices of a degree.
    fn matrices(self, degrees: usize) -> usize {
        ROWS * self.radii + 6 * self.radii * self.radii * degrees
    }

    /// One of the rows.
    pub fn row(self, state: &[f64], row: StateRow) -> &[f64] {
        &state[row as usize * self.radii..][..self.radii]
    }

    /// The same, to write.
    pub fn row_mut(self, state: &mut [f64], row: StateRow) -> &mut [f64] {
        &mut state[row as usize * self.radii..][..self.radii]
    }

    /// (α, β) by ν/√D_ℓ, shape (2M, M).
    pub fn response(self, state: &[f64], degree: usize) -> ArrayView2<'_, f64> {
        let from = self.matrices(degree);
        let numbers = &state[from..from + 2 * self.radii * self.radii];
        ArrayView2::from_shape((2 * self.radii, self.radii), numbers).expect("as many numbers")
    }

    /// The same, to write.
    pub fn response_mut(self, state: &mut [f64], degree: usize) -> ArrayViewMut2<'_, f64> {
        let from = self.matrices(degree);
        let numbers = &mut state[from..from + 2 * self.radii * self.radii];
        ArrayViewMut2::from_shape((2 * self.radii, self.radii), numbers).expect("as many numbers")
    }

    /// Covariance of (α, β) that samples cause, shape (2M, 2M).
    pub fn covariance(self, state: &[f64], degree: usize) -> ArrayView2<'_, f64> {
        let from = self.matrices(degree) + 2 * self.radii * self.radii;
        let numbers = &state[from..from + 4 * self.radii * self.radii];
        ArrayView2::from_shape((2 * self.radii, 2 * self.radii), numbers).expect("as many numbers")
    }

    /// The same, to write.
    pub fn covariance_mut(self, state: &mut [f64], degree: usize) -> ArrayViewMut2<'_, f64> {
        let from = self.matrices(degree) + 2 * self.radii * self.radii;
        let numbers = &mut state[from..from + 4 * self.radii * self.radii];
        ArrayViewMut2::from_shape((2 * self.radii, 2 * self.radii), numbers).expect("as many numbers")
    }
}
