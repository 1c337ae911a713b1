//! Moves masses to where their energy is least, all together, by Newton's method; their weights stay.

use meanfield_model::landscape::Landscape;
use nalgebra::DVector;

use super::point_masses::PointMasses;
use super::potential::potential;
use super::rates::Stiffness;

/// Most steps.
const MOST: usize = 12;

/// Moves the masses inside a box as long as their energy falls. `moments_of` a law are what its features
/// make.
pub fn slide<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &mut PointMasses<D>,
    ends: [[f64; D]; 2],
    moments_of: impl Fn(&PointMasses<D>) -> Vec<f64>,
) {
    let mut moments = moments_of(law);
    for _ in 0..MOST {
        let Some(next) = moved(landscape, law, &moments, ends) else { return };
        let there = moments_of(&next);
        if landscape.energy(&there) >= landscape.energy(&moments) {
            return;
        }
        (*law, moments) = (next, there);
    }
}

/// The law after Newton's step; None where the energy is not convex in the places.
fn moved<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &PointMasses<D>,
    moments: &[f64],
    ends: [[f64; D]; 2],
) -> Option<PointMasses<D>> {
    let mut coefficients = vec![0.0; landscape.rank()];
    landscape.potential_coefficients(moments, &mut coefficients);
    let Stiffness { inside, joint, .. } = Stiffness::new(landscape, law, moments, ends);
    let slopes = inside.iter().flat_map(|i| {
        let root = law.weights[*i].sqrt();
        potential(landscape, &coefficients, law.places[*i]).1.map(|slope| root * slope)
    });
    let slopes = DVector::from_iterator(inside.len() * D, slopes);
    let step = joint.cholesky()?.solve(&slopes);
    let mut next = law.clone();
    for (at, i) in inside.iter().enumerate() {
        for c in 0..D {
            let moved = law.places[*i][c] - step[at * D + c] / law.weights[*i].sqrt();
            next.places[*i][c] = moved.clamp(ends[0][c], ends[1][c]);
        }
    }
    Some(next)
}
