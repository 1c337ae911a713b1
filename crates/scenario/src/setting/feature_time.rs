//! How long the features of a neuron take on this machine, where kernels evaluate σ's Gaussian means at
//! nodes of the inputs, or outputs at nodes of lengths: there σ and the loss decide, by a factor of a
//! hundred. Costs of other kernels have constants, and so have those by which work is dealt out.

use meanfield_model::features::Features;
use meanfield_model::landscape::Landscape;
use meanfield_model::reduction::{Reduction, Visitor};
use meanfield_run::cpu::thread_seconds;

/// CPU seconds that a measurement takes, at least.
const LONG_ENOUGH: f64 = 1e-3;
/// Where features are evaluated: at so many deviations of the start, along every coordinate.
const TYPICAL: f64 = 0.5;

/// Whether costs may be measured on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// By constants alone: work is dealt out to processes by such costs, and each has to find the same.
    Constants,
    /// Features are timed, for whoever wants to know how long a run takes here.
    Measured,
}

/// CPU seconds of the features of one neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FeatureTime {
    /// With their gradients.
    pub gradients: f64,
    /// Their values alone.
    pub values: f64,
}

/// Measures them.
pub(super) struct FeatureTimer;

impl Visitor for FeatureTimer {
    type Output = FeatureTime;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> FeatureTime {
        let landscape = &reduction.landscape;
        let z = reduction.starts().map(|start| start.quantile_of_normal(TYPICAL));
        let mut values = vec![0.0; landscape.rank()];
        let mut gradients = vec![[0.0; D]; landscape.rank()];
        FeatureTime {
            gradients: seconds(|| landscape.features(z, &mut values, &mut gradients)),
            values: seconds(|| landscape.values(z, &mut values)),
        }
    }
}

/// CPU seconds of one evaluation: the mean of as many as can be timed, after one that makes what tables there
/// are.
fn seconds(mut evaluate: impl FnMut()) -> f64 {
    evaluate();
    let start = thread_seconds();
    let mut count = 0.0;
    loop {
        evaluate();
        count += 1.0;
        let used = thread_seconds() - start;
        if used >= LONG_ENOUGH {
            return used / count;
        }
    }
}
