//! `initial.recorded`: what another run left, as the scenario of a result holds it. It is written by the
//! program in the place of `from`, so that a result holds all that it is about: nothing is read again when it
//! is resumed, and a record that changes makes another scenario.
//!
//! It knows no record; `from_record` reads those.

use meanfield_model::axis::Axis;
use meanfield_model::coordinates::{Coordinates, known};
use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_model::recorded_start::{RecordedNetwork, RecordedStart};
use ndarray::{Array1, Array2, Array3, ArrayD, IxDyn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most numbers: the scenario of a result holds them as text.
pub(crate) const MOST_NUMBERS: usize = 500_000;

/// Keys of `recorded`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedKeys {
    /// Where it was read.
    pub from: String,
    /// Names of the coordinates of the law.
    pub coordinates: Vec<String>,
    /// Faces of the cells along each coordinate; none of atoms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faces: Vec<Vec<f64>>,
    /// Coordinates of the atoms, atom by atom; none of cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub atoms: Vec<f64>,
    /// Mass of each cell, the last coordinate running fastest, or of each atom; none of networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masses: Vec<f64>,
    /// Lower and upper ends of the panels on which atoms sample a map, panel by panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panels: Vec<f64>,
    /// Directions of such panels.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub directions: usize,
    /// The networks, in the place of a law.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkState>,
}

