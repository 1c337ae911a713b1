//! Directions over which laws of several coordinates are projected: fixed ones, the same in every run.
//!
//! In two coordinates they are equally spaced. In three they are the 31 axes of the icosahedron, whose mean
//! is that over the sphere for every polynomial of degree 5 at most, turned by four rotations; in four the 60
//! lines through the vertices of the 600-cell, of degree 11, turned by two. So what depends on a direction by
//! its square, as a shift of a law does, is averaged exactly.

use std::f64::consts::{PI, TAU};

/// Directions in two coordinates.
const IN_THE_PLANE: usize = 48;
/// The golden ratio.
const GOLDEN: f64 = 1.618_033_988_749_895;
/// The even permutations of four places.
const EVEN: [[usize; 4]; 12] = [
    [0, 1, 2, 3],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [1, 0, 3, 2],
    [1, 2, 0, 3],
    [1, 3, 2, 0],
    [2, 0, 1, 3],
    [2, 1, 3, 0],
    [2, 3, 0, 1],
    [3, 0, 2, 1],
    [3, 1, 0, 2],
    [3, 2, 1, 0],
];
/// Turns of the directions in three and in four coordinates.
const TURNS_OF_AXES: usize = 4;
const TURNS: usize = 2;
/// Irrational steps of a sequence that fills the cube evenly (powers of the root of x⁴ = x + 1).
const STEPS: [f64; 3] = [0.819_172_513_396_164_4, 0.671_043_606_703_789_2, 0.549_700_477_901_970_3];

/// Unit vectors in so many coordinates, one of each pair ±u; None where there are none so far.
pub fn directions(coordinates: usize) -> Option<Vec<Vec<f64>>> {
    match coordinates {
        2 => Some(in_the_plane(IN_THE_PLANE)),
        3 => Some((0..TURNS_OF_AXES).flat_map(turned_axes).collect()),
        4 => Some((0..TURNS).flat_map(turned_lines).collect()),
        _ => None,
    }
}

fn in_the_plane(count: usize) -> Vec<Vec<f64>> {
    let angles = (0..count).map(|i| PI * (i as f64 + 0.5) / count as f64);
    angles.map(|angle| vec![angle.cos(), angle.sin()]).collect()
}

/// The axes of the icosahedron, turned by rotation number `turn`.
fn turned_axes(turn: usize) -> impl Iterator<Item = Vec<f64>> {
    let rotation = evenly_spread_quaternion(turn);
    axes_of_icosahedron().into_iter().map(move |axis| turned(axis, rotation).to_vec())
}

/// One end of each axis through two vertices (6), two faces (10) and the middles of two edges (15).
fn axes_of_icosahedron() -> Vec<[f64; 3]> {
    let signs = |count: usize| 0..1_usize << count;
    let vertices = signs(1).flat_map(|signs| cyclic([0.0, 1.0, sign(signs, 0) * GOLDEN]));
    let corners = signs(2).map(|signs| [1.0, sign(signs, 0), sign(signs, 1)]);
    let faces = signs(1).flat_map(|signs| cyclic([0.0, 1.0 / GOLDEN, sign(signs, 0) * GOLDEN]));
    let edges = signs(2).flat_map(|signs| cyclic([1.0, sign(signs, 0) * GOLDEN, sign(signs, 1) / GOLDEN]));
    let coordinates = cyclic([1.0, 0.0, 0.0]);
    vertices.chain(corners).chain(faces).chain(edges).chain(coordinates).map(of_unit_length).collect()
}

/// The even permutations of three places.
fn cyclic([x, y, z]: [f64; 3]) -> [[f64; 3]; 3] {
    [[x, y, z], [y, z, x], [z, x, y]]
}

fn of_unit_length(vector: [f64; 3]) -> [f64; 3] {
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    vector.map(|x| x / length)
}

