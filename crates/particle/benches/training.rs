//! CPU time of a step of SGD, by the blocked engine and by the reference.
#![allow(clippy::print_stdout, missing_docs, reason = "a program of its own: its output is the measurement")]
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_particle::engine::{Batch, Blocked, Engine, Rule, Sequential, Unit};
use meanfield_particle::sampler::{self, BLOCK};
use meanfield_particle::stream::Purpose;
use meanfield_run::drive::process_seconds;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let number = |i: usize| arguments.get(i).map(|a| a.parse::<f64>().expect("a number"));
    let (d, n) = (number(0).unwrap_or(40.0) as usize, number(1).unwrap_or(800.0) as usize);
    let temperature = number(2).unwrap_or(0.0);
    let affine = number(3).unwrap_or(0.0) > 0.0;
    let sigma = if affine {
        PiecewiseLinear::relu()
    } else {
        PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid")
    };
    let unit = if affine { Unit::Affine } else { Unit::Inner };
    let rule = Rule {
        activation: Activation::PiecewiseLinear(sigma),
        loss: Loss::Squared,
        unit,
        ridge: 0.0,
        temperature,
    };
    let weights = sampler::initial_weights(&Initial::Gaussian { scale: 0.8 }, n, unit.parameters(d), 7);
    let data = GaussianClasses::isotropic(d, 0.8).expect("valid");
    let pool: Vec<_> = (0..16).map(|k| sampler::block(&data, 3, Purpose::Data, k)).collect();
    let engines: [(&str, Box<dyn Engine>); 3] = [
        ("sequential", Box::new(Sequential::new(rule.clone(), weights.clone(), 1))),
        ("blocked f64", Box::new(Blocked::<f64>::new(rule.clone(), &weights, 1))),
        ("blocked f32", Box::new(Blocked::<f32>::new(rule.clone(), &weights, 1))),
    ];
    let step_sizes = vec![1e-6; BLOCK];
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, mut engine) in engines.into_iter().filter(|(name, _)| name.contains(&only)) {
        let mut best = f64::INFINITY;
        for round in 0..60 {
            let begin = process_seconds();
            let mut steps = 0;
            for (b, samples) in pool.iter().enumerate() {
                engine.train(&Batch {
                    x: samples.x.view(),
                    y: &samples.y,
                    step_sizes: &step_sizes,
                    first: ((round * 16 + b) * BLOCK) as u64,
                });
                steps += BLOCK;
                if n * d > 200_000 && b > 1 {
                    break;
                }
            }
            best = best.min((process_seconds() - begin) / steps as f64);
        }
        println!("{name} {:.3} us/step", best * 1e6);
    }
}
