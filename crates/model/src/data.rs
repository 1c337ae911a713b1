//! Data models: the joint law of (y, x).
//!
//! Class c has weight π_c, label y_c and x | c ~ N(0, τ_c² I_d); or, with blocks of coordinates, x | c ~ N(0,
//! Σ_B τ_cB² P_B), P_B the projector on block B. Drawing samples needs randomness and lives with the
//! particles; expectations live with the potentials.

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
///
/// ```
/// use meanfield_model::data::GaussianClasses;
///
/// let data = GaussianClasses::isotropic(40, 0.8)?;
/// assert_eq!((data.classes[0].label, data.classes[0].scale), (1.0, 1.8));
/// assert_eq!(data.trivial_risk(), 1.0);
/// assert!(GaussianClasses::isotropic(40, 1.0).is_err());
/// # Ok::<(), meanfield_model::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianClasses {
    /// d ≥ 1.
    pub dimension: usize,
    /// The classes; weights sum to 1.
    pub classes: Vec<Class>,
}

/// One class of data with blocks, two where nothing else is said: weight π, label y, scales τ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockClass<const B: usize = 2> {
    /// Probability π_c.
    pub weight: f64,
    /// Label y_c.
    pub label: f64,
    /// Standard deviations τ_c1, τ_c2, … of each coordinate of x in the first block, in the second, ….
    pub scales: [f64; B],
}

/// Centred Gaussian classes in R^d whose coordinates fall into blocks, each isotropic; two where nothing else
/// is said.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockClasses<const B: usize = 2> {
    /// The number of coordinates of each block, ≥ 1, in their order; of MMN's two s₀, the relevant ones, and
    /// d − s₀.
    pub dimensions: [usize; B],
    /// The classes; weights sum to 1.
    pub classes: Vec<BlockClass<B>>,
}

/// A class without its inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Probability π_c.
    pub weight: f64,
    /// Label y_c.
    pub label: f64,
}

/// Invalid data model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// d < 2: a rotation-invariant law of w needs at least two dimensions.
    #[error("the dimension must be at least 2; it is {0}")]
    Dimension(usize),
    /// Δ outside [0, 1).
    #[error(
        "the separation Δ must lie in [0, 1), so that both classes have a positive scale 1 ± Δ; it is {0}"
    )]
    Separation(f64),
    /// s₀ outside 1 … d − 1.
    #[error(
        "the relevant dimension must lie between 1 and {most}, so that both blocks have coordinates; \
         it is {relevant}"
    )]
    RelevantDimension {
        /// s₀.
        relevant: usize,
        /// d − 1.
        most: usize,
    },
}

/// MMN's labels, each with the probability ½.
const LABELS: [f64; 2] = [1.0, -1.0];

/// Refuses a dimension or a separation that MMN's classes cannot have.
fn check(dimension: usize, separation: f64) -> Result<(), DataError> {
    if dimension < 2 {
        return Err(DataError::Dimension(dimension));
    }
    if !(0.0..1.0).contains(&separation) {
        return Err(DataError::Separation(separation));
    }
    Ok(())
}

impl GaussianClasses {
    /// MMN's "centred isotropic Gaussians": y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² I_d).
    ///
    /// # Errors
    ///
    /// Where d < 2, or Δ is outside [0, 1).
    pub fn isotropic(dimension: usize, separation: f64) -> Result<Self, DataError> {
        check(dimension, separation)?;
        Ok(Self {
            dimension,
            classes: LABELS
                .map(|label: f64| Class { weight: 0.5, label, scale: 1.0 + label * separation })
                .to_vec(),
        })
    }

    /// The same classes at another separation Δ. None where these are not MMN's two: with the probability ½
    /// each, labels ±1 and scales 1 ± Δ.
    ///
    /// # Errors
    /// Where the separation is outside [0, 1).
    pub fn at_separation(&self, separation: f64) -> Option<Result<Self, DataError>> {
        let [first, second] = self.classes[..] else { return None };
        let equal = first.weight == 0.5 && second.weight == 0.5;
        let labelled = [first.label, second.label] == LABELS;
        let symmetric = (first.scale + second.scale - 2.0).abs() <= 2.0 * f64::EPSILON;
        let are_mmns = equal && labelled && symmetric && first.scale >= second.scale;
        are_mmns.then(|| Self::isotropic(self.dimension, separation))
    }

