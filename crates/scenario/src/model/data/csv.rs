//! The data `csv`: points in a file of their own beside the scenario, a row each under a line of names. They
//! are read once, and take the form of `table` from then on: the record holds what was trained on.

use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::DataKind;
use super::table::TableKeys;
use crate::mistakes::suggestion;

/// Longest file, in bytes.
const LONGEST: u64 = 64 << 20;

/// Keys of `csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CsvKeys {
    /// The file, from the scenario's folder on.
    pub file: String,
    /// Names of the columns with the inputs, in order.
    pub inputs: Vec<String>,
    /// Name of the column with the label.
    pub label: String,
    /// Name of the column with the points' probabilities, up to a factor. Left out, all are equally likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Whether 1 is appended to each input, so that the first layer has offsets. False by default: the term
    /// is absent.
    #[serde(default)]
    pub bias: bool,
}

/// Read before it is parsed: it never is data by itself.
impl DataKind for CsvKeys {}

/// What is wrong with a file: the key to change, the message, and what to write instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CsvMistake {
    /// Key of `csv`.
    pub key: &'static str,
    /// The message.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl CsvMistake {
    fn about_file(message: String, help: &str) -> Self {
        Self { key: "file", message, help: help.to_owned() }
    }
}

impl CsvKeys {
    /// The points of the file in a folder.
    pub(crate) fn read(&self, folder: &Path) -> Result<TableKeys, CsvMistake> {
        let path = folder.join(&self.file);
        let shown = path.display();
        let unreadable = |error: std::io::Error| {
            CsvMistake::about_file(format!("{shown} cannot be read: {error}"), "check the name of the file")
        };
        let length = fs::metadata(&path).map_err(unreadable)?.len();
        if length > LONGEST {
            let message = format!("{shown} has {length} bytes, and {LONGEST} are read at most");
            return Err(CsvMistake::about_file(message, "take fewer points"));
        }
        self.parse(&fs::read_to_string(&path).map_err(unreadable)?)
    }

    /// The points in the text of a file.
    fn parse(&self, text: &str) -> Result<TableKeys, CsvMistake> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let names = reader.headers().map_err(malformed)?.clone();
        let column = |key: &'static str, name: &str| column_of(&names, key, name);
        let inputs: Vec<usize> =
            self.inputs.iter().map(|name| column("inputs", name)).collect::<Result<_, _>>()?;
        let label = column("label", &self.label)?;
        let weight = self.weight.as_ref().map(|name| column("weight", name)).transpose()?;
        let mut table =
            TableKeys { inputs: Vec::new(), labels: Vec::new(), weights: Vec::new(), bias: self.bias };
        for row in reader.records() {
            let row = row.map_err(malformed)?;
            table.inputs.push(inputs.iter().map(|i| number(&row, &names, *i)).collect::<Result<_, _>>()?);
            table.labels.push(number(&row, &names, label)?);
            if let Some(weight) = weight {
                table.weights.push(number(&row, &names, weight)?);
            }
        }
        Ok(table)
    }
}

/// A row that has other columns than the first line, or no row at all.
fn malformed(error: csv::Error) -> CsvMistake {
    CsvMistake::about_file(error.to_string(), "a line of names, then one row a point, all of equal length")
}

/// The number of the column with this name.
fn column_of(names: &csv::StringRecord, key: &'static str, name: &str) -> Result<usize, CsvMistake> {
    names.iter().position(|column| column == name).ok_or_else(|| CsvMistake {
        key,
        message: format!("the file has no column \"{}\"", name.escape_debug()),
        help: suggestion(name, names.iter()),
    })
}

/// The number in a column of a row.
fn number(row: &csv::StringRecord, names: &csv::StringRecord, column: usize) -> Result<f64, CsvMistake> {
    let text = row.get(column).unwrap_or("");
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    value.ok_or_else(|| {
        let line = row.position().map_or(0, csv::Position::line);
        let name = names.get(column).unwrap_or("").escape_debug();
        let text = text.escape_debug();
        let message = format!("line {line}, column \"{name}\": \"{text}\" is no finite number");
        CsvMistake::about_file(message, "write numbers with a point, e.g. 0.25; leave out rows that lack one")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> CsvKeys {
        let inputs = vec!["u".to_owned(), "v".to_owned()];
        CsvKeys { file: "points.csv".into(), inputs, label: "y".into(), weight: None, bias: false }
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let table = keys().parse("y, v, u\n1.5, 2, 3\n-1e-1,0,4\n").expect("right");
        assert_eq!(table.inputs, [[3.0, 2.0], [4.0, 0.0]]);
        assert_eq!(table.labels, [1.5, -0.1]);
        assert!(table.weights.is_empty());
        let weighted = CsvKeys { weight: Some("v".into()), ..keys() }.parse("y,v,u\n1,2,3\n").expect("right");
        assert_eq!(weighted.weights, [2.0]);
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let wrong = |text: &str| {
            let mistake = keys().parse(text).expect_err("refused");
            (mistake.key, mistake.message)
        };
        let no_column = ("label", "the file has no column \"y\"".to_owned());
        assert_eq!(wrong("z,u,v\n1,2,3\n"), no_column);
        let no_number = ("file", "line 3, column \"v\": \"nan\" is no finite number".to_owned());
        assert_eq!(wrong("y,u,v\n1,2,3\n1,2,nan\n"), no_number);
        let (key, message) = wrong("y,u,v\n1,2\n");
        assert_eq!(key, "file");
        assert!(message.contains("line: 2"), "{message}");
        assert_eq!(keys().read(Path::new("/nowhere")).expect_err("refused").key, "file");
    }
}
