//! The variable in which layers move smoothly: schedules ξ_i = c_i t^{e_i}, −1 < e_i ≤ 0, may be infinite at
//! t = 0, and differ from layer to layer. With t = τ^p, p the largest 1/(1 + e_i), every ξ_i dt/dτ is finite.

use crate::architecture::{Architecture, LayerSchedule};

/// t = τ^p, and how fast each layer moves in τ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pace {
    power: f64,
    schedules: Vec<LayerSchedule>,
}

impl Pace {
    pub fn new(architecture: &Architecture) -> Self {
        let schedules = architecture.schedules().to_vec();
        let powers = schedules.iter().map(|schedule| 1.0 / (1.0 + schedule.exponent()));
        Self { power: powers.fold(1.0, f64::max), schedules }
    }

    /// τ.
    pub fn clock(&self, time: f64) -> f64 {
        time.powf(self.power.recip())
    }

    /// t.
    pub fn time(&self, clock: f64) -> f64 {
        clock.powf(self.power)
    }

    /// ξ_i(t) dt/dτ of the layer `index` + 1.
    pub fn rate(&self, index: usize, clock: f64) -> f64 {
        let schedule = self.schedules[index];
        schedule.factor() * self.power * clock.powf(self.power * (1.0 + schedule.exponent()) - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::LayerActivation;
    use meanfield_model::loss::Loss;
    use meanfield_run::schedule::Schedule;

    #[test]
    fn rates_are_those_of_the_schedules_in_time() {
        let steep = LayerSchedule::Trained { factor: 0.5, schedule: Schedule::Power { exponent: -0.25 } };
        let schedules = vec![steep, LayerSchedule::PLAIN, LayerSchedule::Frozen];
        let identities = vec![LayerActivation::Identity; 3];
        let architecture = Architecture::new(identities, Loss::Squared, schedules).expect("valid");
        let pace = Pace::new(&architecture);
        for time in [0.01_f64, 0.7, 12.0] {
            let clock = pace.clock(time);
            assert!((pace.time(clock) / time - 1.0).abs() < 1e-14);
            let stretch = (pace.time(clock * 1.0001) - pace.time(clock * 0.9999)) / (2e-4 * clock);
            for (index, schedule) in architecture.schedules().iter().enumerate() {
                let expected = schedule.rate(time) * stretch;
                assert!(
                    (pace.rate(index, clock) - expected).abs() < 1e-7 * (1.0 + expected),
                    "{index} {time}"
                );
            }
        }
        assert!(pace.rate(0, 0.0).is_finite() && pace.rate(1, 0.0).is_finite());
        let plain = Architecture::new(
            vec![LayerActivation::Identity; 2],
            Loss::Squared,
            vec![LayerSchedule::PLAIN; 2],
        );
        assert_eq!(Pace::new(&plain.expect("valid")).rate(1, 0.0), 1.0);
    }
}
