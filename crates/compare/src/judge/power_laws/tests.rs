//! Tests of the power laws on made-up networks, whose exponents and prefactors are known.

use meanfield_model::measure::Measure;
use meanfield_run::claim::PowerLawClaim;
use meanfield_run::facts::{NEURONS, STEP_SIZE};
use meanfield_run::record::{Curve, Fact, NamedLaw, Nature, Record, RunAxis, RunFailure};
use ndarray::{ArrayD, IxDyn};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::judge_power_laws;
use crate::power_law::{PowerLaw, Remainder};

const NEURONS_KEY: &str = "systems.sgd.finite-network.neurons";
const STEP_KEY: &str = "systems.sgd.finite-network.step-size";
const SIZES: [f64; 4] = [50.0, 100.0, 200.0, 400.0];
const STEPS: [f64; 3] = [1e-4, 3e-4, 1e-3];
/// Risk of the limit.
const LIMIT: f64 = 0.7;

/// Nearly normal numbers: sums of twelve uniform ones.
fn normals(stream: u64, count: usize) -> Vec<f64> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(stream);
    let mut uniform = || (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
}

/// A network over sizes, steps and seeds with this risk, a function of N, ε and normal numbers.
fn network(sizes: &[f64], steps: &[f64], seeds: usize, risk: impl Fn(f64, f64, [f64; 2]) -> f64) -> Record {
    let axis = |name: &str, key: Option<&str>, values: &[f64]| RunAxis {
        name: name.into(),
        key: key.map(str::to_owned),
        values: values.to_vec(),
    };
    let mut axes = vec![axis("neurons", Some(NEURONS_KEY), sizes)];
    if steps.len() > 1 {
        axes.push(axis("step_size", Some(STEP_KEY), steps));
    }
    axes.push(axis("seed", None, &(0..seeds).map(|seed| seed as f64).collect::<Vec<_>>()));
    let runs: Vec<(f64, f64)> = sizes
        .iter()
        .flat_map(|n| steps.iter().flat_map(move |step| (0..seeds).map(move |_| (*n, *step))))
        .collect();
    let noise = normals(11, 2 * runs.len());
    let values = runs.iter().zip(noise.chunks_exact(2)).map(|((n, step), z)| risk(*n, *step, [z[0], z[1]]));
    let shape: Vec<usize> = axes.iter().map(|axis| axis.values.len()).chain([1]).collect();
    let fact = |name: &str, values: Vec<f64>| Fact { name: name.into(), values };
    Record {
        system: "sgd".into(),
        nature: Nature::Network,
        axes,
        time: vec![1.0],
        curves: vec![curve("risk", &shape, values.collect())],
        facts: vec![
            fact(NEURONS.name, runs.iter().map(|run| run.0).collect()),
            fact(STEP_SIZE.name, runs.iter().map(|run| run.1).collect()),
        ],
        ..Record::default()
    }
}

fn curve(name: &str, shape: &[usize], values: Vec<f64>) -> Curve {
    let values = ArrayD::from_shape_vec(IxDyn(shape), values).expect("shape");
    Curve { name: name.into(), meaning: String::new(), values }
}

/// The limit, with curves of these names that are constant in time.
fn limit(curves: &[(&str, f64)]) -> Record {
    let all = [("risk", LIMIT)].into_iter().chain(curves.iter().copied());
    Record {
        system: "pde".into(),
        time: vec![0.0, 1.0, 2.0],
        curves: all.map(|(name, value)| curve(name, &[3], vec![value; 3])).collect(),
        ..Record::default()
    }
}

fn claim(quantity: &str, over: &str, exponent: f64, within: f64) -> PowerLawClaim {
    PowerLawClaim {
        system: "sgd".into(),
        quantity: quantity.into(),
        over: over.into(),
        exponent,
        within,
        time: None,
        alone: false,
    }
}

fn judged(network: Record, limit: Record, claim: PowerLawClaim) -> PowerLaw {
    judge_power_laws(&[limit, network], "pde", &[claim]).remove(0)
}

