//! The scheme on one line of cells: velocity, reconstruction, upwind flux. Pure functions of slices, written
//! so that the compiler may use vectors.
//!
//! ```text
//!   cell i−1      cell i       cell i+1
//! |     x     |     x      |      x     |      densities and potentials at x (cell means, centres)
//!             f            f                   velocities and fluxes at interior faces f, `i` left of face i
//! ```
//! Nothing flows through the two ends. Where the velocity potential does not level off at the lower end, mass
//! comes to rest there: the first cell is then *sticky*. What it holds lies at the end itself, and leaves,
//! should the flow turn, as if it were spread up to the next centre.
//!
//! The discrete velocity is a difference of the cells' potentials, not the analytic gradient at the face: the
//! semi-discrete scheme then dissipates the discrete energy exactly. The strong-stability-preserving stepper
//! combines forward Euler steps convexly, each under the positivity bound; a step after which the energy
//! rises nevertheless is repeated at half the length.
//!
//! A sticky cell is only a thousandth wide, so that the reported law is as exact as the place of the mass. No
//! thin cell shortens the step, because mass leaves it as described above.

use meanfield_kernel::arithmetic::Rounded;
use meanfield_model::axis::Axis;

use super::limiter::{Limiter, Slope, WithSlope};

/// Slopes stay this much below the steepest allowed, so that rounding cannot carry a face value past a
/// neighbour's mean of 0 and make a mass negative.
pub(super) const WITHIN: f64 = 1.0 - 8.0 * f64::EPSILON;

/// The geometry of one axis, ready for the scheme.
pub struct Line {
    /// Whether the first cell is sticky.
    pub sticky: bool,
    /// Position at which each cell's features are taken: its centre; of a sticky cell the lower end.
    pub position: Vec<f64>,
    /// Width of each cell.
    pub width: Vec<f64>,
    /// Velocity of each interior face; of one that stays 0.
    pub face_velocity: Vec<f64>,
    /// f, how readily the coordinate follows.
    pub mobility: f64,
    pub(super) inverse_width: Vec<f64>,
    /// One over the distance of the positions beside each interior face.
    pub(super) inverse_gap: Vec<f64>,
}

impl Line {
    /// The geometry of `axis`, along which mass has this mobility.
    pub fn new(axis: &Axis, sticky: bool, mobility: f64) -> Self {
        let mut position = axis.centres();
        let width = axis.widths();
        if sticky {
            position[0] = axis.faces()[0];
        }
        Self {
            sticky,
            mobility,
            inverse_width: width.iter().map(|w| w.recip()).collect(),
            inverse_gap: position.windows(2).map(|pair| (pair[1] - pair[0]).recip()).collect(),
            position,
            face_velocity: vec![0.0; width.len() - 1],
            width,
        }
    }

    /// The velocities at the interior faces as the faces see them.
    #[inline(always)]
    pub fn relative(&self, velocity: &mut [f64]) {
        for (v, face) in velocity.iter_mut().zip(&self.face_velocity) {
            *v -= face;
        }
    }

    /// Density of each cell: mass over width.
    #[inline(always)]
    pub fn densities(&self, mass: &[f64], density: &mut [f64]) {
        for (density, (mass, inverse)) in density.iter_mut().zip(mass.iter().zip(&self.inverse_width)) {
            *density = mass * inverse;
        }
    }

    /// v = −2 f ∂Ψ at the interior faces, from the potential at the two positions beside each: with this
    /// discrete gradient, the semi-discrete scheme dissipates the discrete risk exactly.
    #[inline(always)]
    pub fn velocities(&self, potential: &[f64], velocity: &mut [f64]) {
        let factor = -2.0 * self.mobility;
        let left = &potential[..velocity.len()];
        let right = &potential[1..];
        for ((v, inverse), (left, right)) in
            velocity.iter_mut().zip(&self.inverse_gap).zip(left.iter().zip(right))
        {
            *v = factor * (right - left) * inverse;
        }
    }

    /// Limited slope of the density in each cell; none in the two end cells.
    #[inline(always)]
    pub fn slopes(&self, density: &[f64], limiter: Limiter, slope: &mut [f64]) {
        limiter.dispatch(SlopesOfLine { line: self, density, slope });
    }

