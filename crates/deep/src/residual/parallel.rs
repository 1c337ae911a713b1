//! Whether data satisfy what Lemma 1 asks of them: no input lies in the span of another. Where one does, K of
//! Assumption 2 may be singular: then two labels cannot both be fitted. Inputs alone are looked at here.

use ndarray::ArrayView2;

/// Inputs whose angle has a sine below this are parallel.
const PARALLEL: f64 = 1e-9;

/// Two inputs of which one lies in the span of the other; indices from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParallelInputs {
    /// The one that comes first.
    pub first: usize,
    /// The other.
    pub second: usize,
}

impl std::fmt::Display for ParallelInputs {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { first, second } = self;
        write!(
            f,
            "inputs {first} and {second} are parallel: Assumption 2 of the paper does not hold by Lemma 1"
        )
    }
}

/// All pairs of parallel inputs, of shape (points, d); an input 0 is parallel to every other.
///
/// ```
/// use meanfield_deep::residual::parallel::{ParallelInputs, parallel_inputs};
/// use ndarray::array;
///
/// let found = parallel_inputs(array![[1.0, 2.0], [2.0, 1.0], [-0.5, -1.0]].view());
/// assert_eq!(found, [ParallelInputs { first: 0, second: 2 }]);
/// ```
pub fn parallel_inputs(inputs: ArrayView2<f64>) -> Vec<ParallelInputs> {
    let mut found = Vec::new();
    for first in 0..inputs.nrows() {
        for second in first + 1..inputs.nrows() {
            let own = inputs.row(first);
            let other = inputs.row(second);
            let square = own.dot(&own);
            let share = if square > 0.0 { own.dot(&other) / square } else { 0.0 };
            let rest = &other - &(&own * share);
            if square == 0.0 || rest.dot(&rest) <= PARALLEL * PARALLEL * other.dot(&other) {
                found.push(ParallelInputs { first, second });
            }
        }
    }
    found
}
