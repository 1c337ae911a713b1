//! Quantities of networks with layers, in the order of the layers.

use crate::quantities::{
    LAYER_DISTANCE_1, LAYER_DISTANCE_2, LAYER_DISTANCE_3, LAYER_DISTANCE_4, LAYER_DISTANCE_5, LAYER_SPREAD_1,
    LAYER_SPREAD_2, LAYER_SPREAD_3, LAYER_SPREAD_4,
};
use crate::quantity::Quantity;

/// How far neurons are apart, by hidden layer; of deeper ones it is not reported.
pub static LAYER_SPREADS: [&Quantity; 4] = [LAYER_SPREAD_1, LAYER_SPREAD_2, LAYER_SPREAD_3, LAYER_SPREAD_4];

/// How far weights are from the limit's, by layer; of deeper ones it is not reported.
pub static LAYER_DISTANCES: [&Quantity; 5] =
    [LAYER_DISTANCE_1, LAYER_DISTANCE_2, LAYER_DISTANCE_3, LAYER_DISTANCE_4, LAYER_DISTANCE_5];
