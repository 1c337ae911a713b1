//! A network coupled to a limit that is known exactly: copies, distances, clock, checkpoints.

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::measure::Measure;
use meanfield_model::mixture::Mixture;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_particle::coupled_network::CoupledNetwork;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Observation, RunError, State, Stride, System};
use meanfield_run::traced::TracedLimit;

/// Lengths that shrink by e^{−s}, in strides of half a unit at most.
struct Shrinking {
    start: Vec<f64>,
    tracers: Vec<f64>,
    clock: f64,
}

impl Shrinking {
    fn boxed(start: &[f64]) -> Box<dyn TracedLimit> {
        Box::new(Self { start: start.to_vec(), tracers: start.to_vec(), clock: 0.0 })
    }

    fn move_to(&mut self, clock: f64) {
        self.clock = clock;
        self.tracers = self.start.iter().map(|length| length * (-clock).exp()).collect();
    }
}

impl System for Shrinking {
    fn time(&self) -> f64 {
        self.clock
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.move_to(until.min(self.clock + 0.5));
        Ok(if self.clock < until { Stride::Underway } else { Stride::Reached })
    }

    fn observe(&self) -> Observation {
        Observation { risk: 0.0, scalars: Vec::new(), law: Measure::equal_atoms(&self.tracers) }
    }

    fn work(&self) -> u64 {
        0
    }

    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.clock] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let wrong = RunError::Checkpoint("no clock".to_owned());
        self.move_to(*state.reals.first().ok_or(wrong)?);
        Ok(())
    }
}

impl TracedLimit for Shrinking {
    fn tracers(&self) -> &[f64] {
        &self.tracers
    }
}

/// Neurons that see nothing of the data and shrink with their ridge: θ^k = (1 − 2λ s_k)⋯(1 − 2λ s_1) θ^0.
fn setup(data: impl Into<Mixture>, coordinates: Coordinates, schedule: Schedule, ridge: f64) -> Setup {
    let flat = PiecewiseLinear::with_slopes(vec![[0.0, 0.0]], [0.0, 1e-300]).expect("valid");
    Setup {
        data: data.into(),
        activation: Activation::PiecewiseLinear(flat),
        loss: Loss::Squared,
        coordinates,
        affine: None,
        initial: Initial::Gaussian { scale: 0.8 },
        schedule,
        ridge,
        temperature: 0.0,
        cooling: Schedule::Constant,
        groups: ParameterGroups::default(),
        neurons: 7,
        step_size: 1e-4,
        batch: 1,
        lazy: None,
        label_noise: 0.0,
        exact_risk: true,
        monte_carlo: 0,
        classification_error: false,
        recorded: None,
        records_weights: false,
        precision: Precision::Double,
        seed: 3,
    }
}

fn one_block(schedule: Schedule, ridge: f64) -> Setup {
    let data = GaussianClasses::isotropic(12, 0.8).expect("valid");
    setup(data, Coordinates::Radius, schedule, ridge)
}

fn two_blocks(schedule: Schedule, ridge: f64) -> Setup {
    let data = BlockClasses::anisotropic(12, 5, 0.4).expect("valid");
    setup(data, Coordinates::Radii { is_affine: false, blocks: [5, 7].into() }, schedule, ridge)
}

fn coupled(setup: &Setup) -> CoupledNetwork {
    CoupledNetwork::new(FiniteNetwork::new(setup.clone()), Shrinking::boxed)
}

fn advance(network: &mut CoupledNetwork, until: f64) {
    while network.advance(until).expect("stable") == Stride::Underway {}
}

/// `distance_w` and `largest_distance_w`.
fn distances(network: &CoupledNetwork) -> [f64; 2] {
    let scalars = network.observe().scalars;
    ["distance_w", "largest_distance_w"]
        .map(|name: &str| scalars.iter().find(|scalar| scalar.quantity.name == name).expect("reported").value)
}

#[test]
fn copies_begin_at_their_neurons() {
    for setup in [one_block(Schedule::Constant, 0.5), two_blocks(Schedule::Constant, 0.5)] {
        let network = coupled(&setup);
        let start = FiniteNetwork::new(setup).weights();
        let apart = (&network.copies() - &start).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
        assert!(apart < 1e-15, "{apart:.1e}"); // rounding
        assert!(distances(&network).iter().all(|distance| *distance < 1e-15));
    }
}

#[test]
fn neurons_that_move_like_their_copies_stay_with_them_and_others_do_not() {
    for schedule in [Schedule::Constant, Schedule::Power { exponent: -0.25 }] {
        for setup in [one_block(schedule, 0.5), two_blocks(schedule, 0.5)] {
            let mut network = coupled(&setup);
            advance(&mut network, 1.5);
            let [mean, largest] = distances(&network);
            // The sum of s_k falls short of s by ζ(¼) ε^{3/4}: 8e-4 of lengths that are 0.2.
            assert!(largest < 5e-4 && mean <= largest, "{schedule:?}: {mean} {largest}");
        }
    }
    let setup = two_blocks(Schedule::Constant, 0.0);
    let mut network = coupled(&setup);
    advance(&mut network, 1.5);
    let start = FiniteNetwork::new(setup).weights();
    let lengths: Vec<f64> = start.rows().into_iter().map(|row| row.dot(&row)).collect();
    let gone = 1.0 - (-1.5_f64).exp();
    let mean = gone * (lengths.iter().sum::<f64>() / 7.0).sqrt();
    let largest = gone * lengths.iter().fold(0.0, |a: f64, b| a.max(*b)).sqrt();
    for (found, exact) in distances(&network).into_iter().zip([mean, largest]) {
        assert!((found / exact - 1.0).abs() < 1e-12, "{found} {exact}");
    }
}

#[test]
fn a_restored_network_goes_on_with_its_copies() {
    let setup = two_blocks(Schedule::Power { exponent: -0.25 }, 0.2);
    let mut straight = coupled(&setup);
    advance(&mut straight, 0.7);
    let saved = straight.save();
    advance(&mut straight, 1.9);
    let mut resumed = coupled(&setup);
    resumed.restore(&saved).expect("of this network");
    assert_eq!(resumed.save(), saved);
    advance(&mut resumed, 1.9);
    assert_eq!(resumed.save(), straight.save());
    assert_eq!(resumed.observe().scalars, straight.observe().scalars);
    let alone = FiniteNetwork::new(setup.clone()).save();
    let error = coupled(&setup).restore(&alone).expect_err("a network without copies");
    assert!(error.to_string().contains("checkpoint"), "{error}");
}
