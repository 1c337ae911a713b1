//! CPU time of a step of SGD, and the input of rivals for the same work.
//!
//! ```text
//!   training write FOLDER KIND D N   start, samples and what our engine makes of them, for the rivals
//!   training time KIND D N           microseconds of a step (minimum over blocks): in f64, in f32,
//!                                    in f64 with sampling, and of sampling alone
//! ```
//! Called by `scripts/bench`, which runs it and its rivals in turn. KIND is `plain` (MMN's Fig. 1), `relu`
//! (a, b and w trained) or `noisy` (Fig. 1 at β = 20). Every block of steps begins at the same weights.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::path::Path;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use meanfield_particle::engine::{Batch, Blocked, Engine, Rule};
use meanfield_particle::sampler::{self, BLOCK, Samples};
use meanfield_random::stream::Purpose;
use meanfield_run::cpu::process_seconds;
use ndarray::Array2;

/// Blocks of steps that are timed.
const BLOCKS: usize = 20;

struct Problem {
    rule: Rule,
    data: Mixture,
    start: Array2<f64>,
    pool: Vec<Samples>,
    step_sizes: [f64; BLOCK],
}

fn problem(kind: &str, dimension: usize, neurons: usize) -> Problem {
    let fig_1 = || PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let (sigma, unit, step_size, temperature) = match kind {
        "plain" => (fig_1(), Unit::Inner, 1e-6, 0.0),
        "relu" => (PiecewiseLinear::relu(), Unit::Affine, 1e-3, 0.0),
        "noisy" => (fig_1(), Unit::Inner, 1e-4, 0.05),
        _ => panic!("plain, relu or noisy, not {kind}"),
    };
    let rule = Rule {
        activation: Activation::PiecewiseLinear(sigma),
        loss: Loss::Squared,
        unit,
        ridge: 0.0,
        temperature,
        groups: meanfield_model::parameter_groups::ParameterGroups::default(),
    };
    let data = Mixture::from(GaussianClasses::isotropic(dimension, 0.8).expect("valid"));
    // Some 20 ms of steps for every size.
    let blocks = match neurons * dimension {
        ..100_000 => 16,
        100_000..500_000 => 4,
        _ => 2,
    };
    let pool = (0..blocks).map(|j| sampler::block(&data, 3, Purpose::Data, j)).collect();
    let start =
        sampler::initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, unit.parameters(dimension), 7);
    Problem { rule, data, start, pool, step_sizes: [step_size; BLOCK] }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, kind, d, n] => write(Path::new(folder), &problem(kind, number(d), number(n))),
        ["time", kind, d, n] => time(&problem(kind, number(d), number(n))),
        _ => println!("training: see scripts/bench"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

impl Problem {
    fn steps(&self) -> usize {
        self.pool.len() * BLOCK
    }

    fn engine(&self) -> Blocked<f64> {
        Blocked::new(self.rule.clone(), &self.start, 1)
    }

    fn train(&self, engine: &mut dyn Engine, samples: &Samples, block: usize) {
        let first = (block * BLOCK) as u64;
        engine.train(&Batch {
            x: samples.x.view(),
            y: &samples.y,
            step_sizes: &self.step_sizes,
            cooling: &[],
            first,
        });
    }

    fn train_on_pool(&self, engine: &mut dyn Engine) {
        self.pool.iter().enumerate().for_each(|(j, samples)| self.train(engine, samples, j));
    }

    fn train_on_fresh(&self, engine: &mut dyn Engine) {
        (0..self.pool.len()).for_each(|j| self.train(engine, &self.sample(j), j));
    }

    fn sample(&self, block: usize) -> Samples {
        sampler::block(&self.data, 5, Purpose::Data, block as u64)
    }
}

/// Everything as little-endian doubles, row by row. The weights are those without noise; with noise, rivals
/// can be the same in law only: how far weights have moved with it, the mean square.
fn write(folder: &Path, problem: &Problem) {
    let Problem { rule, start, pool, step_sizes, .. } = problem;
    let without_noise = Rule { temperature: 0.0, ..rule.clone() };
    let mut silent = Blocked::<f64>::new(without_noise, start, 1);
    problem.train_on_pool(&mut silent);
    let mut noisy = problem.engine();
    problem.train_on_pool(&mut noisy);
    let shape = [start.nrows(), problem.data.dimension(), problem.steps()].map(|count| count as f64);
    let files = [
        ("setting", [&shape[..], &[step_sizes[0], rule.noise(step_sizes[0])]].concat()),
        ("start", start.iter().copied().collect()),
        ("x", pool.iter().flat_map(|samples| &samples.x).copied().collect()),
        ("y", pool.iter().flat_map(|samples| &samples.y).copied().collect()),
        ("trained", silent.weights().iter().copied().collect()),
        ("moved", vec![(noisy.weights() - start).mapv(|w| w * w).mean().expect("weights")]),
    ];
    for (name, numbers) in files {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    }
}

fn time(problem: &Problem) {
    let exact = problem.engine();
    let single = Blocked::<f32>::new(problem.rule.clone(), &problem.start, 1);
    let on_pool = |engine: &mut dyn Engine| problem.train_on_pool(engine);
    let times = [
        microseconds(problem, &exact, on_pool),
        microseconds(problem, &single, on_pool),
        microseconds(problem, &exact, |engine: &mut dyn Engine| problem.train_on_fresh(engine)),
        microseconds(problem, &exact, |_: &mut dyn Engine| {
            (0..problem.pool.len()).for_each(|j| drop(std::hint::black_box(problem.sample(j))));
        }),
    ];
    println!("{}", times.map(|time| format!("{time:.3}")).join(" "));
}

/// CPU microseconds of a step: the smallest mean over a block, each on a copy of the engine.
fn microseconds(problem: &Problem, engine: &dyn Engine, train: impl Fn(&mut dyn Engine)) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..BLOCKS {
        let mut engine = engine.fork();
        let start = process_seconds();
        train(&mut *engine);
        best = best.min((process_seconds() - start) / problem.steps() as f64);
    }
    1e6 * best
}
