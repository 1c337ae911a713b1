//! The forward equations, dates in s: radii by the mean field; of the N part and of the ε part the
//! covariances by degree (`effects`), the variance C of a radius, its mean shift
//! m, and κ = E νδ:
//!
//! ```text
//!   ṙ = −2 (ψ' + λ r)        Ċ = −4ψ'' C − 4 Σ_ℓ E η'α + D^r
//!   κ̇ = −2ψ'' κ − 2 {½ dU(θ,θ)/dr − ∂_r ∫U dρ} − 2 Σ_ℓ E νη'
//!   ṁ = −2ψ'' m − 2 Δψ' − ψ''' C − 2 Σ_ℓ E (η''α + …) + D^⊥/(2r) − ½ r̈
//! ```
//! Δψ' is the force of the mean output's own change. D^r and D^⊥ are the noise of a sample along and across
//! the radius (all directions together), times ξ; they and r̈ belong to the ε part alone.

use std::sync::Arc;

use meanfield_model::zonal::ZonalTable;
use meanfield_run::flow::Flow;
use ndarray::{Array1, ArrayView1};

use super::effects::{DegreeAt, Effects};
use super::features::LawFeatures;
use super::layout::{Layout, StateRow};
use super::setup::Setup;

/// The forward equations of one problem.
pub(super) struct Forward {
    pub setup: Arc<Setup>,
    pub layout: Layout,
    pub features: LawFeatures,
    table: ZonalTable,
    /// The ε part is kept in units of this.
    pub unit: f64,
}

/// One of the two parts at one state.
pub(super) struct Part<'a> {
    /// Mean shift.
    pub shift: &'a [f64],
    /// Variance of each radius.
    pub variance: &'a [f64],
    /// E νδ, 0 of the ε part.
    pub label: Vec<f64>,
    pub effects: Effects,
}

impl Forward {
    /// The equations, and the state at s = 0.
    pub fn new(setup: Arc<Setup>) -> (Self, Vec<f64>) {
        let layout = Layout { radii: setup.weights.len(), degrees: setup.degrees.len() };
        let table = setup.table.clone();
        let features = LawFeatures::new(&setup);
        let mut forward = Self { setup, layout, features, table, unit: 1.0 };
        let mut state = vec![0.0; layout.length()];
        layout.row_mut(&mut state, StateRow::Radius).copy_from_slice(&forward.setup.start);
        forward.look(&state);
        let squares = forward.squared_residuals();
        let [along, across] = forward.features.noise(&forward.setup, &squares);
        forward.unit = along.iter().zip(across).map(|(a, b)| a + b).fold(1e-12, f64::max);
        (forward, state)
    }

    /// Updates the features to a state; false where a neuron has reached r = 0, where there are none.
    pub fn look(&mut self, state: &[f64]) -> bool {
        let radii = self.layout.row(state, StateRow::Radius);
        let is_inside = radii.iter().all(|radius| *radius > 0.0);
        if is_inside && self.features.radii != radii {
            self.features.update(&self.setup, radii, &mut self.table);
        }
        is_inside
    }

    fn squared_residuals(&self) -> Vec<f64> {
        self.features.squared_residuals(&self.setup)
    }

