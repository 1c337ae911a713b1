//! Inputs at which systems record what neurons answer, as they are typed: `[[0.1, 1.0], [0.5, -1.0]]`, for
//! inputs of one coordinate also `"a..b:n"`, or `"data"` for all inputs of the data.

use std::borrow::Cow;
use std::fmt;

use meanfield_deep::data::DataPoints;
use ndarray::Array2;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::complaints::Complaints;
use crate::ranges::LARGEST;
use crate::times::Times;

/// The word for all inputs of the data.
const DATA: &str = "data";
/// How the schema calls such a text.
pub(crate) const FORMAT: &str = "inputs";
/// Most inputs: each is a number of every neuron in the record.
const MOST: usize = 1000;
/// The key, and what to write.
const PATH: [&str; 2] = ["observe", "inputs"];
const HELP: &str =
    "write e.g. inputs = \"data\", \"-1..1:21\" or [[0.0], [0.5]], without the bias coordinate";

/// Inputs, and how they were typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedInputs {
    typed: Option<String>,
    rows: Vec<Vec<f64>>,
}

impl ObservedInputs {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.typed.is_none() && self.rows.is_empty()
    }

    /// Reads `data` or `a..b:n`.
    ///
    /// # Errors
    /// (problem, advice) where it is neither.
    pub(crate) fn parse(typed: &str) -> Result<Self, (String, String)> {
        let rows = match typed.trim() {
            DATA => Vec::new(),
            range => {
                let numbers = Times::parse(range).map_err(|(what, _)| (what, HELP.to_owned()))?;
                numbers.values().iter().map(|x| vec![*x]).collect()
            }
        };
        Ok(Self { typed: Some(typed.to_owned()), rows })
    }

    /// A complaint where a model whose neurons are known by reduced coordinates has inputs.
    pub(crate) fn refuse(&self, complaints: &mut Complaints) {
        let message = "`inputs` are of networks with layers, and this model has none";
        complaints.unless(self.is_empty(), &PATH, message, "leave it out");
    }

    /// Whether they are those of the data; a complaint where they are others: features of residual networks
    /// are functions on the data.
    pub(crate) fn are_of_data(&self, complaints: &mut Complaints) -> bool {
        let message = "features of residual networks are known at the inputs of the data alone";
        complaints.unless(self.is_empty() || self.is_data(), &PATH, message, "write inputs = \"data\"");
        self.is_data()
    }

    /// As the engine takes them, shape (inputs, d), with the bias coordinate where the data have one; what is
    /// wrong with them is noted.
    pub(crate) fn meant(
        &self,
        data: &DataPoints,
        has_bias: bool,
        complaints: &mut Complaints,
    ) -> Array2<f64> {
        if let Some(message) = self.mistake(data, data.dimension() - usize::from(has_bias)) {
            complaints.add(PATH, message, HELP);
            return Array2::zeros((0, data.dimension()));
        }
        if self.is_data() {
            return data.inputs().clone();
        }
        Array2::from_shape_fn((self.rows.len(), data.dimension()), |(row, column)| {
            self.rows[row].get(column).copied().unwrap_or(1.0)
        })
    }

    /// What is wrong with them, as inputs of so many coordinates.
    fn mistake(&self, data: &DataPoints, dimension: usize) -> Option<String> {
        let count = if self.is_data() { data.points() } else { self.rows.len() };
        if count > MOST {
            return Some(format!("`inputs` are {count}, more than {MOST}"));
        }
        for (number, row) in self.rows.iter().enumerate() {
            if row.len() != dimension {
                let count = row.len();
                return Some(format!(
                    "inputs of the data have {dimension} coordinates, and number {number} here has {count}"
                ));
            }
            if let Some(odd) = row.iter().find(|x| x.is_nan() || x.abs() > LARGEST) {
                return Some(format!("coordinates have sizes up to {LARGEST:e}, and one is {odd:?}"));
            }
        }
        None
    }

    /// Whether they are those of the data.
    fn is_data(&self) -> bool {
        self.typed.is_some() && self.rows.is_empty()
    }
}

impl Serialize for ObservedInputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.typed {
            Some(typed) => serializer.serialize_str(typed),
            None => self.rows.serialize(serializer),
        }
    }
}

/// Reads either form.
struct Inputs;

impl<'de> Visitor<'de> for Inputs {
    type Value = ObservedInputs;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("\"data\", \"a..b:n\" or a list of inputs such as [[0.0], [0.5]]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ObservedInputs, E> {
        ObservedInputs::parse(text).map_err(|(what, help)| E::custom(format!("{what}; {help}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut inputs: A) -> Result<ObservedInputs, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = inputs.next_element()? {
            rows.push(row);
        }
        Ok(ObservedInputs { typed: None, rows })
    }
}

impl<'de> Deserialize<'de> for ObservedInputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Inputs)
    }
}

impl JsonSchema for ObservedInputs {
    fn schema_name() -> Cow<'static, str> {
        "ObservedInputs".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let rows = json_schema!({ "type": "array", "items": { "type": "number" } });
        json_schema!({ "type": ["array", "string"], "items": rows, "format": FORMAT })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn meant(inputs: &ObservedInputs) -> (Array2<f64>, usize) {
        let points = array![[0.5, 1.0], [-0.5, 1.0]];
        let data = DataPoints::uniform(points, array![1.0, 2.0]).expect("valid");
        let mut complaints = Complaints::default();
        let found = inputs.meant(&data, true, &mut complaints);
        (found, complaints.into_found().count())
    }

    #[test]
    fn inputs_get_the_bias_of_the_data() {
        let range = ObservedInputs::parse("-1..1:3").expect("a range");
        assert_eq!(meant(&range), (array![[-1.0, 1.0], [0.0, 1.0], [1.0, 1.0]], 0));
        let data = ObservedInputs::parse("data").expect("a word");
        assert_eq!(meant(&data), (array![[0.5, 1.0], [-0.5, 1.0]], 0));
        let listed = ObservedInputs { typed: None, rows: vec![vec![0.25]] };
        assert_eq!(meant(&listed), (array![[0.25, 1.0]], 0));
    }

    #[test]
    fn inputs_of_other_data_are_refused() {
        for rows in [vec![vec![1.0, 2.0]], vec![vec![]], vec![vec![f64::NAN]], vec![vec![0.0]; MOST + 1]] {
            let (found, mistakes) = meant(&ObservedInputs { typed: None, rows });
            assert_eq!((found.nrows(), mistakes), (0, 1));
        }
        assert!(ObservedInputs::parse("all").is_err());
    }
}
