//! A device, or in its place the emulation or the kernels' own source on a processor, against the sequential
//! engine on the same samples, for every kernel. What needs a device is ignored by default, and fails where
//! there is none: `cargo test --release -p meanfield-gpu --features cuda --test device -- --ignored`.

mod on_processor;

use meanfield_gpu::device;
use meanfield_gpu::emulation::Emulation;
use meanfield_gpu::network::MakeTrainer;
use meanfield_gpu::trainer::{DeviceError, Shape, Trainer};
use meanfield_gpu::trial::Trial;
use meanfield_particle::finite_network::Precision;

/// Rounding of 301 steps in doubles, of which the sums are added in another order: 2e-14 was seen.
const DOUBLES: f64 = 1e-12;
/// The same in singles, where a neuron beside a kink may come to lie on its other side: 7e-6 was seen.
const SINGLES: f64 = 1e-4;

fn assert_trains(make: MakeTrainer, precision: Precision, largest: f64) {
    assert_all(make, Trial::all(precision), largest);
}

fn assert_all(make: MakeTrainer, trials: Vec<Trial>, largest: f64) {
    for trial in trials {
        let outcome = trial.run(make).expect("a device");
        let name = trial.name;
        assert!(outcome.moved > 1e-2, "{name}: {outcome:?}");
        assert!(outcome.error <= largest && outcome.losses_error <= largest, "{name}: {outcome:?}");
        assert!(outcome.is_same_alone && outcome.is_untouched, "{name}: {outcome:?}");
    }
}

fn emulated(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    Ok(Box::new(Emulation::new(shape.clone(), seeds)))
}

#[test]
fn the_emulation_trains_as_the_processor_does() {
    assert_trains(emulated, Precision::Double, DOUBLES);
}

/// The kernels of a device with a matrix unit.
fn resident(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    Ok(on_processor::trainer(shape, seeds, true))
}

/// Those of another.
fn streamed(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    Ok(on_processor::trainer(shape, seeds, false))
}

#[test]
fn kernels_train_as_the_processor_does_in_doubles() {
    assert_trains(resident, Precision::Double, DOUBLES);
}

#[test]
fn kernels_train_as_the_processor_does_in_singles() {
    assert_trains(resident, Precision::Single, SINGLES);
}

#[test]
fn kernels_without_a_matrix_unit_train_as_the_processor_does() {
    let mut trials = Trial::all(Precision::Double);
    trials.retain(|trial| !trial.shape.is_large());
    assert_all(streamed, trials, DOUBLES);
}

#[test]
#[ignore = "needs an NVIDIA device and a build with the feature cuda"]
fn a_device_trains_as_the_processor_does_in_doubles() {
    assert_trains(device::trainer, Precision::Double, DOUBLES);
}

#[test]
#[ignore = "needs an NVIDIA device and a build with the feature cuda"]
fn a_device_trains_as_the_processor_does_in_singles() {
    assert_trains(device::trainer, Precision::Single, SINGLES);
}
