//! The least energy of any law on a box: a convex programme over measures. Point masses are exchanged: where
//! the potential of the present law is below its mean the energy can still fall, so the minima of the
//! potential are added; then the weights are minimised, and points that lost theirs are removed. Point masses
//! next to each other are merged into one between them, and all slide downhill, so that the places converge
//! too.
//!
//! The certificate is the duality gap: R(ρ) − min R ≤ 2 (∫Ψ dρ − min Ψ). The gap takes the minimum over the
//! box, not over a grid, so it certifies the result whatever the algorithm did; the iteration ends when the
//! gap is rounding. r → ∞ belongs to Lemma 1 of MMN 2018, and is extrapolated in `single.rs`.

use meanfield_kernel::dot::dot;
use meanfield_model::landscape::Landscape;

use super::minima::Places;
use super::point_masses::PointMasses;
use super::slide::slide;
use super::weights::{minimise_weights, moments};

/// Most rounds, and how many may pass without a smaller gap.
const MOST: usize = 200;
const WITHOUT: usize = 12;
/// Features that differ by less are the same.
const ALIKE: f64 = 1e-9;
/// The gap is closed at this share of the energy's size at the start.
const CLOSED: f64 = 1e-14;

/// The law of least energy.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastRiskLaw<const D: usize> {
    /// The points.
    pub law: PointMasses<D>,
    /// Its moments.
    pub moments: Vec<f64>,
    /// 2 (∫Ψ dρ − min Ψ): its energy exceeds the least by no more, where the energy is convex in the law.
    pub gap: f64,
    /// Rounds of exchange.
    pub rounds: usize,
}

/// The law of least energy on the box.
pub fn least_risk_law<const D: usize, L: Landscape<D>>(
    landscape: &L,
    lower: [f64; D],
    upper: [f64; D],
) -> LeastRiskLaw<D> {
    let places = Places::new(landscape, lower, upper);
    let alone = places.features().map(|features| landscape.energy(features));
    let (first, energy) = alone.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
    let mut law = PointMasses { places: vec![places.place(first)], weights: vec![1.0] };
    let (mut best, _) = exchange(landscape, &places, &mut law, 1);
    let mut since = 0;
    for rounds in 2..=MOST {
        let (found, added) = exchange(landscape, &places, &mut law, rounds);
        since = if found.gap < best.gap { 0 } else { since + 1 };
        if since == 0 {
            best = found;
        }
        if best.gap <= CLOSED * energy.abs().max(1.0) || since > WITHOUT || added == 0 {
            break;
        }
    }
    best
}

/// One round: the law with the best weights, and how many places are added to it.
fn exchange<const D: usize, L: Landscape<D>>(
    landscape: &L,
    places: &Places<D, L>,
    law: &mut PointMasses<D>,
    rounds: usize,
) -> (LeastRiskLaw<D>, usize) {
    let same = with_best_weights(landscape, law);
    merge(law, &same, places.spacing());
    with_best_weights(landscape, law);
    slide(landscape, law, places.ends(), |law| moments(&law.features(landscape), &law.weights));
    let features = with_best_weights(landscape, law);
    let moments = moments(&features, &law.weights);
    let mut coefficients = vec![0.0; landscape.rank()];
    landscape.potential_coefficients(&moments, &mut coefficients);
    let mean: f64 = features.iter().zip(&law.weights).map(|(phi, w)| w * dot(&coefficients, phi)).sum();
    let minima = places.minima(&coefficients);
    let lowest = minima.first().map_or(mean, |place| place.value);
    let found = LeastRiskLaw { law: law.clone(), moments, gap: 2.0 * (mean - lowest).max(0.0), rounds };
    let before = law.places.len();
    for place in minima.iter().filter(|place| place.value < mean) {
        if !law.places.contains(&place.z) {
            law.places.push(place.z);
            law.weights.push(0.0);
        }
    }
    (found, law.places.len() - before)
}

/// Minimises over the weights and removes points without weight; returns the features of the rest.
fn with_best_weights<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &mut PointMasses<D>,
) -> Vec<Vec<f64>> {
    let mut all = law.features(landscape);
    minimise_weights(landscape, &all, &mut law.weights);
    let keeps: Vec<bool> = law.weights.iter().map(|w| *w > 0.0).collect();
    let mut keep = keeps.iter();
    all.retain(|_| *keep.next().unwrap_or(&true));
    let mut keep = keeps.iter();
    law.places.retain(|_| *keep.next().unwrap_or(&true));
    law.weights.retain(|w| *w > 0.0);
    all
}

/// Merges point masses that are closer than the spacing along all axes, and those that neurons do not
/// distinguish, into one at their mean.
fn merge<const D: usize>(law: &mut PointMasses<D>, features: &[Vec<f64>], spacing: [f64; D]) {
    let mut merged: PointMasses<D> = PointMasses { places: Vec::new(), weights: Vec::new() };
    let mut known: Vec<&[f64]> = Vec::new();
    for ((z, weight), phi) in law.places.iter().zip(&law.weights).zip(features) {
        let same = (0..merged.places.len()).find(|i| {
            let is_near = (0..D).all(|c| (merged.places[*i][c] - z[c]).abs() < spacing[c]);
            is_near || known[*i].iter().zip(phi).all(|(a, b)| (a - b).abs() < ALIKE)
        });
        match same {
            Some(i) => {
                let other = merged.places[i];
                let own = merged.weights[i];
                let total = own + weight;
                merged.places[i] = std::array::from_fn(|c| (other[c] * own + z[c] * weight) / total);
                merged.weights[i] = total;
            }
            None => {
                merged.places.push(*z);
                merged.weights.push(*weight);
                known.push(phi);
            }
        }
    }
    *law = merged;
}
