//! Quantities whose dependence on N and ε follows a power law: statistics over seeds of how a network differs
//! from its limit, as a whole or neuron by neuron. Their names are defined here; they are measured where
//! records are compared.

use crate::by_layer::{LAYER_DISTANCES, LAYER_SPREADS};
use crate::quantities::{
    self, DISTANCE, LARGEST_DISTANCE, LARGEST_DISTANCE_SO_FAR, LARGEST_RISK_GAP, MEAN, RISK,
    STANDARD_DEVIATION,
};
use crate::quantity::{COORDINATE, Quantity};

/// A statistic over the seeds of a curve of a network, at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Statistic {
    /// The mean over the seeds less the reference.
    Bias,
    /// The standard deviation over the seeds.
    Spread,
    /// The root mean square over the seeds of the difference from the reference.
    Error,
}

impl Statistic {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bias, Self::Spread, Self::Error];

    /// What follows the curve's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Bias => "_bias",
            Self::Spread => "_spread",
            Self::Error => "_error",
        }
    }
}

/// A quantity that a power law is claimed of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScaledQuantity {
    /// A statistic of a curve.
    Curve {
        /// The curve's name.
        curve: String,
        /// The statistic over its seeds.
        statistic: Statistic,
    },
    /// The root mean square over the seeds of a distance from the reference's law, by the distance's name.
    Distance(String),
    /// The root mean square over the seeds of a distance of a network from its coupled copy, by the name of
    /// its curve.
    Coupled(String),
}

impl ScaledQuantity {
    /// Whether it is a statistic of this curve.
    pub fn is_of_curve(&self, name: &str) -> bool {
        matches!(self, Self::Curve { curve, .. } if curve == name)
    }

    /// The quantity of this name; None if it is none.
    pub fn named(name: &str) -> Option<Self> {
        if quantities::known(name).is_some_and(Quantity::is_distance) {
            return Some(Self::Distance(name.to_owned()));
        }
        if coupled().any(|known| known.is_called(name)) {
            return Some(Self::Coupled(name.to_owned()));
        }
        let found = Statistic::ALL.into_iter().find_map(|statistic: Statistic| {
            let curve = name.strip_suffix(statistic.ending())?;
            curves().any(|known| known.is_called(curve)).then(|| (curve.to_owned(), statistic))
        });
        found.map(|(curve, statistic)| Self::Curve { curve, statistic })
    }

    /// Whether independent parts add up in its square: the parts of a bias add up themselves.
    pub fn adds_in_squares(&self) -> bool {
        !matches!(self, Self::Curve { statistic: Statistic::Bias, .. })
    }

    /// Whether a network reports it that is coupled to its limit, and no other.
    pub fn is_coupled(&self) -> bool {
        matches!(self, Self::Coupled(_))
    }

    /// Whether it is about laws at snapshots, not about a curve.
    pub fn is_distance(&self) -> bool {
        matches!(self, Self::Distance(_))
    }
}

/// Curves that networks and limits report alike.
fn curves() -> impl Iterator<Item = &'static Quantity> {
    [RISK, MEAN, STANDARD_DEVIATION].into_iter().chain(LAYER_SPREADS)
}

/// Curves of a coupled network.
fn coupled() -> impl Iterator<Item = &'static Quantity> {
    [DISTANCE, LARGEST_DISTANCE, LARGEST_DISTANCE_SO_FAR, LARGEST_RISK_GAP].into_iter().chain(LAYER_DISTANCES)
}

/// Whether networks of so many layers report it: what two-layer networks report of their neurons' parameters,
/// networks with layers report by layer.
fn is_reported(quantity: &Quantity, layers: Option<usize>) -> bool {
    let is_of_neurons = [DISTANCE, LARGEST_DISTANCE].contains(&quantity);
    quantity.exists_at_depth(layers) && !(is_of_neurons && layers.is_some())
}

/// The names of all of them in these coordinates, of networks of so many layers (two-layer networks: None).
pub fn names(coordinates: &[&str], layers: Option<usize>) -> Vec<String> {
    let statistics = curves().filter(|curve| is_reported(curve, layers)).flat_map(|curve| {
        Statistic::ALL.map(|statistic: Statistic| format!("{}{}", curve.pattern(), statistic.ending()))
    });
    let several = coordinates.len() > 1;
    let distances = quantities::ALL.iter().copied();
    let distances = distances.filter(|quantity| quantity.is_distance() && (several || !quantity.is_joint()));
    let coupled = coupled().filter(|quantity| is_reported(quantity, layers));
    statistics
        .chain(distances.chain(coupled).map(|quantity| quantity.pattern()))
        .flat_map(|name: String| match name.contains(COORDINATE) {
            true => coordinates.iter().map(|own| name.replace(COORDINATE, own)).collect(),
            false => vec![name],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_what_it_says() {
        let all = names(&["radius_1", "a"], None);
        assert_eq!(all[..4], ["risk_bias", "risk_spread", "risk_error", "mean_radius_1_bias"]);
        assert_eq!(all.len(), 3 + 2 * (6 + 3) + 2 + 2);
        let single = names(&["radius"], None);
        assert!(all.contains(&"energy_distance".into()) && !single.contains(&"energy_distance".into()));
        for name in &all {
            let quantity = ScaledQuantity::named(name).expect("known");
            assert_eq!(quantity.adds_in_squares(), !name.ends_with("_bias"), "{name}");
            let is_of_curve = Statistic::ALL.iter().any(|statistic| name.ends_with(statistic.ending()));
            assert_eq!(quantity.is_coupled(), name.ends_with("distance_w"), "{name}");
            assert_eq!(quantity.is_distance(), !is_of_curve && !quantity.is_coupled(), "{name}");
        }
        let curve = |curve: &str, statistic| Some(ScaledQuantity::Curve { curve: curve.into(), statistic });
        assert_eq!(ScaledQuantity::named("mean_radius_spread"), curve("mean_radius", Statistic::Spread));
        for unknown in ["risk", "mean_bias", "risk_biased", "_bias", "free_energy_bias"] {
            assert_eq!(ScaledQuantity::named(unknown), None, "{unknown}");
        }
    }
}
