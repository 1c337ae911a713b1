//! Grids that only grew: laws on the shorter ones are given the empty cells that the longest has.

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use ndarray::{ArrayD, IxDyn, Slice};

/// Puts all laws on one grid, if every grid is the beginning of the longest, face by face; else leaves them.
pub(crate) fn to_the_longest(laws: &mut [Measure]) {
    let Some(longest) = longest(laws) else { return };
    let beginning = |axis: &Axis, whole: &Axis| whole.faces().starts_with(axis.faces());
    let fits = |law: &Measure| match law {
        Measure::Cells { axes, .. } => axes.iter().zip(&longest).all(|(axis, whole)| beginning(axis, whole)),
        Measure::Atoms { .. } => false,
    };
    if laws.iter().all(fits) {
        laws.iter_mut().for_each(|law| pad(law, &longest));
    }
}

/// The longest axis of each coordinate; None unless all laws are cells in the same coordinates.
fn longest(laws: &[Measure]) -> Option<Vec<Axis>> {
    let axes = |law: &Measure| match law {
        Measure::Cells { axes, .. } => Some(axes.clone()),
        Measure::Atoms { .. } => None,
    };
    let longer = |a: Axis, b: Axis| if b.cells() > a.cells() { b } else { a };
    let all: Vec<Vec<Axis>> = laws.iter().map(axes).collect::<Option<_>>()?;
    let same = all.iter().all(|axes| axes.len() == all[0].len());
    let of_both = |a: Vec<Axis>, b: Vec<Axis>| a.into_iter().zip(b).map(|(a, b)| longer(a, b)).collect();
    all.into_iter().reduce(of_both).filter(|_| same)
}

fn pad(law: &mut Measure, longest: &[Axis]) {
    let Measure::Cells { axes, mass } = law else { return };
    if axes == longest {
        return;
    }
    let lengths: Vec<usize> = longest.iter().map(Axis::cells).collect();
    let mut padded = ArrayD::zeros(IxDyn(&lengths));
    let own = mass.shape().to_vec();
    padded.slice_each_axis_mut(|of| Slice::from(0..own[of.axis.index()])).assign(mass);
    (*axes, *mass) = (longest.to_vec(), padded);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(upper: f64, mass: &[f64]) -> Measure {
        Measure::line_of_cells(Axis::uniform(0.0, upper, mass.len()).expect("axis"), mass)
    }

    #[test]
    fn grids_that_only_grew_become_one() {
        let mut laws = [cells(2.0, &[0.5, 0.5]), cells(4.0, &[0.1, 0.2, 0.3, 0.4])];
        to_the_longest(&mut laws);
        assert_eq!(laws[0], cells(4.0, &[0.5, 0.5, 0.0, 0.0]));
        assert_eq!(laws[1], cells(4.0, &[0.1, 0.2, 0.3, 0.4]));
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
