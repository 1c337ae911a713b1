//! The kind `mean-field`: the limit of networks with layers at infinite width, by quadrature over the labels
//! of their neurons.

mod fluctuations;
pub mod keys;

use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::systems::limit::LimitSystem;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;

use super::complaints::SystemComplaints;
use super::kind::{BuildError, Kind, LayeredKind, Run};
use crate::expense::{bytes, plus};
use crate::setting::{LayeredDraft, LayeredSetting};
use keys::{EVALUATIONS, MeanFieldKeys, PER_MULTIPLICATION, atoms};

/// Most nodes of a rule, and atoms of a layer.
const MOST_NODES: usize = 1000;
const MOST_ATOMS: usize = 100_000;

impl MeanFieldKeys {
    /// Atoms of each hidden layer.
    fn atoms(&self, setting: &LayeredSetting) -> Vec<usize> {
        atoms(&setting.problem.start, &self.resolution())
    }

    /// Weights between atoms.
    fn weights(&self, setting: &LayeredSetting) -> f64 {
        let dimension = setting.problem.networks.data.dimension();
        let widths: Vec<usize> = [dimension].into_iter().chain(self.atoms(setting)).chain([1]).collect();
        widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum()
    }
}

impl Kind for MeanFieldKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn fluctuations_until(&self) -> f64 {
        self.fluctuations_until
    }

    fn of_layers(&self) -> Option<&dyn LayeredKind> {
        Some(self)
    }
}

impl LayeredKind for MeanFieldKeys {
    fn check(&self, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
        complaints.count("nodes", self.nodes, 2, MOST_NODES, "leave it out for the default");
        complaints.count("most-atoms", self.most_atoms, 1, MOST_ATOMS, "leave it out for the default");
        complaints.count("samples", self.samples, 2, MOST_ATOMS, "leave it out for the default");
        complaints.tolerance("tolerance", self.tolerance, 1e-2);
        fluctuations::check(self, draft, complaints);
    }

    fn cost(&self, setting: &LayeredSetting) -> Cost {
        let weights = self.weights(setting);
        let points = setting.problem.networks.data.weights().len() as f64;
        let each = 3.0 * weights * points * PER_MULTIPLICATION;
        let evaluations = EVALUATIONS * setting.end_time.sqrt();
        let atoms = self.atoms(setting).iter().sum::<usize>() as f64;
        let bytes = bytes(12.0 * weights + 5.0 * weights.sqrt() * points) + setting.bytes_of_answers(atoms);
        plus(Cost { seconds: each * evaluations, bytes }, fluctuations::cost(self, setting))
    }

    fn runs(&self, setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
        let problem = setting.problem.networks.clone();
        let limit = LimitSystem::new(Limit::new(problem, &setting.problem.start, &self.resolution())?);
        match self.fluctuations_until > 0.0 {
            true => fluctuations::runs(self, setting, limit),
            false => Run::only(Box::new(limit), Vec::new()),
        }
    }

    fn companion(&self) -> Option<Box<dyn LayeredKind>> {
        let Resolution { nodes, samples, tolerance, .. } = self.resolution().coarser();
        let fluctuations_until = 0.0;
        Some(Box::new(Self { nodes, samples, tolerance, fluctuations_until, ..self.clone() }))
    }
}
