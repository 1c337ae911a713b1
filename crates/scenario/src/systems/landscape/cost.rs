//! The cost of problems without time: Gibbs states, laws of least risk, the best single mass. What they need
//! beside the run that asks for it is found once.

use meanfield_model::problem::DataModel;
use meanfield_model::unit::Unit;
use meanfield_run::system::Cost;
use meanfield_solver::least_risk::minima::places;

use super::keys::LandscapeKeys;
use crate::setting::Setting;

/// A Gibbs state in one to three coordinates, and with an outer weight; the bytes are those of the
/// quadrature, which go when it is found. At a vanishing ridge it takes up to fifty times as long.
const GIBBS: [Cost; 3] = [
    Cost { seconds: 0.015, bytes: 6e7 },
    Cost { seconds: 0.8, bytes: 2e7 },
    Cost { seconds: 5.0, bytes: 3e8 },
];
const WITH_OUTER_WEIGHT: Cost = Cost { seconds: 3.2, bytes: 2e7 };
/// Beside that, where the features are many: seconds of their number in one to four coordinates, and of its
/// square, and bytes of the features at all nodes.
const PER_FEATURE_SECONDS: [f64; 4] = [0.0, 0.25, 0.0, 0.0];
const PER_SQUARE: [f64; 4] = [0.0, 0.0, 1e-2, 1e-2];
const PER_FEATURE_BYTES: [f64; 4] = [0.0, 4e5, 2e6, 2e6];
/// From about this 1/β on the rounding of βΨ keeps the quadrature from converging: it is refined until it may
/// hold no more numbers, in so many times the seconds, whatever β, up to a limit.
const COLD: f64 = 1e-6;
const SLOWER: f64 = 450.0;
const LONGEST: f64 = 600.0;
const FULL: f64 = 7.2e8;
/// The law of least risk, of any number of masses or of one; and beside that, in several coordinates, for
/// each feature at the places that are looked at.
const LEAST: Cost = Cost { seconds: 4e-3, bytes: 1e6 };
const OF_PLACE: Cost = Cost { seconds: 2e-7, bytes: 8.0 };

/// Bytes of its law, and what of its tables is held until it is computed.
const HELD: f64 = 2e5;

/// A problem without time; what it holds until the end is its law.
pub(super) fn cost(keys: &LandscapeKeys, setting: &Setting) -> Cost {
    Cost { bytes: HELD, ..at_work(keys, setting) }
}

/// A law of least risk in the coordinates of a problem.
fn least(keys: &LandscapeKeys, setting: &Setting) -> Cost {
    let coordinates = setting.coordinates();
    if coordinates == 1 {
        return LEAST;
    }
    let numbers = places(coordinates) as f64 * setting.rank(keys.resolution(setting.bath()));
    Cost {
        seconds: LEAST.seconds + OF_PLACE.seconds * numbers,
        bytes: LEAST.bytes + OF_PLACE.bytes * numbers,
    }
}

/// A Gibbs state in the coordinates of a problem.
fn usual(keys: &LandscapeKeys, setting: &Setting) -> Cost {
    let coordinates = setting.coordinates();
    if setting.problem.unit() == Unit::Affine {
        return WITH_OUTER_WEIGHT;
    }
    let features = setting.rank(keys.resolution(setting.bath()));
    let least = GIBBS[coordinates.min(GIBBS.len()) - 1];
    let mut seconds = least.seconds + PER_SQUARE[coordinates - 1] * features * features;
    // Two radii have few terms, and their constants hold them.
    if let DataModel::Directed(_) = setting.problem.data() {
        seconds += PER_FEATURE_SECONDS[coordinates - 1] * features;
    }
    Cost { seconds, bytes: least.bytes + PER_FEATURE_BYTES[coordinates - 1] * features }
}

/// While it is solved.
pub(super) fn at_work(keys: &LandscapeKeys, setting: &Setting) -> Cost {
    let temperature = setting.bath().temperature;
    if temperature == 0.0 {
        return least(keys, setting);
    }
    let usual = usual(keys, setting);
    if temperature > COLD {
        return usual;
    }
    Cost { seconds: (SLOWER * usual.seconds).min(LONGEST), bytes: FULL }
}