    /// The degrees at the present features.
    pub fn degrees<'b>(&'b self, relaxation: &'b [f64]) -> impl Iterator<Item = (usize, DegreeAt<'b>)> {
        let features = self.setup.degrees.iter().zip(&self.features.degrees).enumerate();
        features.map(move |(l, (degree, own))| {
            let relaxation = ArrayView1::from(relaxation);
            (l, DegreeAt { setup: &self.setup, degree: *degree, own, relaxation })
        })
    }

    /// Writes the rates of all covariances but for the samples' source; returns what the N part and the ε
    /// part do to the means.
    pub fn covariance_rates(&self, state: &[f64], rate: &mut [f64], relaxation: &[f64]) -> [Effects; 2] {
        let layout = self.layout;
        let mut start = self.no_effects();
        let mut steps = self.no_effects();
        for (l, degree) in self.degrees(relaxation) {
            let (response, of_start) = degree.of_start(layout.response(state, l));
            let (covariance, of_steps) = degree.of_steps(layout.covariance(state, l));
            layout.response_mut(rate, l).assign(&response);
            layout.covariance_mut(rate, l).assign(&covariance);
            start.add(&of_start);
            steps.add(&of_steps);
        }
        [start, steps]
    }

    /// Adds the samples' source of the covariances, for these e_g², where samples count `source` = ξ/unit.
    pub fn add_source(&self, rate: &mut [f64], relaxation: &[f64], squares: &[f64], source: f64) {
        for (l, degree) in self.degrees(relaxation) {
            let of_samples = degree.source(&self.features, squares);
            self.layout.covariance_mut(rate, l).scaled_add(source, &of_samples);
        }
    }

    /// Rates of the N part's means.
    fn start_part(&self, state: &[f64], rate: &mut [f64], relaxation: &[f64], effects: Effects) {
        let layout = self.layout;
        let label = layout.row(state, StateRow::StartLabel);
        let part = Part {
            shift: layout.row(state, StateRow::StartShift),
            variance: layout.row(state, StateRow::StartVariance),
            label: label.to_vec(),
            effects,
        };
        let shift = self.shift_rate(&part, relaxation);
        layout.row_mut(rate, StateRow::StartShift).copy_from_slice(&shift);
        let variance = self.variance_rate(part.variance, &part.effects, relaxation);
        layout.row_mut(rate, StateRow::StartVariance).copy_from_slice(&variance);
        let label = self.label_rate(label, &part.effects, relaxation);
        layout.row_mut(rate, StateRow::StartLabel).copy_from_slice(&label);
    }

    /// Rates of the ε part's means and its source, for these e_g², where samples count `noise` = ξ.
    pub fn step_part(
        &self,
        state: &[f64],
        rate: &mut [f64],
        relaxation: &[f64],
        effects: Effects,
        noise: f64,
    ) {
        let layout = self.layout;
        let squares = self.squared_residuals();
        let source = noise / self.unit;
        self.add_source(rate, relaxation, &squares, source);
        let part = Part {
            shift: layout.row(state, StateRow::StepShift),
            variance: layout.row(state, StateRow::StepVariance),
            label: vec![0.0; layout.radii],
            effects,
        };
        let mut shift = self.shift_rate(&part, relaxation);
        let mut variance = self.variance_rate(part.variance, &part.effects, relaxation);
        let kick = self.kick(&squares);
        for i in 0..layout.radii {
            shift[i] += source * kick.shift[i];
            variance[i] += source * kick.variance[i];
        }
        layout.row_mut(rate, StateRow::StepShift).copy_from_slice(&shift);
        layout.row_mut(rate, StateRow::StepVariance).copy_from_slice(&variance);
    }

    /// What one step does to a radius beyond its drift, in units of s_k²: D^⊥/(2r) − ½ r̈ and D^r.
    pub fn kick(&self, squares: &[f64]) -> Kick {
        let [along, across] = self.features.noise(&self.setup, squares);
        let acceleration = self.acceleration();
        let radii = &self.features.radii;
        let slopes = &self.features.potential[1];
        Kick {
            shift: (0..radii.len()).map(|i| 0.5 * (across[i] / radii[i] - acceleration[i])).collect(),
            variance: along.iter().zip(slopes).map(|(square, slope)| square - 4.0 * slope * slope).collect(),
        }
    }

    /// r̈ along the mean field.
    fn acceleration(&self) -> Vec<f64> {
        let drift = self.features.drift(&self.setup);
        let relaxation = self.features.relaxation(&self.setup);
        let force = self.features.force_of(&self.setup, &self.features.output_of(&self.setup, 1, &drift));
        (0..drift.len()).map(|i| relaxation[i] * drift[i] - 2.0 * force[i]).collect()
    }

    pub fn no_effects(&self) -> Effects {
        let radii = Array1::zeros(self.layout.radii);
        let output = Array1::zeros(self.setup.nodes.len());
        Effects { radial: radii.clone(), shift: radii.clone(), label: radii, output }
    }

    /// ṁ without the kicks of samples.
    pub fn shift_rate(&self, part: &Part, relaxation: &[f64]) -> Vec<f64> {
        let outputs = self.output_shift(part.shift, part.variance, &part.label);
        let force = self.features.force_of(&self.setup, &outputs);
        let third = &self.features.potential[3];
        let rate = |i: usize| {
            relaxation[i] * part.shift[i]
                - 2.0 * force[i]
                - third[i] * part.variance[i]
                - 2.0 * part.effects.shift[i]
        };
        (0..self.layout.radii).map(rate).collect()
    }

    /// Ċ without the kicks of samples.
    pub fn variance_rate(&self, variance: &[f64], effects: &Effects, relaxation: &[f64]) -> Vec<f64> {
        let rate = |i: usize| 2.0 * relaxation[i] * variance[i] - 4.0 * effects.radial[i];
        (0..self.layout.radii).map(rate).collect()
    }

    /// κ̇.
    pub fn label_rate(&self, label: &[f64], effects: &Effects, relaxation: &[f64]) -> Vec<f64> {
        let shared = self.features.force_of(&self.setup, &self.features.outputs);
        let own = &self.features.own[1];
        let rate = |i: usize| relaxation[i] * label[i] - 2.0 * (own[i] - shared[i] + effects.label[i]);
        (0..self.layout.radii).map(rate).collect()
    }

    /// Δŷ_g = Σ_j w_j [f_0' (m_j + κ_j) + ½ f_0'' C_j].
    fn output_shift(&self, shift: &[f64], variance: &[f64], label: &[f64]) -> Vec<f64> {
        let moved: Vec<f64> = shift.iter().zip(label).map(|(m, kappa)| m + kappa).collect();
        let first = self.features.output_of(&self.setup, 1, &moved);
        let second = self.features.output_of(&self.setup, 2, variance);
        first.iter().zip(second).map(|(a, b)| a + 0.5 * b).collect()
    }
}

/// What one step does to each radius, in units of its squared length.
pub(super) struct Kick {
    /// Mean shift beyond the drift.
    pub shift: Vec<f64>,
    /// Variance.
    pub variance: Vec<f64>,
}

impl Effects {
    /// Adds those of another degree.
    pub fn add(&mut self, other: &Self) {
        self.radial += &other.radial;
        self.shift += &other.shift;
        self.label += &other.label;
        self.output += &other.output;
    }
}

impl Flow for Forward {
    fn rate(&mut self, clock: f64, state: &[f64], rate: &mut [f64]) -> f64 {
        if !self.look(state) {
            rate.fill(f64::NAN);
            return f64::INFINITY;
        }
        let relaxation = self.features.relaxation(&self.setup);
        self.layout.row_mut(rate, StateRow::Radius).copy_from_slice(&self.features.drift(&self.setup));
        let [start, steps] = self.covariance_rates(state, rate, &relaxation);
        self.start_part(state, rate, &relaxation, start);
        self.step_part(state, rate, &relaxation, steps, self.setup.rate_at(clock));
        f64::INFINITY
    }
}
