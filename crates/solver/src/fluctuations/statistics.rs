//! What fluctuations make of the risk and of the mean radius, at one time.

use meanfield_run::quantities;
use meanfield_run::system::Scalar;
use ndarray::{Array1, Array2, ArrayView1};

use super::effects::DegreeAt;
use super::forward::Forward;
use super::layout::StateRow;

/// Means and spreads at one time, to first order in 1/N and in ε.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// R of the limit, by this module's own nodes.
    pub risk: f64,
    /// b: E R_SGD − R = b/N + c ε.
    pub bias_per_neuron: f64,
    /// c.
    pub bias_per_step: f64,
    /// v_N: Var R_SGD = v_N/N + v_ε ε + ….
    pub variance_per_neuron: f64,
    /// v_ε.
    pub variance_per_step: f64,
    /// The same four of the neurons' mean radius.
    pub radius: [f64; 4],
    /// 2 E |∇σ_*|²: times ε the share of its residual that a step takes away at its own sample.
    pub step_gain: f64,
    /// dR/ds of the limit: SGD's own clock is a little off s.
    pub risk_slope: f64,
}

impl Statistics {
    /// Not a number, everywhere.
    pub const UNKNOWN: Self = Self {
        risk: f64::NAN,
        bias_per_neuron: f64::NAN,
        bias_per_step: f64::NAN,
        variance_per_neuron: f64::NAN,
        variance_per_step: f64::NAN,
        radius: [f64::NAN; 4],
        step_gain: f64::NAN,
        risk_slope: f64::NAN,
    };

    /// What is reported with this second chaos: of the mean radius too, or else how far a coarser solution
    /// differs.
    pub(super) fn scalars(&self, second: [f64; 3], error: Option<f64>) -> Vec<Scalar> {
        let mut scalars = self.risk_scalars(second).to_vec();
        match error {
            None => scalars.extend(self.radius_scalars()),
            Some(error) => scalars.push(Scalar::new(quantities::FLUCTUATION_ERROR, error)),
        }
        scalars.extend(self.step_scalars());
        scalars
    }

    /// Those of the risk.
    fn risk_scalars(&self, [squared, crossed, of_steps]: [f64; 3]) -> [Scalar; 7] {
        let scalars = [
            (quantities::BIAS_PER_NEURON, self.bias_per_neuron),
            (quantities::BIAS_PER_STEP, self.bias_per_step),
            (quantities::VARIANCE_PER_NEURON, self.variance_per_neuron),
            (quantities::VARIANCE_PER_STEP, self.variance_per_step),
            (quantities::VARIANCE_PER_NEURON_SQUARED, squared),
            (quantities::VARIANCE_PER_NEURON_STEP, crossed),
            (quantities::VARIANCE_PER_STEP_SQUARED, of_steps),
        ];
        scalars.map(|(quantity, value)| Scalar::new(quantity, value))
    }

    /// Those of the mean radius.
    fn radius_scalars(&self) -> [Scalar; 4] {
        let [radius, of_steps, variance, variance_of_steps] = self.radius;
        let scalars = [
            (quantities::RADIUS_BIAS_PER_NEURON, radius),
            (quantities::RADIUS_BIAS_PER_STEP, of_steps),
            (quantities::RADIUS_VARIANCE_PER_NEURON, variance),
            (quantities::RADIUS_VARIANCE_PER_STEP, variance_of_steps),
        ];
        scalars.map(|(quantity, value)| Scalar::new(quantity, value))
    }

    /// What judges a step.
    fn step_scalars(&self) -> [Scalar; 2] {
        let gain = Scalar::new(quantities::STEP_GAIN, self.step_gain);
        [gain, Scalar::new(quantities::RISK_SLOPE, self.risk_slope)]
    }
}

