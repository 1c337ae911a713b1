//! Static questions without noise: least risks against their certificates by brute force and another
//! algorithm, Lemma 1, its thresholds against their limit, rates against the dynamics.

use crate::support;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::block_series::RadiiSeries;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::energy::Energy;
use meanfield_model::features::Features;
use meanfield_model::landscape::Landscape;
use meanfield_model::loss::Loss;
use meanfield_model::radial_landscape::RadialLandscape;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_run::system::System;
use meanfield_solver::characteristics::Characteristics;
use meanfield_solver::least_risk::exchange::{LeastRiskLaw, least_risk_law};
use meanfield_solver::least_risk::potential::potential;
use meanfield_solver::least_risk::single::{FixedPoint, SingleMass};
use meanfield_solver::least_risk::thresholds::{self, interval};

const BOX: f64 = 20.0;

/// MMN's Figs. 1 and 2.
fn sigma() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"))
}

fn landscape_of(loss: Loss, dimension: usize, separation: f64, tolerance: f64) -> RadialLandscape {
    let data = GaussianClasses::isotropic(dimension, separation).expect("valid");
    RadialLandscape::new(&data, &sigma(), loss, DimensionLimit::Finite, BOX, tolerance).expect("converges")
}

fn landscape(separation: f64) -> RadialLandscape {
    landscape_of(Loss::Squared, 40, separation, 1e-10)
}

/// 2 (∫Ψ dρ − min Ψ) with the minimum over very many places.
fn gap_by_brute_force<const D: usize>(
    landscape: &impl Landscape<D>,
    found: &LeastRiskLaw<D>,
    places: impl Iterator<Item = [f64; D]>,
) -> f64 {
    let mut coefficients = vec![0.0; landscape.rank()];
    landscape.potential_coefficients(&found.moments, &mut coefficients);
    let at = |z: [f64; D]| potential(landscape, &coefficients, z).0;
    let mean: f64 = found.law.places.iter().zip(&found.law.weights).map(|(z, w)| w * at(*z)).sum();
    2.0 * (mean - places.map(at).fold(f64::INFINITY, f64::min))
}

fn many_radii() -> impl Iterator<Item = [f64; 1]> {
    (0..=100_000).map(|i| [BOX * (f64::from(i) / 1e5).powi(2)])
}

#[test]
fn no_law_on_the_box_is_better_for_any_separation_of_figure_2() {
    for i in 0..37 {
        let landscape = landscape(0.05 + 0.025 * f64::from(i));
        let found = least_risk_law(&landscape, [0.0], [BOX]);
        assert!(found.gap < 1e-9, "{i}: {}", found.gap);
        let brute = gap_by_brute_force(&landscape, &found, many_radii());
        assert!(brute < found.gap + 1e-12, "{i}: {brute} {}", found.gap);
        let total: f64 = found.law.weights.iter().sum();
        assert!((total - 1.0).abs() < 1e-14 && found.law.weights.iter().all(|w| *w > 0.0));
    }
}

