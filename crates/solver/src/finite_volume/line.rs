//! The scheme on one line of cells: velocity, reconstruction, upwind flux. Pure functions of slices.
//!
//! ```text
//!   cell i−1      cell i       cell i+1
//! |     x     |     x      |      x     |      densities and potentials at x (cell means, centres)
//!             f            f                   velocities and fluxes at interior faces f, `i` left of face i
//! ```
//! Nothing flows through the two ends.

use meanfield_model::axis::Axis;

use super::limiter::Limiter;

/// Slopes stay this much below the steepest allowed, so that rounding cannot carry a face value past a
/// neighbour's mean of 0 and make a mass negative.
const WITHIN: f64 = 1.0 - 8.0 * f64::EPSILON;

/// v = −speed · ∂Ψ at the interior faces, from the potential at the two centres beside each: with this
/// discrete gradient, the semi-discrete scheme dissipates the discrete risk exactly.
pub fn velocities(axis: &Axis, potential: &[f64], speed: f64, velocity: &mut [f64]) {
    for (i, v) in velocity.iter_mut().enumerate() {
        *v = -speed * (potential[i + 1] - potential[i]) / (axis.centre(i + 1) - axis.centre(i));
    }
}

/// Limited slope of the density in each cell, zero in the two end cells.
pub fn slopes(axis: &Axis, density: &[f64], limiter: Limiter, slope: &mut [f64]) {
    slope.fill(0.0);
    for i in 1..density.len().saturating_sub(1) {
        let (left, right) = (density[i] - density[i - 1], density[i + 1] - density[i]);
        let steepest = WITHIN * 2.0 * left.abs().min(right.abs()) / axis.width(i);
        let left_slope = left / (axis.centre(i) - axis.centre(i - 1));
        let right_slope = right / (axis.centre(i + 1) - axis.centre(i));
        slope[i] = limiter.slope(left_slope, right_slope, steepest);
    }
}

/// Upwind flux through each interior face: the velocity times the density on the side it comes from.
pub fn fluxes(axis: &Axis, density: &[f64], slope: &[f64], velocity: &[f64], flux: &mut [f64]) {
    for (i, f) in flux.iter_mut().enumerate() {
        let upwind = if velocity[i] >= 0.0 {
            density[i] + 0.5 * axis.width(i) * slope[i]
        } else {
            density[i + 1] - 0.5 * axis.width(i + 1) * slope[i + 1]
        };
        *f = velocity[i] * upwind;
    }
}

/// The rate at which cell `i` may lose its mass at most: both face values are at most twice its mean and
/// average to it, so it loses no more than 2 max(outward velocities)/width of its mass per unit time.
pub fn largest_loss(axis: &Axis, velocity: &[f64], i: usize) -> f64 {
    let to_the_left = if i > 0 { (-velocity[i - 1]).max(0.0) } else { 0.0 };
    let to_the_right = velocity.get(i).map_or(0.0, |v| v.max(0.0));
    2.0 * to_the_left.max(to_the_right) / axis.width(i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn face_values_stay_between_the_neighbours_on_uneven_cells() {
        let axis = Axis::from_faces(vec![0.0, 0.1, 0.5, 0.6, 2.0, 2.05, 2.1]).expect("valid");
        let density = [0.0, 3.0, 0.2, 0.0, 5.0, 9.0];
        for limiter in Limiter::ALL {
            let mut slope = [0.0; 6];
            slopes(&axis, &density, limiter, &mut slope);
            for i in 1..5 {
                let reach = 0.5 * axis.width(i) * slope[i].abs();
                let room = (density[i] - density[i - 1]).abs().min((density[i + 1] - density[i]).abs());
                assert!(reach <= room + 1e-15, "{limiter:?}, cell {i}");
            }
        }
    }

    #[test]
    fn a_straight_density_is_reconstructed_exactly() {
        let axis = Axis::from_faces(vec![0.0, 1.0, 2.1, 3.3, 4.5]).expect("valid");
        let density: Vec<f64> = axis.centres().iter().map(|x| 1.0 + 2.0 * x).collect();
        for limiter in Limiter::ALL.into_iter().filter(|l| l.order() == 2) {
            let mut slope = [0.0; 4];
            slopes(&axis, &density, limiter, &mut slope);
            assert!(slope[1..3].iter().all(|s| (s - 2.0).abs() < 1e-12), "{limiter:?}: {slope:?}");
        }
    }

    #[test]
    fn flux_comes_from_upwind() {
        let axis = Axis::uniform(0.0, 3.0, 3).expect("valid");
        let mut flux = [0.0; 2];
        fluxes(&axis, &[1.0, 2.0, 4.0], &[0.0; 3], &[1.0, -1.0], &mut flux);
        assert_eq!(flux, [1.0, -4.0]);
        assert_eq!(largest_loss(&axis, &[1.0, -1.0], 1), 0.0);
        assert_eq!(largest_loss(&axis, &[-1.0, 3.0], 1), 6.0);
    }
}