/// E R − R = 5/N − 100 ε, spread² = 4/N + 300 ε.
fn noisy(n: f64, step: f64, z: [f64; 2]) -> f64 {
    LIMIT + 5.0 / n - 100.0 * step + 2.0 * z[0] / n.sqrt() + (300.0 * step).sqrt() * z[1]
}

#[test]
fn exact_parts_of_a_bias_are_told_apart() {
    let exact = || network(&SIZES, &STEPS, 5, |n, step, _| LIMIT + 5.0 / n - 100.0 * step.powf(0.9));
    let law = judged(exact(), limit(&[]), claim("risk_bias", NEURONS_KEY, -1.0, 0.01));
    assert!(law.holds, "{}", law.in_words());
    assert!((law.exponent.value + 1.0).abs() < 1e-6 && (law.prefactor.value - 5.0).abs() < 1e-4, "{law:?}");
    let parts = law.points.iter().zip(SIZES).map(|(point, n)| point.value * n / 5.0 - 1.0);
    assert!(parts.into_iter().all(|error| error.abs() < 1e-6), "{:?}", law.points);
    let law = judged(exact(), limit(&[]), claim("risk_bias", STEP_KEY, 0.9, 0.01));
    assert!(law.holds && (law.prefactor.value + 100.0).abs() < 1e-2, "{}", law.in_words());
    let Some(Remainder::Power { axis, exponent, .. }) = &law.rest else { panic!("{:?}", law.rest) };
    assert!(axis == "neurons" && (exponent.value + 1.0).abs() < 1e-6);
    let wrong = judged(exact(), limit(&[]), claim("risk_bias", STEP_KEY, 1.0, 0.2));
    assert!(!wrong.holds, "the interval is a point: {}", wrong.in_words());
}

#[test]
fn noisy_bias_and_spread_have_their_exponents_in_the_interval() {
    for (quantity, over, exponent, prefactor) in [
        ("risk_bias", NEURONS_KEY, -1.0, 5.0),
        ("risk_bias", STEP_KEY, 1.0, -100.0),
        ("risk_spread", NEURONS_KEY, -0.5, 2.0),
        ("risk_spread", STEP_KEY, 0.5, 300_f64.sqrt()),
    ] {
        let quiet = |n: f64, step: f64, z: [f64; 2]| noisy(n, step, z.map(|z| 0.05 * z));
        let is_bias = quantity == "risk_bias";
        let of_seeds =
            if is_bias { network(&SIZES, &STEPS, 64, quiet) } else { network(&SIZES, &STEPS, 256, noisy) };
        let law = judged(of_seeds, limit(&[]), claim(quantity, over, exponent, 0.2));
        assert!(law.holds && law.exponent.standard_error > 1e-3, "{}", law.in_words());
        let own = &law.prefactor_as_claimed;
        assert!((own.value - prefactor).abs() < 3.0 * own.standard_error, "{prefactor}: {}", law.in_words());
        // 12 points and 4 numbers: χ² = 8 ± 4.
        assert!((0.1..3.0).contains(&law.misfit), "{}", law.in_words());
    }
}

#[test]
fn a_power_alone_is_known_better_than_one_beside_a_constant() {
    let spread = |n: f64, _: f64, z: [f64; 2]| LIMIT + 2.0 * z[0] / n.sqrt();
    let beside = claim("risk_spread", NEURONS_KEY, -0.5, 0.2);
    let alone = PowerLawClaim { alone: true, ..beside.clone() };
    let [beside, alone] =
        [beside, alone].map(|claim| judged(network(&SIZES, &STEPS[..1], 64, spread), limit(&[]), claim));
    assert!(alone.holds && alone.rest == Some(Remainder::Nothing), "{}", alone.in_words());
    let [wide, narrow] = [&beside, &alone].map(|law| law.exponent.standard_error);
    assert!(narrow < 0.5 * wide, "{wide} {narrow}");
}

