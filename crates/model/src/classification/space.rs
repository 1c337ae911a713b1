//! A standard normal vector G in two to four coordinates: nodes in it, and the probability of where a
//! function that is known at the nodes is not positive.
//!
//! Between the nodes the function is interpolated. Around each point of the finer grid is a cell. In it the
//! function is a quadratic, by its differences to the neighbouring points; the share below is integrated
//! along the steepest coordinate, whichever that is. So the set may end in any direction, along coordinates
//! too, and have corners.
//!
//! Errors that were measured, in two, three and four coordinates: of half spaces, corners and balls 1e-6,
//! 1e-5 and 4e-5; of tanh(kG + c) + 0.3, which bends, with k = 1 2e-7, 1e-5 and 5e-5, with k = 3 3e-5, 5e-4
//! and 5e-4. Where nodes on both sides have one sign the function has it between them too: sets that are
//! thinner may be missed, and where it has a kink the set may end anywhere up to the next node. Tails beyond
//! the nodes are as the last ones.

use ndarray::{ArrayD, Axis, Zip};

use super::cell::{Cell, MOST_COORDINATES, Point};
use super::lengths::deviates;
use super::line::{first_through, lagrange};
use crate::normal;

/// Deviates beyond this count as this: they have probability 6e-7 along each coordinate.
const REACH: f64 = 5.0;
/// A grid of nodes in some coordinates, and a finer one of cells.
#[derive(Clone, Copy, Debug)]
pub struct NormalSpace {
    coordinates: usize,
    /// Distance of nodes.
    spacing: f64,
    /// Cells from a node to the next.
    parts: usize,
}

/// Values in all cells, row by row, of a cube with so many cells of this width along each coordinate.
struct Cube<'a> {
    values: &'a [f64],
    side: usize,
    width: f64,
    coordinates: usize,
    /// How many cells further the next one along each coordinate is.
    strides: [usize; MOST_COORDINATES],
}

impl NormalSpace {
    /// In two, three or four coordinates: the more there are, the larger cells are.
    pub fn new(coordinates: usize) -> Self {
        let (spacing, parts) = match coordinates {
            2 => (0.125, 12),
            3 => (0.25, 3),
            _ => (0.25, 1),
        };
        Self { coordinates, spacing, parts }
    }

    /// The nodes along each coordinate.
    pub fn nodes(&self) -> Vec<f64> {
        deviates(REACH, self.spacing)
    }

    /// The number of cells.
    pub fn count(&self) -> usize {
        self.masses().len().pow(self.coordinates as u32)
    }

    /// P(f(G) ≤ 0) of an f with these values at the nodes, the last coordinate running fastest.
    pub fn share_below(&self, values: Vec<f64>) -> f64 {
        let shape = vec![self.nodes().len(); self.coordinates];
        let coarse = ArrayD::from_shape_vec(shape, values).expect("a value for each node");
        // The last first, while there is little to go through in strides.
        let axes = (0..self.coordinates).rev().filter(|_| self.parts > 1);
        let finer = axes.fold(coarse, |values, axis| self.refined(&values, Axis(axis)));
        let masses = self.masses();
        let values = finer.as_slice().expect("made in this order");
        let width = self.spacing / self.parts as f64;
        let cube = Cube::new(values, masses.len(), width, self.coordinates);
        (0..values.len()).map(|cell| cube.share_below(cell) * cube.mass(cell, &masses)).sum()
    }

    /// The probability of every cell along a coordinate; those at the ends have the rest.
    fn masses(&self) -> Vec<f64> {
        let side = self.spacing / self.parts as f64;
        let last = (2.0 * REACH / side).round() as usize;
        let below = |cell: usize| match cell {
            0 => 0.0,
            cell if cell > last => 1.0,
            cell => normal::distribution(side * (cell as f64 - 0.5) - REACH),
        };
        (0..=last).map(|cell| below(cell + 1) - below(cell)).collect()
    }

    /// The same with values between the nodes along one coordinate too.
    fn refined(&self, values: &ArrayD<f64>, axis: Axis) -> ArrayD<f64> {
        let nodes = values.len_of(axis);
        let mut shape = values.shape().to_vec();
        shape[axis.index()] = (nodes - 1) * self.parts + 1;
        let mut finer = ArrayD::zeros(shape);
        for (cell, mut own) in finer.axis_iter_mut(axis).enumerate() {
            let first = first_through(cell / self.parts, nodes);
            let weights = lagrange(cell as f64 / self.parts as f64 - first as f64);
            for (node, weight) in weights.iter().enumerate() {
                own.scaled_add(*weight, &values.index_axis(axis, first + node));
            }
            let node = (cell / self.parts).min(nodes - 2);
            let part = cell as f64 / self.parts as f64 - node as f64;
            let [last, next] = [node, node + 1].map(|node| values.index_axis(axis, node));
            Zip::from(&mut own).and(&last).and(&next).for_each(|own, last, next| {
                *own = with_sign_of_nodes(*own, [*last, *next], part);
            });
        }
        finer
    }
}