    /// Slopes by one limiter, at most so steep that a face value would leave the range of the neighbours'
    /// means.
    #[inline(always)]
    fn limited<L: Slope>(&self, density: &[f64], slope: &mut [f64]) {
        let last = density.len() - 1;
        (slope[0], slope[last]) = (0.0, 0.0);
        let behind = &density[..last - 1];
        let here = &density[1..last];
        let ahead = &density[2..];
        let to_left = &self.inverse_gap[..last - 1];
        let to_right = &self.inverse_gap[1..last];
        let inverse = &self.inverse_width[1..last];
        for (i, slope) in slope[1..last].iter_mut().enumerate() {
            let left = here[i] - behind[i];
            let right = ahead[i] - here[i];
            let steepest = WITHIN * 2.0 * smaller_size(left, right) * inverse[i];
            let size = 0.5 * L::twice(Rounded, [left, right], [to_left[i], to_right[i]]).abs();
            let size = if size < steepest { size } else { steepest };
            *slope = if left * right > 0.0 { size.copysign(left) } else { 0.0 };
        }
    }

    /// The density of a sticky cell has no bearing on its neighbour's slope, which is that of the other side,
    /// limited to stay positive.
    fn slope_beside_sticky(&self, density: &[f64]) -> f64 {
        let right = (density[2] - density[1]) * self.inverse_gap[1];
        let room = density[1].min((density[2] - density[1]).abs());
        let steepest = WITHIN * 2.0 * room * self.inverse_width[1];
        right.abs().min(steepest).copysign(right)
    }

    /// Upwind flux through each interior face: the velocity times the density on the side it comes from.
    #[inline(always)]
    pub fn fluxes(&self, density: &[f64], slope: &[f64], velocity: &[f64], flux: &mut [f64]) {
        let faces = flux.len();
        let left = &density[..faces];
        let right = &density[1..=faces];
        let left_slope = &slope[..faces];
        let right_slope = &slope[1..=faces];
        let left_width = &self.width[..faces];
        let right_width = &self.width[1..=faces];
        for (i, flux) in flux.iter_mut().enumerate() {
            let from_left = left[i] + 0.5 * left_width[i] * left_slope[i];
            let from_right = right[i] - 0.5 * right_width[i] * right_slope[i];
            *flux = velocity[i] * if velocity[i] >= 0.0 { from_left } else { from_right };
        }
        if self.sticky && velocity[0] > 0.0 {
            flux[0] = velocity[0] * density[0] * self.width[0] * self.inverse_gap[0];
        }
    }

    /// The rate at which each cell may lose its mass at most: both face values are at most twice its mean and
    /// average to it, so it loses no more than 2 max(outward velocities)/width of its mass. An empty cell
    /// that receives nothing has nothing to lose at the next stage either.
    #[inline(always)]
    pub fn largest_losses(&self, density: &[f64], velocity: &[f64], loss: &mut [f64]) {
        let last = loss.len() - 1;
        let bound = |to_left: f64, to_right: f64, inverse_width: f64| {
            2.0 * inverse_width * (-to_left).max(to_right).max(0.0)
        };
        loss[0] = bound(0.0, velocity[0], self.inverse_width[0]);
        if self.sticky {
            loss[0] = velocity[0].max(0.0) * self.inverse_gap[0];
        }
        let left = &velocity[..last - 1];
        let right = &velocity[1..last];
        let inverse = &self.inverse_width[1..last];
        let behind = &density[..last - 1];
        let here = &density[1..last];
        let ahead = &density[2..];
        for (i, loss) in loss[1..last].iter_mut().enumerate() {
            let enters = behind[i] * left[i].max(0.0) - ahead[i] * right[i].min(0.0);
            *loss = if here[i] + enters > 0.0 { bound(left[i], right[i], inverse[i]) } else { 0.0 };
        }
        loss[last] = bound(velocity[last - 1], 0.0, self.inverse_width[last]);
    }

    /// |v|²/f in each cell, the mean over its two faces, 4 f |∂Ψ|²; nothing moves in a sticky cell whose flow
    /// points outwards, nor along a frozen coordinate.
    #[inline(always)]
    pub fn squared_speeds(&self, velocity: &[f64], square: &mut [f64]) {
        let last = square.len() - 1;
        let left = &velocity[..last - 1];
        let right = &velocity[1..last];
        for (i, square) in square[1..last].iter_mut().enumerate() {
            *square = 0.5 * (left[i] * left[i] + right[i] * right[i]);
        }
        let first = if self.sticky { velocity[0].max(0.0) } else { velocity[0] };
        let share = if self.sticky { 1.0 } else { 0.5 };
        square[0] = share * first * first;
        square[last] = 0.5 * velocity[last - 1] * velocity[last - 1];
        if self.mobility != 1.0 {
            let inverse = if self.mobility > 0.0 { self.mobility.recip() } else { 0.0 };
            square.iter_mut().for_each(|square| *square *= inverse);
        }
    }
}

