//! What fluctuations in several coordinates make of the risk, at one time.

use ndarray::{Array1, Array2, Axis, s};

use super::super::statistics::Statistics;
use super::effects::BlockEffects;
use super::features::Relaxation;
use super::forward::{BlockForward, BlockPart};
use super::layout::AtomRow;

impl BlockForward {
    /// The statistics at a state; of the mean radius nothing. And the sizes of b and c, as sums of parts
    /// that may cancel.
    pub fn statistics(&mut self, state: &[f64]) -> (Statistics, [f64; 2]) {
        if !self.look(state) {
            return (Statistics::UNKNOWN, [f64::NAN; 2]);
        }
        let relaxation = self.features.relaxation(&self.setup);
        let mut unused = vec![0.0; state.len()];
        let [start, steps] = self.covariance_rates(state, &mut unused, &relaxation);
        let weights = Array1::from(self.setup.mode_weights());
        let [of_start, of_steps] = [&start, &steps].map(|effects| effects.output.dot(&weights));
        let start = self.mean_of_potential(&self.start_of(state, start));
        let steps = self.mean_of_potential(&self.steps_of(state, steps));
        let [variance_per_neuron, variance_per_step] = self.variances(state, &relaxation);
        let own = self.features.independent_bias(&self.setup);
        let sizes = [start.abs() + of_start.abs() + own.abs(), self.unit * (steps.abs() + of_steps.abs())];
        let statistics = Statistics {
            risk: self.features.risk(&self.setup),
            bias_per_neuron: start + of_start + own,
            bias_per_step: self.unit * (steps + of_steps),
            variance_per_neuron,
            variance_per_step: self.unit * variance_per_step,
            step_gain: self.step_gain(),
            risk_slope: self.risk_slope(),
            ..Statistics::UNKNOWN
        };
        (statistics, sizes)
    }

    fn start_of<'a>(&self, state: &'a [f64], effects: BlockEffects) -> BlockPart<'a> {
        BlockPart {
            shift: self.layout.row(state, AtomRow::StartShift),
            covariance: self.layout.row(state, AtomRow::StartCovariance),
            label: Some(self.layout.row(state, AtomRow::StartLabel)),
            effects,
        }
    }

    fn steps_of<'a>(&self, state: &'a [f64], effects: BlockEffects) -> BlockPart<'a> {
        BlockPart {
            shift: self.layout.row(state, AtomRow::StepShift),
            covariance: self.layout.row(state, AtomRow::StepCovariance),
            label: None,
            effects,
        }
    }

    /// 2 Σ_j w_j [∂_kψ (m + κ)_k + ½ ∂_k∂_lψ C_kl].
    fn mean_of_potential(&self, part: &BlockPart) -> f64 {
        let count = self.setup.atoms();
        let weight = |place: usize| self.setup.weights[place % count];
        let [_, slope, curvature, _] = &self.features.potential;
        let moved = part.moved();
        let first = moved.iter().zip(slope).enumerate().map(|(place, (m, psi))| weight(place) * m * psi);
        let second = part.covariance.iter().zip(curvature).enumerate();
        let second = second.map(|(place, (c, psi))| 0.5 * weight(place) * c * psi);
        2.0 * (first.sum::<f64>() + second.sum::<f64>())
    }

    /// w times numbers of each atom.
    pub(super) fn by_weight(&self, numbers: &[f64]) -> Array1<f64> {
        let count = self.setup.atoms();
        numbers.iter().enumerate().map(|(place, number)| self.setup.weights[place % count] * number).collect()
    }

    /// Variances of R of both parts, first chaos: through L = 0 alone.
    fn variances(&self, state: &[f64], relaxation: &Relaxation) -> [f64; 2] {
        let Some(pair) = self.pairs(relaxation).next() else { return [f64::NAN; 2] };
        let [label, along] = [0, 1].map(|order| 2.0 * self.by_weight(&self.features.potential[order]));
        let of_start = label + self.layout.response(state, 0).t().dot(&along);
        let row: Array2<f64> = of_start.insert_axis(Axis(0));
        let covariance = self.layout.covariance(state, 0);
        let field = covariance.slice(s![..along.len(), ..along.len()]);
        [(&pair.times_start(&row) * &row).sum(), along.dot(&field.dot(&along))]
    }

    /// dR/ds = 2 ∫∂ψ·ż dρ.
    fn risk_slope(&self) -> f64 {
        let drift = self.features.drift(&self.setup);
        let slopes = self.by_weight(&self.features.potential[1]);
        2.0 * slopes.iter().zip(drift).map(|(slope, drift)| slope * drift).sum::<f64>()
    }

    /// 2 E |∇σ_*|² over neurons and samples.
    fn step_gain(&self) -> f64 {
        let ones = vec![vec![0.25; self.setup.nodes.len()]; self.setup.modes.data().classes.len()];
        let squares = self.features.noise(&self.setup, &ones).in_all(&self.setup);
        2.0 * self.by_weight(&squares).sum()
    }
}
