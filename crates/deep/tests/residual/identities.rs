//! Exact identities: Lemma 5 is least squares, scaled gradients are drifts, duplicates change nothing, the
//! loss falls by what gradients say, and steps are their equation.

use meanfield_deep::engine::Points;
use meanfield_deep::residual::architecture::ResidualProblem;
use meanfield_deep::residual::descent::ScaledDescent;
use meanfield_deep::residual::engine::{PathWeights, ResidualEngine};
use meanfield_deep::residual::flow::FeatureFlow;
use meanfield_deep::residual::network::{ResidualNetwork, ResidualNetworkError};
use meanfield_deep::residual::pair_weights::PairWeights;
use meanfield_deep::residual::paths::{Paths, PathsError};
use meanfield_deep::residual::skip_paths::features;
use meanfield_deep::residual::start::{Regression, ResidualStart, ResidualStartError};
use meanfield_deep::training::Training;
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, Axis, concatenate};

use super::problems::{lopsided, problem, smooth, start};
use meanfield_model::activation::Shape;

fn loss(problem: &ResidualProblem, paths: &Paths) -> f64 {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.loss(PathWeights::from(paths), Points::from(&*problem.data))
}

fn largest_difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// α of the path `receiver` by v_ℓ, by hand: (1/m) Σ v h₁.
fn residual_by_hand(values: &Array2<f64>, weights: &Array2<f64>, receiver: usize) -> Array1<f64> {
    values.dot(&weights.column(receiver)) / values.ncols() as f64
}

#[test]
fn lemma_5_is_the_least_squares_solution_of_least_norm() {
    for depth in [2, 3, 4] {
        let problem = problem(8, 5, depth);
        let drawn = start().network(&problem, 120, 3);
        let below = features(&problem, &drawn.paths);
        for (index, pairs) in drawn.paths.pairs.iter().enumerate() {
            let values = below[index].mapv(f64::tanh);
            let matrix = DMatrix::from_fn(8, 120, |n, i| values[[n, i]] / 120.0);
            let svd = matrix.svd(true, true);
            let weights = pairs.matrix();
            for receiver in [0, 17, 119] {
                let wanted = drawn.residuals[index].column(receiver);
                let solved =
                    svd.solve(&DVector::from_iterator(8, wanted.iter().copied()), 1e-14).expect("svd");
                let size = solved.amax();
                let apart = (0..120).map(|i| (solved[i] - weights[[i, receiver]]).abs()).fold(0.0, f64::max);
                assert!(apart < 1e-12 * size, "L = {depth}, layer {}: {apart:e} of {size}", index + 2);
                let kept = residual_by_hand(&values, &weights, receiver);
                assert!((&kept - &wanted).iter().all(|x| x.abs() < 1e-12), "features are kept");
            }
        }
    }
}

#[test]
fn the_soft_regression_is_at_the_minimum_of_its_objective() {
    let problem = problem(6, 4, 2);
    let penalty = 0.05;
    let soft = ResidualStart::new(1.0, 1.0, Regression::Soft { penalty }).expect("valid");
    let drawn = soft.network(&problem, 40, 3);
    let values = features(&problem, &drawn.paths)[0].mapv(f64::tanh);
    let weights = drawn.paths.pairs[0].matrix();
    let wanted = drawn.residuals[0].column(7);
    // The gradient of (λ/m) |v|² + |α − (1/m) H v|², over 2/m.
    let missed = &wanted - &residual_by_hand(&values, &weights, 7);
    let slope = &weights.column(7) * penalty - values.t().dot(&missed);
    assert!(slope.iter().all(|x| x.abs() < 1e-13), "{slope}");
    assert!(missed.iter().any(|x| x.abs() > 1e-3), "the soft version does not keep α");
}

#[test]
fn without_regression_features_are_the_same_and_weights_larger() {
    let problem = problem(6, 4, 3);
    let standard = ResidualStart::new(1.0, 1.0, Regression::Absent).expect("valid").network(&problem, 90, 3);
    let regressed = start().network(&problem, 90, 3);
    let pairs = features(&problem, &standard.paths).into_iter().zip(features(&problem, &regressed.paths));
    for (own, other) in pairs {
        assert!(largest_difference(&own, &other) < 1e-12);
    }
    let size = |paths: &Paths| paths.pairs[0].matrix().mapv(|v| v * v).mean().expect("some");
    assert!(size(&standard.paths) > 3.0 * size(&regressed.paths));
}

