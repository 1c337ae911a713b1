//! The effects of widths and steps that a limit reports, against the same found one by one, and against many
//! networks.

use std::ops::Range;

use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::data::DataPoints;
use meanfield_deep::first_order::{FirstOrder, FirstOrderEffects};
use meanfield_deep::fluctuations::{Differences, step_effects};
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_deep::training::Training;
use meanfield_deep::width_effects::{WidthEffect, width_effects};
use meanfield_model::loss::Loss;
use meanfield_run::system::Stride;
use ndarray::{Array1, Array2};

use crate::problems::activations;

/// Three layers, twelve points of a sine, as in scenarios/layers/predicted-band.toml.
fn sine() -> (DeepProblem, Start) {
    let inputs = Array2::from_shape_fn((12, 2), |(point, coordinate)| match coordinate {
        0 => -1.0 + 2.0 * point as f64 / 11.0,
        _ => 1.0,
    });
    let labels = Array1::from_iter(inputs.column(0).iter().map(|x| (std::f64::consts::PI * x).sin()));
    let loss = Loss::Huber { threshold: 0.5 };
    let architecture = Architecture::new(activations(3), loss, vec![LayerSchedule::PLAIN; 3]);
    let data = DataPoints::uniform(inputs, labels).expect("valid");
    let first = EntryLaw::Normal { mean: 0.0, deviation: 2.0 };
    let others = [0.5, 0.2].map(|mean| EntryLaw::Normal { mean, deviation: 1.0 });
    let start = Start::independent(vec![first; 2], others.to_vec()).expect("valid");
    (DeepProblem::new(architecture.expect("valid"), data), start)
}

fn limit(nodes: usize) -> (Limit, Start) {
    let (problem, start) = sine();
    let mut resolution = Resolution::default();
    resolution.nodes = nodes;
    (Limit::new(problem, &start, &resolution).expect("exact"), start)
}

fn effects(nodes: usize, differences: Differences) -> FirstOrderEffects {
    let (limit, start) = limit(nodes);
    FirstOrderEffects::new(&limit, &start, differences).expect("smooth")
}

fn differences(spacing: f64) -> Differences {
    let mut differences = Differences::default();
    differences.spacing = spacing;
    differences.tolerance = 1e-8;
    differences
}

fn go_to(effects: &mut FirstOrderEffects, until: f64) -> FirstOrder {
    while effects.stride(until, 1e6).expect("smooth") == Stride::Underway {}
    effects.effects()
}

fn close(a: f64, b: f64, share: f64) -> bool {
    (a - b).abs() <= share * a.abs().max(b.abs())
}

#[test]
fn effects_in_time_are_those_found_one_by_one() {
    let (limit, start) = limit(6);
    let differences = differences(0.25);
    let mut moving = FirstOrderEffects::new(&limit, &start, differences).expect("smooth");
    let steps = step_effects(limit.flow().problem(), limit.atoms(), &[0.5, 1.0], &differences);
    let widths = width_effects(&limit, &start, &[0.5, 1.0], &differences).expect("smooth");
    for (step, widths) in steps.expect("smooth").iter().zip(&widths) {
        let found = go_to(&mut moving, step.time);
        let pairs = [
            (found.step.loss, step.loss, 1e-6),
            (found.step.descent, step.descent, 1e-2),
            (found.step.noise, step.noise, 1e-3),
            (found.step.variance, step.variance, 1e-3),
        ];
        assert!(pairs.iter().all(|(a, b, share)| close(*a, *b, *share)), "{pairs:?}");
        for (found, one) in found.widths.iter().zip(widths) {
            assert!(close(found.bias, one.bias, 1e-3), "{found:?} {one:?}");
            assert!(close(found.variance, one.variance, 1e-3), "{found:?} {one:?}");
        }
    }
}

#[test]
fn effects_depend_neither_on_looking_nor_on_pauses() {
    let mut fine = effects(6, differences(0.05));
    let mut looked_at = effects(6, differences(0.25));
    let mut plain = effects(6, differences(0.25));
    for time in [0.03, 0.2, 0.31, 0.77, 0.9] {
        let found = go_to(&mut looked_at, time).step;
        let exact = go_to(&mut fine, time).step;
        eprintln!("{time}: {found:?}\n     {exact:?}");
        assert!(close(found.variance, exact.variance, 0.05), "{found:?} {exact:?}");
        assert!(close(found.noise, exact.noise, 0.05), "{found:?} {exact:?}");
    }
    // Stopped in the midst of a stride, and gone on with from what was saved.
    assert_eq!(plain.stride(0.9, 1.0).expect("smooth"), Stride::Underway);
    let state = plain.state();
    let mut resumed = effects(6, differences(0.25));
    resumed.restore(&state).expect("its own");
    assert_eq!(go_to(&mut resumed, 0.9), go_to(&mut plain, 0.9));
    let variance = looked_at.effects().step.variance;
    assert!(close(plain.effects().step.variance, variance, 1e-5));
    assert!(effects(5, differences(0.25)).restore(&state).is_err());
}

