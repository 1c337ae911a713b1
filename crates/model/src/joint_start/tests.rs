//! Tests of joint starts: moments of the parts against closed forms, and what data have no coordinates for.

use super::*;
use crate::data::GaussianClasses;
use crate::directed::DirectedClasses;
use crate::initial::WeightedInitial;
use crate::normal;
use crate::teacher::Teacher;

fn data(dimension: usize, directions: usize) -> DataModel {
    DirectedClasses::with_teacher(dimension, directions, Teacher { units: Vec::new() }).into()
}

fn start(dimension: usize, directions: usize, weights: &Initial) -> JointStart {
    JointStart::new(&data(dimension, directions), weights, None).expect("fits")
}

fn part(weight: f64, law: Initial) -> WeightedInitial {
    WeightedInitial { weight, law }
}

fn mixture() -> Initial {
    Initial::Mixture(vec![
        part(0.3, Initial::GaussianAbout { scale: 0.5, mean: vec![0.7] }),
        part(0.5, Initial::Sphere { radius: 1.2 }),
        part(0.2, Initial::Overlap { radius: 2.0, overlap: vec![-0.6] }),
    ])
}

/// E f(z) by the midpoint rule in two normals, exact for functions that are smooth in them.
fn mean(start: &JointStart, f: impl Fn([f64; 2]) -> f64) -> f64 {
    let h = 17.0 / 136.0;
    let nodes: Vec<f64> = (0..136).map(|i| -8.5 + h * (f64::from(i) + 0.5)).collect();
    let weight = |g: f64| h * normal::density(g);
    let mut sum = 0.0;
    for (i, part) in start.parts().iter().enumerate() {
        for g in &nodes {
            let others: &[f64] = if part.normals() > 1 { &nodes } else { &[0.0] };
            for other in others {
                let across = if part.normals() > 1 { weight(*other) } else { 1.0 };
                sum += part.weight * weight(*g) * across * f(start.place(i, &[*g, *other]));
            }
        }
    }
    sum
}

#[test]
fn moments_of_all_parts_are_exact() {
    let start = start(12, 1, &mixture());
    assert_eq!(start.parts().iter().map(StartPart::normals).collect::<Vec<_>>(), [2, 1, 0]);
    // N(0.7, 0.25/12) beside 11/12 · 0.25; m² of a sphere is R²/d; a point at (−1.2, 1.6).
    let normal_square = 0.49 + 0.25 / 12.0;
    for (found, exact) in [
        (mean(&start, |_| 1.0), 1.0),
        (mean(&start, |[m, _]| m), 0.3 * 0.7 - 0.2 * 1.2),
        (mean(&start, |[m, _]| m * m), 0.3 * normal_square + 0.5 * 0.12 + 0.2 * 1.44),
        (mean(&start, |[_, r]| r * r), 0.3 * 0.25 * 11.0 / 12.0 + 0.5 * 1.32 + 0.2 * 2.56),
        (mean(&start, |[m, r]| m * r * r), 0.3 * 0.7 * 0.25 * 11.0 / 12.0 - 0.2 * 1.2 * 2.56),
        // E m⁴ of a sphere is 3 R⁴/(d (d + 2)), and m² + r² = R² on it.
        (
            mean(&start, |[m, r]| (m * m + r * r) * m * m) - mean(&start, |[m, r]| r * r * m * m),
            0.3 * (0.7_f64.powi(4) + 6.0 * 0.49 * 0.25 / 12.0 + 3.0 * (0.25_f64 / 12.0).powi(2))
                + 0.5 * 3.0 * 1.2_f64.powi(4) / (12.0 * 14.0)
                + 0.2 * 1.2_f64.powi(4),
        ),
    ] {
        assert!((found - exact).abs() < 1e-11, "{found} {exact}");
    }
}