    /// The classes without their inputs.
    pub fn targets(&self) -> Vec<Target> {
        self.classes.iter().map(|class| Target { weight: class.weight, label: class.label }).collect()
    }

    /// R_# = E y², the risk of the predictor that is 0.
    pub fn trivial_risk(&self) -> f64 {
        trivial_risk(&self.targets())
    }
}

impl BlockClasses {
    /// MMN's "centred anisotropic Gaussians": y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² P
    /// + (I − P)), P the projector on the first s₀ = `relevant_dimension` of d coordinates.
    ///
    /// # Errors
    /// Where d < 2, Δ is outside [0, 1), or s₀ is outside 1 … d − 1.
    pub fn anisotropic(
        dimension: usize,
        relevant_dimension: usize,
        separation: f64,
    ) -> Result<Self, DataError> {
        check(dimension, separation)?;
        let relevant = relevant_dimension;
        let most = dimension - 1;
        if !(1..=most).contains(&relevant) {
            return Err(DataError::RelevantDimension { relevant, most });
        }
        Ok(Self {
            dimensions: [relevant, dimension - relevant],
            classes: LABELS
                .map(|label: f64| BlockClass { weight: 0.5, label, scales: [1.0 + label * separation, 1.0] })
                .to_vec(),
        })
    }
}

impl<const B: usize> BlockClasses<B> {
    /// d.
    pub fn dimension(&self) -> usize {
        self.dimensions.iter().sum()
    }

    /// The classes without their inputs.
    pub fn targets(&self) -> Vec<Target> {
        self.classes.iter().map(|class| Target { weight: class.weight, label: class.label }).collect()
    }

    /// R_# = E y², the risk of the predictor that is 0.
    pub fn trivial_risk(&self) -> f64 {
        trivial_risk(&self.targets())
    }
}

/// E y².
fn trivial_risk(targets: &[Target]) -> f64 {
    targets.iter().map(|target| target.weight * target.label * target.label).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_relevant_block_tells_the_classes_apart() {
        let data = BlockClasses::anisotropic(320, 60, 0.4).expect("valid");
        assert_eq!((data.dimensions, data.dimension()), ([60, 260], 320));
        assert_eq!(data.classes[0], BlockClass { weight: 0.5, label: 1.0, scales: [1.4, 1.0] });
        assert_eq!(data.classes[1], BlockClass { weight: 0.5, label: -1.0, scales: [0.6, 1.0] });
        assert_eq!(data.trivial_risk(), 1.0);
    }

    #[test]
    fn only_two_symmetric_classes_have_another_separation() {
        let wide = GaussianClasses::isotropic(40, 0.3).expect("valid");
        assert_eq!(wide.at_separation(0.7), Some(GaussianClasses::isotropic(40, 0.7)));
        let mut skew = wide.clone();
        skew.classes[0].scale = 1.5;
        assert_eq!(skew.at_separation(0.7), None);
        let mut three = wide;
        three.classes.push(Class { weight: 0.0, label: 1.0, scale: 1.0 });
        assert_eq!(three.at_separation(0.7), None);
    }

    #[test]
    fn impossible_blocks_are_refused() {
        let refused = |dimension, relevant, separation| {
            BlockClasses::anisotropic(dimension, relevant, separation).expect_err("refused")
        };
        assert_eq!(refused(1, 1, 0.4), DataError::Dimension(1));
        assert_eq!(refused(6, 0, 0.4), DataError::RelevantDimension { relevant: 0, most: 5 });
        assert_eq!(refused(6, 6, 0.4), DataError::RelevantDimension { relevant: 6, most: 5 });
        assert_eq!(refused(6, 2, 1.0), DataError::Separation(1.0));
        assert!(matches!(refused(6, 2, f64::NAN), DataError::Separation(_)));
        assert!(BlockClasses::anisotropic(2, 1, 0.0).is_ok());
    }
}
