//! What a device does: whether it trains as the processor does, and how fast.
//!
//! ```text
//!   ensemble check                     every kernel against the sequential engine on the same samples
//!   ensemble time N D NETWORKS STEPS   network-steps a second, in double and in single precision
//! ```
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::time::Instant;

use meanfield_gpu::device;
use meanfield_gpu::reference::sequential;
use meanfield_gpu::trainer::{DeviceError, Shape, Slice, Trainer};
use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::initial::Initial;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;
use meanfield_particle::sampler::initial_weights;
use ndarray::Array2;

/// Launches that are timed; the median counts.
const LAUNCHES: usize = 5;

fn main() -> Result<(), DeviceError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    println!("{}", device::name()?);
    match words[..] {
        ["check"] => check(),
        ["time", n, d, networks, steps] => time(number(n), number(d), number(networks), number(steps)),
        _ => {
            println!("ensemble check | time N D NETWORKS STEPS");
            Ok(())
        }
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// MMN's Fig. 1.
fn figure_1(neurons: usize, dimension: usize, precision: Precision) -> Shape {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let data: Mixture = GaussianClasses::isotropic(dimension, 0.8).expect("valid").into();
    Shape { neurons, data, sigma, unit: Unit::Inner, precision }
}

/// Shapes that reach every path, with the size of their steps.
fn cases() -> Vec<(&'static str, Shape, f64)> {
    let bent = PiecewiseLinear::with_slopes(vec![[-0.4, 0.1], [0.3, 0.5], [0.9, -0.2]], [0.3, -0.7]);
    let bent = bent.expect("valid");
    let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
    let relu = PiecewiseLinear::relu();
    let double = Precision::Double;
    let general = Shape { neurons: 300, data, sigma: bent, unit: Unit::Inner, precision: double };
    let affine = Shape { sigma: relu.clone(), unit: Unit::Affine, ..general.clone() };
    let odd = Shape { sigma: relu, neurons: 301, ..general.clone() };
    let mut cases = vec![
        ("figure 1", figure_1(800, 40, double), 1e-3),
        ("figure 1, N = 400", figure_1(400, 40, double), 1e-3),
        ("relu, odd sizes", odd, 1e-3),
        ("three knots", general, 1e-3),
        ("a relu(<w, x> + b)", affine, 1e-3),
        ("d = 320", figure_1(800, 320, double), 1e-4),
    ];
    let single = |(name, shape, size): &(&'static str, Shape, f64)| {
        (*name, Shape { precision: Precision::Single, ..shape.clone() }, *size)
    };
    let single: Vec<_> = cases.iter().map(single).collect();
    cases.extend(single);
    cases
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|w| w * w).sum::<f64>().sqrt()
}

/// 301 steps of two networks in two launches, and of one of them alone in one.
fn check() -> Result<(), DeviceError> {
    for (name, shape, size) in cases() {
        let (neurons, parameters) = shape.parameters();
        let start = initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, parameters, 11);
        let start =
            start.mapv(|w| if shape.precision == Precision::Single { f64::from(w as f32) } else { w });
        let seeds = [5, (1 << 40) + 7, 9];
        let pushes: Vec<f64> = (0..301).map(|k| 2.0 * size / (1.0 + f64::from(k) / 100.0)).collect();
        let mut trainer = device::trainer(&shape, &seeds)?;
        let mut alone = device::trainer(&shape, &seeds[1..2])?;
        for member in 0..3 {
            trainer.set_weights(member, &start)?;
        }
        alone.set_weights(0, &start)?;
        trainer.train(&Slice { members: &[2, 1], first: 0, pushes: &pushes[..104] })?;
        trainer.train(&Slice { members: &[1], first: 104, pushes: &pushes[104..] })?;
        alone.train(&Slice { members: &[0], first: 0, pushes: &pushes })?;
        let trained = trainer.weights(1)?;
        let exact = sequential(&shape, &start, seeds[1], &pushes);
        println!(
            "{name:20} {:?}: error {:.1e} of the move {:.3}; alone the same bits: {}; untouched: {}",
            shape.precision,
            norm(&(&trained - &exact)) / norm(&(&exact - &start)),
            norm(&(&exact - &start)),
            trained == alone.weights(0)?,
            trainer.weights(0)? == start,
        );
    }
    Ok(())
}

/// Network-steps a second.
fn time(neurons: usize, dimension: usize, networks: usize, steps: usize) -> Result<(), DeviceError> {
    for precision in [Precision::Double, Precision::Single] {
        let shape = figure_1(neurons, dimension, precision);
        let begun = Instant::now();
        let seeds: Vec<u64> = (1..=networks as u64).collect();
        let mut trainer = device::trainer(&shape, &seeds)?;
        let made = begun.elapsed().as_secs_f64();
        for member in 0..networks {
            let start = initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, dimension, member as u64);
            trainer.set_weights(member, &start)?;
        }
        let members: Vec<usize> = (0..networks).collect();
        let pushes = vec![2e-6; steps];
        let seconds = median(&mut *trainer, &members, &pushes)?;
        let rate = (networks * steps) as f64 / seconds / 1e6;
        println!(
            "N={neurons} d={dimension} {precision:?} {networks} networks: {rate:.2} M network-steps/s, \
             {:.3} us a step, {:.0} ms a launch; made in {made:.2} s",
            1e6 * seconds / steps as f64,
            1e3 * seconds,
        );
    }
    Ok(())
}

/// The median of the seconds of some launches, after one that is not counted.
fn median(trainer: &mut dyn Trainer, members: &[usize], pushes: &[f64]) -> Result<f64, DeviceError> {
    let mut seconds = Vec::new();
    for launch in 0..=LAUNCHES {
        let begun = Instant::now();
        trainer.train(&Slice { members, first: (launch * pushes.len()) as u64, pushes })?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    let counted = &mut seconds[1..];
    counted.sort_by(f64::total_cmp);
    Ok(counted[LAUNCHES / 2])
}
