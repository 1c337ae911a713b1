//! Where each number of the forward equations stands in the vector that is stepped. The N part is in units of
//! 1/N; the ε part in units of ε times a unit of its own, so that one tolerance serves both. Numbers of atoms
//! stand coordinate by coordinate, all atoms of the first, then of the next; of matrices row by row.

use ndarray::{ArrayView2, ArrayViewMut2};

/// Sizes of the state.
#[derive(Clone, Debug)]
pub(super) struct BlockLayout {
    /// M.
    pub atoms: usize,
    /// Coordinates of an atom.
    pub dimension: usize,
    /// Components of a field of each pair of degrees: coordinates and radii to turn across.
    pub components: Vec<usize>,
}

/// Rows at the head of the state, in their order.
#[derive(Clone, Copy, Debug)]
pub(super) enum AtomRow {
    /// z.
    Position,
    /// m of the N part: the mean shift of an atom.
    StartShift,
    /// κ = E νδz of the N part.
    StartLabel,
    /// m of the ε part.
    StepShift,
    /// C of the N part: the covariance of an atom's coordinates.
    StartCovariance,
    /// C of the ε part.
    StepCovariance,
}

impl BlockLayout {
    /// Numbers in all.
    pub fn length(&self) -> usize {
        self.matrices(self.components.len())
    }

    /// Where a row begins, and its length.
    fn place(&self, row: AtomRow) -> (usize, usize) {
        let vector = self.atoms * self.dimension;
        match row as usize {
            place @ 0..=3 => (place * vector, vector),
            place => ((4 + (place - 4) * self.dimension) * vector, vector * self.dimension),
        }
    }

    /// Numbers before the matrices of a pair.
    fn matrices(&self, pair: usize) -> usize {
        let (from, length) = self.place(AtomRow::StepCovariance);
        let before = self.components[..pair].iter().map(|count| {
            let field = count * self.atoms;
            field * (self.atoms + field)
        });
        from + length + before.sum::<usize>()
    }

    /// One of the rows.
    pub fn row<'a>(&self, state: &'a [f64], row: AtomRow) -> &'a [f64] {
        let (from, length) = self.place(row);
        &state[from..from + length]
    }

    /// The same, to write.
    pub fn row_mut<'a>(&self, state: &'a mut [f64], row: AtomRow) -> &'a mut [f64] {
        let (from, length) = self.place(row);
        &mut state[from..from + length]
    }

    /// (α, β) by ν/√D, of the shape (field, atoms).
    pub fn response<'a>(&self, state: &'a [f64], pair: usize) -> ArrayView2<'a, f64> {
        let from = self.matrices(pair);
        let field = self.components[pair] * self.atoms;
        let numbers = &state[from..from + field * self.atoms];
        ArrayView2::from_shape((field, self.atoms), numbers).expect("as many numbers")
    }

    /// The same, to write.
    pub fn response_mut<'a>(&self, state: &'a mut [f64], pair: usize) -> ArrayViewMut2<'a, f64> {
        let from = self.matrices(pair);
        let field = self.components[pair] * self.atoms;
        let numbers = &mut state[from..from + field * self.atoms];
        ArrayViewMut2::from_shape((field, self.atoms), numbers).expect("as many numbers")
    }

    /// Covariance of (α, β) that samples cause, of the shape (field, field).
    pub fn covariance<'a>(&self, state: &'a [f64], pair: usize) -> ArrayView2<'a, f64> {
        let field = self.components[pair] * self.atoms;
        let from = self.matrices(pair) + field * self.atoms;
        ArrayView2::from_shape((field, field), &state[from..from + field * field]).expect("as many numbers")
    }

    /// The same, to write.
    pub fn covariance_mut<'a>(&self, state: &'a mut [f64], pair: usize) -> ArrayViewMut2<'a, f64> {
        let field = self.components[pair] * self.atoms;
        let from = self.matrices(pair) + field * self.atoms;
        let numbers = &mut state[from..from + field * field];
        ArrayViewMut2::from_shape((field, field), numbers).expect("as many numbers")
    }
}
