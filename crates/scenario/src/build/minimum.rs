//! Systems `landscape` without noise: the law of least risk, of any number of masses or of one.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use meanfield_model::block_series::RadiiSeries;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::loss::Loss;
use meanfield_model::radial_landscape::RadialLandscape;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::ridge::Ridged;
use meanfield_run::facts::{self, FactKind};
use meanfield_solver::minimum::single::SingleMass;
use meanfield_solver::minimum::thresholds::{interval, limit};
use meanfield_solver::minimum::{AnyLaw, FindThresholds, OneMass, Thresholds};
use meanfield_solver::still::Still;

use super::{BuildError, Built, activation, blocks, coordinates, data};
use crate::file::{Data, LandscapeKeys, ScenarioFile};
use crate::model;

/// What is known of a system beforehand.
type Facts = Vec<(&'static FactKind, f64)>;

/// Radii are sought up to this.
const LARGEST_RADIUS: f64 = 20.0;

/// The law of least risk that a scenario asks for.
pub(super) fn minimum(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<Built, BuildError> {
    let largest = keys.largest_radius.unwrap_or(LARGEST_RADIUS);
    match (coordinates(file)?, keys.masses) {
        (Coordinates::Radius, None) => {
            let (landscape, facts) = of_radius(file, keys, largest)?;
            Ok((Box::new(Still::new(AnyLaw { landscape, upper: [largest] })), facts))
        }
        (Coordinates::Radius, Some(_)) => {
            let (landscape, facts) = of_radius(file, keys, largest)?;
            let thresholds = thresholds(file.clone(), keys.clone(), largest);
            Ok((Box::new(Still::new(OneMass { landscape, largest, thresholds })), facts))
        }
        (Coordinates::Radii { .. }, None) => {
            let (blocks, sigma) = (blocks(file)?, activation(file)?);
            let (finite, tolerance) = (DimensionLimit::Finite, keys.kernel_tolerance);
            let series = RadiiSeries::new(&blocks, &sigma, finite, [largest; 2], tolerance)?;
            let facts = vec![(facts::KERNEL_TERMS, series.terms() as f64)];
            let landscape = Ridged::new(series, file.dynamics.ridge);
            Ok((Box::new(Still::new(AnyLaw { landscape, upper: [largest; 2] })), facts))
        }
        (Coordinates::Radii { .. }, Some(_)) => Err(BuildError::Coordinates),
        (Coordinates::AffineRadii { .. }, _) => Err(BuildError::Unbounded),
    }
}

/// The landscape in one radius, with the ridge.
fn of_radius(
    file: &ScenarioFile,
    keys: &LandscapeKeys,
    largest: f64,
) -> Result<(Ridged<RadialLandscape>, Facts), BuildError> {
    let (data, sigma, loss) = (data(file)?, activation(file)?, model::loss(&file.model.loss));
    let (finite, tolerance) = (DimensionLimit::Finite, keys.kernel_tolerance);
    let landscape = RadialLandscape::new(&data, &sigma, loss, finite, largest, tolerance)?;
    let facts = vec![(facts::KERNEL_TERMS, landscape.terms() as f64)];
    Ok((Ridged::new(landscape, file.dynamics.ridge), facts))
}

/// What was found for models that differ in their separation alone: a sweep asks for the same at each.
static FOUND: LazyLock<Mutex<HashMap<String, Arc<OnceLock<Answer>>>>> = LazyLock::new(Mutex::default);

/// The thresholds of a model, or why there are none.
type Answer = Result<Thresholds, String>;

/// Between which separations one mass is optimal, everything else as it is.
fn thresholds(file: ScenarioFile, keys: LandscapeKeys, largest: f64) -> FindThresholds {
    Box::new(move || {
        let Some(key) = thresholds_key(&file, &keys) else { return Ok(Thresholds::default()) };
        let known = FOUND.lock().map_err(|error| error.to_string())?.entry(key).or_default().clone();
        known.get_or_init(|| find(&file, &keys, largest)).clone()
    })
}

/// What models have in common that share their thresholds; None where no thresholds are looked for.
pub(crate) fn thresholds_key(file: &ScenarioFile, keys: &LandscapeKeys) -> Option<String> {
    let Data::IsotropicGaussians(data) = &file.model.data else { return None };
    let same = (data.dimension, &file.model.activation, &file.model.loss, file.dynamics.ridge, keys);
    (keys.masses.is_some() && file.dynamics.temperature == 0.0).then(|| format!("isotropic {same:?}"))
}

fn find(file: &ScenarioFile, keys: &LandscapeKeys, largest: f64) -> Answer {
    let at = |separation: f64| -> Result<SingleMass, BuildError> {
        let mut file = file.clone();
        if let Data::IsotropicGaussians(data) = &mut file.model.data {
            data.separation = separation;
        }
        Ok(SingleMass::best(&of_radius(&file, keys, largest)?.0, largest))
    };
    let sigma = activation(file).map_err(|error| error.to_string())?;
    // At other separations the kernel may miss its tolerance: the interval is then not known.
    let interval = interval(at).unwrap_or(None);
    let is_plain = model::loss(&file.model.loss) == Loss::Squared && file.dynamics.ridge == 0.0;
    let limit = limit(|scale| sigma.mean(0.0, scale)).filter(|_| is_plain && interval.is_some());
    Ok(Thresholds { interval, limit })
}
