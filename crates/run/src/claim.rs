//! Claims of a scenario: plain data. A scenario writes them, comparison judges them, and neither
//! depends on the other.

use serde::{Deserialize, Serialize};

use crate::number::plain;
use crate::quantities::PREDICTED_BAND;

/// "From `from` until `until`, `quantity` of `system` stays within `within` of the reference's."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The system that is judged.
    pub system: String,
    /// A curve's name (`risk`, `mean_radius`, …), or a distance at the snapshots
    /// (`wasserstein_1_radius`, …).
    pub quantity: String,
    /// First time, t; None: the first that was observed.
    pub from: Option<f64>,
    /// Last time, t; None: the end.
    pub until: Option<f64>,
    /// The end of the run, t.
    pub end: f64,
    /// Largest absolute difference (or distance) allowed.
    pub within: f64,
}

impl Claim {
    /// Whether the scenario states a span, not all of the run.
    pub fn states_span(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// The last time that it is about.
    pub fn last(&self) -> f64 {
        self.until.unwrap_or(self.end)
    }
}

/// "`quantity` of `system` is proportional to the power `exponent` of the varied key `over`, up to `within`."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerLawClaim {
    /// The network that is judged.
    pub system: String,
    /// Name of a quantity of [`crate::scaled`].
    pub quantity: String,
    /// The varied key in full.
    pub over: String,
    /// The claimed exponent.
    pub exponent: f64,
    /// Largest absolute difference of exponents allowed.
    pub within: f64,
    /// The time, t; None: the last that was observed.
    pub time: Option<f64>,
    /// Whether it is a power of the key alone: no constant stands beside.
    pub alone: bool,
}

/// "risk_bias of sgd over systems.sgd.finite-network.neurons: exponent -1 within 0.1".
impl std::fmt::Display for PowerLawClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { system, quantity, over, .. } = self;
        let exponent = plain(self.exponent);
        write!(f, "{quantity} of {system} over {over}: exponent {exponent} within {}", plain(self.within))?;
        self.time.map_or(Ok(()), |time| write!(f, " at t = {}", plain(time)))
    }
}

/// "risk of sgd within 0.03 for t in [0.1, 10]".
impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let last = plain(self.last());
        match self.quantity == PREDICTED_BAND.name {
            true => {
                write!(f, "{} within {} standard errors of its prediction", self.system, plain(self.within))?
            }
            false => write!(f, "{} of {} within {}", self.quantity, self.system, plain(self.within))?,
        }
        match self.from {
            Some(from) => write!(f, " for t in [{}, {last}]", plain(from)),
            None => write!(f, " until t = {last}"),
        }
    }
}
