//! CPU time of the exact risk of a finite network, by state, dimension and activation.
//!
//! ```text
//!   cargo bench -p meanfield-model --bench finite_network_risk -- [NEURONS [STATE]]
//! ```
//! Times are seconds, the minimum of repeats.
//! States: `start`, w ~ N(0, κ²/d I); `clusters`, what training leaves at worst, bundles of nearly parallel
//! and opposite neurons of lengths 0 … 3, a few of them at rest near 0; `at-rest`, all near 0; `run-away`,
//! bundles of lengths up to 1e9.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::finite_network;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use ndarray::{Array1, Array2};
use rustix::time::{ClockId, clock_gettime};

const STATES: [&str; 4] = ["start", "clusters", "at-rest", "run-away"];
/// Directions that bundles have.
const BUNDLES: usize = 6;
/// Repeats go on until this much time is spent.
const ENOUGH: f64 = 0.5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let neurons = arguments.first().map_or(800, |n| n.parse().expect("a number of neurons"));
    let states = STATES.into_iter().filter(|state| arguments.get(1).is_none_or(|wanted| wanted == state));
    println!("N = {neurons}: seconds by d\n{:>22}{:>10}{:>10}{:>10}{:>10}", "", 3, 8, 40, 320);
    for state in states {
        for (name, separation, sigma) in activations() {
            // MMN's Fig. 3 is of neurons with a and b and of data whose first fifth tells the classes apart.
            let unit = if name == "relu a, b" { Unit::Affine } else { Unit::Inner };
            let seconds = [3, 8, 40, 320].map(|d| {
                let data: Mixture = match unit {
                    Unit::Inner => GaussianClasses::isotropic(d, separation).expect("valid").into(),
                    Unit::Affine => {
                        BlockClasses::anisotropic(d, d.div_ceil(5), separation).expect("valid").into()
                    }
                };
                let parameters = weights(state, neurons, unit.parameters(d));
                shortest(|| finite_network::risk(&data, &sigma, unit, parameters.view()))
            });
            let columns: String = seconds.iter().map(|s| format!("{s:>10.4}")).collect();
            println!("{state:>10}{name:>12}{columns}");
        }
    }
}

/// Name, Δ of the data, σ.
fn activations() -> Vec<(&'static str, f64, Activation)> {
    let kinked = |knots: &[[f64; 2]]| {
        Activation::PiecewiseLinear(PiecewiseLinear::new(knots.to_vec()).expect("valid"))
    };
    let smooth = |shape, offset| {
        Activation::Smooth(Smooth { shape, place: Placement { offset, ..Placement::default() } })
    };
    vec![
        ("figure 1", 0.8, kinked(&[[0.5, -2.5], [1.5, 7.5]])),
        ("figure 4", 0.5, kinked(&[[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]])),
        ("tanh", 0.8, smooth(Shape::Tanh, 1.0)),
        ("silu", 0.8, smooth(Shape::Silu, 0.0)),
        ("relu a, b", 0.4, Activation::PiecewiseLinear(PiecewiseLinear::relu())),
    ]
}

fn weights(state: &str, neurons: usize, d: usize) -> Array2<f64> {
    let mut random = Random(1);
    let bundles: Vec<Array1<f64>> = (0..BUNDLES).map(|_| random.direction(d)).collect();
    let mut weights = Array2::zeros((neurons, d));
    for (i, mut row) in weights.rows_mut().into_iter().enumerate() {
        let direction = &bundles[i % BUNDLES];
        // Cosines to the bundle's direction from 0.9 to 0.9999, half of them negative.
        let away = 0.014 * 35f64.powf(random.uniform());
        let bundled = (direction + &(random.direction(d) * away)) * (random.uniform() - 0.5).signum();
        let bundled = &bundled / bundled.dot(&bundled).sqrt();
        row.assign(&match state {
            "start" => random.normal(d) * (0.8 / (d as f64).sqrt()),
            "at-rest" => random.normal(d) * (1e-3 / (d as f64).sqrt()),
            "run-away" => bundled * 10f64.powf(9.0 * random.uniform()),
            _ if i % 10 == 0 => random.normal(d) * 1e-6,
            _ => bundled * (3.0 * random.uniform()),
        });
    }
    weights
}

/// A small generator (splitmix64): the model knows none.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Independent normal coordinates (Box & Muller).
    fn normal(&mut self, d: usize) -> Array1<f64> {
        let turn = 2.0 * std::f64::consts::PI;
        Array1::from_shape_simple_fn(d, || {
            (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (turn * self.uniform()).cos()
        })
    }

    /// A uniform point of the sphere.
    fn direction(&mut self, d: usize) -> Array1<f64> {
        let point = self.normal(d);
        let length = point.dot(&point).sqrt();
        point / length
    }
}

/// CPU seconds of one call: the smallest of several.
fn shortest(call: impl Fn() -> f64) -> f64 {
    let mut best = f64::INFINITY;
    let mut spent = 0.0;
    while spent < ENOUGH {
        let start = thread_seconds();
        std::hint::black_box(call());
        let seconds = thread_seconds() - start;
        (best, spent) = (best.min(seconds), spent + seconds);
    }
    best
}

fn thread_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}