/// A network that has been trained a little, with a soft start: nothing is special about it.
fn trained(problem: &ResidualProblem, width: usize) -> Paths {
    let soft = ResidualStart::new(0.8, 1.3, Regression::Soft { penalty: 0.02 }).expect("valid");
    let mut flow = FeatureFlow::new(problem.clone(), soft.network(problem, width, 5).paths, 1e-6);
    flow.advance(0.7).expect("smooth");
    flow.paths().clone().with_matrices()
}

/// The loss by the letter of (3.2)–(3.6), loop by loop.
fn textbook_loss(problem: &ResidualProblem, paths: &Paths) -> f64 {
    let m = paths.count();
    let d = problem.data.dimension();
    let h1 = problem.architecture.activation();
    let h2 = problem.architecture.residual_activation();
    let mut sum = 0.0;
    for (n, x) in problem.data.inputs().rows().into_iter().enumerate() {
        let first = (0..m).map(|j| (0..d).map(|i| paths.first[[i, j]] * x[i]).sum::<f64>() / d as f64);
        let mut beta: Vec<f64> = first.collect();
        for pairs in &paths.pairs {
            let v = pairs.matrix();
            let alpha: Vec<f64> = (0..m)
                .map(|j| (0..m).map(|i| v[[i, j]] * h1.value(beta[i])).sum::<f64>() / m as f64)
                .collect();
            beta = alpha.iter().zip(&beta).map(|(alpha, below)| h2.value(*alpha) + below).collect();
        }
        let output = (0..m).map(|i| paths.last[i] * h1.value(beta[i])).sum::<f64>() / m as f64;
        sum +=
            problem.data.weights()[n] * problem.architecture.loss().value(problem.data.labels()[n], output);
    }
    sum
}

/// ∂L/∂v by a difference of fourth order, for the number that `pick` finds.
fn difference(problem: &ResidualProblem, paths: &Paths, pick: impl Fn(&mut Paths) -> &mut f64) -> f64 {
    let step = 2e-3 * (paths.count() as f64).sqrt();
    let weights = [(-2.0, 1.0 / 12.0), (-1.0, -2.0 / 3.0), (1.0, 2.0 / 3.0), (2.0, -1.0 / 12.0)];
    let terms = weights.iter().map(|(shift, weight)| {
        let mut moved = paths.clone();
        *pick(&mut moved) += shift * step;
        weight * textbook_loss(problem, &moved)
    });
    terms.sum::<f64>() / step
}

fn entry(paths: &mut Paths, layer: usize, i: usize, j: usize) -> &mut f64 {
    match &mut paths.pairs[layer - 2] {
        PairWeights::Matrix(matrix) => &mut matrix[[i, j]],
        _ => panic!("matrices"),
    }
}

#[test]
fn scaled_gradients_are_the_drifts_of_the_flow() {
    for (problem, depth) in [(problem(5, 3, 3), 3), (lopsided(5, 3, 4), 4)] {
        let m = 6;
        let paths = trained(&problem, m);
        let mut engine = ResidualEngine::new(problem.architecture.clone());
        let found = engine.drift(PathWeights::from(&paths), Points::from(&*problem.data));
        assert!((found - textbook_loss(&problem, &paths)).abs() < 1e-14);
        let mut first = Array2::zeros((3, m));
        engine.first_drift(problem.data.inputs().view(), &mut first);
        let last = engine.last_drift();
        for j in 0..m {
            // m_1 m_0 = m d, m_ℓ m_{ℓ−1} = m², m_{L+1} m_L = m.
            let scaled = 3.0 * m as f64 * difference(&problem, &paths, |paths| &mut paths.first[[1, j]]);
            assert!((scaled - first[[1, j]]).abs() < 1e-10, "v_1: {scaled} {}", first[[1, j]]);
            let scaled = m as f64 * difference(&problem, &paths, |paths| &mut paths.last[j]);
            assert!((scaled - last[j]).abs() < 1e-10, "v_{{L+1}}: {scaled} {}", last[j]);
            for layer in 2..=depth {
                let [left, right] = engine.pair_drift(layer);
                let drift = left.t().dot(right)[[2, j]];
                let square = (m * m) as f64;
                let scaled = square * difference(&problem, &paths, |paths| entry(paths, layer, 2, j));
                assert!((scaled - drift).abs() < 1e-10, "v_{layer}: {scaled} {drift}");
            }
        }
    }
}

