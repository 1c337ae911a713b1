//! The thresholds of a problem whose data are MMN's two classes: between which separations Δ one mass has the
//! least risk, everything else as it is. They are the same for all Δ, so that whoever solves several such
//! problems finds them once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock};

use meanfield_model::activation::Activation;
use meanfield_model::data::{DataError, GaussianClasses};
use meanfield_model::loss::Loss;
use meanfield_model::problem::{DataModel, Problem};
use meanfield_model::radial_landscape::{LandscapeError, RadialLandscape};
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::ridge::Ridged;

use super::problems::{FindThresholds, Thresholds};
use super::single::SingleMass;
use super::thresholds::{interval, limit};

/// Problems that differ in the separation of their classes alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The classes at Δ = 0.
    classes: GaussianClasses,
    activation: Activation,
    loss: Loss,
    ridge: f64,
    largest_radius: f64,
    tolerance: f64,
}

/// Of numbers that are compared: none of them is NaN in a problem.
impl Eq for Family {}

impl Hash for Family {
    /// By numbers that tell most families apart; equal ones have equal numbers.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.classes.dimension.hash(state);
        let numbers = [
            self.ridge,
            self.largest_radius,
            self.tolerance,
            self.loss.value(1.0, 0.3),
            self.activation.value(0.4),
            self.activation.value(-1.3),
        ];
        // −0 + 0 = 0: both zeros are one number.
        numbers.iter().for_each(|number| (number + 0.0).to_bits().hash(state));
    }
}

/// No landscape at another separation.
#[derive(Debug, thiserror::Error)]
enum SeparationError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Landscape(#[from] LandscapeError),
}

impl Family {
    /// The family of a problem without noise, with radii up to a largest one and a kernel of this tolerance.
    /// None where its data are not MMN's two isotropic classes, whose separation can be varied.
    pub fn new(problem: &Problem, largest_radius: f64, tolerance: f64) -> Option<Self> {
        let DataModel::OneBlock(data) = problem.data() else { return None };
        Some(Self {
            classes: data.at_separation(0.0)?.ok()?,
            activation: problem.activation().clone(),
            loss: problem.loss(),
            ridge: problem.bath().ridge,
            largest_radius,
            tolerance,
        })
    }

    /// The best single mass at one separation.
    fn best(&self, separation: f64) -> Result<SingleMass, SeparationError> {
        let classes = GaussianClasses::isotropic(self.classes.dimension, separation)?;
        let finite = DimensionLimit::Finite;
        let landscape = RadialLandscape::new(
            &classes,
            &self.activation,
            self.loss,
            finite,
            self.largest_radius,
            self.tolerance,
        )?;
        Ok(SingleMass::best(&Ridged::new(landscape, self.ridge), self.largest_radius))
    }

    /// Between which separations one mass is optimal.
    pub fn thresholds(&self) -> Thresholds {
        // At other separations the kernel may miss its tolerance: the interval is then not known.
        let interval = interval(|separation| self.best(separation)).unwrap_or(None);
        let is_plain = self.loss == Loss::Squared && self.ridge == 0.0;
        let limit =
            limit(|scale| self.activation.mean(0.0, scale)).filter(|_| is_plain && interval.is_some());
        Thresholds { interval, limit }
    }
}

/// Thresholds that were found, shared by all that solve problems of the same families.
#[derive(Clone, Debug, Default)]
pub struct KnownThresholds {
    found: Arc<Mutex<HashMap<Family, Arc<OnceLock<Thresholds>>>>>,
}

impl KnownThresholds {
    /// What finds the thresholds of a family, or looks them up; of no family there are none.
    pub fn finding(&self, family: Option<Family>) -> FindThresholds {
        let known = self.clone();
        Box::new(move || match &family {
            Some(family) => known.of_family(family),
            None => Ok(Thresholds::default()),
        })
    }

    fn of_family(&self, family: &Family) -> Result<Thresholds, String> {
        let mut found = self.found.lock().map_err(|error| error.to_string())?;
        let known = found.entry(family.clone()).or_default().clone();
        drop(found); // others may look theirs up meanwhile
        Ok(*known.get_or_init(|| family.thresholds()))
    }
}

#[cfg(test)]
mod tests {
    use meanfield_model::activation::PiecewiseLinear;
    use meanfield_model::data::BlockClasses;
    use meanfield_model::initial::Initial;
    use meanfield_model::problem::Bath;

    use super::*;

    fn problem(data: impl Into<DataModel>) -> Problem {
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let weights = Initial::Gaussian { scale: 0.8 };
        Problem::two_layer(data, Activation::PiecewiseLinear(sigma), weights).expect("fits")
    }

    #[test]
    fn problems_of_a_family_differ_in_their_separation_alone() {
        let family = |problem: &Problem| Family::new(problem, 20.0, 1e-6);
        let classes =
            |dimension, separation| GaussianClasses::isotropic(dimension, separation).expect("valid");
        let own = family(&problem(classes(40, 0.3)));
        assert!(own.is_some());
        assert_eq!(own, family(&problem(classes(40, 0.7))));
        assert_ne!(own, family(&problem(classes(41, 0.3))));
        let ridged = problem(classes(40, 0.3)).with_bath(Bath { temperature: 0.0, ridge: 0.1 });
        assert_ne!(own, family(&ridged));
        let mut skew = classes(40, 0.3);
        skew.classes[0].scale = 2.0;
        assert_eq!(family(&problem(skew)), None, "another model of data has no thresholds of this one");
        let blocks = BlockClasses::anisotropic(40, 20, 0.3).expect("valid");
        assert_eq!(family(&problem(blocks)), None);
    }

    #[test]
    fn thresholds_are_found_once_a_family() {
        let known = KnownThresholds::default();
        let classes = GaussianClasses::isotropic(40, 0.3).expect("valid");
        let family = Family::new(&problem(classes), 20.0, 1e-6);
        let first = known.finding(family.clone())().expect("found");
        assert_eq!(known.finding(family)().expect("known"), first);
        assert_eq!(known.found.lock().expect("whole").len(), 1);
        assert!(first.interval.is_some() && first.limit.is_some(), "{first:?}");
        assert_eq!(known.finding(None)().expect("none"), Thresholds::default());
    }
}
