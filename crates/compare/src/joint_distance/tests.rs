//! Tests of joint distances on laws whose distances are known, or can be had by another road.

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use ndarray::{Array1, Array2, ArrayD, IxDyn};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// Nearly normal numbers: sums of twelve uniform ones.
fn normals(stream: u64, count: usize) -> Vec<f64> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(stream);
    let mut uniform = || (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
}

/// Weighted points of so many coordinates, spread more along the last ones.
fn points(stream: u64, count: usize, coordinates: usize) -> (Array2<f64>, Vec<f64>) {
    let mut points =
        Array2::from_shape_vec((count, coordinates), normals(stream, count * coordinates)).expect("shape");
    points.columns_mut().into_iter().enumerate().for_each(|(c, mut column)| column *= 1.0 + c as f64);
    let weights: Vec<f64> = normals(stream + 100, count).iter().map(|z| 1.0 + 0.1 * z.abs()).collect();
    let total: f64 = weights.iter().sum();
    (points, weights.iter().map(|weight| weight / total).collect())
}

fn atoms(points: Array2<f64>, weights: Vec<f64>) -> Boxes {
    Boxes::of_measure(&Measure::Atoms { points, weights: Array1::from(weights) }).expect("atoms")
}

fn distances(a: &Boxes, b: &Boxes) -> [f64; 2] {
    let found = joint_distances(&JointDistance::ALL, std::slice::from_ref(a), std::slice::from_ref(b));
    let found = found.expect("comparable");
    assert!(found.iter().all(|distance| (distance.pooled - distance.runs[0]).abs() < 1e-13));
    [found[0].pooled, found[1].pooled]
}

/// E|X − Y| over all pairs.
fn mean_distance(a: &(Array2<f64>, Vec<f64>), b: &(Array2<f64>, Vec<f64>)) -> f64 {
    let pairs = a.0.outer_iter().zip(&a.1).flat_map(|(x, p)| {
        b.0.outer_iter()
            .zip(&b.1)
            .map(move |(y, q)| p * q * x.iter().zip(&y).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt())
    });
    pairs.sum()
}

#[test]
fn a_shift_is_its_length_over_the_root_of_the_coordinates() {
    for shift in [vec![0.3, -0.4], vec![0.3, -0.4, 1.2], vec![0.1, 0.2, -0.2, 0.4]] {
        let (places, weights) = points(1, 60, shift.len());
        let moved = &places + &Array1::from(shift.clone());
        let [sliced, _] = distances(&atoms(places, weights.clone()), &atoms(moved, weights));
        let length = shift.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((sliced - length / (shift.len() as f64).sqrt()).abs() < 1e-13, "{shift:?} {sliced}");
    }
}

#[test]
fn the_energy_distance_is_that_of_all_pairs_up_to_the_directions() {
    for (coordinates, bound) in [(2, 1e-3), (3, 1e-2), (4, 5e-3)] {
        for (count, other) in [(40, 300), (200, 200), (600, 50)] {
            let a = points(3, count, coordinates);
            let mut b = points(4, other, coordinates);
            b.0 += 0.1;
            let square = 2.0 * mean_distance(&a, &b) - mean_distance(&a, &a) - mean_distance(&b, &b);
            let [_, found] = distances(&atoms(a.0, a.1), &atoms(b.0, b.1));
            let error = found / square.sqrt() - 1.0;
            assert!(error.abs() < bound, "{coordinates}: {count}, {other}: {error:.1e}");
        }
    }
}

#[test]
fn fixed_directions_give_what_a_great_many_do() {
    for coordinates in [2, 3, 4] {
        let a = atoms(points(5, 200, coordinates).0, vec![0.005; 200]);
        let b = atoms(points(6, 500, coordinates).0, vec![0.002; 500]);
        let many = normals(9, 4000 * coordinates);
        let squares = many.chunks_exact(coordinates).map(|raw: &[f64]| {
            let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
            let direction: Vec<f64> = raw.iter().map(|x| x / length).collect();
            wasserstein_2(&a.projected(&direction), &b.projected(&direction)).powi(2)
        });
        let squares: Vec<f64> = squares.collect();
        let mean = squares.iter().sum::<f64>() / 4000.0;
        let variance = squares.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0;
        let [sliced, _] = distances(&a, &b);
        let error = sliced / mean.sqrt() - 1.0;
        // The many are random: they err by 8e-4, 5e-3 and 4e-3.
        let allowed = 3.0 * 0.5 * (variance / 4000.0).sqrt() / mean;
        assert!(error.abs() < allowed && allowed < 0.016, "{coordinates}: {error:.1e}, {allowed:.1e}");
    }
}

#[test]
fn cells_and_atoms_of_one_law_are_close() {
    let axes: Vec<Axis> = (0..2).map(|_| Axis::uniform(0.0, 1.0, 20).expect("axis")).collect();
    let cells = Measure::Cells { axes, mass: ArrayD::from_elem(IxDyn(&[20, 20]), 1.0 / 400.0) };
    let fine = Array2::from_shape_fn((3600, 2), |(i, c)| {
        let place = if c == 0 { i / 60 } else { i % 60 };
        (place as f64 + 0.5) / 60.0
    });
    let found = distances(&Boxes::of_measure(&cells).expect("cells"), &atoms(fine, vec![1.0 / 3600.0; 3600]));
    // Boxes of side 1/20 and 1/60, each of second order.
    assert!(found[0] < 3e-3 && found[1] < 3e-3, "{found:?}");
}

#[test]
fn laws_of_other_coordinates_are_not_compared() {
    let [two, four] = [2, 4].map(|coordinates| {
        let (places, weights) = points(7, 5, coordinates);
        atoms(places, weights)
    });
    let one = atoms(Array2::zeros((1, 1)), vec![1.0]);
    let compared = |a: &Boxes, b: &Boxes| {
        joint_distances(&JointDistance::ALL, std::slice::from_ref(a), std::slice::from_ref(b))
    };
    assert!(compared(&two, &four).is_none() && compared(&one, &one).is_none());
    assert!(joint_distances(&JointDistance::ALL, &[], std::slice::from_ref(&two)).is_none());
    let nowhere = atoms(Array2::from_elem((1, 2), f64::NAN), vec![1.0]);
    assert!(compared(&nowhere, &two).is_some_and(|all| all.iter().all(|found| found.pooled.is_nan())));
}
