//! Data models: the joint law of (y, x).
//!
//! Class c has weight π_c, label y_c and x | c ~ N(0, τ_c² I_d). Drawing samples needs randomness and
//! lives with the particles; expectations live with the potentials.

/// One class: weight π, label y, scale τ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Probability π_c.
    pub weight: f64,
    /// Label y_c.
    pub label: f64,
    /// Standard deviation τ_c of each coordinate of x.
    pub scale: f64,
}

/// Centred isotropic Gaussian classes in R^d.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianClasses {
    /// d ≥ 1.
    pub dimension: usize,
    /// The classes; weights sum to 1.
    pub classes: Vec<Class>,
}

/// Why numbers are no data model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DataError {
    /// d < 2: a rotation-invariant law of w needs at least two dimensions.
    #[error("the dimension must be at least 2; it is {0}")]
    Dimension(usize),
    /// Δ outside [0, 1).
    #[error(
        "the separation Δ must lie in [0, 1), so that both classes have a positive scale 1 ± Δ; it is {0}"
    )]
    Separation(f64),
}

impl GaussianClasses {
    /// MMN's "centred isotropic Gaussians": y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² I_d).
    pub fn isotropic(dimension: usize, separation: f64) -> Result<Self, DataError> {
        if dimension < 2 {
            return Err(DataError::Dimension(dimension));
        }
        if !(0.0..1.0).contains(&separation) {
            return Err(DataError::Separation(separation));
        }
        let class = |label: f64| Class { weight: 0.5, label, scale: 1.0 + label * separation };
        Ok(Self { dimension, classes: vec![class(1.0), class(-1.0)] })
    }

    /// R_# = E y², the risk of the predictor that is 0.
    pub fn trivial_risk(&self) -> f64 {
        self.classes.iter().map(|class| class.weight * class.label * class.label).sum()
    }
}