/// The slopes of a line, by a limiter known at compile time.
struct SlopesOfLine<'a> {
    line: &'a Line,
    density: &'a [f64],
    slope: &'a mut [f64],
}

impl WithSlope for SlopesOfLine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_slope<L: Slope>(self) {
        let Self { line, density, slope } = self;
        if L::FLAT {
            return slope.fill(0.0);
        }
        line.limited::<L>(density, slope);
        if line.sticky && slope.len() > 2 {
            slope[1] = line.slope_beside_sticky(density);
        }
    }
}

/// The smaller of two sizes.
#[inline(always)]
fn smaller_size(a: f64, b: f64) -> f64 {
    if a.abs() < b.abs() { a.abs() } else { b.abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(faces: &[f64], sticky: bool) -> Line {
        Line::new(&Axis::from_faces(faces.to_vec()).expect("valid"), sticky, 1.0)
    }

    #[test]
    fn face_values_stay_between_the_neighbours_on_uneven_cells() {
        let line = line(&[0.0, 0.1, 0.5, 0.6, 2.0, 2.05, 2.1], false);
        let density = [0.0, 3.0, 0.2, 0.0, 5.0, 9.0];
        for limiter in Limiter::ALL {
            let mut slope = [0.0; 6];
            line.slopes(&density, limiter, &mut slope);
            for i in 1..5 {
                let reach = 0.5 * line.width[i] * slope[i].abs();
                let room = (density[i] - density[i - 1]).abs().min((density[i + 1] - density[i]).abs());
                assert!(reach <= room + 1e-15, "{limiter:?}, cell {i}");
            }
        }
    }

    #[test]
    fn a_straight_density_is_reconstructed_exactly() {
        let line = line(&[0.0, 1.0, 2.1, 3.3, 4.5], false);
        let density: Vec<f64> = line.position.iter().map(|x| 1.0 + 2.0 * x).collect();
        for limiter in Limiter::ALL.into_iter().filter(|l| l.order() == 2) {
            let mut slope = [0.0; 4];
            line.slopes(&density, limiter, &mut slope);
            assert!(slope[1..3].iter().all(|s| (s - 2.0).abs() < 1e-12), "{limiter:?}: {slope:?}");
        }
    }

    #[test]
    fn flux_comes_from_upwind() {
        let line = line(&[0.0, 1.0, 2.0, 3.0], false);
        let mut flux = [0.0; 2];
        line.fluxes(&[1.0, 2.0, 4.0], &[0.0; 3], &[1.0, -1.0], &mut flux);
        assert_eq!(flux, [1.0, -4.0]);
        let losses = |velocity: [f64; 2]| {
            let mut loss = [0.0; 3];
            line.largest_losses(&[1.0; 3], &velocity, &mut loss);
            loss
        };
        assert_eq!(losses([1.0, -1.0]), [2.0, 0.0, 2.0]);
        assert_eq!(losses([-1.0, 3.0]), [0.0, 6.0, 0.0]);
    }

    #[test]
    fn only_cells_with_mass_within_reach_limit_the_step() {
        let line = line(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], false);
        let mut loss = [9.0; 6];
        line.largest_losses(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0], &[3.0; 5], &mut loss);
        assert_eq!(loss, [6.0, 6.0, 6.0, 0.0, 0.0, 0.0]);
        line.largest_losses(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0], &[-3.0; 5], &mut loss);
        assert_eq!(loss, [0.0, 6.0, 0.0, 0.0, 0.0, 6.0]);
    }

    #[test]
    fn a_sticky_cell_loses_its_mass_over_the_way_to_the_next_centre() {
        let line = line(&[0.0, 1e-6, 1.0, 2.0], true);
        assert_eq!(line.position[0], 0.0);
        let density = [0.5e6, 1.0, 2.0];
        let mut flux = [0.0; 2];
        let velocity = [0.3, 0.3];
        let way = line.position[1];
        line.fluxes(&density, &[0.0; 3], &velocity, &mut flux);
        assert!((flux[0] - 0.3 * 0.5 / way).abs() < 1e-12, "{flux:?}");
        let mut loss = [0.0; 3];
        line.largest_losses(&density, &velocity, &mut loss);
        assert!((loss[0] - 0.3 / way).abs() < 1e-12, "not by its own width: {loss:?}");
        let mut slope = [0.0; 3];
        line.slopes(&density, Limiter::Minmod, &mut slope);
        assert!(slope[1] > 0.0 && 0.5 * line.width[1] * slope[1] <= 1.0, "{slope:?}");
    }
}