#[test]
fn a_step_of_descent_is_the_scaled_gradient() {
    let problem = lopsided(5, 3, 3);
    let paths = trained(&problem, 7);
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.drift(PathWeights::from(&paths), Points::from(&*problem.data));
    let mut first = Array2::zeros((3, 7));
    engine.first_drift(problem.data.inputs().view(), &mut first);
    let mut descent = ScaledDescent::new(problem.clone(), paths.clone());
    descent.step_on_all(0.1);
    assert!(largest_difference(&descent.paths().first, &(&paths.first - &(first * 0.1))) < 1e-15);
    let last = &paths.last - &(engine.last_drift() * 0.1);
    assert!((&descent.paths().last - &last).iter().all(|x| x.abs() < 1e-15));
    for (index, pairs) in descent.paths().pairs.iter().enumerate() {
        let [left, right] = engine.pair_drift(index + 2);
        let wanted = paths.pairs[index].matrix() - left.t().dot(right) * 0.1;
        assert!(largest_difference(&pairs.matrix(), &wanted) < 1e-14);
    }
}

#[test]
fn a_step_on_samples_averages_to_the_step_on_all() {
    let problem = problem(5, 3, 3);
    let paths = trained(&problem, 7);
    let mut whole = ScaledDescent::new(problem.clone(), paths.clone());
    whole.step_on_all(0.1);
    let mut mean = Array2::zeros((7, 7));
    for point in 0..5 {
        let mut single = ScaledDescent::new(problem.clone(), paths.clone());
        single.step_on(&[point], 0.1);
        mean += &(single.paths().pairs[1].matrix() * 0.2);
    }
    assert!(largest_difference(&mean, &whole.paths().pairs[1].matrix()) < 1e-14);
}

/// Every path twice, with half its share.
fn doubled(paths: &Paths) -> Paths {
    let twice: Vec<usize> = (0..paths.count()).chain(0..paths.count()).collect();
    let half = &paths.shares * 0.5;
    paths.select(&twice, concatenate![Axis(0), half, half])
}

#[test]
fn duplicated_paths_change_nothing() {
    let problem = lopsided(6, 4, 3);
    let paths = start().network(&problem, 30, 2).paths;
    let training = Training::FullBatch { step_size: 0.05 };
    let mut single = ResidualNetwork::new(problem.clone(), paths.clone(), training, 1).expect("valid");
    let mut double = ResidualNetwork::new(problem, doubled(&paths), training, 1).expect("valid");
    for time in 1..=10 {
        single.advance(f64::from(time)).expect("stable");
        double.advance(f64::from(time)).expect("stable");
        let apart = single.forward().outputs() - double.forward().outputs();
        assert!(apart.iter().all(|x| x.abs() < 1e-12), "t = {time}: {apart}");
    }
    assert!(loss(single.problem(), single.paths()) < 0.9 * loss(single.problem(), &paths), "it was trained");
}

#[test]
fn the_loss_falls_by_what_the_drifts_say() {
    for problem in [problem(6, 4, 3), lopsided(6, 4, 4)] {
        let mut flow = FeatureFlow::new(problem.clone(), start().network(&problem, 40, 2).paths, 1e-9);
        let before = flow.loss();
        flow.advance(2.0).expect("smooth");
        let fall = before - flow.loss();
        let residual = flow.energy_residual().abs();
        eprintln!("the loss fell by {fall}, to {residual:.1e} of what drifts say");
        assert!(fall > 0.01 && residual < 1e-9, "{fall} {residual:e}");
    }
}

#[test]
fn the_dissipation_is_the_slope_of_the_loss() {
    let problem = lopsided(6, 4, 3);
    let mut paths = trained(&problem, 12);
    // Shares that differ, and a tagged path.
    paths.shares = Array1::from_shape_fn(12, |j| if j == 11 { 0.0 } else { (1.0 + j as f64) / 66.0 });
    let mut flow = FeatureFlow::new(problem, paths, 1e-11);
    let rate = flow.dissipation();
    let before = flow.loss();
    flow.advance(1e-4).expect("smooth");
    let later = flow.dissipation();
    let slope = (before - flow.loss()) / 1e-4;
    assert!((slope - 0.5 * (rate + later)).abs() < 1e-8 * rate.max(1.0), "{slope} {rate}");
}

