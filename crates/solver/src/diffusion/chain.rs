//! One implicit step of mass that hops between neighbouring cells along the lines of an axis:
//!
//! ```text
//!   (1 + left_i + right_i) q_i − right_{i−1} q_{i−1} − left_{i+1} q_{i+1} = p_i
//! ```
//! left and right ≥ 0: the shares of a cell's mass that leave it. The columns of this matrix sum to 1, so Σq
//! = Σp. It is eliminated without a subtraction (Grassmann, Taksar & Heyman 1985): every q_i > 0 keeps its
//! relative accuracy, however long the step.

use crate::grid::Grid;

/// The matrix of an axis, eliminated, cell by cell of the whole grid.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The stride along the lines, and their length.
    stride: usize,
    length: usize,
    /// Shares that hop to the cell before and after.
    pub left: Vec<f64>,
    pub right: Vec<f64>,
    /// 1 + right + what of left comes back no more.
    diagonal: Vec<f64>,
}

impl Chain {
    /// Along an axis of a grid; nothing hops yet.
    pub fn new<const D: usize>(grid: &Grid<D>, axis: usize) -> Self {
        let zeros = vec![0.0; grid.cells()];
        Self {
            stride: grid.stride(axis),
            length: grid.axes[axis].cells(),
            left: zeros.clone(),
            right: zeros.clone(),
            diagonal: zeros,
        }
    }

    /// Eliminates the matrix of the present shares. Nothing may leave through the ends of a line.
    pub fn eliminate(&mut self) {
        let Self { stride, length, left, right, diagonal, .. } = self;
        let mut stays = vec![1.0; *stride]; // share of the cell before that does not come on
        for block in (0..left.len()).step_by(*stride * *length) {
            stays.fill(1.0);
            for first in (block..).step_by(*stride).take(*length) {
                let layer = first..first + *stride;
                let left = &left[layer.clone()];
                let right = &right[layer.clone()];
                let cells = diagonal[layer].iter_mut().zip(&mut stays);
                for ((diagonal, stays), (left, right)) in cells.zip(left.iter().zip(right)) {
                    let held = 1.0 + left * *stays;
                    *diagonal = held + right;
                    *stays = held / *diagonal;
                }
            }
        }
    }

    /// q for any right-hand side p, positive or not, in its place. The lines of a block side by side go
    /// together, cell by cell: memory is read front to back.
    pub fn solve(&self, p: &mut [f64]) {
        let Self { stride, length, left, right, diagonal, .. } = self;
        let ends = stride * (length - 1);
        for (block, p) in p.chunks_exact_mut(stride * length).enumerate() {
            let cells = block * stride * length..(block + 1) * stride * length;
            let left = &left[cells.clone()];
            let right = &right[cells.clone()];
            let diagonal = &diagonal[cells];
            for i in 0..ends {
                p[i + stride] += p[i] * right[i] / diagonal[i];
            }
            p[ends..].iter_mut().zip(&diagonal[ends..]).for_each(|(p, diagonal)| *p /= diagonal);
            for i in (0..ends).rev() {
                p[i] = (p[i] + left[i + stride] * p[i + stride]) / diagonal[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use meanfield_model::axis::Axis;

    use super::*;

    fn chain(cells: [usize; 2], axis: usize) -> Chain {
        let axes = cells.map(|cells| Axis::uniform(0.0, 1.0, cells).expect("valid"));
        let mut chain = Chain::new(&Grid { axes }, axis);
        let stride = chain.stride;
        let length = chain.length;
        for i in 0..cells[0] * cells[1] {
            let at = i / stride % length;
            chain.left[i] = if at > 0 { 1e3 * (1.0 + (i as f64).sin().abs()) } else { 0.0 };
            chain.right[i] = if at + 1 < length { 7.0 * (i as f64).cos().abs() } else { 0.0 };
        }
        chain.eliminate();
        chain
    }

    #[test]
    fn the_answer_solves_the_equations_along_either_axis() {
        for axis in 0..2 {
            let chain = chain([5, 4], axis);
            let p: Vec<f64> = (0..20).map(|i| f64::from(i) - 7.5).collect();
            let mut q = p.clone();
            chain.solve(&mut q);
            let at = |i: usize| i / chain.stride % chain.length;
            for i in 0..20 {
                let from_left =
                    if at(i) > 0 { chain.right[i - chain.stride] * q[i - chain.stride] } else { 0.0 };
                let from_right = if at(i) + 1 < chain.length {
                    chain.left[i + chain.stride] * q[i + chain.stride]
                } else {
                    0.0
                };
                let found = (1.0 + chain.left[i] + chain.right[i]) * q[i] - from_left - from_right;
                assert!((found - p[i]).abs() < 1e-11, "axis {axis}, cell {i}: {found}");
            }
        }
    }

    #[test]
    fn mass_stays_and_stays_positive_however_long_the_step() {
        let mut chain = chain([1, 200], 1);
        for scale in [1.0, 1e6, 1e9] {
            chain.left.iter_mut().chain(&mut chain.right).for_each(|share| *share *= scale);
            chain.eliminate();
            let mut q = vec![0.0; 200];
            q[150] = 1.0;
            chain.solve(&mut q);
            assert!(
                (q.iter().sum::<f64>() - 1.0).abs() < 1e-14,
                "{scale}: {:e}",
                q.iter().sum::<f64>() - 1.0
            );
            assert!(q.iter().all(|q| *q > 0.0));
        }
    }
}