/// A network that was trained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkState {
    /// Its seed.
    pub seed: u64,
    /// Samples that it has seen.
    pub samples: u64,
    /// Its parameters, neuron by neuron.
    pub parameters: Vec<f64>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl RecordedKeys {
    /// A law in these coordinates. None of a law of pairs.
    pub(crate) fn of_law(from: &str, coordinates: &[String], law: &Measure) -> Option<Self> {
        let own = Self { from: from.to_owned(), coordinates: coordinates.to_vec(), ..Self::default() };
        if let Measure::Cells { axes, mass } = law {
            let faces = axes.iter().map(|axis| axis.faces().to_vec()).collect();
            return Some(Self { faces, masses: mass.iter().copied().collect(), ..own });
        }
        let (points, weights) = law.atoms()?;
        let own = Self { atoms: points.iter().copied().collect(), masses: weights.to_vec(), ..own };
        Some(match law {
            Measure::Pushforward(map) => {
                let panels = map.ends().iter().copied().collect();
                Self { panels, directions: map.directions(), ..own }
            }
            _ => own,
        })
    }

    /// How many numbers there are.
    pub(crate) fn numbers(&self) -> usize {
        let of_networks: usize = self.networks.iter().map(|network| network.parameters.len()).sum();
        let faces: usize = self.faces.iter().map(Vec::len).sum();
        faces + self.atoms.len() + self.masses.len() + self.panels.len() + of_networks
    }

    /// The start, of neurons with these coordinates and so many parameters.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn start(&self, coordinates: Coordinates, parameters: usize) -> Result<RecordedStart, String> {
        if self.coordinates != coordinates.names() {
            let own = self.coordinates.join(", ");
            let needed = coordinates.names().join(", ");
            return Err(format!("the recorded law is of {own}, and neurons of this model have {needed}"));
        }
        if !self.networks.is_empty() {
            return self.start_of_networks(coordinates, parameters);
        }
        let law = self.law().ok_or("its lists do not fit one another")?;
        let is_finite = law.atoms().is_none_or(|(points, _)| points.iter().all(|z| z.is_finite()));
        match is_finite && law.fits() && law.is_probability() {
            true => Ok(RecordedStart::of_law(law)),
            false => Err("it is no law: masses are positive and sum to 1, places are finite".to_owned()),
        }
    }

    fn start_of_networks(
        &self,
        coordinates: Coordinates,
        parameters: usize,
    ) -> Result<RecordedStart, String> {
        let mut networks = Vec::new();
        for NetworkState { seed, samples, parameters: own } in &self.networks {
            let neurons = own.len() / parameters.max(1);
            let rows = Array2::from_shape_vec((neurons, parameters), own.clone());
            let rows = rows.ok().filter(|rows| rows.iter().all(|number| number.is_finite()));
            let Some(rows) = rows.filter(|rows| rows.nrows() > 0) else {
                let count = own.len();
                return Err(format!(
                    "the network of seed {seed} has {count} parameters, and neurons of this model \
                     {parameters} each"
                ));
            };
            networks.push(RecordedNetwork { seed: *seed, samples: *samples, parameters: rows });
        }
        RecordedStart::of_networks(coordinates, networks).ok_or_else(|| "there is no neuron".to_owned())
    }

    /// The law; None where the lists do not fit one another.
    fn law(&self) -> Option<Measure> {
        if !self.faces.is_empty() {
            let axes: Vec<Axis> =
                self.faces.iter().map(|faces| Axis::from_faces(faces.clone()).ok()).collect::<Option<_>>()?;
            let shape: Vec<usize> = axes.iter().map(Axis::cells).collect();
            let mass = ArrayD::from_shape_vec(IxDyn(&shape), self.masses.clone()).ok()?;
            return (axes.len() == self.coordinates.len()).then_some(Measure::Cells { axes, mass });
        }
        let weights = Array1::from(self.masses.clone());
        let shape = (weights.len(), self.coordinates.len());
        let points = Array2::from_shape_vec(shape, self.atoms.clone()).ok()?;
        if self.directions == 0 {
            return (!weights.is_empty()).then_some(Measure::Atoms { points, weights });
        }
        let count = self.panels.len() / (2 * self.directions);
        let ends = Array3::from_shape_vec((count, self.directions, 2), self.panels.clone()).ok()?;
        let lower = self.coordinates.iter().map(|name| known(name).and_then(|own| own.lower_end));
        let lower = lower.map(|end| end.unwrap_or(f64::NEG_INFINITY)).collect();
        Pushforward::new(ends, points, weights, lower).map(Measure::Pushforward)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr2, array};

    fn read_again(keys: &RecordedKeys) -> RecordedKeys {
        toml::from_str(&toml::to_string(keys).expect("TOML")).expect("keys")
    }

    #[test]
    fn laws_of_every_form_are_written_and_read_bit_for_bit() {
        let axis = |cells| Axis::uniform(-1.0, 0.1 * cells as f64, cells).expect("axis");
        let third = 1.0 / 3.0;
        let cells = Measure::Cells {
            axes: vec![axis(2), axis(3)],
            mass: array![[third, 0.1, 0.2], [1.0 - third - 0.3, 0.0, 0.0]].into_dyn(),
        };
        let atoms =
            Measure::Atoms { points: arr2(&[[third, 2.0], [0.1, -4.0]]), weights: array![0.25, 0.75] };
        let ends = Array3::from_shape_vec((2, 1, 2), vec![-8.0, 0.0, 0.0, 8.0]).expect("shape");
        let points = arr2(&[[0.1, -1.0], [third, 1.0]]);
        let lower = array![f64::NEG_INFINITY, f64::NEG_INFINITY];
        let map = Pushforward::new(ends, points, array![0.5, 0.5], lower).expect("map");
        let names = ["weight_1".to_owned(), "weight_2".to_owned()];
        let coordinates = Coordinates::OfPoints { is_affine: false, dimension: 2 };
        for law in [cells, atoms, Measure::Pushforward(map)] {
            let keys = RecordedKeys::of_law("x.h5:pde", &names, &law).expect("of all coordinates");
            let start = read_again(&keys).start(coordinates, 2).expect("a law");
            assert_eq!(start.law(), &law);
        }
    }

    #[test]
    fn networks_keep_their_parameters() {
        let network = NetworkState { seed: 7, samples: 1000, parameters: vec![3.0, 4.0, 0.1, 0.2] };
        let keys = RecordedKeys {
            coordinates: vec!["radius".into()],
            networks: vec![network],
            ..RecordedKeys::default()
        };
        let start = read_again(&keys).start(Coordinates::Radius, 2).expect("networks");
        let network = start.network(7).expect("of its seed");
        assert_eq!((network.samples, &network.parameters), (1000, &arr2(&[[3.0, 4.0], [0.1, 0.2]])));
        assert!(keys.start(Coordinates::Radius, 3).expect_err("refused").contains("4 parameters"));
        let other = keys
            .start(Coordinates::Radii { is_affine: false, blocks: [1, 1].into() }, 2)
            .expect_err("refused");
        assert!(other.contains("radius_1, radius_2"), "{other}");
    }

    #[test]
    fn what_is_no_law_is_refused() {
        let keys = |masses: &[f64]| RecordedKeys {
            coordinates: vec!["radius".into()],
            atoms: vec![0.5, 1.0],
            masses: masses.to_vec(),
            ..RecordedKeys::default()
        };
        assert!(keys(&[0.5, 0.5]).start(Coordinates::Radius, 4).is_ok());
        for masses in [&[0.5, 0.6][..], &[1.5, -0.5], &[1.0], &[f64::NAN, 1.0]] {
            assert!(keys(masses).start(Coordinates::Radius, 4).is_err(), "{masses:?}");
        }
    }
}
