//! Where a key of a layer stands in a scenario.

use crate::typed::Step;

/// The path of a key of a layer, counted from 0.
pub(crate) fn path(layer: usize, keys: &[&str]) -> Vec<Step> {
    let keys = keys.iter().copied().map(Step::from);
    ["model".into(), "layers".into(), layer.into()].into_iter().chain(keys).collect()
}
