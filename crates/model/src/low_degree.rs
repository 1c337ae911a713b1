//! What polynomials of the input can learn of a target: the least risk of those of degree ≤ ℓ, E(y − p(x))²
//! with p the best of them. Lazy training waits on these plateaus, ever longer the higher the degree
//! (Ghorbani, Mei, Misiakiewicz & Montanari 2021).
//!
//! Of inputs x ~ N(0, diag τ²) a target y = Σ_j c_j f_j(⟨v_j, x⟩ + b_j) consists of functions of one deviate
//! each, u_j = ⟨v_j, x⟩/S_j with S_j = |τ v_j|, whose Hermite coefficients are c_j q_n(b_j, S_j); and
//! E h_n(u_i) h_n(u_j) = cosⁿ, the cosine that of τ v_i and τ v_j. With P_n the projection on degree n,
//!
//! ```text
//!     ‖P_n y‖² = Σ_ij c_i c_j q_n^i q_n^j cosⁿ_ij,     least risk = E y² − Σ_{n ≤ ℓ} ‖P_n y‖².
//! ```
//!
//! The squared loss alone, and inputs of one centred Gaussian class; no network here, and no dynamics.

use crate::activation::Activation;
use crate::directed::Label;
use crate::loss::Loss;
use crate::problem::{DataModel, Problem};
use crate::quadrature;
use crate::teacher::TeacherUnit;

/// |G| beyond this has probability below 1e-32.
const REACH: f64 = 12.0;
/// A kink of a function that is a mean over N(0, δ²) is smooth on panels that end so many δ beside it.
const BESIDE: [f64; 7] = [-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0];

/// Problems of which the least risk of polynomials is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LowDegreeError {
    /// Labels that are no function of Gaussian inputs.
    #[error("the least risk of polynomials is known of targets of Gaussian inputs alone")]
    NoTarget,
    /// Another loss.
    #[error("the least risk of polynomials is that of the squared loss")]
    Loss,
}

/// A target by degree.
///
/// ```
/// use meanfield_model::activation::{Activation, Polynomial};
/// use meanfield_model::directed::DirectedClasses;
/// use meanfield_model::initial::Initial;
/// use meanfield_model::low_degree::LowDegree;
/// use meanfield_model::problem::Problem;
/// use meanfield_model::teacher::Teacher;
///
/// // y = 0.8 h₁(x₁) + 0.6 h₂(x₁).
/// let target = Activation::Polynomial(Polynomial::hermite(&[0.0, 0.8, 0.6])?);
/// let data = DirectedClasses::with_teacher(100, 1, Teacher::single_index(target));
/// let sigma = Activation::Polynomial(Polynomial::hermite(&[0.0, 0.5, 0.3])?);
/// let problem = Problem::two_layer(data, sigma, Initial::Gaussian { scale: 0.8 })?;
/// let target = LowDegree::new(&problem)?;
/// assert!((target.least_risk(0) - 1.0).abs() < 1e-14);
/// assert!((target.least_risk(1) - 0.36).abs() < 1e-14);
/// assert!(target.least_risk(2) < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LowDegree {
    terms: Vec<Term>,
    /// Variance of what is added to labels.
    noise: f64,
}

/// c f(S u + b).
#[derive(Clone, Debug)]
struct Term {
    factor: f64,
    activation: Activation,
    offset: f64,
    scale: f64,
    /// τ v/S; 0 where S is.
    direction: Vec<f64>,
}

impl LowDegree {
    /// The target of a problem.
    ///
    /// # Errors
    /// Where labels are no function of Gaussian inputs, or the loss is another.
    pub fn new(problem: &Problem) -> Result<Self, LowDegreeError> {
        if problem.loss() != Loss::Squared {
            return Err(LowDegreeError::Loss);
        }
        let DataModel::Directed(data) = problem.data() else { return Err(LowDegreeError::NoTarget) };
        let [class] = &data.classes[..] else { return Err(LowDegreeError::NoTarget) };
        let Label::Teacher(teacher) = &class.label else { return Err(LowDegreeError::NoTarget) };
        if class.means.iter().any(|mean| *mean != 0.0) {
            return Err(LowDegreeError::NoTarget);
        }
        let terms = teacher.units.iter().map(|unit| Term::new(unit, &class.along)).collect();
        Ok(Self { terms, noise: problem.label_noise().powi(2) })
    }

