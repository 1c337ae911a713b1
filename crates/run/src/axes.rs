//! Leading axes of records, along which one system was run several times, and places on them. Stacking
//! records along them is done in [`crate::stack`].

use serde::{Deserialize, Serialize};

use crate::number::short;

/// An axis along which one system was run several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAxis {
    /// `seed`, or the short name of a varied key.
    pub name: String,
    /// The varied key in full, as the scenario has it; none for seeds, whose runs are an ensemble.
    pub key: Option<String>,
    /// Its values, one a run.
    pub values: Vec<f64>,
}

impl RunAxis {
    /// The place on this axis at a value.
    pub fn place(&self, value: f64) -> Place {
        Place { axis: self.name.clone(), key: self.key.clone(), value }
    }
}

/// The place of something on an axis of a varied key or of seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The axis' name.
    pub axis: String,
    /// The varied key in full; none for seeds.
    pub key: Option<String>,
    /// The value there.
    pub value: f64,
}

impl Place {
    /// Part of a file's name: `scale-0.1`. Two different values have different tags, all of them short.
    pub fn tag(&self) -> String {
        let plain = self.value.to_string();
        let scientific = format!("{:e}", self.value);
        let value = if plain.len() <= scientific.len().max(8) { plain } else { scientific };
        format!("{}-{value}", self.axis)
    }
}

/// "scale = 0.1", to six digits.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} = {}", self.axis, short(self.value))
    }
}

/// Several places in words: "scale = 0.1, separation = 0.4".
pub fn in_words(places: &[Place]) -> String {
    places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Every place that axes span, row-major; one empty place without any.
pub fn places(axes: &[RunAxis]) -> Vec<Vec<Place>> {
    axes.iter().fold(vec![Vec::new()], |places: Vec<Vec<Place>>, axis: &RunAxis| {
        places
            .iter()
            .flat_map(|place: &Vec<Place>| {
                let place = place.clone();
                axis.values.iter().map(move |value| [&place[..], &[axis.place(*value)]].concat())
            })
            .collect()
    })
}