#[test]
fn coordinates_by_themselves_have_the_law_of_the_whole() {
    let start = start(12, 1, &mixture());
    let [along, across] = <[CoordinateStart; 2]>::try_from(start.marginals()).expect("two");
    for (law, c) in [(&along, 0), (&across, 1)] {
        for g in [-3.0, -0.7, 0.4, 1.5, 5.0] {
            let z = law.quantile_of_normal(g);
            // The point's share lies at one value.
            let (below, until) = (law.distribution(z.next_down()), law.distribution(z));
            let level = normal::distribution(g);
            assert!(below - 1e-12 < level && level < until + 1e-9, "{c} {g}: {z} {below} {until}");
        }
        let h = 16.0 / 20_000.0;
        let nodes = (0..20_000).map(|i| -8.0 + h * (f64::from(i) + 0.5));
        let of_law: f64 = nodes.map(|g| h * normal::density(g) * law.quantile_of_normal(g).powi(2)).sum();
        // The midpoint rule across a jump: h times its height.
        assert!((of_law - mean(&start, |z| z[c] * z[c])).abs() < 2e-3, "{c}: {of_law}");
    }
    assert_eq!([along.lower_end(), across.lower_end()], [f64::NEG_INFINITY, 0.0]);
}

#[test]
fn a_sphere_has_equal_shares_in_boxes_whatever_their_number() {
    for (dimension, directions) in [(3, 1), (40, 1), (2, 2)] {
        let data = match directions {
            1 => data(dimension, 1),
            _ => DirectedClasses::points(&[vec![1.0, 0.0]], &[1.0], &[1.0]).into(),
        };
        let joint = JointStart::new(&data, &Initial::Sphere { radius: 0.9 }, None).expect("fits");
        let sphere = joint.parts()[0].sphere.as_ref().expect("a sphere");
        let first: Vec<f64> = (0..=40).map(|i| -1.0 + 0.05 * f64::from(i)).collect();
        let lowest = if directions == 1 { 0.0 } else { -1.0 };
        let second: Vec<f64> = (0..=60).map(|i| lowest + (1.0 - lowest) * f64::from(i) / 60.0).collect();
        let masses = sphere.masses(&first, &second).expect("two coordinates");
        assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-13, "{dimension}");
        let marginals = joint.marginals();
        for (i, ends) in first.windows(2).enumerate() {
            let own: f64 = masses.iter().skip(i).step_by(40).sum();
            let exact = marginals[0].distribution(ends[1]) - marginals[0].distribution(ends[0]);
            assert!((own - exact).abs() < 1e-13, "{dimension} {ends:?}: {own} {exact}");
        }
        for (row, ends) in masses.chunks(40).zip(second.windows(2)) {
            let own: f64 = row.iter().sum();
            let exact = marginals[1].distribution(ends[1]) - marginals[1].distribution(ends[0]);
            assert!((own - exact).abs() < 1e-13, "{dimension} {ends:?}: {own} {exact}");
        }
        // Each box by what the normal places in it: 40 000 equal steps of the level.
        let mut counted = vec![0.0; masses.len()];
        for i in 0..40_000 {
            let g = normal::quantile((f64::from(i) + 0.5) / 40_000.0);
            let [m, r] = joint.place(0, &[g]);
            let column = first.partition_point(|face| *face <= m) - 1;
            counted[column + 40 * (second.partition_point(|face| *face <= r) - 1)] += 1.0 / 40_000.0;
        }
        let worst = masses.iter().zip(&counted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        // A box has at most four ends along the curve.
        assert!(worst < 4.0 / 40_000.0, "{dimension}: {worst}");
    }
}

