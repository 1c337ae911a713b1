//! Quantities of networks with layers, in the order of the layers.

use crate::quantities::{
    LAYER_DIMENSION_1, LAYER_DIMENSION_2, LAYER_DIMENSION_3, LAYER_DIMENSION_4, LAYER_DISTANCE_1,
    LAYER_DISTANCE_2, LAYER_DISTANCE_3, LAYER_DISTANCE_4, LAYER_DISTANCE_5, LAYER_GRADIENT_2,
    LAYER_GRADIENT_3, LAYER_GRADIENT_4, LAYER_GRADIENT_5, LAYER_SPREAD_1, LAYER_SPREAD_2, LAYER_SPREAD_3,
    LAYER_SPREAD_4,
};
use crate::quantity::Quantity;

/// How far neurons are apart, by hidden layer; of deeper ones it is not reported.
pub static LAYER_SPREADS: [&Quantity; 4] = [LAYER_SPREAD_1, LAYER_SPREAD_2, LAYER_SPREAD_3, LAYER_SPREAD_4];

/// How many directions neurons span, by hidden layer; of deeper ones it is not reported.
pub static LAYER_DIMENSIONS: [&Quantity; 4] =
    [LAYER_DIMENSION_1, LAYER_DIMENSION_2, LAYER_DIMENSION_3, LAYER_DIMENSION_4];

/// The largest gradients of layers 2, 3, …; of deeper ones it is not reported.
pub static LAYER_GRADIENTS: [&Quantity; 4] =
    [LAYER_GRADIENT_2, LAYER_GRADIENT_3, LAYER_GRADIENT_4, LAYER_GRADIENT_5];

/// How far weights are from the limit's, by layer; of deeper ones it is not reported.
pub static LAYER_DISTANCES: [&Quantity; 5] =
    [LAYER_DISTANCE_1, LAYER_DISTANCE_2, LAYER_DISTANCE_3, LAYER_DISTANCE_4, LAYER_DISTANCE_5];

/// Name of the law of a layer's features in a residual network, counted from 1.
pub fn features(layer: usize) -> String {
    format!("{FEATURES}{layer}")
}

/// Name of the law of a layer's pre-activations, counted from 1.
pub fn pre_activations(layer: usize) -> String {
    format!("{PRE_ACTIVATIONS}{layer}")
}

/// What the names of laws of pre-activations, and of features, begin with.
const PRE_ACTIVATIONS: &str = "pre_activations_";
const FEATURES: &str = "features_";
