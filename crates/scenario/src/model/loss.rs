//! `model.loss`: keys, their checks, and the loss that they mean. A loss is a variant, its keys, and one arm
//! of `LossKind::meaning`.

use meanfield_model::loss::Loss;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::nothing::Nothing;
use crate::ranges::{LARGEST, SMALLEST_SCALE, is_scale};

/// Losses ℓ(y, ŷ); SGD follows −∂ℓ/∂ŷ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LossKind {
    /// (y − ŷ)².
    Squared(Nothing),
    /// ½ (y − ŷ)² where |y − ŷ| is below the threshold, a straight line beyond.
    Huber(HuberKeys),
    /// ln(1 + e^(−y ŷ)).
    Logistic(Nothing),
    /// ½ c² (1 − e^(−(y − ŷ)²/c²)): ½ (y − ŷ)² near 0, bounded. Not convex.
    Welsch(WelschKeys),
}

impl Default for LossKind {
    /// The loss of all of MMN 2018.
    fn default() -> Self {
        Self::Squared(Nothing {})
    }
}

/// Keys of `huber`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HuberKeys {
    /// δ > 0: the error beyond which the loss is a straight line.
    pub threshold: f64,
}

/// Keys of `welsch`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WelschKeys {
    /// c > 0: errors beyond it hardly count.
    pub scale: f64,
}

/// The one number that a loss may have: its name in the path, its key, its value.
type Length = (&'static str, &'static str, f64);

impl LossKind {
    /// The loss, and the length that it has.
    fn meaning(&self) -> (Loss, Option<Length>) {
        match self {
            Self::Squared(_) => (Loss::Squared, None),
            Self::Huber(HuberKeys { threshold }) => {
                (Loss::Huber { threshold: *threshold }, Some(("huber", "threshold", *threshold)))
            }
            Self::Logistic(_) => (Loss::Logistic, None),
            Self::Welsch(WelschKeys { scale }) => {
                (Loss::Welsch { scale: *scale }, Some(("welsch", "scale", *scale)))
            }
        }
    }

    /// The loss; a length that is none is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Loss {
        let (loss, length) = self.meaning();
        if let Some((name, key, value)) = length {
            let message =
                format!("`{key}` must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {value:?}");
            let path = ["model", "loss", name, key];
            complaints.unless(is_scale(value), &path, message, "labels are ±1: write e.g. 1.0");
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::variants::{read, variants};

    /// Keys of which each kind takes one set.
    const KEYS: [&str; 3] = ["{}", "{ threshold = 2.0 }", "{ scale = 2.0 }"];

    #[test]
    fn complaints_call_each_as_it_is_written() {
        let variants = variants::<LossKind>();
        for variant in &variants {
            let written = variant.as_str();
            if let (_, Some((name, key, value))) = read::<LossKind>(written, &KEYS).meaning() {
                assert_eq!((name, value), (written, 2.0));
                assert!(KEYS.iter().any(|keys| keys.contains(key)), "{key}");
            }
        }
        assert_eq!(variants.len(), Loss::ALL.len());
    }
}