/// A value between two nodes, or what the straight line has there if both nodes have another sign: no
/// interpolation may make a set of its own where the function is 0, or has a kink.
fn with_sign_of_nodes(value: f64, [last, next]: [f64; 2], part: f64) -> f64 {
    let is_below = value <= 0.0;
    if is_below == (last <= 0.0) || is_below == (next <= 0.0) {
        return value;
    }
    (1.0 - part) * last + part * next
}

impl<'a> Cube<'a> {
    fn new(values: &'a [f64], side: usize, width: f64, coordinates: usize) -> Self {
        let mut strides = [0; MOST_COORDINATES];
        for (coordinate, stride) in strides.iter_mut().enumerate().take(coordinates) {
            *stride = side.pow((coordinates - 1 - coordinate) as u32);
        }
        Self { values, side, width, coordinates, strides }
    }

    /// The number of a cell along a coordinate.
    fn place(&self, cell: usize, coordinate: usize) -> usize {
        cell / self.strides[coordinate] % self.side
    }

    fn mass(&self, cell: usize, masses: &[f64]) -> f64 {
        (0..self.coordinates).map(|coordinate| masses[self.place(cell, coordinate)]).product()
    }

    /// The share of a cell's probability where the function is not positive.
    fn share_below(&self, cell: usize) -> f64 {
        let value = self.values[cell];
        let mut slopes = [0.0; MOST_COORDINATES];
        let mut size = 0.0;
        for (coordinate, slope) in slopes.iter_mut().enumerate().take(self.coordinates) {
            *slope = self.slope(cell, coordinate);
            size += slope.abs() + self.curvature(cell, [coordinate; 2]).abs();
        }
        let is_certain = value.abs() > size || (value == 0.0 && self.is_largest(cell));
        if size > 0.0 && is_certain {
            return f64::from(value <= 0.0);
        }
        self.cell(cell, slopes).share_below()
    }

    fn cell(&self, cell: usize, slopes: Point) -> Cell {
        let mut middle = [0.0; MOST_COORDINATES];
        let mut curvatures = [[0.0; MOST_COORDINATES]; MOST_COORDINATES];
        for one in 0..self.coordinates {
            middle[one] = self.width * (self.place(cell, one) as f64 - 0.5 * (self.side - 1) as f64);
            for (other, curvature) in curvatures[one].iter_mut().enumerate().take(self.coordinates) {
                *curvature = self.curvature(cell, [one, other]);
            }
        }
        let (coordinates, width) = (self.coordinates, self.width);
        Cell { coordinates, value: self.values[cell], slopes, curvatures, middle, width }
    }

    /// The cells before and after a cell along a coordinate, itself at the end of the cube; and how far they
    /// are apart.
    fn around(&self, cell: usize, coordinate: usize) -> ([usize; 2], f64) {
        let (place, stride) = (self.place(cell, coordinate), self.strides[coordinate]);
        let back = usize::from(place > 0);
        let on = usize::from(place + 1 < self.side);
        ([cell - back * stride, cell + on * stride], (on + back) as f64)
    }

    /// Whether no neighbour is larger: at the end of where the function is 0 its slopes say nothing.
    fn is_largest(&self, cell: usize) -> bool {
        let around = (0..self.coordinates).flat_map(|coordinate| self.around(cell, coordinate).0);
        around.into_iter().all(|neighbour| self.values[neighbour] <= self.values[cell])
    }

    /// The change of the function from one side of a cell to the other.
    fn slope(&self, cell: usize, coordinate: usize) -> f64 {
        let ([before, after], distance) = self.around(cell, coordinate);
        (self.values[after] - self.values[before]) / distance
    }

