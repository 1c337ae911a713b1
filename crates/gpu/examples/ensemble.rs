//! What a device does: whether it trains as the processor does, and how fast.
//!
//! ```text
//!   ensemble check                     every kernel against the sequential engine on the same samples
//!   ensemble time N D NETWORKS STEPS   network-steps a second, in double and in single precision
//!   ensemble noisy N D NETWORKS STEPS  the same with ridge and noise
//! ```
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::time::Instant;

use meanfield_gpu::device;
use meanfield_gpu::trainer::{DeviceError, Shape, Slice, Step, Trainer};
use meanfield_gpu::trial::{Trial, TrialOutcome};
use meanfield_model::initial::Initial;
use meanfield_particle::finite_network::Precision;
use meanfield_particle::sampler::initial_weights;
use meanfield_random::stream::Purpose;

/// Launches that are timed; the median counts.
const LAUNCHES: usize = 5;

fn main() -> Result<(), DeviceError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    println!("{}", device::name(&Shape::figure_1(800, 40, Precision::Double), 1)?);
    match words[..] {
        ["check"] => check(),
        ["time", n, d, networks, steps] => time([n, d, networks, steps].map(number), false),
        ["noisy", n, d, networks, steps] => time([n, d, networks, steps].map(number), true),
        _ => {
            println!("ensemble check | time N D NETWORKS STEPS | noisy N D NETWORKS STEPS");
            Ok(())
        }
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// Every kernel in both precisions; the tests of `device` hold them against bounds.
fn check() -> Result<(), DeviceError> {
    for precision in [Precision::Double, Precision::Single] {
        for trial in Trial::all(precision) {
            let TrialOutcome { error, moved, losses_error, is_same_alone, is_untouched } =
                trial.run(device::trainer)?;
            println!(
                "{:26} {precision:?}: error {error:.1e} of the move {moved:.3}, of losses \
                 {losses_error:.1e}; alone the same bits: {is_same_alone}; untouched: {is_untouched}",
                trial.name
            );
        }
    }
    Ok(())
}

/// Network-steps a second.
fn time([neurons, dimension, networks, steps]: [usize; 4], is_disturbed: bool) -> Result<(), DeviceError> {
    for precision in [Precision::Double, Precision::Single] {
        let shape = Shape { is_disturbed, ..Shape::figure_1(neurons, dimension, precision) };
        let begun = Instant::now();
        let seeds: Vec<u64> = (1..=networks as u64).collect();
        let mut trainer = device::trainer(&shape, &seeds)?;
        let made = begun.elapsed().as_secs_f64();
        for member in 0..networks {
            let start = initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, dimension, member as u64);
            trainer.set_weights(member, &start)?;
        }
        let members: Vec<usize> = (0..networks).collect();
        let noise = if is_disturbed { 1e-4 } else { 0.0 };
        let plain = vec![Step { noise, ..Step::plain(2e-6) }; steps];
        let seconds = median(&mut *trainer, &members, &plain)?;
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
fn median(trainer: &mut dyn Trainer, members: &[usize], steps: &[Step]) -> Result<f64, DeviceError> {
    let mut seconds = Vec::new();
    for launch in 0..=LAUNCHES {
        let begun = Instant::now();
        let first = (launch * steps.len()) as u64;
        trainer.train(&Slice { members, purpose: Purpose::Data, first, steps })?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    let counted = &mut seconds[1..];
    counted.sort_by(f64::total_cmp);
    Ok(counted[LAUNCHES / 2])
}
