//! Grids that only grew: laws on the shorter ones are given the empty cells that the longest has.

use meanfield_model::axis::Axis;
use meanfield_model::measure::{self, Measure};
use ndarray::{Array, Dimension, Ix2, IxDyn, Slice};

/// Puts all laws on one grid, if every grid is the beginning of the longest, face by face; else leaves them.
pub(crate) fn to_the_longest(laws: &mut [Measure]) {
    let Some(longest) = longest(laws) else { return };
    let are_beginnings = laws.iter().all(|law| law.axes().is_some_and(|axes| begin(axes, &longest)));
    if are_beginnings {
        laws.iter_mut().for_each(|law| pad(law, &longest));
    }
}

/// Whether each axis is the beginning of a longer one, face by face.
fn begin(axes: &[Axis], longest: &[Axis]) -> bool {
    axes.iter().zip(longest).all(|(axis, whole)| whole.faces().starts_with(axis.faces()))
}

/// The longest axis of each coordinate; None unless all laws are on grids in the same coordinates.
fn longest(laws: &[Measure]) -> Option<Vec<Axis>> {
    let all: Vec<Vec<Axis>> = laws.iter().map(|law| Some(law.axes()?.to_vec())).collect::<Option<_>>()?;
    let same = all.iter().all(|axes| axes.len() == all[0].len());
    all.into_iter()
        .reduce(|a: Vec<Axis>, b: Vec<Axis>| a.into_iter().zip(b).map(|(a, b)| longer(a, b)).collect())
        .filter(|_| same)
}

/// The axis of more cells.
fn longer(a: Axis, b: Axis) -> Axis {
    if b.cells() > a.cells() { b } else { a }
}

fn pad(law: &mut Measure, longest: &[Axis]) {
    let cells: Vec<usize> = longest.iter().map(Axis::cells).collect();
    match law {
        Measure::Cells { axes, mass } if axes != longest => {
            *mass = padded(mass, IxDyn(&cells));
            *axes = longest.to_vec();
        }
        Measure::Marginals { axes, pairs } if axes != longest => {
            for (pair, (first, second)) in pairs.iter_mut().zip(measure::pairs(cells.len())) {
                *pair = padded(pair, Ix2(cells[first], cells[second]));
            }
            *axes = longest.to_vec();
        }
        _ => {}
    }
}

/// The masses at the beginning of an array that is empty otherwise.
fn padded<D: Dimension>(mass: &Array<f64, D>, shape: D) -> Array<f64, D> {
    let mut padded = Array::zeros(shape);
    padded.slice_each_axis_mut(|of| Slice::from(0..mass.shape()[of.axis.index()])).assign(mass);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayD;

    fn cells(upper: f64, mass: &[f64]) -> Measure {
        Measure::line_of_cells(Axis::uniform(0.0, upper, mass.len()).expect("axis"), mass)
    }

    /// Axes of so many cells of length 1.
    fn unit_cells(cells: [usize; 3]) -> Vec<Axis> {
        cells.map(|n| Axis::uniform(0.0, n as f64, n).expect("axis")).to_vec()
    }

    fn marginals(cells: [usize; 3]) -> Measure {
        Measure::marginals_of(unit_cells(cells), &ArrayD::from_elem(IxDyn(&cells), 1.0))
    }

    /// A mass in each cell of the first column, and none elsewhere.
    fn first_column(shape: (usize, usize), mass: f64) -> Array<f64, Ix2> {
        Array::from_shape_fn(shape, |(_, j)| if j == 0 { mass } else { 0.0 })
    }

    #[test]
    fn grids_that_only_grew_become_one() {
        let mut laws = [cells(2.0, &[0.5, 0.5]), cells(4.0, &[0.1, 0.2, 0.3, 0.4])];
        to_the_longest(&mut laws);
        assert_eq!(laws[0], cells(4.0, &[0.5, 0.5, 0.0, 0.0]));
        assert_eq!(laws[1], cells(4.0, &[0.1, 0.2, 0.3, 0.4]));
    }

    #[test]
    fn marginals_are_padded_pair_by_pair() {
        let mut laws = [marginals([2, 1, 3]), marginals([2, 4, 1])];
        to_the_longest(&mut laws);
        assert!(laws.iter().all(|law| law.axes() == Some(&unit_cells([2, 4, 3]))));
        assert_eq!(laws[0].pair_marginal(0, 1), Some(first_column((2, 4), 3.0)));
        assert_eq!(laws[1].pair_marginal(1, 2), Some(first_column((4, 3), 2.0)));
    }

    #[test]
    fn other_grids_and_atoms_stay_as_they_are() {
        for laws in [
            vec![cells(2.0, &[0.5, 0.5]), cells(2.0, &[0.1, 0.2, 0.3, 0.4])],
            vec![cells(2.0, &[0.5, 0.5]), Measure::equal_atoms(&[1.0])],
            Vec::new(),
        ] {
            let mut padded = laws.clone();
            to_the_longest(&mut padded);
            assert_eq!(padded, laws);
        }
    }
}
