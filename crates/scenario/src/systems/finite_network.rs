//! The kind `finite-network`: SGD itself, one run for each seed.

mod check;
mod cost;
mod coupling;
mod device;
mod forces;
pub mod keys;
mod layered;
pub mod plain;
mod residual;

use meanfield_model::problem::Bath;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::reduction::Resolution;
use meanfield_particle::finite_network::{FiniteNetwork, Setup};
use meanfield_run::facts::{self, FactKind};
use meanfield_run::record::Nature;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Cost, System};

use super::complaints::SystemComplaints;
use super::kind::{BuildError, Kind, NetworkKind, Run, TwoLayerKind};
use crate::expense::plus;
use crate::setting::{
    Draft, LayeredDraft, LayeredProblem, LayeredSetting, ResidualDraft, ResidualModel, ResidualSetting,
    Setting, Timing,
};
use keys::{DeviceName, FiniteNetworkKeys, NOISE_FACTOR, RiskName};

/// Seconds beyond which a stride is computed in the background.
const MOMENT: f64 = 0.5;

impl FiniteNetworkKeys {
    fn setup(&self, setting: &Setting, seed: u64) -> Setup {
        let problem = &setting.problem;
        Setup {
            data: problem.data().mixture(),
            activation: problem.activation().clone(),
            loss: problem.loss(),
            coordinates: problem.coordinates(),
            affine: problem.start().affine().cloned(),
            initial: problem.start().weights().clone(),
            recorded: problem.recorded_start().cloned(),
            schedule: setting.schedule,
            ridge: problem.bath().ridge,
            temperature: problem.bath().temperature * self.noise_factor / NOISE_FACTOR,
            cooling: setting.cooling,
            groups: problem.groups(),
            neurons: self.neuron_count(),
            step_size: self.step_length(),
            batch: self.batch,
            lazy: self.scaling().lazy(),
            label_noise: problem.label_noise(),
            exact_risk: self.risk == RiskName::Exact,
            monte_carlo: self.monte_carlo,
            classification_error: setting.observed.classification_error,
            records_weights: setting.observed.weights,
            precision: self.precision.precision(),
            seed,
        }
    }
}

impl FiniteNetworkKeys {
    fn facts(&self, setting: &Setting) -> Vec<(&'static FactKind, f64)> {
        let mut facts =
            vec![(facts::NEURONS, self.neuron_count() as f64), (facts::STEP_SIZE, self.step_length())];
        match setting.schedule {
            Schedule::Power { exponent } => facts.push((facts::SCHEDULE_EXPONENT, exponent)),
            Schedule::Inverse { time } => facts.push((facts::SCHEDULE_TIME, time)),
            _ => {}
        }
        if self.batch > 1 {
            facts.push((facts::FRESH_BATCH, self.batch as f64));
        }
        facts.extend(self.scaling().facts());
        let label_noise = setting.problem.label_noise();
        if label_noise > 0.0 {
            facts.push((facts::LABEL_NOISE, label_noise));
        }
        facts
    }
}

impl Kind for FiniteNetworkKeys {
    fn nature(&self) -> Nature {
        Nature::Network
    }

    fn run_count(&self) -> usize {
        self.seeds.len()
    }

    fn is_coupled(&self) -> bool {
        self.coupled
    }

    fn is_lazy(&self) -> bool {
        !self.scaling.is_default()
    }

    fn step_size(&self) -> Option<f64> {
        self.step_size.filter(|step_size| *step_size > 0.0)
    }

    fn lack_of_prediction(&self) -> Option<&'static str> {
        self.lack_of_prediction_in_layers()
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }

    fn of_layers(&self) -> Option<&dyn NetworkKind<LayeredProblem>> {
        Some(self)
    }

    fn of_residual(&self) -> Option<&dyn NetworkKind<ResidualModel>> {
        Some(self)
    }
}

impl NetworkKind<LayeredProblem> for FiniteNetworkKeys {
    fn check(&self, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
        layered::check(self, draft, complaints);
    }

    fn cost(&self, setting: &LayeredSetting) -> Cost {
        layered::cost(self, setting)
    }

    fn runs(&self, setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
        layered::runs(self, setting)
    }
}

impl NetworkKind<ResidualModel> for FiniteNetworkKeys {
    fn check(&self, draft: &ResidualDraft, complaints: &mut SystemComplaints) {
        residual::check(self, draft, complaints);
    }

    fn cost(&self, setting: &ResidualSetting) -> Cost {
        residual::cost(self, setting)
    }

    fn runs(&self, setting: &ResidualSetting) -> Result<Vec<Run>, BuildError> {
        residual::runs(self, setting)
    }
}

impl TwoLayerKind for FiniteNetworkKeys {
    fn kernel(&self, _: Bath) -> Option<Resolution> {
        None
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        check::check_ridge(self, draft, complaints);
        coupling::check(self, draft, complaints);
    }

    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        check::check(self, draft, complaints);
    }

    fn check_recorded(&self, recorded: &RecordedStart, _: &Setting, complaints: &mut SystemComplaints) {
        check::check_recorded(self, recorded, complaints);
    }

    fn check_built(&self, setting: &Setting, complaints: &mut SystemComplaints) {
        coupling::check_built(self, setting, complaints);
        device::check_built(self, setting, complaints);
    }

    fn cost(&self, setting: &Setting, _: Timing) -> Cost {
        plus(cost::cost(self, setting), coupling::cost(self, setting))
    }

    fn bytes_at_work(&self, setting: &Setting) -> f64 {
        cost::bytes_at_work(self, setting)
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        let facts = self.facts(setting);
        if self.device == DeviceName::Gpu {
            return device::runs(self, setting, &facts);
        }
        let runs = self.seeds.iter().map(|seed: &u64| {
            let network = FiniteNetwork::new(self.setup(setting, *seed));
            let system: Box<dyn System> = match self.coupled {
                true => coupling::coupled(network, setting)?,
                false if setting.observed.forces && self.has_forces() => forces::driven(network, setting)?,
                false => Box::new(network),
            };
            Ok(Run { system, facts: facts.clone(), seed: Some(*seed) })
        });
        runs.collect()
    }

    /// A network's risk is a sum over pairs.
    fn has_long_strides(&self, setting: &Setting) -> bool {
        // A crew's runs have threads of their own.
        self.device == DeviceName::Cpu && cost::longest_moment(self, setting) > MOMENT
            || self.coupled && coupling::has_long_strides(self)
    }
}
