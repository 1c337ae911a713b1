//! The keys `scaling` and `alpha` of several kinds: whether ŷ is f, or α (f − f_0) with steps ε/α²; where it
//! cannot be the latter.

use meanfield_run::facts::{self, FactKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::SystemComplaints;
use crate::setting::Draft;

/// The least and the largest α: neurons that move by much less than α⁻¹ = 10⁻⁴ are lost in rounding.
const RANGE: [f64; 2] = [1e-3, 1e4];

/// How a network's output is scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScalingName {
    /// ŷ = f, the mean over the neurons.
    #[default]
    MeanField,
    /// ŷ = α (f − f_0), f_0 the output at the start, with steps ε/α².
    Lazy,
}

impl ScalingName {
    /// Whether it is the usual one, of which records say nothing.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Both keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub name: ScalingName,
    pub alpha: Option<f64>,
}

impl Scaling {
    /// α of the lazy scaling, which keys that were checked have.
    pub fn lazy(self) -> Option<f64> {
        self.alpha.filter(|_| self.name == ScalingName::Lazy)
    }

    /// Facts about a system in it.
    pub fn facts(self) -> impl Iterator<Item = (&'static FactKind, f64)> {
        self.lazy().into_iter().map(|alpha| (facts::LAZY_ALPHA, alpha))
    }

    /// Notes complaints about the two keys, and about noise and ridge beside them.
    pub fn check(self, draft: &Draft, complaints: &mut SystemComplaints) {
        let Self { name, alpha } = self;
        if name != ScalingName::Lazy {
            let help = "write scaling = \"lazy\", or leave it out";
            return complaints.unless(alpha.is_none(), "alpha", "`alpha` is of the lazy scaling", help);
        }
        let [least, largest] = RANGE;
        let found = alpha.map_or("missing".to_owned(), |alpha| format!("{alpha:?}"));
        let message = format!("`alpha` must be a number from {least:e} to {largest:e}; it is {found}");
        let sensible = alpha.is_some_and(|alpha| (least..=largest).contains(&alpha));
        complaints.unless(sensible, "alpha", message, "write e.g. alpha = 10.0");
        refuse_bath("scaling", draft, complaints);
    }
}

/// Notes noise and ridge, which move neurons as they are, however outputs are scaled.
pub(super) fn refuse_bath(key: &str, draft: &Draft, complaints: &mut SystemComplaints) {
    let is_bare = draft.bath.temperature == 0.0 && draft.bath.ridge == 0.0;
    let message = "noise and ridge act on neurons themselves, which in the lazy scaling hardly move";
    let help = "leave out temperature and ridge in [dynamics], or leave out this system";
    match key.is_empty() {
        true => complaints.unless_whole(is_bare, message, help),
        false => complaints.unless(is_bare, key, message, help),
    }
}
