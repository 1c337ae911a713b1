//! A law of one mass at a radius: which radius is best, and whether any other law is better (MMN 2018, Lemma
//! 1).
//!
//! ```text
//!   R̄(r) = R(δ_r)      optimal iff  Ψ(r; δ_{r*}) ≥ Ψ(r*; δ_{r*}) for all r ≥ 0
//! ```
//! "For all r" includes r → ∞, by extrapolation in 1/r.

use meanfield_kernel::bisection::{Until, bisect, middle};
use meanfield_model::landscape::Landscape;

use super::minima::{Place, Places};
use super::point_masses::PointMasses;
use super::potential::potential;
use super::rates::{DecayRates, decay_rates};

/// Ψ(∞) is extrapolated from radii 2^k and twice that, for these k. After the last of them at which it still
/// changes by a share of this much comes the one at which it changes least: further out rounding grows.
const FAR: std::ops::Range<i32> = 10..34;
const CHANGES: f64 = 1e-4;

/// Between so many radii fixed points are looked for.
const RADII: usize = 2000;
/// A slope below this is none.
const LEVEL: f64 = 1e-9;

/// The law of one mass that has the least risk.
#[derive(Clone, Debug, PartialEq)]
pub struct SingleMass {
    /// r*.
    pub radius: f64,
    /// R̄(r*).
    pub risk: f64,
    /// ½ E(δ_{r*}).
    pub half_energy: f64,
    /// The least of Ψ(r; δ_{r*}) − Ψ(r*; δ_{r*}) over the other minima of Ψ, the ends of the box and r → ∞.
    /// Lemma 1 holds where it is not negative; else no law has less risk than R̄(r*) + 2 · margin.
    pub margin: f64,
    /// Where that is; ∞ counts.
    pub nearest: f64,
    /// At which the dynamics comes back to it.
    pub rates: DecayRates,
    /// Whether it lies at the largest radius: it wants to go further.
    pub is_at_edge: bool,
}

impl SingleMass {
    /// The best of one mass at radii up to the largest.
    pub fn best(landscape: &impl Landscape<1>, largest: f64) -> Self {
        let places = Places::new(landscape, [0.0], [largest]);
        let energies = places.features().map(|features| landscape.energy(features)).enumerate();
        let (first, _) = energies.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
        let radius = stationary_radius(landscape, places.place(first)[0], places.spacing()[0], largest);
        let (features, coefficients) = features_and_coefficients(landscape, radius);
        let (margin, nearest) = margin(landscape, &places, &coefficients, radius);
        Self {
            radius,
            risk: landscape.risk(&features),
            half_energy: 0.5 * landscape.energy(&features),
            margin,
            nearest,
            rates: rates_of_mass(landscape, radius, largest),
            is_at_edge: radius >= largest,
        }
    }

    /// Whether no law on r ≥ 0 has less risk (Lemma 1), nor any near it.
    pub fn is_optimal(&self) -> bool {
        // A mass that is held at r = 0 has no rate.
        let returns = self.rates.inner.is_nan() || self.rates.inner > 0.0;
        self.margin >= 0.0 && returns && !self.is_at_edge
    }
}

/// A radius at which a single mass is stationary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint {
    /// r.
    pub radius: f64,
    /// At which the dynamics comes back to it.
    pub rates: DecayRates,
}

impl FixedPoint {
    /// All inside the radii up to the largest: where R̄' changes its sign from one place of a fine grid to
    /// the next.
    pub fn find_all(landscape: &impl Landscape<1>, largest: f64) -> Vec<Self> {
        let radii: Vec<f64> = (0..=RADII).map(|i| largest * i as f64 / RADII as f64).collect();
        let slopes: Vec<f64> = radii.iter().map(|r| slope(landscape, *r)).collect();
        // Where neurons see nothing Ψ is level, and its slope rounding.
        let turns = (1..radii.len()).filter(|i| {
            let [before, after] = [slopes[i - 1], slopes[*i]];
            before * after < 0.0 && before.abs().max(after.abs()) > LEVEL
        });
        let points = turns.map(|i| {
            let radius = turning_radius(landscape, [radii[i - 1], radii[i]], slopes[i - 1] < 0.0);
            Self { radius, rates: rates_of_mass(landscape, radius, largest) }
        });
        points.collect()
    }
}

