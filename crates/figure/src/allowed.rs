//! Claims in the figure of the risk: what they allow, as limits in the panel of the gap, or in words where
//! the panel does not show what they are about. It draws nothing and judges nothing.

use meanfield_compare::comparison::{Basis, Verdict};
use meanfield_run::quantities::{PREDICTED_BAND, RISK_BEYOND_BIAS};

use super::names::curve_name;
use super::scale::short_number;

/// The limits of a claim at a single time begin at this share of that time.
const ONE_TIME: f64 = 0.8;
/// Dots and dashes along the limits of a claim's tolerance: of the first claim, the second …
const CLAIM_DASHES: [&[f64]; 4] =
    [&[1.2, 2.4], &[4.0, 2.4, 1.2, 2.4], &[2.4, 4.8], &[6.0, 2.0, 1.2, 2.0, 1.2, 2.0]];

/// The tolerance of a claim on the risk, over the times at which it was judged.
pub struct Allowed {
    from: f64,
    until: f64,
    times: usize,
    /// The tolerance.
    pub within: f64,
    outcome: &'static str,
    /// Whether it is about the gap beyond the expected bias.
    pub is_beyond_bias: bool,
    /// Number of the claim among those of all systems.
    pub number: usize,
}

impl Allowed {
    /// The dashes of its limits.
    pub fn dashes(&self) -> &'static [f64] {
        CLAIM_DASHES[self.number % CLAIM_DASHES.len()]
    }

    /// The tolerance of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        let none = Self {
            from: f64::NAN,
            until: f64::NAN,
            times: 0,
            within: verdict.claim.within,
            outcome: outcome(verdict),
            is_beyond_bias: verdict.claim.quantity == RISK_BEYOND_BIAS.name,
            number: 0,
        };
        match verdict.basis {
            Basis::Times { count, first, last } => Self { from: first, until: last, times: count, ..none },
            _ => none,
        }
    }

    /// "within ±0.03 at 31 times, holds".
    pub fn in_words(&self) -> String {
        let of = if self.is_beyond_bias { "of the prediction " } else { "" };
        let observed = if self.times == 1 { "one time".to_owned() } else { format!("{} times", self.times) };
        format!("within ±{} {of}at {observed}, {}", short_number(self.within), self.outcome)
    }

    /// The span of its limits; that of a single time begins a little to the left.
    pub fn span(&self) -> (f64, f64) {
        if self.times == 1 { (ONE_TIME * self.until, self.until) } else { (self.from, self.until) }
    }
}

/// What became of a claim.
fn outcome(verdict: &Verdict) -> &'static str {
    match (verdict.holds, verdict.caveats.is_empty()) {
        (true, true) => "holds",
        (true, false) => "holds, but a certificate warns",
        (false, _) => "does not hold",
    }
}

/// A claim on another quantity: "wasserstein 1 radius within 0.05, holds".
pub fn in_words(verdict: &Verdict) -> String {
    let within = short_number(verdict.claim.within);
    let what = match verdict.claim.quantity == PREDICTED_BAND.name {
        true => format!("within {within} standard errors of its prediction"),
        false => format!("{} within {within}", curve_name(&verdict.claim.quantity)),
    };
    format!("{what}, {}", outcome(verdict))
}