#[test]
fn factors_and_matrices_flow_alike() {
    let problem = problem(6, 4, 4);
    let paths = start().network(&problem, 60, 2).paths;
    let mut factors = FeatureFlow::new(problem.clone(), paths.clone(), 1e-7);
    let mut matrices = FeatureFlow::new(problem, paths.with_matrices(), 1e-7);
    factors.advance(6.0).expect("smooth");
    matrices.advance(6.0).expect("smooth");
    let rank = factors.paths().pairs[0].rank();
    assert!(rank < 60 * 6, "never compressed: rank {rank}");
    let apart = (factors.loss() - matrices.loss()).abs();
    assert!(apart < 1e-6, "{apart:e}");
    let apart = largest_difference(&factors.paths().first, &matrices.paths().first);
    assert!(apart < 1e-5, "{apart:e}");
}

#[test]
fn runs_that_pause_end_as_others() {
    let problem = problem(5, 3, 3);
    let drawn = start().network(&problem, 20, 4);
    let step_size = 0.02;
    let trainings = [
        Training::OneSample { step_size },
        Training::MiniBatch { step_size, batch: 3 },
        Training::FullBatch { step_size },
        Training::Flow { tolerance: 1e-6 },
    ];
    for training in trainings {
        let fresh =
            || ResidualNetwork::new(problem.clone(), drawn.paths.clone(), training, 9).expect("valid");
        let mut whole = fresh();
        whole.advance(1.0).expect("stable");
        whole.advance(2.0).expect("stable");
        let mut paused = fresh();
        paused.advance(1.0).expect("stable");
        let state = paused.state();
        let mut resumed = fresh();
        resumed.restore(&state).expect("of its own");
        resumed.advance(2.0).expect("stable");
        assert_eq!(resumed.state(), whole.state(), "{training:?}");
        assert!(whole.loss() < fresh().loss());
        let mut odd = state;
        odd.reals.pop();
        assert!(resumed.restore(&odd).is_err());
    }
}

#[test]
fn one_layer_is_a_two_layer_network() {
    let problem = problem(5, 3, 1);
    let drawn = start().network(&problem, 50, 4);
    let first = features(&problem, &drawn.paths).remove(0);
    let wanted = problem.data.inputs().dot(&drawn.paths.first) / 3.0;
    assert!(largest_difference(&first, &wanted) < 1e-15);
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.forward(PathWeights::from(&drawn.paths), problem.data.inputs().view());
    let outputs = first.mapv(|b| smooth(Shape::Tanh).value(b)).mean_axis(Axis(1)).expect("paths");
    assert!((engine.outputs() - &outputs).iter().all(|x| x.abs() < 1e-14));
}

#[test]
fn paths_that_do_not_fit_are_refused() {
    let problem = problem(5, 3, 3);
    let paths = start().network(&problem, 10, 4).paths;
    let mut shallow = paths.clone();
    shallow.pairs.pop();
    let shape = PathsError::Shape { layer: 3, paths: 10, depth: 3, d: 3 };
    assert_eq!(shallow.check(&problem), Err(shape));
    let mut heavy = paths.clone();
    heavy.shares[0] += 0.5;
    assert!(matches!(heavy.check(&problem), Err(PathsError::Shares { .. })));
    let training = Training::FullBatch { step_size: 0.0 };
    let wrong = ResidualNetwork::new(problem.clone(), paths, training, 1).err();
    assert!(matches!(wrong, Some(ResidualNetworkError::Training(_))));
    let refused = ResidualNetwork::new(problem, shallow, Training::FullBatch { step_size: 0.1 }, 1).err();
    assert!(matches!(refused, Some(ResidualNetworkError::Paths(_))));
}

#[test]
fn starts_that_are_none_are_refused() {
    let soft = Regression::Soft { penalty: -1.0 };
    assert_eq!(ResidualStart::new(0.0, 1.0, soft), Err(ResidualStartError::Deviation(0.0)));
    assert_eq!(ResidualStart::new(1.0, 1.0, soft), Err(ResidualStartError::Penalty(-1.0)));
    let infinite = ResidualStart::new(1.0, f64::INFINITY, Regression::MinimumNorm);
    assert_eq!(infinite, Err(ResidualStartError::OutputWeight(f64::INFINITY)));
}