#[test]
fn what_an_estimate_spreads_by_is_no_spread_of_networks() {
    let own = || network(&SIZES, &STEPS[..1], 256, |n, _, z| LIMIT + 2.0 * z[0] / n.sqrt() + 0.15 * z[1]);
    let alone = PowerLawClaim { alone: true, ..claim("risk_spread", NEURONS_KEY, -0.5, 0.2) };
    let unknown = judged(own(), limit(&[]), alone.clone());
    assert!(!unknown.holds, "{}", unknown.in_words());
    let mut sampled = own();
    let risks = sampled.curves[0].values.clone();
    let errors = risks.mapv(|_| 0.15);
    let further = [("risk_monte_carlo", risks), ("risk_monte_carlo_error", errors)];
    let curves = further.map(|(name, values)| Curve { name: name.into(), meaning: String::new(), values });
    sampled.curves.extend(curves);
    let law = judged(sampled.clone(), limit(&[]), alone.clone());
    assert!(law.holds, "{}", law.in_words());
    // Beside an exact risk the estimate says nothing of it.
    sampled.curves[1].values += 0.01;
    assert!(!judged(sampled, limit(&[]), alone).holds);
}

#[test]
fn wrong_exponents_do_not_hold() {
    let quiet = |n: f64, step: f64, z: [f64; 2]| noisy(n, step, z.map(|z| 0.05 * z));
    for (over, exponent) in [(NEURONS_KEY, -0.5), (NEURONS_KEY, -1.5), (STEP_KEY, 0.5), (STEP_KEY, -1.0)] {
        let law =
            judged(network(&SIZES, &STEPS, 64, quiet), limit(&[]), claim("risk_bias", over, exponent, 3.0));
        assert!(!law.holds && law.missing.is_none(), "{}", law.in_words());
    }
    // In the interval and yet too far away.
    let law = judged(network(&SIZES, &STEPS, 64, quiet), limit(&[]), claim("risk_bias", STEP_KEY, 1.0, 1e-9));
    assert!(!law.holds && law.exponent.allows(1.0), "{}", law.in_words());
}

#[test]
fn one_varied_key_leaves_what_is_predicted_or_a_constant() {
    let own = || network(&SIZES, &[1e-3], 32, |n, step, z| noisy(n, step, [0.01 * z[0], 0.002 * z[1]]));
    let law = judged(own(), limit(&[]), claim("risk_bias", NEURONS_KEY, -1.0, 0.3));
    let Some(Remainder::Constant(constant)) = &law.rest else { panic!("{:?}", law.rest) };
    assert!(law.holds && (constant.value + 0.1).abs() < 4.0 * constant.standard_error, "{}", law.in_words());
    assert_eq!(law.predicted_prefactor, None);
    let curves = [("bias_per_neuron", 5.1), ("bias_per_step", -100.0)];
    let predicted = judged(own(), limit(&curves), claim("risk_bias", NEURONS_KEY, -1.0, 0.3));
    assert_eq!(predicted.rest, Some(Remainder::Predicted), "{}", predicted.in_words());
    assert_eq!([predicted.predicted_prefactor, predicted.predicted_exponent], [Some(5.1), Some(-1.0)]);
    assert!(predicted.holds && predicted.exponent.standard_error < 0.7 * law.exponent.standard_error);
    assert!(predicted.in_words().contains("predicted 5.1000; less the predicted rest"));
}

#[test]
fn what_is_predicted_of_the_mean_radius_is_its_own() {
    let of_radius = |record: Record| {
        let curves: Vec<Curve> = record.curves.to_vec();
        let radius =
            curves.iter().map(|own| Curve { name: own.name.replace("risk", "mean_radius"), ..own.clone() });
        Record { curves: radius.collect(), ..record }
    };
    let own =
        || of_radius(network(&SIZES, &[1e-3], 64, |n, step, z| noisy(n, step, [0.05 * z[0], 0.05 * z[1]])));
    let curves = [
        ("bias_per_neuron", 50.0),
        ("variance_per_neuron", 40.0),
        ("bias_per_neuron_of_mean_radius", 5.0),
        ("bias_per_step_of_mean_radius", -100.0),
        ("variance_per_neuron_of_mean_radius", 0.01),
        ("variance_per_step_of_mean_radius", 0.75),
    ];
    let base = || of_radius(limit(&curves));
    let bias = judged(own(), base(), claim("mean_radius_bias", NEURONS_KEY, -1.0, 0.3));
    assert_eq!([bias.predicted_prefactor, bias.predicted_exponent], [Some(5.0), Some(-1.0)], "{bias:?}");
    let found = &bias.prefactor_as_claimed;
    assert!(bias.holds && (found.value - 5.0).abs() < 3.0 * found.standard_error, "{}", bias.in_words());
    let spread = judged(own(), base(), claim("mean_radius_spread", NEURONS_KEY, -0.5, 0.3));
    assert_eq!(
        [spread.predicted_prefactor, spread.predicted_exponent],
        [Some(0.1), Some(-0.5)],
        "{spread:?}"
    );
    assert_eq!([bias.rest, spread.rest], [const { Some(Remainder::Predicted) }; 2]);
    let error = judged(own(), base(), claim("mean_radius_error", NEURONS_KEY, -0.5, 3.0));
    assert_eq!(error.predicted_prefactor, None);
}

