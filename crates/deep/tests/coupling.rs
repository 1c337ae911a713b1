//! Networks coupled to their limits: copies are exact, distances have their exponents, layers collapse.

use meanfield_deep::coupling::CoupledNetwork;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::{DrawnNetwork, Start};
use meanfield_deep::training::Training;
use meanfield_model::loss::Loss;
use ndarray::array;

use crate::problems::{STANDARD, independent, problem, problem_on};

const FLOW: Training = Training::Flow { tolerance: 1e-7 };

fn resolution(nodes: usize) -> Resolution {
    let mut resolution = Resolution::default();
    resolution.nodes = nodes;
    resolution.tolerance = 1e-7;
    resolution
}

fn coupled(widths: &[usize], training: Training, seed: u64) -> CoupledNetwork {
    let depth = widths.len() + 1;
    let start = independent(depth);
    let drawn = start.network(widths, seed);
    let problem = problem(depth, Loss::Huber { threshold: 0.5 });
    CoupledNetwork::new(problem, &start, &resolution(16), &drawn, training, seed, 0.25).expect("valid")
}

/// Mean square distances of the layers over seeds, at t = 0.5.
fn mean_squares(width: usize, seeds: std::ops::Range<u64>) -> [f64; 3] {
    let mut squares = [0.0; 3];
    for seed in seeds {
        let start = independent(3);
        let drawn = start.network(&[width; 2], seed);
        let problem = problem(3, Loss::Squared);
        let coupled = CoupledNetwork::new(problem, &start, &resolution(16), &drawn, FLOW, seed, 0.5);
        let mut coupled = coupled.expect("valid");
        coupled.advance(0.5).expect("smooth");
        for (square, distance) in squares.iter_mut().zip(coupled.distances()) {
            *square += distance.rms.powi(2);
        }
    }
    squares
}

#[test]
fn distances_fall_with_the_root_of_the_width() {
    let narrow = mean_squares(40, 0..60);
    let wide = mean_squares(160, 60..90).map(|square| 2.0 * square);
    for layer in 0..3 {
        let slope = 0.5 * (wide[layer] / narrow[layer]).ln() / 4_f64.ln();
        eprintln!("layer {}: {slope}", layer + 1);
        assert!((slope + 0.5).abs() < 0.12, "layer {}: {slope}", layer + 1);
    }
}

#[test]
fn copies_of_the_quadrature_itself_stay_with_it() {
    // Two-point laws: four atoms of the first layer, two of the second, which a network can be, exactly.
    let pair = EntryLaw::TwoPoint { first: -0.4, second: 1.0 };
    let one = EntryLaw::Constant { value: 0.8 };
    let start = Start::independent(vec![pair; 2], vec![one, pair]).expect("valid");
    let problem = problem(3, Loss::Squared);
    let limit = Limit::new(problem.clone(), &start, &resolution(8)).expect("exact");
    let atoms = limit.atoms();
    assert_eq!(limit.acting(), [4, 2]);
    let labels = vec![atoms.weights[0].t().to_owned(), atoms.weights[2].clone()];
    let drawn = DrawnNetwork { labels, weights: atoms.weights };
    let mut coupled =
        CoupledNetwork::new(problem, &start, &resolution(8), &drawn, FLOW, 0, 0.1).expect("valid");
    coupled.advance(3.0).expect("smooth");
    assert!(coupled.suprema().iter().all(|supremum| *supremum < 1e-6), "{:?}", coupled.suprema());
    assert!(coupled.loss_gap().abs() < 1e-7);
    let initial = coupled.network().weights();
    assert!((initial[0][[0, 0]] + 0.4).abs() > 1e-2, "they moved");
}

#[test]
fn the_supremum_is_over_the_times_of_the_grid() {
    let mut coupled = coupled(&[12, 9], Training::OneSample { step_size: 0.05 }, 3);
    let mut suprema = vec![0.0_f64; 3];
    for look in 0..40 {
        coupled.advance(0.25 * f64::from(look)).expect("stable");
        for (supremum, distance) in suprema.iter_mut().zip(coupled.distances()) {
            *supremum = supremum.max(distance.largest);
        }
    }
    assert_eq!(coupled.suprema(), suprema);
    assert!(suprema.iter().zip(coupled.distances()).any(|(supremum, now)| *supremum > now.largest));
}

#[test]
fn restarts_change_no_bit() {
    let training = Training::OneSample { step_size: 0.01 };
    let mut whole = coupled(&[12, 9], training, 3);
    whole.advance(1.1).expect("stable");
    let mut paused = coupled(&[12, 9], training, 3);
    let mut strides = 0;
    while paused.stride(1.1, 7).expect("stable") == meanfield_run::system::Stride::Underway {
        let mut other = coupled(&[12, 9], training, 3);
        other.restore(&paused.state()).expect("of this network");
        paused = other;
        strides += 1;
    }
    assert!(strides > 10);
    assert_eq!(whole.state(), paused.state());
    assert!(coupled(&[12, 8], training, 3).restore(&whole.state()).is_err());
}

#[test]
fn one_sample_steps_part_from_the_flow_by_the_root_of_their_size() {
    let start = independent(3);
    let mut squares = Vec::new();
    for step_size in [0.04, 0.01] {
        let training = Training::OneSample { step_size };
        let mut square = 0.0;
        for seed in 0..20 {
            let weights = start.network(&[15, 15], seed).weights;
            let problem = problem(3, Loss::Squared);
            let mut coupled =
                CoupledNetwork::beside_own_flow(problem, weights, training, seed, 1e-7, 0.5).expect("valid");
            coupled.advance(1.0).expect("stable");
            square += coupled.distances()[1].rms.powi(2);
        }
        squares.push(square);
    }
    let slope = 0.5 * (squares[0] / squares[1]).ln() / 4_f64.ln();
    eprintln!("{slope}");
    assert!((slope - 0.5).abs() < 0.15, "{slope}");
}

#[test]
fn a_first_layer_on_a_line_stays_there_in_the_limit() {
    let zero = EntryLaw::Constant { value: 0.0 };
    let start = Start::independent(vec![STANDARD, zero], vec![STANDARD; 2]).expect("valid");
    // Labels that are even in the second coordinate and do not need it: the plane is invariant.
    let inputs = array![[0.5, 1.0], [0.5, -1.0], [-0.8, 0.7], [-0.8, -0.7]];
    let data = meanfield_deep::data::DataPoints::uniform(inputs, array![0.3, 0.3, -0.6, -0.6]);
    let problem = problem_on(data.expect("valid"), 3, Loss::Squared);
    let mut limit = Limit::new(problem, &start, &resolution(16)).expect("converges");
    limit.advance(2.0).expect("smooth");
    let weights = limit.atoms().weights;
    assert!(weights[0].row(1).iter().all(|w| w.abs() < 1e-12));
    assert!(limit.loss() < 0.1, "{}", limit.loss());
}