impl Forward {
    /// The statistics at a state.
    pub fn statistics(&mut self, state: &[f64]) -> Statistics {
        if !self.look(state) {
            return Statistics::UNKNOWN;
        }
        let layout = self.layout;
        let kappa = layout.row(state, StateRow::StartLabel);
        let of_start = [StateRow::StartShift, StateRow::StartVariance].map(|row| layout.row(state, row));
        let of_steps = [StateRow::StepShift, StateRow::StepVariance].map(|row| layout.row(state, row));
        let none = vec![0.0; layout.radii];
        let relaxation = self.features.relaxation(&self.setup);
        let [start_output, step_output] = self.output_variances(state, &relaxation);
        let own = self.features.independent_bias(&self.setup);
        let start_mean = self.mean_of_potential(of_start, kappa);
        let step_mean = self.mean_of_potential(of_steps, &none);
        let potential = &self.features.potential;
        let risk_gradient = [self.weighted(&potential[0], 2.0), self.weighted(&potential[1], 2.0)];
        let radius_gradient =
            [self.weighted(&self.features.radii, 1.0), self.weighted(&vec![1.0; layout.radii], 1.0)];
        let [risk_start, risk_steps] = self.variances(state, &relaxation, &risk_gradient);
        let [radius_start, radius_steps] = self.variances(state, &relaxation, &radius_gradient);
        let radius_shift = |shift: &[f64], kappa: &[f64]| -> f64 {
            let moved = shift.iter().zip(kappa).zip(&self.setup.weights);
            moved.map(|((m, kappa), w)| w * (m + kappa)).sum()
        };
        Statistics {
            risk: self.features.risk(&self.setup),
            bias_per_neuron: start_mean + start_output + own,
            bias_per_step: self.unit * (step_mean + step_output),
            variance_per_neuron: risk_start,
            variance_per_step: self.unit * risk_steps,
            radius: [
                radius_shift(of_start[0], kappa),
                self.unit * radius_shift(of_steps[0], &none),
                radius_start,
                self.unit * radius_steps,
            ],
            step_gain: self.step_gain(),
            risk_slope: self.risk_slope(),
        }
    }

    /// w_i times numbers, times a factor.
    fn weighted(&self, numbers: &[f64], factor: f64) -> Array1<f64> {
        numbers.iter().zip(&self.setup.weights).map(|(number, w)| factor * w * number).collect()
    }

    /// 2 Σ_j w_j [ψ' (m + κ) + ½ ψ'' C].
    pub(super) fn mean_of_potential(&self, [shift, variance]: [&[f64]; 2], kappa: &[f64]) -> f64 {
        let [_, slope, curvature, _] = &self.features.potential;
        let of_radius = |i: usize| {
            self.setup.weights[i] * (slope[i] * (shift[i] + kappa[i]) + 0.5 * curvature[i] * variance[i])
        };
        2.0 * (0..self.layout.radii).map(of_radius).sum::<f64>()
    }

    /// Σ_ℓ Σ_g W_g E Ŷ_g² of both parts, of the N part without that of ν alone.
    fn output_variances(&self, state: &[f64], relaxation: &[f64]) -> [f64; 2] {
        let weights: Array1<f64> = self.setup.nodes.iter().map(|node| node.weight).collect();
        let mut unused = vec![0.0; state.len()];
        self.covariance_rates(state, &mut unused, relaxation).map(|effects| effects.output.dot(&weights))
    }

    /// Variances of a statistic with these gradients by ν and by α, of both parts: through ℓ = 0 alone.
    fn variances(&self, state: &[f64], relaxation: &[f64], [label, radial]: &[Array1<f64>; 2]) -> [f64; 2] {
        let Some((l, degree)) = self.degrees(relaxation).next() else { return [f64::NAN; 2] };
        let count = self.layout.radii;
        let response = self.layout.response(state, l);
        let of_start = label + &response.slice(ndarray::s![..count, ..]).t().dot(radial);
        let covariance = self.layout.covariance(state, l);
        let covariance = covariance.slice(ndarray::s![..count, ..count]);
        [start_variance(&degree, of_start.view()), radial.dot(&covariance.dot(radial))]
    }

    /// dR/ds = 2 ∫ψ' ṙ dρ.
    fn risk_slope(&self) -> f64 {
        let drift = self.features.drift(&self.setup);
        let slopes = self.features.potential[1].iter().zip(&drift).zip(&self.setup.weights);
        2.0 * slopes.map(|((slope, drift), w)| w * slope * drift).sum::<f64>()
    }

    /// 2 E |∇σ_*(x; θ)|² over neurons and samples.
    pub(super) fn step_gain(&self) -> f64 {
        let ones = vec![0.25; self.setup.nodes.len()];
        let [along, across] = self.features.noise(&self.setup, &ones);
        let squares = along.iter().zip(across).zip(&self.setup.weights);
        2.0 * squares.map(|((a, b), w)| w * (a + b)).sum::<f64>()
    }
}

/// h^T (δ_ij/w_i − 1) h.
fn start_variance(degree: &DegreeAt, gradient: ArrayView1<f64>) -> f64 {
    let row: Array2<f64> = gradient.insert_axis(ndarray::Axis(0)).to_owned();
    (&degree.times_start(&row) * &row).sum()
}
