//! Which weights on given points have the least energy: a convex programme in few unknowns, w ≥ 0 and Σ w =
//! 1, by Newton's method on the points that have weight. Where E is quadratic in the moments (squared loss)
//! it ends after a few exact steps.

use meanfield_kernel::dot::dot;
use meanfield_model::landscape::Landscape;
use nalgebra::{DMatrix, DVector};

/// Most steps; each puts at least one weight to 0 or is Newton's own.
const MOST: usize = 300;
/// Share of the Hessian's diagonal that is added to it: points next to each other have nearly the same
/// features.
const RIDGE: f64 = 1e-14;
/// The energy cannot fall by a smaller share.
const ROUNDING: f64 = 1e-17;
/// Shortest step, where E is not quadratic.
const SHORTEST: f64 = 1e-6;

/// Σ w_i φ(z_i).
pub fn moments(features: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let rank = features.first().map_or(0, Vec::len);
    (0..rank).map(|k| features.iter().zip(weights).map(|(phi, w)| w * phi[k]).sum()).collect()
}

/// Minimises the energy over the weights, which sum to 1.
pub fn minimise_weights<const D: usize>(
    landscape: &impl Landscape<D>,
    features: &[Vec<f64>],
    weights: &mut [f64],
) {
    for _ in 0..MOST {
        let m = moments(features, weights);
        let energy = landscape.energy(&m);
        let Some(direction) = direction(landscape, features, weights, &m) else { return };
        let longest = longest(weights, &direction);
        let mut step = longest.min(1.0);
        let mut next = stepped(weights, &direction, step);
        while step > SHORTEST && landscape.energy(&moments(features, &next)) > energy {
            step *= 0.5;
            next = stepped(weights, &direction, step);
        }
        if step <= SHORTEST {
            return;
        }
        weights.copy_from_slice(&next);
        if step == longest {
            clear_smallest(weights, &direction);
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= total);
    }
}

/// The weights after a step; none falls below 0 by rounding.
fn stepped(weights: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    weights.iter().zip(direction).map(|(w, d)| (w + step * d).max(0.0)).collect()
}

/// The longest step that leaves all weights ≥ 0.
fn longest(weights: &[f64], direction: &[f64]) -> f64 {
    let until_zero = weights.iter().zip(direction).filter(|(_, d)| **d < 0.0).map(|(w, d)| -w / d);
    until_zero.fold(f64::INFINITY, f64::min)
}

/// The weight that fell to rounding is 0.
fn clear_smallest(weights: &mut [f64], direction: &[f64]) {
    let falling = weights.iter_mut().zip(direction).filter(|(_, d)| **d < 0.0);
    if let Some((smallest, _)) = falling.min_by(|a, b| a.0.total_cmp(b.0)) {
        *smallest = 0.0;
    }
}

/// Newton's direction among the points that have weight or would get some; None where nothing is to be won.
fn direction<const D: usize>(
    landscape: &impl Landscape<D>,
    features: &[Vec<f64>],
    weights: &[f64],
    moments: &[f64],
) -> Option<Vec<f64>> {
    let rank = landscape.rank();
    let [mut coefficients, mut curvatures] = [0; 2].map(|_| vec![0.0; rank]);
    landscape.potential_coefficients(moments, &mut coefficients);
    landscape.curvatures(moments, &mut curvatures);
    let potential: Vec<f64> = features.iter().map(|phi| dot(&coefficients, phi)).collect();
    let mean = dot(&potential, weights);
    let mut active: Vec<usize> =
        (0..weights.len()).filter(|i| weights[*i] > 0.0 || potential[*i] < mean).collect();
    loop {
        let steps = constrained(&active, features, &curvatures, &potential)?;
        // What has no weight cannot lose any.
        let allowed = active.iter().zip(&steps).filter(|(i, d)| weights[**i] > 0.0 || **d > 0.0);
        let allowed: Vec<usize> = allowed.map(|(i, _)| *i).collect();
        if allowed.len() == active.len() {
            let fall: f64 = active.iter().zip(&steps).map(|(i, d)| -potential[*i] * d).sum();
            let scale = landscape.energy(moments).abs().max(1e-3);
            let mut direction = vec![0.0; weights.len()];
            active.iter().zip(&steps).for_each(|(i, d)| direction[*i] = *d);
            return (fall > ROUNDING * scale).then_some(direction);
        }
        active = allowed;
    }
}

/// The step d with Σ d = 0 at which the quadratic model Σ Ψ_i d_i + ½ Σ H_ij d_i d_j is least, H = φ
/// curvature φ.
fn constrained(
    active: &[usize],
    features: &[Vec<f64>],
    curvatures: &[f64],
    potential: &[f64],
) -> Option<Vec<f64>> {
    let count = active.len();
    let mut system = DMatrix::zeros(count + 1, count + 1);
    for i in 0..count {
        for j in 0..=i {
            let products = features[active[i]].iter().zip(&features[active[j]]);
            let entry: f64 =
                curvatures.iter().zip(products).map(|(curvature, (a, b))| curvature * a * b).sum();
            system[(i, j)] = entry;
            system[(j, i)] = entry;
        }
        system[(i, i)] *= 1.0 + RIDGE;
        system[(i, count)] = 1.0;
        system[(count, i)] = 1.0;
    }
    let right = DVector::from_fn(count + 1, |i, _| if i < count { -potential[active[i]] } else { 0.0 });
    let solved = system.lu().solve(&right)?;
    let steps: Vec<f64> = solved.iter().take(count).copied().collect();
    steps.iter().all(|d| d.is_finite()).then_some(steps)
}