#[test]
fn the_second_chaos_of_a_spread_is_subtracted() {
    let variance = |n: f64, step: f64| 4.0 / n + 300.0 * step + 900.0 / n / n + 5e4 * step / n;
    let own = || network(&SIZES, &STEPS, 400, |n, step, z| LIMIT + variance(n, step).sqrt() * z[0]);
    let curves = [
        ("variance_per_neuron", 4.0),
        ("variance_per_step", 300.0),
        ("variance_per_neuron_squared", 900.0),
        ("variance_per_neuron_step", 5e4),
        ("variance_per_step_squared", 0.0),
    ];
    let without = judged(own(), limit(&curves[..2]), claim("risk_spread", NEURONS_KEY, -0.5, 0.3));
    assert!(!without.holds, "{}", without.in_words());
    let law = judged(own(), limit(&curves), claim("risk_spread", NEURONS_KEY, -0.5, 0.3));
    assert!(law.holds && law.predicted_prefactor == Some(2.0), "{}", law.in_words());
    assert_eq!(law.predicted_exponent, Some(-0.5));
}

#[test]
fn a_common_shift_of_a_seed_is_an_error_of_every_point() {
    // The same seeds are lucky at all points: resampled apart, the error of their mean would be half of this.
    let shift = normals(3, 16);
    let mut own = network(&SIZES, &[1e-3], 16, |n, _, _| LIMIT + 5.0 / n);
    own.curves[0].values.iter_mut().enumerate().for_each(|(i, risk)| *risk += 0.01 * shift[i % 16]);
    let law = judged(own, limit(&[]), claim("risk_bias", NEURONS_KEY, -1.0, 0.1));
    let mean = shift.iter().sum::<f64>() / 16.0;
    let deviation = (shift.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 16.0).sqrt();
    let Some(Remainder::Constant(constant)) = law.rest else { panic!("{:?}", law.rest) };
    let analytic = 0.01 * deviation / 4.0;
    // The quantiles of 1000 resamples are known to 4 %.
    assert!((constant.standard_error / analytic - 1.0).abs() < 0.15, "{constant:?} {analytic}");
    assert!(law.exponent.standard_error < 1e-6, "{:?}", law.exponent);
}

#[test]
fn distances_are_those_of_each_seed() {
    let mut own = network(&SIZES, &[1e-3], 8, |_, _, _| LIMIT);
    own.snapshot_time = vec![1.0];
    let signs = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
    let measures =
        SIZES.iter().flat_map(|n| signs.map(|sign| Measure::equal_atoms(&[sign * 3.0 / n.sqrt()])));
    own.laws = vec![NamedLaw::neurons(vec!["radius".into()], measures.collect())];
    let mut base = limit(&[]);
    base.snapshot_time = vec![1.0];
    base.laws = vec![NamedLaw::neurons(vec!["radius".into()], vec![Measure::equal_atoms(&[0.0])])];
    let law = judged(own, base, claim("wasserstein_2_radius", NEURONS_KEY, -0.5, 0.01));
    assert!(law.missing.is_none() && (law.exponent.value + 0.5).abs() < 1e-5, "{}", law.in_words());
    assert!((law.prefactor.value - 3.0).abs() < 1e-4, "{law:?}");
}

