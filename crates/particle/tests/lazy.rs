//! Networks in the lazy scaling: steps as the equation has them, restored runs, and an exact risk that fresh
//! samples meet.

use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::directed::DirectedClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::teacher::Teacher;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_particle::sampler;
use meanfield_random::stream::Purpose;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};
use ndarray::{Array2, ArrayView1};

const ALPHA: f64 = 20.0;

fn tanh() -> Activation {
    Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() })
}

fn setup(neurons: usize, step_size: f64, batch: usize) -> Setup {
    Setup {
        data: DirectedClasses::with_teacher(10, 1, Teacher::single_index(tanh())).into(),
        activation: tanh(),
        loss: Loss::Squared,
        coordinates: Coordinates::Directed { is_affine: false, directions: 1 },
        affine: None,
        initial: Initial::Gaussian { scale: 0.8 },
        schedule: Schedule::Constant,
        ridge: 0.0,
        temperature: 0.0,
        cooling: Schedule::Constant,
        groups: ParameterGroups::default(),
        neurons,
        step_size,
        batch,
        lazy: Some(ALPHA),
        label_noise: 0.1,
        exact_risk: true,
        monte_carlo: 200_000,
        classification_error: false,
        recorded: None,
        records_weights: false,
        precision: Precision::Double,
        seed: 3,
    }
}

fn advance(network: &mut FiniteNetwork, until: f64) {
    while network.advance(until).expect("stable") == Stride::Underway {}
}

/// f_N.
fn output(weights: &Array2<f64>, x: ArrayView1<f64>) -> f64 {
    weights.dot(&x).mapv(|z| z.tanh()).mean().expect("neurons")
}

/// The weights after the steps of a block, as the equation says.
fn by_hand(setup: &Setup) -> Array2<f64> {
    let first = setup.start();
    let mut weights = first.clone();
    let samples = sampler::noisy_block(&setup.data, setup.label_noise, setup.seed, Purpose::Data, 0);
    for step in 0..32 {
        let before = weights.clone();
        for sample in step * setup.batch..(step + 1) * setup.batch {
            let x = samples.x.row(sample);
            let answer = ALPHA * (output(&before, x) - output(&first, x));
            let push = 2.0 * setup.step_size / ALPHA.powi(2) * (samples.y[sample] - answer) * ALPHA;
            for (mut row, old) in weights.rows_mut().into_iter().zip(before.rows()) {
                let slope = 1.0 - old.dot(&x).tanh().powi(2);
                row.scaled_add(push / setup.batch as f64 * slope, &x);
            }
        }
    }
    weights
}

#[test]
fn steps_are_those_of_the_equation() {
    for batch in [1, 4] {
        let setup = setup(20, 0.01, batch);
        let mut network = FiniteNetwork::new(setup.clone());
        advance(&mut network, 32.0 * setup.step_size);
        let gap = (&network.weights() - &by_hand(&setup)).mapv(f64::abs);
        let moved = (&network.weights() - &setup.start()).mapv(f64::abs);
        let [gap, moved] = [gap, moved].map(|all| all.into_iter().fold(0.0, f64::max));
        assert!(moved > 1e-3 && gap < 1e-13, "batch {batch}: {gap:e} of {moved:e}");
    }
}

#[test]
fn the_exact_risk_meets_fresh_samples_and_runs_go_on() {
    let setup = setup(100, 0.01, 1);
    let mut network = FiniteNetwork::new(setup.clone());
    // y = tanh(x₁) + noise: no output at the start.
    let first = network.observe().risk;
    let (estimate, error) = network.monte_carlo_risk(&network.weights(), 200_000);
    assert!((first - estimate).abs() < 4.0 * error, "{first} {estimate} ± {error}");
    let square = 0.394_294; // E tanh²(G), by quadrature
    assert!((first - square - 0.01).abs() < 1e-4, "{first}");
    advance(&mut network, 3.0);
    let risk = network.observe().risk;
    let (estimate, error) = network.monte_carlo_risk(&network.weights(), 200_000);
    assert!(risk < 0.5 * first, "it learns: {first} {risk}");
    assert!((risk - estimate).abs() < 4.0 * error, "{risk} {estimate} ± {error}");
    let mut restored = FiniteNetwork::new(setup);
    restored.restore(&network.save()).expect("its own");
    advance(&mut network, 4.0);
    advance(&mut restored, 4.0);
    assert_eq!(network.weights(), restored.weights());
}
