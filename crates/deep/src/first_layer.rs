//! First-layer weights of shape (d, n_1) with inputs of one sample: d is small, neurons lie side by side, and
//! some of them are taken at a time. It knows no network. Called inside a dispatch on the instruction set.

// Inside a dispatch on the instruction set it is one instruction, not a call.
#![allow(clippy::disallowed_methods)]

/// Σ_k x_k W_1(k, ·) for the neurons from `from` on, as many as `into` has.
#[inline(always)]
pub(crate) fn project(first: &[f64], width: usize, from: usize, x: &[f64], into: &mut [f64]) {
    into.fill(0.0);
    let count = into.len();
    for (row, x) in first.chunks_exact(width).zip(x) {
        for (h, w) in into.iter_mut().zip(&row[from..from + count]) {
            *h = x.mul_add(*w, *h);
        }
    }
}

/// W_1(k, ·) ← W_1(k, ·) + change x_k for the neurons from `from` on.
#[inline(always)]
pub(crate) fn change_first(first: &mut [f64], width: usize, from: usize, x: &[f64], changes: &[f64]) {
    for (row, x) in first.chunks_exact_mut(width).zip(x) {
        for (w, change) in row[from..from + changes.len()].iter_mut().zip(changes) {
            *w = change.mul_add(*x, *w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_whole() {
        let mut first = vec![1.0, 2.0, 3.0, 10.0, 20.0, 30.0]; // two coordinates, three neurons
        let x = [0.5, 0.1];
        let mut part = [0.0; 2];
        project(&first, 3, 1, &x, &mut part);
        assert_eq!(part, [3.0, 4.5]);
        change_first(&mut first, 3, 1, &x, &[2.0, -2.0]);
        assert_eq!(first, [1.0, 3.0, 2.0, 10.0, 20.2, 29.8]);
    }
}