/// Losses of networks at increasing times, one row for each seed.
fn train(width: usize, step_size: f64, times: &[f64], seeds: Range<u64>) -> Vec<Vec<f64>> {
    let (problem, start) = sine();
    let train_one = |seed: u64| {
        let weights = start.network(&[width, width], seed).weights;
        let training = Training::OneSample { step_size };
        let mut network = Network::new(problem.clone(), weights, training, seed).expect("valid");
        let losses = times.iter().map(|time| {
            network.advance(*time).expect("stable");
            network.loss()
        });
        losses.collect()
    };
    seeds.map(train_one).collect()
}

/// How far the losses of networks are from what was predicted, in standard errors: mean and spread.
fn deviations(losses: &[f64], mean: f64, variance: f64) -> [f64; 2] {
    let count = losses.len() as f64;
    let found = losses.iter().sum::<f64>() / count;
    let moment = |power| losses.iter().map(|loss| (loss - found).powi(power)).sum::<f64>() / count;
    let spread = (moment(2) * count / (count - 1.0)).sqrt();
    let kurtosis = (moment(4) / moment(2).powi(2)).max(3.0);
    let of_mean = (found - mean) / (variance / count).sqrt();
    let of_spread = (spread / variance.sqrt() - 1.0) / (0.5 * ((kurtosis - 1.0) / count).sqrt());
    let root = variance.sqrt();
    eprint!("| {found:.5} | {mean:.5} | {of_mean:.1} | {spread:.5} | {root:.5} | {of_spread:.1} |");
    [of_mean, of_spread]
}

/// The deviations of networks of one width, trained with `step_size` and judged as if with `claimed`.
fn judge(
    predictions: &[(f64, FirstOrder)],
    width: usize,
    [step_size, claimed]: [f64; 2],
    seeds: Range<u64>,
) -> Vec<[f64; 2]> {
    let times: Vec<f64> = predictions.iter().map(|(_, effects)| effects.step.time).collect();
    let rows = train(width, step_size, &times, seeds);
    let judged = predictions.iter().enumerate().map(|(index, (loss, effects))| {
        let sum = |part: fn(&WidthEffect) -> f64| effects.widths.iter().map(part).sum::<f64>() / width as f64;
        let mean = loss + sum(|effect| effect.bias) + claimed * effects.step.bias(1);
        let pairs = effects.variance_of_pairs / (width * width) as f64;
        let variance = sum(|effect| effect.variance) + claimed * effects.step.variance + pairs;
        let losses: Vec<f64> = rows.iter().map(|row| row[index]).collect();
        eprint!("| {width} | {step_size} | {} ", times[index]);
        let found = deviations(&losses, mean, variance);
        eprintln!();
        found
    });
    judged.collect()
}

/// What is predicted at some times: the limit's loss, and the effects.
fn predictions(nodes: usize, spacing: f64, times: &[f64]) -> Vec<(f64, FirstOrder)> {
    let mut moving = effects(nodes, differences(spacing));
    let (mut limit, _) = limit(40);
    let found = times.iter().map(|time| {
        limit.advance(*time).expect("smooth");
        (limit.loss(), go_to(&mut moving, *time))
    });
    found.collect()
}

#[test]
fn a_step_twice_as_long_is_detected() {
    let predictions = predictions(8, 0.25, &[1.0]);
    let right = judge(&predictions, 400, [0.02, 0.02], 0..400)[0];
    assert!(right.iter().all(|z| z.abs() < 3.5), "{right:?}");
    let wrong = judge(&predictions, 400, [0.04, 0.02], 0..400)[0];
    assert!(wrong.iter().any(|z| z.abs() > 5.0), "{wrong:?}");
}

#[test]
#[ignore = "minutes"]
fn networks_lie_in_the_band() {
    let times = [0.5, 1.0, 2.0, 4.0];
    let predictions = predictions(10, 0.25, &times);
    for (loss, effects) in &predictions {
        eprintln!("L = {loss:.6}, {effects:?}");
    }
    // The narrow ones are so many that b is seen in their mean.
    let ensembles = [
        (50, 0.01, 6000),
        (100, 0.01, 500),
        (200, 0.01, 500),
        (200, 0.0025, 500),
        (400, 0.02, 500),
        (400, 0.005, 500),
    ];
    let mut all = Vec::new();
    for (index, (width, step_size, count)) in ensembles.into_iter().enumerate() {
        let first = 2_000_000 + 10_000 * index as u64;
        all.extend(judge(&predictions, width, [step_size, step_size], first..first + count));
    }
    let rms = (all.iter().map(|z| z[0] * z[0]).sum::<f64>() / all.len() as f64).sqrt();
    // Six thousand networks of 50 neurons see the error of v_nn, and 1/n³.
    let widest = all[times.len()..].iter().fold(0.0, |widest: f64, z| widest.max(z[1].abs()));
    eprintln!("rms z of {} means: {rms:.2}; spreads from n = 100 on within {widest:.1}", all.len());
    assert!(rms <= 1.3 && widest <= 3.0);
}
