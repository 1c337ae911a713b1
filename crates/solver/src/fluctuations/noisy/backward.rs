//! The second chaos with noise, by the equations backwards from one time. With R(t) = ⟨a, n⟩ + Σ_ℓ ⟨n, P_ℓ n⟩
//! to second order in a fluctuation n at s,
//!
//! ```text
//!   −ȧ = L^T a        −Ṗ = L^T P + P L − (a' ∂_r U_ℓ + transposed),     U_ℓ = Q^T Q
//!   Var₂ = Σ_ℓ 2D Tr[(P K(0))²] + Σ_ℓ D ∫ (εξ Σ_g k_g^T K k_g + 16/(βN) ∫p (|∂P|_K² + Λ/r² |P|_K²)) ds
//!   k_g = −2e_g P G_g + 2e_g a' Q_g' − 2H_g Q_g        (ℓ = 0: less its mean over g),   H_g = ∫p a' f_0'
//! ```
//! K = (δp + g^N)/N + ε g^ε. k is what one sample does through the present fluctuation, the last part what
//! the noise of single neurons does. Covariances of the first with the third chaos are left out. a and P go
//! on beyond the nodes, which makes waves from node to node that little noise does not damp: a filter does.

use ndarray::{Array1, Array2, Axis};

use super::evolution::{NoisyEvolution, NoisyStep};
use super::model::{NoisyModel, times_rows};
use super::sources::outer;

/// The law and its fluctuations as they went.
pub(super) struct NoisyHistory {
    evolution: NoisyEvolution,
    start: Array1<f64>,
    steps: Vec<NoisyStep>,
}

/// The dependence of R(t) on a fluctuation at s, and the integrals so far.
struct Dependence {
    /// a.
    linear: Array1<f64>,
    /// P of each degree.
    quadratic: Vec<Array2<f64>>,
    /// v_NN, v_Nε, v_εε.
    variances: [f64; 3],
}

/// The dependence in the middle of a step.
struct Between<'a> {
    step: &'a NoisyStep,
    /// a'.
    slope: Array1<f64>,
    /// H.
    heights: Array1<f64>,
    quadratic: Vec<Array2<f64>>,
}

impl NoisyHistory {
    /// Forward until s.
    pub fn new(mut evolution: NoisyEvolution, until: f64) -> Self {
        let start = evolution.moment.mass.clone();
        let mut steps = Vec::new();
        while evolution.clock < until && evolution.moment.mass.iter().all(|mass| mass.is_finite()) {
            let length = evolution.next_length(until);
            steps.push(evolution.step(length));
        }
        Self { evolution, start, steps }
    }

    /// v_NN, v_Nε and v_εε of R at s.
    pub fn second_chaos(&self, clock: f64) -> [f64; 3] {
        let whole = self.steps.iter().take_while(|step| step.from + step.length <= clock).count();
        let part = self.steps.get(whole).map(|step| self.shortened(step, clock));
        let part = part.filter(|step| step.length > 0.0);
        let last = part.as_ref().or(self.steps[..whole].last());
        let mut model = self.evolution.model.clone();
        let end = model.moment(last.map_or(&self.start, |step| &step.end).clone());
        let mut dependence = Dependence {
            linear: 2.0 * &end.potential[0],
            quadratic: model.outputs.iter().map(|[values, _]| values.t().dot(values)).collect(),
            variances: [0.0; 3],
        };
        for step in part.iter().chain(self.steps[..whole].iter().rev()) {
            dependence.go_back(&mut model, step);
        }
        dependence.add_start(&model, &self.start);
        dependence.variances
    }

    /// A step that ends earlier: its law in between, its covariances as they are in its middle.
    fn shortened(&self, step: &NoisyStep, clock: f64) -> NoisyStep {
        let share = ((clock - step.from) / step.length).max(0.0);
        let length = share * step.length;
        let setup = &self.evolution.model.setup;
        let end = &step.middle.mass + (2.0 * share - 1.0) * (&step.end - &step.middle.mass);
        NoisyStep {
            length,
            noise: setup.noise_until(step.from + length) - setup.noise_until(step.from),
            halves: self.evolution.halves(&step.middle, length),
            end,
            ..step.clone()
        }
    }
}

impl Dependence {
    /// Back over one step.
    fn go_back(&mut self, model: &mut NoisyModel, step: &NoisyStep) {
        self.go_half_back(model, step);
        let slope = model.differences.slope.dot(&self.linear);
        let moved = &slope * &step.middle.mass;
        let between =
            Between { heights: model.output(1, &moved), slope, step, quadratic: self.quadratic.clone() };
        between.add(model, &mut self.variances);
        self.go_half_back(model, step);
    }

