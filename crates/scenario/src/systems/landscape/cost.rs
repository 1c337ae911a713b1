//! The cost of problems without time: Gibbs states, laws of least risk, the best single mass. What they need
//! beside the run that asks for it is found once.

use meanfield_run::system::Cost;

use crate::setting::Setting;

/// A Gibbs state in one radius, in two, and with an outer weight; the bytes are those of the quadrature,
/// which go when it is found. At a vanishing ridge it takes up to fifty times as long.
const GIBBS: [Cost; 3] = [
    Cost { seconds: 0.015, bytes: 6e7 },
    Cost { seconds: 0.8, bytes: 2e7 },
    Cost { seconds: 3.2, bytes: 2e7 },
];
/// From this 1/β on the rounding of βΨ keeps the quadrature from converging: it is refined until it may hold
/// no more numbers, in so many times the seconds, which grow as the root of β, up to a limit.
const COLD: f64 = 1e-6;
const SLOWER: f64 = 200.0;
const LONGEST: f64 = 600.0;
const FULL: f64 = 7.2e8;
/// The law of least risk, of any number of masses or of one.
const LEAST: Cost = Cost { seconds: 4e-3, bytes: 1e6 };

/// A problem without time; what it holds until the end is its law.
pub(super) fn cost(setting: &Setting) -> Cost {
    Cost { bytes: LEAST.bytes, ..at_work(setting) }
}

/// While it is solved.
pub(super) fn at_work(setting: &Setting) -> Cost {
    let usual = GIBBS[setting.coordinates() / 2];
    match setting.bath().temperature {
        0.0 => LEAST,
        temperature if temperature > COLD => usual,
        temperature => {
            Cost { seconds: (SLOWER * usual.seconds * (COLD / temperature).sqrt()).min(LONGEST), bytes: FULL }
        }
    }
}