#[test]
fn joint_distances_follow_power_laws_too() {
    // Points at (3, 4)/√N from the limit's: W₂ of each line's mean square is 25/(2 N), the energy 10/√N.
    let mut own = network(&SIZES, &[1e-3], 8, |_, _, _| LIMIT);
    own.snapshot_time = vec![1.0];
    let at =
        |x: f64, y: f64| Measure::Atoms { points: ndarray::array![[x, y]], weights: ndarray::array![1.0] };
    let measures = SIZES.iter().flat_map(|n| vec![at(3.0 / n.sqrt(), 4.0 / n.sqrt()); 8]);
    let coordinates = || vec!["radius_1".into(), "radius_2".into()];
    own.laws = vec![NamedLaw::neurons(coordinates(), measures.collect())];
    let mut base = limit(&[]);
    base.snapshot_time = vec![1.0];
    base.laws = vec![NamedLaw::neurons(coordinates(), vec![at(0.0, 0.0)])];
    let laws = [("sliced_wasserstein_2", -0.5, 12.5_f64.sqrt()), ("energy_distance", -0.25, 10.0_f64.sqrt())];
    for (quantity, exponent, prefactor) in laws {
        let law = judged(own.clone(), base.clone(), claim(quantity, NEURONS_KEY, exponent, 0.01));
        assert!((law.exponent.value - exponent).abs() < 1e-4, "{}", law.in_words());
        assert!((law.prefactor.value / prefactor - 1.0).abs() < 1e-3, "{law:?}");
    }
}

#[test]
fn what_cannot_be_judged_says_why() {
    let own = || network(&SIZES, &[1e-3], 8, noisy);
    let reason = |own: Record, claim: PowerLawClaim| {
        let law = judged(own, limit(&[]), claim);
        assert!(!law.holds && law.exponent.value.is_nan());
        law.missing.expect("a reason")
    };
    let usual = || claim("risk_bias", NEURONS_KEY, -1.0, 0.1);
    assert!(reason(own(), claim("risk", NEURONS_KEY, -1.0, 0.1)).contains("is called risk"));
    assert!(reason(own(), claim("risk_bias", STEP_KEY, -1.0, 0.1)).contains("is not varied"));
    assert!(
        reason(own(), claim("mean_radius_bias", NEURONS_KEY, -1.0, 0.1)).contains("nothing was observed")
    );
    assert!(reason(own(), PowerLawClaim { time: Some(0.5), ..usual() }).contains("nothing was observed"));
    assert!(
        reason(own(), PowerLawClaim { system: "other".into(), ..usual() }).contains("no record of other")
    );
    assert!(reason(network(&SIZES[..2], &[1e-3], 8, noisy), usual()).contains("2 values"));
    assert!(reason(network(&SIZES, &[1e-3], 3, noisy), usual()).contains("3 seeds"));
    assert!(reason(network(&SIZES, &[1e-3], 8, |_, _, _| f64::NAN), usual()).contains("no finite value"));
    let mut stopped = own();
    stopped.failures.push(RunFailure { run: Vec::new(), reason: "overflow".into() });
    assert!(reason(stopped, usual()).contains("1 of the runs of sgd stopped"));
}

#[test]
fn a_distance_of_the_network_itself_needs_no_curve_of_the_reference() {
    // D² = 9/N + 300 ε on average: independent displacements.
    let distance = |n: f64, step: f64, z: [f64; 2]| {
        (3.0 * (1.0 + 0.1 * z[0]) / n.sqrt()).hypot((300.0 * step).sqrt() * (1.0 + 0.1 * z[1]))
    };
    let mut system = network(&SIZES, &STEPS, 32, distance);
    system.curves[0].name = "distance_w".into();
    for (over, exponent, prefactor) in [(NEURONS_KEY, -0.5, 3.0), (STEP_KEY, 0.5, 300_f64.sqrt())] {
        let law = judged(system.clone(), limit(&[]), claim("distance_w", over, exponent, 0.1));
        assert!(law.holds && law.predicted_prefactor.is_none(), "{}", law.in_words());
        assert!((law.prefactor_as_claimed.value / prefactor - 1.0).abs() < 0.05, "{}", law.in_words());
    }
    let other = judged(system, limit(&[]), claim("largest_distance_w", STEP_KEY, 0.5, 0.1));
    assert!(!other.holds && other.in_words().contains("nothing was observed"), "{}", other.in_words());
}
