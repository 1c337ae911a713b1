//! The kind `mean-field`: the limit of networks with layers at infinite width, by quadrature over the labels
//! of their neurons.

mod fluctuations;
pub mod keys;
mod residual;

use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::systems::limit::LimitSystem;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;

use super::complaints::SystemComplaints;
use super::kind::{BuildError, Kind, NetworkKind, Run};
use crate::expense::{bytes, plus};
use crate::setting::{LayeredDraft, LayeredProblem, LayeredSetting, ResidualModel};
use keys::{EVALUATIONS, MeanFieldKeys, PER_MULTIPLICATION, atoms};

/// Most nodes of a rule, and atoms of a layer.
const MOST_NODES: usize = 1000;
const MOST_ATOMS: usize = 100_000;

impl MeanFieldKeys {
    /// Complaints about numbers that are alike in all families of networks.
    fn check_numbers(&self, complaints: &mut SystemComplaints) {
        if let Some(samples) = self.samples {
            complaints.count("samples", samples, 2, MOST_ATOMS, "leave it out for the default");
        }
        if let Some(tolerance) = self.tolerance {
            complaints.tolerance("tolerance", tolerance, 1e-2);
        }
    }

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

    fn of_layers(&self) -> Option<&dyn NetworkKind<LayeredProblem>> {
        Some(self)
    }

    fn of_residual(&self) -> Option<&dyn NetworkKind<ResidualModel>> {
        Some(self)
    }
}

impl NetworkKind<LayeredProblem> for MeanFieldKeys {
    fn check(&self, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
        complaints.count("nodes", self.nodes, 2, MOST_NODES, "leave it out for the default");
        complaints.count("most-atoms", self.most_atoms, 1, MOST_ATOMS, "leave it out for the default");
        self.check_numbers(complaints);
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

    fn companion(&self) -> Option<Box<dyn NetworkKind<LayeredProblem>>> {
        let Resolution { nodes, samples, tolerance, .. } = self.resolution().coarser();
        let keys = self.clone();
        let samples = Some(samples);
        let tolerance = Some(tolerance);
        Some(Box::new(Self { nodes, samples, tolerance, fluctuations_until: 0.0, ..keys }))
    }
}