    /// The least risk of polynomials up to this degree, ‖P_{>ℓ} y‖² and the noise of labels: to rounding,
    /// 1e-12 of E y².
    pub fn least_risk(&self, degree: usize) -> f64 {
        let mut beyond = 0.0;
        for (i, term) in self.terms.iter().enumerate() {
            let square = term.activation.second_moment(term.offset, term.scale);
            beyond += term.factor * term.factor * (square - term.learnt_with(term, degree));
            for other in &self.terms[..i] {
                let both = term.mean_product(other) - term.learnt_with(other, degree);
                beyond += 2.0 * term.factor * other.factor * both;
            }
        }
        self.noise + beyond.max(0.0)
    }
}

impl Term {
    /// A term of the teacher where inputs have these deviations along the directions.
    fn new(unit: &TeacherUnit, along: &[f64]) -> Self {
        let spread: Vec<f64> = unit.direction.iter().zip(along).map(|(v, deviation)| v * deviation).collect();
        let scale = spread.iter().map(|v| v * v).sum::<f64>().sqrt();
        let direction = spread.iter().map(|v| if scale > 0.0 { v / scale } else { 0.0 }).collect();
        let TeacherUnit { factor, offset, .. } = *unit;
        Self { factor, activation: unit.activation.clone(), offset, scale, direction }
    }

    /// q_0 … q_ℓ.
    fn coefficients(&self, degree: usize) -> Vec<f64> {
        let [mut q, mut dq] = [0, 1].map(|_| vec![0.0; degree + 1]);
        self.activation.hermite_coefficients(self.offset, self.scale, &mut q, &mut dq);
        q
    }

    /// Σ_{n ≤ ℓ} q_n q'_n cosⁿ.
    fn learnt_with(&self, other: &Self, degree: usize) -> f64 {
        let [own, others] = [self, other].map(|term| term.coefficients(degree));
        let cosine = self.cosine(other);
        (0..=degree).map(|n| own[n] * others[n] * cosine.powi(n as i32)).sum()
    }

    /// The cosine of the two directions.
    fn cosine(&self, other: &Self) -> f64 {
        let cosine: f64 = self.direction.iter().zip(&other.direction).map(|(v, w)| v * w).sum();
        cosine.clamp(-1.0, 1.0)
    }

    /// E f(S u + b) f'(S' u' + b') of two terms.
    fn mean_product(&self, other: &Self) -> f64 {
        if self.scale == 0.0 || other.scale == 0.0 {
            let [mean, other_mean] = [self, other].map(|term| term.activation.mean(term.offset, term.scale));
            return mean * other_mean;
        }
        // Given u, u' ~ N(cos u, sin²).
        let cosine = self.cosine(other);
        let sine = (1.0 - cosine * cosine).sqrt();
        let product = |u: f64| {
            let mean = other.activation.mean(other.offset + other.scale * cosine * u, other.scale * sine);
            self.activation.value(self.offset + self.scale * u) * mean
        };
        let ends = self.panels(other, cosine, sine);
        ends.windows(2).map(|ends| quadrature::on_panel(ends[0], ends[1], product)).sum()
    }

    /// Ends of panels in u that resolve f(S u + b) times the mean of f' given u.
    fn panels(&self, other: &Self, cosine: f64, sine: f64) -> Vec<f64> {
        let mut ends = self.activation.panels(self.offset, self.scale, REACH);
        let slope = other.scale * cosine;
        if slope != 0.0 {
            ends.extend(
                other
                    .activation
                    .panels(other.offset, slope.abs(), REACH)
                    .iter()
                    .map(|u| if slope < 0.0 { -u } else { *u }),
            );
            let width = sine / cosine.abs();
            for end in other.activation.panel_ends() {
                ends.extend(BESIDE.map(|beside| (end - other.offset) / slope + beside * width));
            }
        }
        ends.retain(|end| end.abs() <= REACH);
        ends.sort_by(f64::total_cmp);
        ends
    }
}

#[cfg(test)]
mod tests;
