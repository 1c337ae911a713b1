//! A grid that only grows in a checkpoint: cells along each axis as integers, faces axis by axis as reals.

use meanfield_model::axis::Axis;

use crate::grid::Grid;

/// Cells along each axis.
pub(crate) fn counts<const D: usize>(grid: &Grid<D>) -> Vec<u64> {
    grid.axes.iter().map(|axis| axis.cells() as u64).collect()
}

/// Faces, axis by axis.
pub(crate) fn faces<const D: usize>(grid: &Grid<D>) -> impl Iterator<Item = f64> {
    grid.axes.iter().flat_map(|axis| axis.faces().iter().copied())
}

/// The saved grid, and the numbers behind its faces. None where these are not what has become of a grid that
/// `start` is.
pub(crate) fn restored<'a, const D: usize>(
    start: &Grid<D>,
    counts: &[u64],
    mut reals: &'a [f64],
) -> Option<(Grid<D>, &'a [f64])> {
    let mut grid = start.clone();
    if counts.len() != D {
        return None;
    }
    for (axis, cells) in grid.axes.iter_mut().zip(counts) {
        let faces;
        (faces, reals) = reals.split_at_checked(usize::try_from(*cells).ok()?.checked_add(1)?)?;
        // A grid only grows: the faces of the start are among those of later.
        if !faces.windows(axis.faces().len()).any(|some| some == axis.faces()) {
            return None;
        }
        *axis = Axis::from_faces(faces.to_vec()).ok()?;
    }
    Some((grid, reals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::End;

    #[test]
    fn a_grid_that_has_grown_is_restored_and_another_is_not() {
        let start = Grid::<2> { axes: [3, 4].map(|n| Axis::uniform(-1.0, 2.0, n).expect("valid")) };
        let (grown, _) = start.extended(1, End::Lower, 2, &[0.0; 12]).expect("finite");
        let reals: Vec<f64> = faces(&grown).chain([0.25, 0.75]).collect();
        let (found, rest) = restored(&start, &counts(&grown), &reals).expect("grown");
        assert!(found == grown && rest == [0.25, 0.75]);
        assert_eq!(restored(&grown, &counts(&start), &faces(&start).collect::<Vec<_>>()), None);
        let other = Grid::<2> { axes: [3, 4].map(|n| Axis::uniform(-1.0, 2.5, n).expect("valid")) };
        assert_eq!(restored(&other, &counts(&grown), &reals), None);
        assert_eq!(restored(&start, &[u64::MAX, 4], &reals), None);
        assert_eq!(restored(&start, &[3], &reals), None);
    }
}