/// R̄'(r)/2 = Ψ'(r; δ_r).
fn slope(landscape: &impl Landscape<1>, radius: f64) -> f64 {
    potential(landscape, &features_and_coefficients(landscape, radius).1, [radius]).1[0]
}

fn rates_of_mass(landscape: &impl Landscape<1>, radius: f64, largest: f64) -> DecayRates {
    let law = PointMasses { places: vec![[radius]], weights: vec![1.0] };
    decay_rates(landscape, &law, &features_and_coefficients(landscape, radius).0, [[0.0], [largest]])
}

/// The features of a mass, and the coefficients of its own potential.
fn features_and_coefficients(landscape: &impl Landscape<1>, radius: f64) -> (Vec<f64>, Vec<f64>) {
    let [mut features, mut coefficients] = [0; 2].map(|_| vec![0.0; landscape.rank()]);
    landscape.values([radius], &mut features);
    landscape.potential_coefficients(&features, &mut coefficients);
    (features, coefficients)
}

/// By how much Ψ is higher, at the least, elsewhere than at the mass; and where.
fn margin<L: Landscape<1>>(
    landscape: &L,
    places: &Places<1, L>,
    coefficients: &[f64],
    radius: f64,
) -> (f64, f64) {
    let own = potential(landscape, coefficients, [radius]).0;
    let minima: Vec<Place<1>> = places.minima(coefficients);
    let others = minima.iter().filter(|place| (place.z[0] - radius).abs() > 2.0 * places.spacing()[0]);
    let others = others.map(|place| (place.value - own, place.z[0]));
    let at_infinity = potential_at_infinity(landscape, coefficients) - own;
    others.fold((at_infinity, f64::INFINITY), |least, other| if other.0 < least.0 { other } else { least })
}

/// Ψ(∞). Where σ is bounded Ψ has an expansion in odd powers of 1/r, once r sees the narrowest class; where
/// it is not, Ψ leaves for ±∞.
fn potential_at_infinity(landscape: &impl Landscape<1>, coefficients: &[f64]) -> f64 {
    let extrapolated = FAR.map(|k| {
        let [near, far] = [k, k + 1].map(|k| potential(landscape, coefficients, [2.0_f64.powi(k)]).0);
        2.0 * far - near
    });
    let values: Vec<f64> = extrapolated.collect();
    let changes = values.windows(2).map(|pair| (pair[1] - pair[0]).abs() / pair[1].abs().max(1.0));
    let changes: Vec<f64> = changes.collect();
    let first =
        changes.iter().rposition(|change| change.is_nan() || *change >= CHANGES).map_or(0, |last| last + 1);
    let best = (first..changes.len()).min_by(|a, b| changes[*a].total_cmp(&changes[*b]));
    match best {
        Some(best) => values[best + 1],
        None => values[values.len() - 1].signum() * f64::INFINITY,
    }
}

/// Where R̄' = 2 Ψ'(r; δ_r) vanishes, by bisection next to the best place of a grid; an end of the box where
/// it does not.
fn stationary_radius(landscape: &impl Landscape<1>, near: f64, spacing: f64, largest: f64) -> f64 {
    let lower = (near - spacing).max(0.0);
    let upper = (near + spacing).min(largest);
    if slope(landscape, lower) >= 0.0 {
        return lower;
    }
    if slope(landscape, upper) <= 0.0 {
        return upper;
    }
    turning_radius(landscape, [lower, upper], true)
}

/// Where R̄' changes its sign between two radii, from below 0 if it `rises`; by bisection.
fn turning_radius(landscape: &impl Landscape<1>, ends: [f64; 2], rises: bool) -> f64 {
    middle(bisect(ends, Until::Neighbours, |r| (slope(landscape, r) < 0.0) != rises))
}