    /// The change of a slope along the other coordinate, or along its own; 0 at the ends of the cube.
    fn curvature(&self, cell: usize, [one, other]: [usize; 2]) -> f64 {
        let ([before, after], distance) = self.around(cell, one);
        if distance < 2.0 {
            return 0.0;
        }
        if one == other {
            return self.values[after] - 2.0 * self.values[cell] + self.values[before];
        }
        (self.slope(after, other) - self.slope(before, other)) / distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(f ≤ 0) in so many coordinates.
    fn share(coordinates: usize, f: impl Fn(&[f64]) -> f64) -> f64 {
        let space = NormalSpace::new(coordinates);
        let nodes = space.nodes();
        let number = nodes.len().pow(coordinates as u32);
        let value = |node: usize| {
            let place =
                |axis: usize| nodes[node / nodes.len().pow((coordinates - 1 - axis) as u32) % nodes.len()];
            f(&(0..coordinates).map(place).collect::<Vec<_>>())
        };
        space.share_below((0..number).map(value).collect())
    }

    #[test]
    fn half_spaces_in_any_direction_are_found() {
        for (coordinates, allowed) in [(2, 1e-7), (3, 4e-6), (4, 4e-5)] {
            for direction in
                [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.6, -0.8, 0.1, 0.7], [1.0, 1.0, 0.0, 0.01]]
            {
                let own = &direction[..coordinates];
                let norm = own.iter().map(|part| part * part).sum::<f64>().sqrt();
                for level in [0.41, -1.3, 0.0].into_iter().take(if coordinates < 4 { 3 } else { 1 }) {
                    let found = share(coordinates, |g| inner(own, g) - level * norm);
                    let exact = normal::distribution(level);
                    assert!((found - exact).abs() < allowed, "{direction:?} {level}: {found} {exact}");
                }
            }
        }
    }

    #[test]
    fn corners_and_balls_are_found() {
        let corners = share(2, |g| g[0] * g[1]);
        let shifted = share(2, |g| (g[0] - 0.3) * (g[1] + 0.7));
        let [first, second] = [0.3, -0.7].map(normal::distribution);
        let exact = first * (1.0 - second) + second * (1.0 - first);
        // χ² of two and of three degrees of freedom.
        let disk = share(2, |g| inner(g, g) - 2.0) - (1.0 - (-1.0_f64).exp());
        let ball = share(3, |g| inner(g, g) - 2.0) - 0.427_593_295_529_120_2;
        assert!((corners - 0.5).abs() < 1e-12 && (shifted - exact).abs() < 1e-6);
        assert!(disk.abs() < 1e-6 && ball.abs() < 1e-5);
    }

    /// In a direction that is no coordinate's, of unit length.
    fn oblique(g: &[f64]) -> f64 {
        let direction = [0.6, -0.7, 0.3, 0.2];
        let norm = inner(&direction[..g.len()], &direction[..g.len()]).sqrt();
        inner(&direction[..g.len()], g) / norm
    }

    #[test]
    fn functions_that_bend_have_the_errors_that_are_stated() {
        for (coordinates, allowed) in [(2, [2e-7, 3e-5]), (3, [1e-5, 5e-4]), (4, [5e-5, 5e-4])] {
            for (k, allowed) in [1.0, 3.0].into_iter().zip(allowed) {
                for c in [-1.1, 0.4] {
                    let found = share(coordinates, |g| (k * oblique(g) + c).tanh() + 0.3);
                    let exact = normal::distribution((-(0.3_f64.atanh()) - c) / k);
                    assert!((found - exact).abs() < allowed, "{coordinates} {k} {c}: {found} {exact}");
                }
            }
        }
    }

    #[test]
    fn a_function_that_is_zero_on_one_side_of_a_kink_makes_no_sets_of_its_own() {
        for (coordinates, spacing) in [(2, 0.125), (3, 0.25)] {
            for level in [-0.7, 0.06] {
                // The set {g ≤ level}, where the function is 0, may end up to a node away.
                let found = share(coordinates, |g| (g[0] - level).max(0.0));
                let [least, most] = [level - spacing, level + spacing].map(normal::distribution);
                assert!((least..=most).contains(&found), "{coordinates} {level}: {found}");
                let everywhere = share(coordinates, |g| -(g[0] - level).max(0.0));
                assert!((everywhere - 1.0).abs() < 1e-12, "{coordinates} {level}: {everywhere}");
            }
        }
    }

    #[test]
    fn a_strip_that_is_thinner_than_a_cell_is_seen() {
        let found = share(2, |g| (g[0] - 0.005).powi(2) - 1e-5);
        let [begin, end] = [0.005 - 1e-5_f64.sqrt(), 0.005 + 1e-5_f64.sqrt()].map(normal::distribution);
        assert!((found - (end - begin)).abs() < 2e-4, "{found} {}", end - begin);
    }

    #[test]
    fn zero_is_not_positive() {
        assert!((share(2, |_| 0.0) - 1.0).abs() < 1e-12);
        assert_eq!(share(2, |_| 1.0), 0.0);
    }

    fn inner(one: &[f64], other: &[f64]) -> f64 {
        one.iter().zip(other).map(|(one, other)| one * other).sum()
    }
}
