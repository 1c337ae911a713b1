//! A cell of normal variables in which a function is a quadratic: the share of its probability where that is
//! not positive, by lines along the steepest coordinate. Not where the function comes from.

use meanfield_kernel::dot::dot;

use crate::directed::MOST_DIRECTIONS;
use crate::normal;

/// Directions, and a length across them.
pub const MOST_COORDINATES: usize = MOST_DIRECTIONS + 1;

/// Lines of a cell along each of the coordinates that are not the steepest.
const LINES: usize = 4;
/// Newton's steps to a zero on a line: more change nothing that is seen.
const STEPS: usize = 3;

/// A function in a cell, |u_i| ≤ ½: f = value + ⟨slopes, u⟩ + ½⟨u, curvatures u⟩ at G = middle + width u.
pub struct Cell {
    pub coordinates: usize,
    pub value: f64,
    pub slopes: Point,
    pub curvatures: [Point; MOST_COORDINATES],
    pub middle: Point,
    pub width: f64,
}

/// One number for each coordinate; 0 beyond them.
pub type Point = [f64; MOST_COORDINATES];

impl Cell {
    /// The share of the cell's probability where f ≤ 0.
    pub fn share_below(&self) -> f64 {
        let bends: f64 = self.curvatures.iter().flatten().map(|curvature| curvature.abs()).sum();
        let reach = self.slopes.iter().map(|slope| 0.5 * slope.abs()).sum::<f64>() + 0.125 * bends;
        if reach == 0.0 || self.value.abs() > reach {
            return f64::from(self.value <= 0.0);
        }
        let size = |coordinate: &usize| self.slopes[*coordinate].abs();
        let steepest = (0..self.coordinates).max_by(|one, other| size(one).total_cmp(&size(other)));
        let steepest = steepest.unwrap_or(0);
        let lines = LINES.pow((self.coordinates - 1) as u32);
        (0..lines).map(|line| self.share_of_line(self.start_of(line, steepest), steepest)).sum::<f64>()
            / lines as f64
    }

    /// Where a line along this coordinate crosses the middle of the cell.
    fn start_of(&self, line: usize, along: usize) -> Point {
        let mut u = [0.0; MOST_COORDINATES];
        let mut rest = line;
        for (_, own) in u.iter_mut().enumerate().take(self.coordinates).filter(|(k, _)| *k != along) {
            *own = ((rest % LINES) as f64 + 0.5) / LINES as f64 - 0.5;
            rest /= LINES;
        }
        u
    }

    /// The same along one line, times the density of the line.
    fn share_of_line(&self, u: Point, along: usize) -> f64 {
        let slopes: Point = std::array::from_fn(|k| self.slopes[k] + 0.5 * dot(&self.curvatures[k], &u));
        let value = self.value + dot(&slopes, &u);
        let slope = self.slopes[along] + dot(&self.curvatures[along], &u);
        if slope == 0.0 {
            return f64::from(value <= 0.0);
        }
        let before = self.share_before(self.zero(value, slope, self.curvatures[along][along]), along);
        // The density falls evenly across.
        let fall = self.width * dot(&self.middle, &u);
        (1.0 - fall) * if slope > 0.0 { before } else { 1.0 - before }
    }

    /// Where value + slope u + ½ curvature u² = 0, or the nearer end of the line: by Newton's steps from the
    /// straight line.
    fn zero(&self, value: f64, slope: f64, curvature: f64) -> f64 {
        let mut u = (-value / slope).clamp(-0.5, 0.5);
        for _ in 0..STEPS {
            let tangent = slope + curvature * u;
            if tangent * slope <= 0.0 {
                break;
            }
            u = (u - (value + (slope + 0.5 * curvature * u) * u) / tangent).clamp(-0.5, 0.5);
        }
        u
    }

    /// The share of a line before this place on it.
    fn share_before(&self, u: f64, along: usize) -> f64 {
        if u.abs() == 0.5 {
            return f64::from(u > 0.0);
        }
        let [begin, here, end] =
            [-0.5, u, 0.5].map(|u| normal::distribution(self.middle[along] + self.width * u));
        (here - begin) / (end - begin)
    }
}