#[test]
fn several_directions_and_points_have_the_moments_of_a_sphere() {
    let h = 16.0 / 64.0;
    let nodes: Vec<(f64, f64)> =
        (0..64).map(|i| -8.0 + h * (f64::from(i) + 0.5)).map(|g| (g, h * normal::density(g))).collect();
    let sphere = Initial::Sphere { radius: 1.0 };
    let in_plane = start(9, 2, &sphere);
    let of_points: DataModel = DirectedClasses::points(&[vec![1.0, 0.0, 0.0]], &[1.0], &[1.0]).into();
    let of_points = JointStart::new(&of_points, &sphere, None).expect("fits");
    for (joint, dimension) in [(in_plane, 9.0), (of_points, 3.0)] {
        assert_eq!(joint.normals(), 2);
        let mut squares = [0.0; 3];
        let mut cross = 0.0;
        for (g, weight) in &nodes {
            for (other, across) in &nodes {
                let z: [f64; 3] = joint.place(0, &[*g, *other]);
                assert!((z.iter().map(|z| z * z).sum::<f64>() - 1.0).abs() < 1e-14);
                squares.iter_mut().zip(z).for_each(|(sum, z)| *sum += weight * across * z * z);
                cross += weight * across * z[0] * z[0] * z[1] * z[1];
            }
        }
        let exact = [1.0, 1.0, dimension - 2.0].map(|share| share / dimension);
        assert!(squares.iter().zip(exact).all(|(a, b)| (a - b).abs() < 1e-9), "{squares:?}");
        assert!((cross - 1.0 / (dimension * (dimension + 2.0))).abs() < 1e-9, "{cross}");
        let law = &joint.marginals()[2];
        let of_law: f64 = nodes.iter().map(|(g, w)| w * law.quantile_of_normal(*g).powi(2)).sum();
        assert!((of_law - squares[2]).abs() < 1e-8, "{of_law} {}", squares[2]);
    }
}

#[test]
fn no_mean_is_todays_start() {
    for directions in [1, 2] {
        let scale = 0.8;
        let about = start(40, directions, &Initial::GaussianAbout { scale, mean: vec![0.0; directions] });
        assert_eq!(about, start(40, directions, &Initial::Gaussian { scale }));
    }
}

#[test]
fn as_d_grows_a_sphere_is_a_gaussian() {
    let gap = |dimension: usize| {
        let on_sphere = start(dimension, 1, &Initial::Sphere { radius: 0.8 });
        let gaussian = start(dimension, 1, &Initial::Gaussian { scale: 0.8 }).at_infinite_dimension();
        assert_eq!(on_sphere.at_infinite_dimension(), gaussian);
        let [a, b] = [on_sphere.place::<2>(0, &[1.3]), gaussian.place(0, &[1.3])];
        f64::hypot((a[0] - b[0]) * (dimension as f64).sqrt(), a[1] - b[1])
    };
    assert!((gap(1_000) / gap(100_000) - 100.0).abs() < 2.0, "{} {}", gap(1_000), gap(100_000));
}

#[test]
fn starts_without_coordinates_are_refused() {
    let error = |data: &DataModel, law: &Initial| JointStart::new(data, law, None).expect_err("refused");
    let about = |mean: &[f64]| Initial::GaussianAbout { scale: 1.0, mean: mean.to_vec() };
    let isotropic = GaussianClasses::isotropic(8, 0.5).expect("valid").into();
    let points: DataModel = DirectedClasses::points(&[vec![1.0, 0.0]], &[1.0], &[1.0]).into();
    let directions = |given, directions| JointStartError::Directions { given, directions };
    assert_eq!(error(&isotropic, &about(&[0.5])), directions(1, 0));
    assert_eq!(error(&data(9, 2), &about(&[0.5])), directions(1, 2));
    let within = Initial::Mixture(vec![part(0.5, about(&[0.1])), part(0.5, about(&[0.1, 0.2]))]);
    assert_eq!(error(&data(9, 1), &within), directions(2, 1));
    let shell = Initial::Shell { radii: [0.5, 1.0] };
    assert_eq!(error(&data(9, 1), &shell), JointStartError::Shell);
    let overlap = Initial::Overlap { radius: 1.0, overlap: vec![0.1, 0.2] };
    assert_eq!(error(&points, &overlap), JointStartError::OverlapOfPoints);
}
