//! The law of a layer's weights at t = 0: independent numbers of one law; in the first layer also one law for
//! each coordinate of the input; between hidden layers also a series of latents, which keeps neurons apart.

use meanfield_deep::latents::LatentSeries;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::start::{Start, StartError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::{ConstantEntry, EntryKind, NormalEntry, TwoPointEntry, UniformEntry, check_entry};
use super::place::path;
use crate::complaints::Complaints;
use crate::ranges::LARGEST;

/// Most terms of a series: each is a latent of every neuron at both ends.
const MOST_TERMS: usize = 64;

/// Laws of the weights of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LayerStartKind {
    /// Independent, each N(mean, deviation²).
    Normal(NormalEntry),
    /// Independent, each equally likely between two numbers.
    Uniform(UniformEntry),
    /// Independent, each one of two numbers, equally likely.
    TwoPoint(TwoPointEntry),
    /// All equal.
    Constant(ConstantEntry),
    /// Of the first layer: independent, one law for each coordinate of the input, the bias included. A
    /// constant 0 puts all neurons on a subspace.
    Coordinates(CoordinatesKeys),
    /// Between hidden layers: Σ_k scale k^(−decay) [a_k f_k + b_k g_k], with normal latents a of the neurons
    /// that weights lead to, b of those they come from, and fixed functions f, g of the other neuron. Neurons
    /// of a layer then stay apart however wide it is. All hidden layers have such a start, or none.
    Correlated(CorrelatedKeys),
}

/// Keys of `correlated`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CorrelatedKeys {
    /// Number of terms; the more, the larger the span of functions.
    pub terms: usize,
    /// Factor of all terms.
    pub scale: f64,
    /// Power of k by which terms fall off. The default, 1, makes their squares summable.
    #[serde(default = "default_decay")]
    pub decay: f64,
}

fn default_decay() -> f64 {
    1.0
}

/// The start of one layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LayerStart {
    /// Independent numbers of one law.
    Same(EntryLaw),
    /// Of the first layer: one law for each coordinate.
    ByCoordinate(Vec<EntryLaw>),
    /// A series of latents.
    Series(LatentSeries),
}

/// Keys of `coordinates`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoordinatesKeys {
    /// A law for each coordinate of the input, the bias included.
    pub laws: Vec<EntryKind>,
}

impl LayerStartKind {
    /// The same as the law of one number, where it is one.
    fn entry(&self) -> Option<EntryKind> {
        match self.clone() {
            Self::Normal(keys) => Some(EntryKind::Normal(keys)),
            Self::Uniform(keys) => Some(EntryKind::Uniform(keys)),
            Self::TwoPoint(keys) => Some(EntryKind::TwoPoint(keys)),
            Self::Constant(keys) => Some(EntryKind::Constant(keys)),
            Self::Coordinates(_) | Self::Correlated(_) => None,
        }
    }

    /// The start of a layer, counted from 0, of `depth`; `dimension` is that of the inputs. Everything that
    /// is wrong with it is noted.
    pub(super) fn parse(
        &self,
        layer: usize,
        depth: usize,
        dimension: Option<usize>,
        complaints: &mut Complaints,
    ) -> Option<LayerStart> {
        match self {
            Self::Coordinates(keys) => keys.parse(layer, dimension, complaints),
            Self::Correlated(keys) => keys.parse(layer, depth, complaints),
            _ => check_entry(&self.entry()?, &path(layer, &["start"]), complaints).map(LayerStart::Same),
        }
    }
}

impl CoordinatesKeys {
    fn parse(
        &self,
        layer: usize,
        dimension: Option<usize>,
        complaints: &mut Complaints,
    ) -> Option<LayerStart> {
        let own = path(layer, &["start", "coordinates"]);
        if layer > 0 {
            let message = "laws by coordinate are of the first layer, whose weights meet the inputs";
            complaints.add(own, message, "write e.g. start.normal = { deviation = 1.0 }");
            return None;
        }
        if let Some(dimension) = dimension.filter(|dimension| *dimension != self.laws.len()) {
            let message = format!("there are {} laws for {dimension} coordinates", self.laws.len());
            let help = "write one for each coordinate of an input, and one for the bias where there is one";
            complaints.add(own, message, help);
            return None;
        }
        let mut laws = Vec::with_capacity(self.laws.len());
        for (number, law) in self.laws.iter().enumerate() {
            let mut place = path(layer, &["start", "coordinates", "laws"]);
            place.push(number.into());
            laws.extend(check_entry(law, &place, complaints));
        }
        (laws.len() == self.laws.len()).then_some(LayerStart::ByCoordinate(laws))
    }
}

impl CorrelatedKeys {
    fn parse(&self, layer: usize, depth: usize, complaints: &mut Complaints) -> Option<LayerStart> {
        let before = complaints.count();
        if layer == 0 || layer + 1 == depth {
            let message = "a series of latents is of weights between hidden layers";
            let help = "write e.g. start.normal = { deviation = 1.0 }";
            complaints.add(path(layer, &["start", "correlated"]), message, help);
        }
        if !(1..=MOST_TERMS).contains(&self.terms) {
            let message = format!("`terms` must be between 1 and {MOST_TERMS}; it is {}", self.terms);
            complaints.add(path(layer, &["start", "correlated", "terms"]), message, "write e.g. terms = 3");
        }
        for (key, value) in [("scale", self.scale), ("decay", self.decay)] {
            if value.is_nan() || value.abs() > LARGEST {
                let message = format!("`{key}` must lie within ±{LARGEST:e}; it is {value:?}");
                complaints.add(path(layer, &["start", "correlated", key]), message, "write e.g. 1.0");
            }
        }
        let series = LatentSeries { terms: self.terms, scale: self.scale, decay: self.decay };
        (complaints.count() == before).then_some(LayerStart::Series(series))
    }
}

/// The start of all layers on inputs of so many coordinates; None where hidden layers are of both kinds.
pub(super) fn of_all(layers: Vec<LayerStart>, dimension: usize) -> Option<Result<Start, StartError>> {
    let (first, others) = layers.split_first()?;
    let first = match first {
        LayerStart::Same(law) => vec![*law; dimension],
        LayerStart::ByCoordinate(laws) => laws.clone(),
        LayerStart::Series(_) => return None,
    };
    let laws: Vec<EntryLaw> = others.iter().filter_map(LayerStart::law).collect();
    let series: Vec<LatentSeries> = others.iter().filter_map(LayerStart::series).collect();
    match (&series[..], &laws[..]) {
        ([], _) => Some(Start::independent(first, laws)),
        (_, [last]) => Some(Start::correlated(first, series, *last)),
        _ => None,
    }
}

impl LayerStart {
    fn law(&self) -> Option<EntryLaw> {
        if let Self::Same(law) = self { Some(*law) } else { None }
    }

    fn series(&self) -> Option<LatentSeries> {
        if let Self::Series(series) = self { Some(*series) } else { None }
    }
}