/// q v q̄, v a vector in space.
fn turned([x, y, z]: [f64; 3], q: [f64; 4]) -> [f64; 3] {
    let conjugate = [q[0], -q[1], -q[2], -q[3]];
    let [_, x, y, z] = quaternion_product(quaternion_product(q, [0.0, x, y, z]), conjugate);
    [x, y, z]
}

/// The lines of the 600-cell, turned by rotation number `turn`.
fn turned_lines(turn: usize) -> impl Iterator<Item = Vec<f64>> {
    let rotation = evenly_spread_quaternion(turn);
    lines_of_600_cell().into_iter().map(move |line| quaternion_product(line, rotation).to_vec())
}

/// One vertex of each of the 60 pairs.
fn lines_of_600_cell() -> Vec<[f64; 4]> {
    let axes = (0..4).map(|place| std::array::from_fn(|i| f64::from(u8::from(i == place))));
    let diagonals =
        (0..8).map(|signs| std::array::from_fn(|i| if i == 0 { 0.5 } else { 0.5 * sign(signs, i - 1) }));
    let others = EVEN.iter().flat_map(|places: &[usize; 4]| {
        (0..4).map(|signs: usize| {
            let values = [0.5 * GOLDEN, 0.5 * sign(signs, 0), 0.5 * sign(signs, 1) / GOLDEN, 0.0];
            places.map(|place| values[place])
        })
    });
    axes.chain(diagonals).chain(others).collect()
}

/// ±1 by one bit of a number.
fn sign(signs: usize, bit: usize) -> f64 {
    if signs >> bit & 1 == 0 { 1.0 } else { -1.0 }
}

/// A point of a sequence that fills the sphere of unit quaternions evenly (Shoemake's map of the cube).
fn evenly_spread_quaternion(number: usize) -> [f64; 4] {
    let [u, v, w] = STEPS.map(|step| (0.5 + step * (number + 1) as f64).fract());
    let [first, second] = [(1.0 - u).sqrt(), u.sqrt()];
    [first * (TAU * v).sin(), first * (TAU * v).cos(), second * (TAU * w).sin(), second * (TAU * w).cos()]
}

fn quaternion_product(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E ⟨u, v⟩^degree over the sphere, |v| = 1.
    fn moment(coordinates: usize, degree: usize) -> f64 {
        (0..degree / 2).map(|k| (2 * k + 1) as f64 / (coordinates + 2 * k) as f64).product()
    }

    #[test]
    fn means_of_polynomials_are_those_of_the_sphere() {
        for (coordinates, degrees) in [(2, 20), (3, 5), (4, 11)] {
            let all = directions(coordinates).expect("directions");
            let along: Vec<f64> = [0.48, 0.6, 0.64, 0.0][..coordinates].to_vec();
            let length = along.iter().map(|x| x * x).sum::<f64>().sqrt();
            for degree in (0..=degrees).step_by(2) {
                let products =
                    all.iter().map(|u| u.iter().zip(&along).map(|(a, b)| a * b / length).sum::<f64>());
                let mean = products.map(|x| x.powi(degree)).sum::<f64>() / all.len() as f64;
                let exact = moment(coordinates, degree as usize);
                assert!((mean - exact).abs() < 1e-14, "{coordinates}: {degree}: {mean} {exact}");
            }
        }
    }

    #[test]
    fn directions_are_of_unit_length_and_no_two_are_the_same_line() {
        for (coordinates, count) in [(2, 48), (3, 124), (4, 120)] {
            let all = directions(coordinates).expect("directions");
            assert_eq!(all.len(), count);
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            for (i, a) in all.iter().enumerate() {
                assert!((product(a, a) - 1.0).abs() < 1e-14);
                assert!(all[..i].iter().all(|b| product(a, b).abs() < 1.0 - 1e-6), "{coordinates}: {i}");
            }
        }
        assert_eq!([1, 5].map(directions), [const { None }; 2]);
    }
}