    /// Half a step back, with the force's share by the trapezoid rule.
    fn go_half_back(&mut self, model: &NoisyModel, step: &NoisyStep) {
        let mut slope = model.differences.slope.dot(&self.linear);
        self.add_forces(model, &slope, 0.25 * step.length);
        let filter = &model.differences.filter;
        let halves: Vec<Array2<f64>> = step.halves.iter().map(|half| half.dot(filter)).collect();
        for (form, half) in self.quadratic.iter_mut().zip(&halves) {
            *form = half.t().dot(&*form).dot(half);
        }
        self.linear = halves[0].t().dot(&self.linear);
        slope = model.differences.slope.dot(&self.linear);
        self.add_forces(model, &slope, 0.25 * step.length);
    }

    /// −(a' ∂_r U_ℓ + transposed) over a length of s.
    fn add_forces(&mut self, model: &NoisyModel, slope: &Array1<f64>, length: f64) {
        for (form, [values, slopes]) in self.quadratic.iter_mut().zip(&model.outputs) {
            let half = (slopes * slope).t().dot(values);
            form.scaled_add(-length, &half);
            form.scaled_add(-length, &half.t());
        }
    }

    /// What independent starts do.
    fn add_start(&mut self, model: &NoisyModel, mass: &Array1<f64>) {
        for (degree, form) in self.quadratic.iter().enumerate() {
            let mut product = form * mass;
            if model.setup.degrees[degree].is_mean {
                product -= &form.dot(&outer(mass));
            }
            self.variances[0] += 2.0 * model.harmonics(degree) * (&product * &product.t()).sum();
        }
    }
}

impl Between<'_> {
    /// Adds what a step's samples and its noise do through the fluctuation of both parts.
    fn add(&self, model: &NoisyModel, variances: &mut [f64; 3]) {
        let step = self.step;
        variances[1] += step.noise * self.degrees_left_out(model);
        for degree in model.degrees() {
            let harmonics = model.harmonics(degree);
            let kicks = self.kicks(model, degree);
            for (part, covariances) in step.covariances.iter().enumerate() {
                let mut covariance = covariances[degree].clone();
                if part == 0 {
                    covariance.diag_mut().scaled_add(1.0, &step.middle.mass);
                }
                variances[part + 1] += step.noise * harmonics * model.of_samples(&kicks, &covariance, degree);
                let of_noise = self.of_noise(model, &covariance, degree);
                variances[part] += 16.0 * model.temperature * step.length * harmonics * of_noise;
            }
        }
    }

    /// 2e a' Q' − 2H Q, shape (node, g).
    fn direct(&self, model: &NoisyModel, degree: usize) -> Array2<f64> {
        let [values, slopes] = &model.outputs[degree];
        let along = times_rows(&(slopes * &self.slope), self.step.middle.residuals.view());
        2.0 * (along - times_rows(values, self.heights.view())).t().to_owned()
    }

    /// k.
    fn kicks(&self, model: &NoisyModel, degree: usize) -> Array2<f64> {
        let middle = &self.step.middle;
        let through = self.quadratic[degree].dot(&model.response(middle, degree)) * &middle.residuals;
        self.direct(model, degree) - 2.0 * through
    }

    /// What the degrees that are left out add to Σ_g k_g^T p k_g: all of them less those at hand.
    fn degrees_left_out(&self, model: &NoisyModel) -> f64 {
        let middle = &self.step.middle;
        let features = &model.features;
        let residuals = &middle.residuals;
        let along = &(&features.square_gradient[0] * &(residuals * residuals))
            * &(&self.slope * &self.slope).insert_axis(Axis(1));
        let crossed = &(&features.square_half_slope * &(residuals * &self.heights))
            * &self.slope.view().insert_axis(Axis(1));
        let labels = &features.square * &(&self.heights * &self.heights);
        let all = 4.0 * (along - 2.0 * crossed + labels).dot(&model.data_weights());
        let mut sum = middle.mass.dot(&all);
        for degree in model.degrees() {
            let direct = self.direct(model, degree);
            sum -= model.harmonics(degree) * (&direct * &direct).sum_axis(Axis(1)).dot(&middle.mass);
        }
        sum
    }

    /// ∫p (|∂P|_K² + Λ/r² |P|_K²).
    fn of_noise(&self, model: &NoisyModel, covariance: &Array2<f64>, degree: usize) -> f64 {
        let form = &self.quadratic[degree];
        let slope = model.differences.slope.dot(form);
        let along = (&slope.dot(covariance) * &slope).sum_axis(Axis(1));
        let across = (&form.dot(covariance) * form).sum_axis(Axis(1)) * model.centrifugal(degree);
        self.step.middle.mass.dot(&(along + across))
    }
}

impl NoisyModel {
    /// Σ_g k_g^T K k_g, for ℓ = 0 less that of the mean k.
    fn of_samples(&self, kicks: &Array2<f64>, covariance: &Array2<f64>, degree: usize) -> f64 {
        let all = (&covariance.dot(kicks) * kicks).sum();
        if !self.setup.degrees[degree].is_mean {
            return all;
        }
        let mean = kicks.dot(&self.roots);
        all - covariance.dot(&mean).dot(&mean)
    }
}