/// The least risk of laws on a grid of radii, by multiplicative updates: wⱼ ∝ wⱼ e^{−η Ψ(rⱼ)}.
fn by_mirror_descent(landscape: &RadialLandscape, cells: usize, steps: usize) -> f64 {
    let rank = landscape.rank();
    let features = |i: usize| {
        let mut values = vec![0.0; rank];
        landscape.values([BOX * i as f64 / (cells - 1) as f64], &mut values);
        values
    };
    let features: Vec<Vec<f64>> = (0..cells).map(features).collect();
    let mut weights = vec![1.0 / cells as f64; cells];
    let mut moments = vec![0.0; rank];
    for _ in 0..steps {
        for (k, moment) in moments.iter_mut().enumerate() {
            *moment = features.iter().zip(&weights).map(|(phi, w)| w * phi[k]).sum();
        }
        let mut coefficients = vec![0.0; rank];
        landscape.potential_coefficients(&moments, &mut coefficients);
        for (weight, phi) in weights.iter_mut().zip(&features) {
            let psi: f64 = coefficients.iter().zip(phi).map(|(c, phi)| c * phi).sum();
            *weight *= (-0.2 * psi).exp();
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
    }
    landscape.risk(&moments)
}

#[test]
fn another_algorithm_comes_down_to_the_same_risk() {
    for separation in [0.3, 0.6, 0.8] {
        let landscape = landscape(separation);
        let exact = landscape.risk(&least_risk_law(&landscape, [0.0], [BOX]).moments);
        let other = by_mirror_descent(&landscape, 401, 20_000);
        assert!(other > exact - 1e-12 && other < exact + 2e-3, "{separation}: {exact} {other}");
    }
}

#[test]
fn losses_that_are_not_squared_have_their_least_risk_too() {
    for (loss, separation) in [(Loss::Logistic, 0.6), (Loss::Huber { threshold: 0.5 }, 0.7)] {
        let landscape = landscape_of(loss, 40, separation, 1e-6);
        let found = least_risk_law(&landscape, [0.0], [BOX]);
        let brute = gap_by_brute_force(&landscape, &found, many_radii().step_by(10));
        assert!(found.gap < 1e-6 && brute < found.gap + 1e-9, "{loss:?} {} {brute}", found.gap);
    }
}

#[test]
fn two_radii_have_theirs() {
    let largest = 8.0;
    for separation in [0.2, 0.6, 0.8] {
        let data = BlockClasses::anisotropic(320, 60, separation).expect("valid");
        let series = RadiiSeries::new(&data, &sigma(), DimensionLimit::Finite, [largest; 2], 1e-6);
        let series = series.expect("converges");
        let found = least_risk_law(&series, [0.0; 2], [largest; 2]);
        let places =
            (0..700 * 700).map(|i| [i % 700, i / 700].map(|k| largest * (f64::from(k) / 699.0).powi(2)));
        let brute = gap_by_brute_force(&series, &found, places);
        assert!(found.gap < 1e-9 && brute < found.gap + 1e-12, "{separation}: {} {brute}", found.gap);
    }
}

#[test]
fn one_mass_is_best_between_the_thresholds_and_nowhere_else() {
    let [low, high] =
        interval(|s| Ok::<_, ()>(SingleMass::best(&landscape(s), BOX))).expect("fine").expect("some");
    assert!((low - 0.0298).abs() < 1e-3 && (high - 0.4310).abs() < 1e-3, "{low} {high}");
    let risks = |separation: f64| {
        let landscape = landscape(separation);
        let of_any = landscape.risk(&least_risk_law(&landscape, [0.0], [BOX]).moments);
        (of_any, SingleMass::best(&landscape, BOX).risk)
    };
    for inside in [low + 0.01, 0.3, high - 0.01] {
        let (any, one) = risks(inside);
        assert!((any - one).abs() < 1e-12, "{inside}: {any} {one}");
    }
    for outside in [high + 0.02, 0.6, 0.8] {
        let (any, one) = risks(outside);
        assert!(any < one - 1e-5, "{outside}: {any} {one}");
    }
}

/// q_0 at which it takes a value, by bisection: it rises with S.
fn scale_at(value: f64) -> f64 {
    let q = |scale: f64| {
        let mut q = [0.0];
        let mut dq = [0.0];
        sigma().hermite_coefficients(0.0, scale, &mut q, &mut dq);
        q[0]
    };
    let mut lower = 1e-3;
    let mut upper = 1e3;
    while upper - lower > 1e-13 * upper {
        let middle = 0.5 * (lower + upper);
        if q(middle) < value { lower = middle } else { upper = middle }
    }
    lower
}

#[test]
fn thresholds_are_found_to_nine_digits_and_tend_to_their_limit() {
    let at = |dimension: usize, tolerance: f64, largest: f64| {
        interval(|s: f64| {
            Ok::<_, ()>(SingleMass::best(&landscape_of(Loss::Squared, dimension, s, tolerance), largest))
        })
        .expect("fine")
    };
    assert_eq!(at(10, 1e-8, BOX), None, "at d = 10 one mass is never best");
    let mut highs = Vec::new();
    for dimension in [20, 80, 320, 1280] {
        let [low, high] = at(dimension, 1e-8, BOX).expect("some");
        let [low_finer, high_finer] = at(dimension, 1e-11, 13.0).expect("some");
        assert!((low - low_finer).abs() < 1e-8 && (high - high_finer).abs() < 1e-8, "{dimension}");
        highs.push(high);
    }
    let [up, down] = [scale_at(1.0), scale_at(-1.0)];
    let limit = (up - down) / (up + down);
    let found = thresholds::limit(|scale| sigma().mean(0.0, scale)).expect("passes both");
    assert!((found - limit).abs() < 1e-11 && (limit - 0.47).abs() < 0.01, "{found} {limit}");
    assert_eq!(thresholds::limit(|scale| 0.5 * scale.tanh()), None, "it never comes to 1");
    let errors: Vec<f64> = highs.iter().map(|high| limit - high).collect();
    // In proportion to 1/d.
    assert!(errors.windows(2).all(|pair| pair[1] > 0.0 && pair[0] / pair[1] > 3.5), "{limit} {errors:?}");
    assert!((errors[2] / errors[3] - 4.0).abs() < 0.05 && errors[3] < 2e-3, "{limit} {errors:?}");
}

#[test]
fn single_masses_stand_still_at_their_fixed_points_and_nowhere_between() {
    for separation in [0.3, 0.6, 0.9] {
        let of = landscape(separation);
        let fixed = FixedPoint::find_all(&of, BOX);
        let best = SingleMass::best(&of, BOX);
        assert!(fixed.iter().any(|mass| (mass.radius - best.radius).abs() < 1e-9), "{separation}: {fixed:?}");
        let after = |radius: f64| {
            let mut atoms =
                Characteristics::new(landscape(separation), vec![radius], vec![1.0], [0.0], 1e-12);
            support::observe(&mut atoms, &[1.0]);
            let place = atoms.atoms().next().expect("one").0[0];
            place - radius
        };
        for mass in &fixed {
            assert!(after(mass.radius).abs() < 1e-6, "{separation}: {mass:?}");
            // The mass as a whole comes back or leaves as its joint rate says.
            let beside = 1e-3;
            let comes_back = after(mass.radius + beside) < 0.0;
            assert_eq!(comes_back, mass.rates.joint > 0.0, "{separation}: {mass:?}");
        }
        // Between two neighbours all go to the one that is stable: none is missing.
        for pair in fixed.windows(2) {
            let falls = after(0.5 * (pair[0].radius + pair[1].radius)) < 0.0;
            assert_eq!([falls, !falls], [0, 1].map(|k| pair[k].rates.joint > 0.0), "{separation}: {pair:?}");
        }
    }
}

#[test]
fn lemma_1_looks_as_far_as_the_narrowest_class_asks() {
    // A class of scale 1 − Δ sees a radius r as (1 − Δ) r: what happens at infinity begins at r = 1/(1 − Δ).
    let margin = |separation: f64| SingleMass::best(&landscape(separation), BOX).margin;
    let near = margin(0.99);
    for separation in [0.999, 0.99999, 0.999999] {
        assert!((margin(separation) - near).abs() < 0.02, "{separation}: {} {near}", margin(separation));
    }
    // Where σ is not bounded Ψ leaves for infinity, and no end of a search range is its limit.
    let data = GaussianClasses::isotropic(40, 0.4).expect("valid");
    let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    let of = RadialLandscape::new(&data, &relu, Loss::Squared, DimensionLimit::Finite, BOX, 1e-3)
        .expect("converges");
    let one = SingleMass::best(&of, BOX);
    assert!(one.margin.is_infinite() || one.nearest.is_finite(), "{one:?}");
}

#[test]
fn a_larger_box_has_less_risk_only_where_mass_wants_to_go_beyond() {
    let risk = |separation: f64, largest: f64| {
        let landscape = landscape(separation);
        let found = least_risk_law(&landscape, [0.0], [largest]);
        (landscape.risk(&found.moments), found.law.places.iter().any(|z| z[0] == largest))
    };
    assert!((risk(0.3, 10.0).0 - risk(0.3, 20.0).0).abs() < 1e-12 && !risk(0.3, 20.0).1);
    let (near, at_edge) = risk(0.6, 10.0);
    let (far, still) = risk(0.6, 20.0);
    assert!(far < near - 1e-4 && at_edge && still, "{near} {far}");
}

/// How fast a quantity of atoms decays between two times.
fn rate_seen(separation: f64, places: [f64; 2], quantity: impl Fn(&[f64; 2]) -> f64, times: [f64; 2]) -> f64 {
    let positions = places.to_vec();
    let weights = vec![0.5; 2];
    let mut atoms = Characteristics::new(landscape(separation), positions, weights, [0.0], 1e-12);
    let mut at = |time: f64| {
        support::observe(&mut atoms, &[time]);
        let places: Vec<f64> = atoms.atoms().map(|(z, _)| z[0]).collect();
        quantity(&[places[0], places[1]])
    };
    let early = at(times[0]);
    let late = at(times[1]);
    assert!(atoms.time() == times[1]);
    (early / late).ln() / (times[1] - times[0])
}

#[test]
fn predicted_rates_are_those_of_the_dynamics() {
    for separation in [0.2, 0.4, 0.5] {
        let one = SingleMass::best(&landscape(separation), BOX);
        // Unstable beyond 0.44: parts leave at the rate at which they came back before.
        let inner = rate_seen(
            separation,
            [one.radius - 1e-4, one.radius + 1e-4],
            |z: &[f64; 2]| z[1] - z[0],
            [0.5, 2.5],
        );
        let joint = rate_seen(
            separation,
            [one.radius + 1e-4; 2],
            |z: &[f64; 2]| 0.5 * (z[0] + z[1]) - one.radius,
            [0.1, 0.6],
        );
        let expected_inner = one.rates.inner;
        let expected_joint = one.rates.joint;
        assert!((inner / expected_inner - 1.0).abs() < 0.01, "{separation}: {inner} {expected_inner}");
        assert!((joint / expected_joint - 1.0).abs() < 0.01, "{separation}: {joint} {expected_joint}");
    }
    assert!(SingleMass::best(&landscape(0.5), BOX).rates.inner < 0.0);
}
